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

// RFC 3987 §2.2 as it stands.
const ANY_UCS = `${PLANES.reduce((all, plane) => `${all}\\u{${plane}0000}-\\u{${plane}fffd}`, '\\u{a0}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{ffef}')}\\u{e1000}-\\u{efffd}`;
const PRIVATE = '\\u{e000}-\\u{f8ff}\\u{f0000}-\\u{ffffd}\\u{100000}-\\u{10fffd}';
const ANY_NAME = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=${ANY_UCS}]|${ESCAPED})`;
const ANY_PCHAR = `(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@${ANY_UCS}]|${ESCAPED})`;
const IRI = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.\\-]*:(?://([^/?#]*)(?:/${ANY_PCHAR}*)*|(?!//)(?:${ANY_PCHAR}|/)*)` +
    `(?:\\?(?:${ANY_PCHAR}|[/?${PRIVATE}])*)?(?:#(?:${ANY_PCHAR}|[/?])*)?$`,
  'u',
);
const AUTHORITY = new RegExp(`^(?:(?:${ANY_NAME}|:)*@)?(?:\\[([^\\]]*)\\]|${ANY_NAME}*)(?::[0-9]*)?$`, 'u');

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

/**
 * Whether `value` is an absolute IRI as RFC 3987 §2.2 has it, all of it: what is none would vanish on the way to RDF.
 */
export function isIri(value) {
  const match = IRI.exec(value);
  return match !== null && (match[1] === undefined || isAuthority(match[1]));
}

function isAuthority(authority) {
  const match = AUTHORITY.exec(authority);
  return match !== null && (match[1] === undefined || isIpLiteral(match[1]));
}

/** What stands in brackets (RFC 3986 §3.2.2): an IPv6 address, or one of a version to come. */
function isIpLiteral(text) {
  if (/^[vV]/.test(text)) {
    return /^[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+$/.test(text);
  }
  const tail = /^(.*:)((?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4})$/.exec(text);
  const groups = tail ? `${tail[1]}0:0` : text;
  const halves = groups.split('::');
  const counts = halves.map((half) => (half === '' ? 0 : half.split(':').length));
  const isHex = halves.every(
    (half) => half === '' || half.split(':').every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)),
  );
  return isHex && (halves.length === 1 ? counts[0] === 8 : halves.length === 2 && counts[0] + counts[1] <= 7);
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
