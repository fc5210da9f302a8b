/**
 * Which lists of JSON-LD contexts are accepted: those of `core/checks/contexts.json`, read as `core/checks/contexts.py`
 * says. A signature covers what the contexts make of a document, not the list itself.
 */
import {CONTEXTS} from 'pinned-contexts';
import ROWS from '../../../openedx_verifiable_credentials/core/checks/contexts.json' with {type: 'json'};

import {Refusal} from './errors.js';
import {isEqual, isObject, listOf, member} from './json_values.js';
import {MAX_CONTEXTS} from './limits.js';
import {pointer} from './pointers.js';

// Where a credential stands inside another document, with contexts of its own.
const EMBEDDING = ['verifiableCredential', 'endorsement'];

/** The URLs of every pinned context. */
export function isPinned(url) {
  return typeof url === 'string' && Object.hasOwn(CONTEXTS, url);
}

/** The context document behind a pinned URL. */
export function contextOf(url) {
  return CONTEXTS[url];
}

/**
 * Whether `name` is an IRI, in full or behind a prefix, that a term of any pinned context stands for (JSON-LD 1.1
 * §4.1.5): as RDF it is the same as the term, which is what readers of JSON look for.
 */
export function hasATerm(name) {
  TERMS ??= termsIn(Object.values(CONTEXTS).map((each) => each['@context']));
  IRIS ??= irisOf(TERMS);
  return TERMS.has(name.split(':', 1)[0]) || IRIS.has(name);
}

let TERMS;
let IRIS;

/** Every term, with what it stands for, as it is written. */
function termsIn(contexts) {
  const found = new Map();
  const pending = [contexts];
  while (pending.length) {
    const context = pending.pop();
    if (Array.isArray(context)) {
      pending.push(...context);
    } else if (isObject(context)) {
      for (const [name, term] of Object.entries(context)) {
        const meaning = isObject(term) ? (term['@id'] ?? name) : term;
        if (!name.startsWith('@') && typeof meaning === 'string') {
          found.set(name, (found.get(name) ?? new Set()).add(meaning));
        }
        pending.push(isObject(term) ? term['@context'] : undefined);
      }
    }
  }
  return found;
}

function irisOf(terms) {
  const found = new Set();
  const pending = [...terms.values()].flatMap((meanings) => [...meanings]);
  while (pending.length) {
    const meaning = pending.pop();
    const [prefix] = meaning.split(':', 1);
    if (!found.has(meaning) && prefix !== meaning) {
      // A name may be a prefix in several contexts, with several meanings.
      const prefixes = [...(terms.get(prefix) ?? [])].filter((known) => known.includes(':'));
      pending.push(...prefixes.map((known) => known + meaning.slice(prefix.length + 1)));
    }
    found.add(meaning);
  }
  return found;
}

/**
 * The contexts of `document`, and of every credential in it, are a list that is accepted here. Throws Refusal, with the
 * place as a JSON pointer: `malformed`, `unknown_context`, `context_not_accepted`.
 */
export function requireAccepted(document) {
  for (const [node, path] of credentialsIn(document, [])) {
    requireList(node, path);
  }
}

/** `node` and every credential with contexts of its own in it, outermost first. */
function* credentialsIn(node, path) {
  yield [node, path];
  for (const [inner, where] of embeddedIn(node, path)) {
    yield* credentialsIn(inner, where);
  }
}

function* embeddedIn(node, path) {
  for (const [name, child, where] of childrenOf(node, path)) {
    const has = Object.hasOwn(child, '@context');
    if (has && EMBEDDING.includes(name)) {
      yield [child, where];
    } else if (has && !(name === 'proof' && isEqual(child['@context'], member(node, '@context') ?? null))) {
      throw new Refusal('context_not_accepted', {at: pointer([...where, '@context'])});
    } else {
      yield* embeddedIn(child, where);
    }
  }
}

function* childrenOf(node, path) {
  for (const [name, value] of Object.entries(node)) {
    if (name === '@context') {
      continue;
    }
    if (isObject(value)) {
      yield [name, value, [...path, name]];
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (isObject(item)) {
          yield [name, item, [...path, name, index]];
        }
      }
    }
  }
}

function requireList(node, path) {
  const named = member(node, '@context');
  const at = pointer([...path, '@context']);
  const first = Array.isArray(named) && named.length ? named[0] : named;
  if (!ROWS[0].contexts.includes(first)) {
    throw new Refusal('malformed', {at});
  }
  if (!Array.isArray(named) || !named.every((url) => typeof url === 'string') || named.length > MAX_CONTEXTS) {
    throw new Refusal('context_not_accepted', {at});
  }
  if (!named.every(isPinned)) {
    throw new Refusal('unknown_context', {at});
  }
  if (!isAccepted(named, typesIn(node), Object.hasOwn(node, 'proof') ? proofTypesIn(node) : null)) {
    throw new Refusal('context_not_accepted', {at});
  }
}

/** `proofs`: null where nothing is signed in the document, so that any context of a proof may stand ready. */
function isAccepted([first, ...others], types, proofs) {
  let remaining = others;
  for (const row of ROWS.slice(1)) {
    const isNeeded =
      (row.types ?? []).some((type) => types.has(type)) ||
      (row.proofs ?? []).some((type) => !proofs || proofs.has(type));
    if (remaining.length && row.contexts.includes(remaining[0]) && isNeeded && (row.only_with ?? first) === first) {
      remaining = remaining.slice(1);
    }
  }
  return !remaining.length;
}

function typesIn(node) {
  const found = new Set(texts(member(node, 'type')));
  for (const [name, child] of childrenOf(node, [])) {
    if (name !== 'proof' && !Object.hasOwn(child, '@context')) {
      typesIn(child).forEach((type) => found.add(type));
    }
  }
  return found;
}

/** What a ChainedProof2021 wraps needs its context as the wrapped proof alone would. */
function proofTypesIn(node) {
  const proofs = [...childrenOf(node, [])].filter(([name]) => name === 'proof').map(([, child]) => child);
  return new Set(
    proofs.flatMap((proof) => [...texts(member(proof, 'type')), ...texts(member(proof, 'chainedProofType'))]),
  );
}

function texts(value) {
  return listOf(value).filter((item) => typeof item === 'string');
}
