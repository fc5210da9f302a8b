/** RDF terms in canonical N-Quads (RDFC-1.0 §A), and lines in the order of code points. */
import {Refusal} from './errors.js';

const XSD_STRING = 'http://www.w3.org/2001/XMLSchema#string';
const RDF_LANG_STRING = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString';
// eslint-disable-next-line no-control-regex
const ESCAPED = /[\u0000-\u001f"\\\u007f\ufffe\uffff]/g;
const ESCAPES = {'\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '"': '\\"', '\\': '\\\\'};
// eslint-disable-next-line no-control-regex
const NOT_IN_IRIS = /[\u0000-\u0020<>"{}|^`\\]/;
const HIGH_UNITS = /[\ud800-\uffff]/g;

/** A quad of jsonld's as its terms in N-Quads: subject, predicate, object and, where there is one, graph. */
export function termsOf({subject, predicate, object, graph}) {
  const terms = [subject, predicate, object].map(termOf);
  return graph.termType === 'DefaultGraph' ? terms : [...terms, termOf(graph)];
}

/** Terms as a line. */
export function lineOf(terms) {
  return `${terms.join(' ')} .\n`;
}

/**
 * Sorted by code points, as RDFC-1.0 wants it. JavaScript orders by UTF-16 units; the two differ where characters beyond
 * the BMP meet those from U+E000 on, so the units are renumbered meanwhile.
 */
export function sortedByCodePoints(lines) {
  if (!lines.some((line) => line.search(HIGH_UNITS) >= 0)) {
    return [...lines].sort();
  }
  return lines.map(renumbered).sort().map(numberedBack);
}

function termOf({termType, value, datatype, language}) {
  if (termType === 'BlankNode') {
    return `_:${value}`;
  }
  if (termType === 'NamedNode') {
    return iriOf(value);
  }
  const text = `"${value.replace(ESCAPED, escapeOf)}"`;
  if (datatype.value === RDF_LANG_STRING) {
    return `${text}@${language}`;
  }
  return datatype.value === XSD_STRING ? text : `${text}^^${iriOf(datatype.value)}`;
}

function iriOf(value) {
  if (NOT_IN_IRIS.test(value)) {
    throw new Refusal('not_canonical');
  }
  return `<${value}>`;
}

function escapeOf(character) {
  return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function renumbered(text) {
  return text.replace(HIGH_UNITS, (unit) => {
    const value = unit.charCodeAt(0);
    return String.fromCharCode(value < 0xe000 ? value + 0x2000 : value - 0x800);
  });
}

function numberedBack(text) {
  return text.replace(HIGH_UNITS, (unit) => {
    const value = unit.charCodeAt(0);
    return String.fromCharCode(value < 0xf800 ? value + 0x800 : value - 0x2000);
  });
}
