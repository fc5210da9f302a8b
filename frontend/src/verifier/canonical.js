/**
 * JSON-LD → RDF Dataset Canonicalization (RDFC-1.0) of documents from outside, so that a signature over the result
 * covers every member; and JCS (RFC 8785).
 *
 * The document is read with pinned contexts only, and with one more behind them that gives a meaning to whatever has
 * none: an undefined term or type, or a relative IRI, then stands in the RDF under a name that says so, and is refused.
 */
import canonicalizeJson from 'canonicalize';
import jsonld from 'jsonld';
import {NQuads, canonize} from 'rdf-canonize';

import {bytesToHex, sha256OfText} from './bytes.js';
import {contextOf, isPinned} from './contexts.js';
import {requireCovered} from './coverage.js';
import {Refusal} from './errors.js';
import {isObject, listOf} from './json_values.js';
import {MAX_BLANK_NODES} from './limits.js';

const UNDEFINED = 'urn:x-no-context-defines:';
const RELATIVE = 'x-relative:';
const XSD_DOUBLE = 'http://www.w3.org/2001/XMLSchema#double';
// Its name while jsonld, which writes doubles anew, has the document.
const DOUBLE = 'urn:x-double';
const LAST_CONTEXT = 'urn:x-last-context';
const LAST = {'@context': {'@vocab': UNDEFINED}};
// RDFC-1.0 tries every order of blank nodes that it cannot tell apart at first sight (§4.8).
const MAX_ALIKE = 5;
const MAX_ALIKE_IN_ALL = 64;
const MAX_MILLISECONDS = 5000;

/** RFC 8785. */
export function canonicalJson(value) {
  return canonicalizeJson(value);
}

/** `canonicalize`, each document computed once. */
export function remembering() {
  const known = new Map();
  return (document) => {
    const key = JSON.stringify(document);
    if (!known.has(key)) {
      known.set(key, canonicalize(document));
    }
    return known.get(key);
  };
}

/**
 * The canonical N-Quads of `document` (RDFC-1.0 §4), LF after each. Throws Refusal: `undefined_term`,
 * `uncovered_member`, `relative_iri`, `blank_node_identifier`, `malformed`, `too_many_alike`, `too_large`,
 * `unknown_context`, `context_not_accepted`, `not_canonical`.
 */
export async function canonicalize(document) {
  requireCovered(document, identifierTerms(contextUrls(document)));
  const dataset = await toDataset(document);
  requireDefined(document, dataset);
  const quads = dataset.map(renumberQuad);
  requireToldApart(quads);
  return canonizeQuads(quads);
}

async function toDataset(document) {
  const options = {
    base: `${RELATIVE}///`,
    documentLoader: load,
    eventHandler: refuseLosses,
    processingMode: 'json-ld-1.1',
    // Cryptosuites put the base direction into the datatype (JSON-LD 1.1 §10.2): so it is signed.
    rdfDirection: 'i18n-datatype',
  };
  try {
    const expanded = withPlainNumbers(await jsonld.expand(withLastContext(document), options));
    return (await jsonld.toRDF(expanded, {...options, skipExpansion: true})).map(withDoubles);
  } catch {
    throw new Refusal('not_canonical');
  }
}

/**
 * A number with a fraction is a double however JavaScript writes it (JSON-LD 1.1 API §8.6), and text that is said to be
 * one stays the text that it is.
 */
function withPlainNumbers(node) {
  if (Array.isArray(node)) {
    return node.map(withPlainNumbers);
  }
  if (!isObject(node)) {
    return node;
  }
  const {'@value': value, '@type': type = XSD_DOUBLE} = node;
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return {'@value': value.toExponential(15).replace(/(\d)0*e\+?/, '$1E'), '@type': type === XSD_DOUBLE ? DOUBLE : type};
  }
  if (typeof value === 'string' && node['@type'] === XSD_DOUBLE) {
    return {'@value': value, '@type': DOUBLE};
  }
  return Object.fromEntries(Object.entries(node).map(([name, each]) => [name, withPlainNumbers(each)]));
}

function withDoubles(quad) {
  const {object} = quad;
  const isDouble = object.termType === 'Literal' && object.datatype.value === DOUBLE;
  return isDouble ? {...quad, object: {...object, datatype: {...object.datatype, value: XSD_DOUBLE}}} : quad;
}

/** Every context that `document` names, wherever. */
function contextUrls(document) {
  const found = new Set();
  const pending = [document];
  while (pending.length) {
    const node = pending.pop();
    if (Array.isArray(node)) {
      pending.push(...node);
    } else if (isObject(node)) {
      listOf(node['@context']).forEach((url) => found.add(requireUrl(url)));
      pending.push(...Object.keys(node).filter((name) => name !== '@context').map((name) => node[name]));
    }
  }
  return found;
}

function requireUrl(url) {
  if (typeof url !== 'string') {
    throw new Refusal('context_not_accepted');
  }
  if (!isPinned(url)) {
    throw new Refusal('unknown_context');
  }
  return url;
}

const TERMS = new Map();

/** Every term whose text values one of the contexts `urls` reads as IRIs (JSON-LD 1.1 §4.2.3, `@type` of `@id`). */
function identifierTerms(urls) {
  const found = new Set();
  for (const url of urls) {
    if (!TERMS.has(url)) {
      TERMS.set(url, identifiersIn(contextOf(url)['@context']));
    }
    TERMS.get(url).forEach((term) => found.add(term));
  }
  return found;
}

