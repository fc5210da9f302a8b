/**
 * What verification answers: an ordered list of named checks, and the verdict that follows from them. Same shape, codes
 * and sentences as `core/checks/report.py`; `codes.json` is read from there.
 */
import CODES from '../../../openedx_verifiable_credentials/core/checks/codes.json' with {type: 'json'};

/** The checks, in the order in which they are reported. */
export const CHECK_NAMES = ['schema', 'signature', 'issuer', 'status', 'dates', 'disclosure'];

const WORST_LAST = ['valid', 'valid_with_warnings', 'could_not_be_checked', 'invalid'];

/** The check that `code` is about, with its outcome and sentence. Throws RangeError for a code that is not listed. */
export function check(code, detail = {}) {
  if (!Object.hasOwn(CODES, code)) {
    throw new RangeError(`There is no code ${code}.`);
  }
  const {check: name, outcome, message} = CODES[code];
  return {check: name, outcome, code, message, detail};
}

/** The outcome of the check that `code` is about. */
export function outcomeOf(code) {
  return check(code).outcome;
}

/** The report as JSON. `credentials`: of a presentation, the report of each credential in it. */
export function report(checks, checkedAt, credentials = []) {
  const shape = {verdict: verdictOf(checks, credentials), checkedAt: timestamp(checkedAt), checks};
  return credentials.length ? {...shape, credentials} : shape;
}

/** RFC 3339 in UTC, without fractions of seconds. */
export function timestamp(date) {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The worst that any check says; what only the issuer can know (disclosure) decides nothing. */
function verdictOf(checks, credentials) {
  const outcomes = checks.filter(({check: name}) => name !== 'disclosure').map(({outcome}) => outcome);
  const verdicts = [verdictOfOutcomes(outcomes), ...credentials.map(({verdict}) => verdict)];
  return verdicts.reduce((worst, each) => (WORST_LAST.indexOf(each) > WORST_LAST.indexOf(worst) ? each : worst));
}

function verdictOfOutcomes(outcomes) {
  if (outcomes.includes('failed')) {
    return 'invalid';
  }
  if (outcomes.includes('not_checked') || !outcomes.length) {
    return 'could_not_be_checked';
  }
  return outcomes.includes('warning') ? 'valid_with_warnings' : 'valid';
}
