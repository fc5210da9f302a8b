/** What can go wrong with a request, told apart by what the learner can do about it. */

/** Codes of a 403 that mean that nobody is logged in, or not any more (the CSRF token goes with the login). */
const SESSION_CODES = new Set(['not_authenticated', 'authentication_failed', 'permission_denied', 'refused']);

/**
 * `kind`: `session` (log in again), `off` (switched off), `throttled` (wait), `network` (no answer), `server` (5xx, or no
 * answer of ours), `refused` (see `code`), `setup` (the page's fault). `wait`: seconds that the server asked for, or null.
 */
export class ClaimError extends Error {
  constructor(kind, {code = '', detail = '', status = 0, wait = null} = {}) {
    super(`${kind} ${code}`.trim());
    this.kind = kind;
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.wait = wait;
  }
}

/** The ClaimError of an answer that is no success. `body`: what it says, an object or anything else. */
export function errorOf(status, body, wait = null) {
  const code = typeof body?.code === 'string' ? body.code : '';
  const detail = typeof body?.detail === 'string' ? body.detail : '';
  return new ClaimError(kindOf(status, code), {code, detail, status, wait});
}

function kindOf(status, code) {
  if (status === 401 || (status === 403 && (!code || SESSION_CODES.has(code)))) {
    return 'session';
  }
  if (status === 404 && code === 'switched_off') {
    return 'off';
  }
  if (status === 429) {
    return 'throttled';
  }
  return code && status >= 400 && status < 500 ? 'refused' : 'server';
}

/** Whether this is only that nobody waits for the answer any more. */
export function isAbort(error) {
  return error?.name === 'AbortError' || error?.name === 'CanceledError' || error?.code === 'ERR_CANCELED';
}

/** The sentence for people: the catalogue's for the code, else the server's, else the catalogue's for the kind. */
export function sentenceOf(error, texts) {
  const {kind, code, detail} = error instanceof ClaimError ? error : new ClaimError('server');
  const key = `error_${code}`;
  if (code && texts.has(key)) {
    return texts.text(key);
  }
  const general = {
    session: 'session_over',
    off: 'switched_off',
    throttled: 'still_busy',
    network: 'failed_network',
    setup: 'not_configured',
  };
  if (Object.hasOwn(general, kind)) {
    return texts.text(general[kind]);
  }
  return kind === 'refused' && detail ? detail : texts.text('failed_server');
}