function identifiersIn(context) {
  const found = [];
  const pending = [context];
  while (pending.length) {
    const each = pending.pop();
    if (Array.isArray(each)) {
      pending.push(...each);
    } else if (isObject(each)) {
      const terms = Object.entries(each).filter(([, term]) => isObject(term));
      found.push(...terms.filter(([, term]) => ['@id', '@vocab'].includes(term['@type'])).map(([name]) => name));
      pending.push(...terms.map(([, term]) => term['@context']));
    }
  }
  return found;
}

function withLastContext(node) {
  if (Array.isArray(node)) {
    return node.map(withLastContext);
  }
  if (!isObject(node)) {
    return node;
  }
  const members = Object.entries(node).map(([name, value]) => [
    name,
    name === '@context' ? [...listOf(value), LAST_CONTEXT] : withLastContext(value),
  ]);
  return Object.fromEntries(members);
}

function load(url) {
  // "static" lets jsonld keep what it made of it: the bytes behind a pinned URL cannot change.
  return {contextUrl: null, documentUrl: url, document: url === LAST_CONTEXT ? LAST : contextOf(url), tag: 'static'};
}

function refuseLosses({event, next}) {
  if (event.level === 'warning') {
    throw new Refusal('not_canonical');
  }
  next();
}

function requireDefined(document, dataset) {
  const names = dataset
    .flatMap(({subject, predicate, object, graph}) => [subject, predicate, object, graph])
    .map((term) => (term.termType === 'Literal' ? term.datatype.value : term.value));
  if (hasPrototype(document) || names.some((name) => name.startsWith(UNDEFINED))) {
    throw new Refusal('undefined_term');
  }
  if (names.some((name) => name.startsWith(RELATIVE))) {
    throw new Refusal('relative_iri');
  }
}

/** A member that objects of JavaScript have already: it would not get as far as the RDF, and no context defines it. */
function hasPrototype(node) {
  if (Array.isArray(node)) {
    return node.some(hasPrototype);
  }
  return isObject(node) && (Object.hasOwn(node, '__proto__') || Object.values(node).some(hasPrototype));
}

/** Few blank nodes look alike at first sight (RDFC-1.0 §4.6): of more, canonicalisation takes exponential time. */
function requireToldApart(quads) {
  const seen = new Map();
  for (const quad of quads) {
    for (const {termType, value} of [quad.subject, quad.object, quad.graph]) {
      if (termType === 'BlankNode') {
        seen.set(value, (seen.get(value) ?? new Set()).add(quad));
      }
    }
  }
  if (seen.size > MAX_BLANK_NODES) {
    throw new Refusal('too_large');
  }
  const counts = new Map();
  for (const [label, own] of seen) {
    const looks = firstDegree(label, [...own]);
    counts.set(looks, (counts.get(looks) ?? 0) + 1);
  }
  const alike = [...counts.values()].filter((count) => count > 1);
  if (Math.max(0, ...alike) > MAX_ALIKE || alike.reduce((sum, count) => sum + count, 0) > MAX_ALIKE_IN_ALL) {
    throw new Refusal('too_many_alike');
  }
}

function firstDegree(label, quads) {
  const rename = (term) => (term.termType === 'BlankNode' ? {...term, value: term.value === label ? 'a' : 'z'} : term);
  return quads
    .map(({subject, predicate, object, graph}) =>
      NQuads.serializeQuadComponents(rename(subject), predicate, rename(object), rename(graph)),
    )
    .sort()
    .join('');
}

async function canonizeQuads(quads) {
  const deadline = Date.now() + MAX_MILLISECONDS;
  const signal = {
    get aborted() {
      return Date.now() > deadline;
    },
  };
  try {
    const text = await canonize(quads, {
      algorithm: 'RDFC-1.0',
      createMessageDigest: () => new Digest(),
      maxWorkFactor: Infinity,
      rejectURDNA2015: true,
      signal,
    });
    return numberedBack(withEscapes(text));
  } catch {
    throw new Refusal('too_many_alike');
  }
}

class Digest {
  constructor() {
    this.text = '';
  }

  update(text) {
    this.text += text;
  }

  async digest() {
    return bytesToHex(sha256OfText(numberedBack(withEscapes(this.text))));
  }
}

/*
 * RDFC-1.0 orders by code points, JavaScript by UTF-16 units; the two differ where characters beyond the BMP meet those
 * from U+E000 on. So the units are renumbered before the library sorts, and numbered back in what it hashes and returns.
 */
const HIGH_UNITS = /[\ud800-\uffff]/g;

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

// U+FFFE and U+FFFF, numbered anew: canonical N-Quads write them as escapes (RDFC-1.0 §A).
const NO_CHARACTERS = /[\uf7fe\uf7ff]/g;

function withEscapes(text) {
  if (text.search(NO_CHARACTERS) < 0) {
    return text;
  }
  const escaped = text.replace(NO_CHARACTERS, (unit) => (unit === '\uf7fe' ? '\\uFFFE' : '\\uFFFF'));
  const lines = escaped.split('\n').slice(0, -1).sort();
  return lines.map((line) => `${line}\n`).join('');
}

function renumberQuad({subject, predicate, object, graph}) {
  const [first, second, third, fourth] = [subject, predicate, object, graph].map(renumberTerm);
  return {subject: first, predicate: second, object: third, graph: fourth};
}

function renumberTerm(term) {
  const copy = {...term, value: renumbered(term.value)};
  return term.datatype ? {...copy, datatype: renumberTerm(term.datatype)} : copy;
}
