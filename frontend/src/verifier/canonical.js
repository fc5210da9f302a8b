/**
 * JSON-LD → RDF Dataset Canonicalization (RDFC-1.0) of documents from outside, so that a signature over the result
 * covers every member; and JCS (RFC 8785).
 *
 * The document is read with pinned contexts only, and with one more behind them that gives a meaning to whatever has
 * none: an undefined term or type, or a relative IRI, then stands in the RDF under a name that says so, and is refused.
 */
import canonicalizeJson from 'canonicalize';
import jsonld from 'jsonld';

import {contextOf, isPinned} from './contexts.js';
import {requireCovered} from './coverage.js';
import {Refusal} from './errors.js';
import {isObject, listOf} from './json_values.js';
import {canonicalQuads} from './labelling.js';
import {termsOf} from './n_quads.js';

const UNDEFINED = 'urn:x-no-context-defines:';
const RELATIVE = 'x-relative:';
const XSD_DOUBLE = 'http://www.w3.org/2001/XMLSchema#double';
// Its name while jsonld, which writes doubles anew, has the document.
const DOUBLE = 'urn:x-double';
const MIN_NORMAL = 2 ** -1022;
const LAST_CONTEXT = 'urn:x-last-context';
const LAST = {'@context': {'@vocab': UNDEFINED}};

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
  requireNormal(document);
  return canonicalQuads(dataset.map(termsOf));
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
    return {
      '@value': value.toExponential(15).replace(/(\d)0*e\+?/, '$1E'),
      '@type': type === XSD_DOUBLE ? DOUBLE : type,
    };
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
      pending.push(
        ...Object.keys(node)
          .filter((name) => name !== '@context')
          .map((name) => node[name]),
      );
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

/** A fraction too small to have sixteen digits is written in different ways. */
function requireNormal(node) {
  if (Array.isArray(node) || isObject(node)) {
    Object.values(node).forEach(requireNormal);
  } else if (typeof node === 'number' && node !== 0 && Math.abs(node) < MIN_NORMAL) {
    throw new Refusal('not_json');
  }
}
