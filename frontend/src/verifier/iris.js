/**
 * Which text is an IRI (RFC 3987 §2.2), narrowed: no private-use characters, no IP literals, no user information, http(s)
 * as the only hierarchical scheme. Implementations disagree about the rest.
 */
// Unicode's Bidi_Control, byte order mark and interlinear annotation marks, which are as invisible.
const INVISIBLE = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/;
const PLANES = Array.from({length: 13}, (_, index) => (index + 1).toString(16));
const UCS = `\\u{a0}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{ffef}${PLANES.map((plane) => `\\u{${plane}0000}-\\u{${plane}fffd}`).join('')}`;
const ESCAPED = '%[0-9A-Fa-f]{2}';
const PCHAR = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@${UCS}]|${ESCAPED})`;
const TAIL = `(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?`;
const HTTP_IRI = new RegExp(
  `^[Hh][Tt][Tt][Pp][Ss]?://(?:[A-Za-z0-9\\-._~${UCS}]|${ESCAPED})+(?::[0-9]{1,5})?(?:/${PCHAR}*)*${TAIL}$`,
  'u',
);
const OTHER_IRI = new RegExp(`^(?!https?:)[A-Za-z][A-Za-z0-9+.\\-]*:${PCHAR}(?:${PCHAR}|/)*${TAIL}$`, 'iu');
const MAX_LENGTH = 2048;

/** Whether `value` is a string with a scheme and only characters an IRI may have. */
export function isAbsoluteIri(value) {
  return (
    typeof value === 'string' &&
    value.length <= 2 * MAX_LENGTH &&
    [...value].length <= MAX_LENGTH &&
    (HTTP_IRI.test(value) || OTHER_IRI.test(value)) &&
    !INVISIBLE.test(value) &&
    !/\s/.test(value) &&
    escapesAreUtf8(value)
  );
}

/** Whether `value` is an http(s) address without credentials inside it. */
export function isWebAddress(value) {
  return isAbsoluteIri(value) && HTTP_IRI.test(value);
}

/** RFC 3987 §3.1 makes escapes from UTF-8, and from nothing else. */
function escapesAreUtf8(value) {
  try {
    decodeURIComponent(value);
  } catch {
    return false;
  }
  return true;
}
