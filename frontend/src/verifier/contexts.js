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
