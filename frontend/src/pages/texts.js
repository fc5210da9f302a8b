/**
 * What the pages say. English is in `texts.json`, and the sentences of the checks in the verifier's `codes.json`; a page
 * in another language brings its own in `<script type="application/json" id="ovc-texts">`: `{"texts": {…}, "checks": {…}}`.
 */
import ENGLISH from './texts.json' with {type: 'json'};
import {dataOf} from './dom.js';

let translated = null;

/** The text called `key`, its `{placeholders}` filled in. Throws RangeError for a key that is not listed. */
export function text(key, values = {}) {
  if (!Object.hasOwn(ENGLISH, key)) {
    throw new RangeError(`There is no text ${key}.`);
  }
  const pattern = own(translations().texts, key) ?? ENGLISH[key];
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** The sentence of a check, in the page's language where it has one. */
export function sentence({code, message}) {
  return own(translations().checks, code) ?? message;
}

/** For tests: forget what the page brought. */
export function forgetTranslations() {
  translated = null;
}

function translations() {
  translated ??= read() ?? {};
  return translated;
}

function read() {
  try {
    return JSON.parse((typeof document === 'undefined' ? null : dataOf('ovc-texts')) ?? 'null');
  } catch {
    return null;
  }
}

function own(entries, key) {
  return entries && Object.hasOwn(entries, key) && typeof entries[key] === 'string' ? entries[key] : undefined;
}
