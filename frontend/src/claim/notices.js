/** Notices: something failed, and what one can do about it. */
import {ClaimError, sentenceOf} from './errors.js';
import {button, element} from './html.js';

/** Kinds of failure after which the same may well succeed. */
const MAY_PASS = new Set(['network', 'server', 'throttled']);

/**
 * A notice that is read out when it appears.
 *
 * @param {object} app
 * @param {{tone: string, title?: string, text: string, actions?: Node[]}} options
 */
export function notice(app, {tone, title, text, actions = []}) {
  return element(
    'div',
    {class: app.looks.notice(tone), role: tone === 'bad' ? 'alert' : null},
    title && element('p', {class: 'ovc-notice-title'}, title),
    element('p', {}, text),
    actions.length > 0 && element('p', {class: 'ovc-row'}, ...actions),
  );
}

/**
 * The notice of an error. That a session is over is said once for all parts, at the top; `retry` is done from there.
 *
 * @param {object} app
 * @param {unknown} error
 * @param {{title: string, key: string, retry?: function(): any, alone?: boolean}} options `key`: of the action that
 *   retries; `alone`: the top cannot be reached from here
 */
export function failure(app, error, {title, key, retry, alone = false}) {
  const {texts} = app;
  const kind = error instanceof ClaimError ? error.kind : 'server';
  if (kind === 'session' && !alone) {
    return element('p', {class: 'ovc-soft'}, title);
  }
  const again = retry && (MAY_PASS.has(kind) || kind === 'session' || error.code === 'busy');
  const login = kind === 'session' ? app.loginLink() : null;
  const actions = [login, again && button(app, {key, run: retry}, texts.text('try_again'))].filter(Boolean);
  const tone = kind === 'off' ? 'info' : 'bad';
  return notice(app, {tone, title: kind === 'off' ? undefined : title, text: sentenceOf(error, texts), actions});
}
