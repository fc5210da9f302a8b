/**
 * JSON-LD → N-Quads → RDF Dataset Canonicalization (RDFC-1.0), with pinned contexts only, and JCS (RFC 8785).
 */
import canonicalizeJson from 'canonicalize';
import jsonld from 'jsonld';
import {canonize} from 'rdf-canonize';
import {CONTEXTS} from 'pinned-contexts';

import {bytesToHex, sha256OfText} from './bytes.js';
import {Refusal} from './errors.js';
import {MAX_BLANK_NODES} from './limits.js';

/** Terms that no context defines become IRIs below this one, so that they can be seen. */
export const UNDEFINED = 'urn:ovc:undefined:';
/** Relative IRIs are resolved against this one, likewise. */
export const BASE = 'relative:///';
const LAST_CONTEXT = 'urn:ovc:last-context';
const LAST = {'@context': {'@vocab': UNDEFINED}};

/** The canonical N-Quads of `document` (RDFC-1.0 §4), LF after each. */
export async function canonicalize(document) {
  return canonicalQuads(await toQuads(document));
}

/** The RDF dataset of `document`. Throws Refusal. */
export async function toQuads(document) {
  try {
    return await jsonld.toRDF(withLastContext(document), {
      base: BASE,
      documentLoader: load,
      eventHandler: refuseLosses,
      processingMode: 'json-ld-1.1',
    });
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('malformed');
  }
}

/** RFC 8785. */
export function canonicalJson(value) {
  return canonicalizeJson(value);
}

/** The canonical form of a dataset. Throws Refusal `too_many_alike`. */
export async function canonicalQuads(dataset) {
  const quads = dataset.map(swapQuad);
  try {
    const text = await canonize(quads, {
      algorithm: 'RDFC-1.0',
      rejectURDNA2015: true,
      createMessageDigest: () => new Digest(),
      maxDeepIterations: 4096,
    });
    return swapBack(text);
  } catch {
    throw new Refusal('too_many_alike');
  }
}

function withLastContext(node) {
  if (Array.isArray(node)) {
    return node.map(withLastContext);
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  const copy = {};
  for (const [key, value] of Object.entries(node)) {
    copy[key] = key === '@context' ? [...[value].flat(), LAST_CONTEXT] : withLastContext(value);
  }
  return copy;
}

function load(url) {
  const document = url === LAST_CONTEXT ? LAST : Object.hasOwn(CONTEXTS, url) && CONTEXTS[url];
  if (!document) {
    throw new Refusal('unknown_context');
  }
  // "static" lets jsonld keep what it made of it: the bytes behind a pinned URL cannot change.
  return {contextUrl: null, documentUrl: url, document, tag: 'static'};
}

function refuseLosses({event, next}) {
  if (event.level === 'warning' && event.code !== 'rdfDirection not set') {
    throw new Refusal('malformed');
  }
  next();
}

/*
 * RDFC-1.0 orders by code points, JavaScript by UTF-16 units; the two differ where characters beyond the BMP meet those
 * from U+E000 on. So the units are renumbered before the library sorts, and numbered back in what it hashes and returns.
 */
const HIGH_UNITS = /[\ud800-\uffff]/g;

function swap(text) {
  return text.replace(HIGH_UNITS, (unit) => {
    const value = unit.charCodeAt(0);
    return String.fromCharCode(value < 0xe000 ? value + 0x2000 : value - 0x800);
  });
}

function swapBack(text) {
  return text.replace(HIGH_UNITS, (unit) => {
    const value = unit.charCodeAt(0);
    return String.fromCharCode(value < 0xf800 ? value + 0x800 : value - 0x2000);
  });
}

function swapQuad({subject, predicate, object, graph}) {
  return {subject: swapTerm(subject), predicate: swapTerm(predicate), object: swapTerm(object), graph: swapTerm(graph)};
}

function swapTerm(term) {
  const swapped = {...term, value: swap(term.value)};
  return term.datatype ? {...swapped, datatype: swapTerm(term.datatype)} : swapped;
}

class Digest {
  constructor() {
    this.text = '';
  }

  update(text) {
    this.text += text;
  }

  async digest() {
    return bytesToHex(sha256OfText(swapBack(this.text)));
  }
}
void MAX_BLANK_NODES;
