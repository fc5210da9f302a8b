/**
 * What a document must not hold, because JSON-LD drops it in silence and no signature over RDF would cover it: the same
 * walk as `core/checks/coverage.py`, in the same order. A term that no context defines stays visible in the RDF;
 * `canonical.js` finds it there.
 */
import {hasATerm} from './contexts.js';
import {Refusal} from './errors.js';
import {isIri} from './iris.js';
import {isObject, member} from './json_values.js';
import {pointer} from './pointers.js';

// What the checks read of a document, and read nowhere but in the document itself.
const OF_THE_DOCUMENT = ['issuer', 'holder', 'issuanceDate', 'expirationDate', 'validFrom', 'validUntil', 'credentialStatus'];
// What stands in a graph of its own: an object that says no more than its id leaves nothing in that graph.
const GRAPHS = ['proof', 'verifiableCredential'];
// The data model 2.0 forgets every context there (`@context` null): what has none of its own would vanish.
const OWN_CONTEXT = 'verifiableCredential';
// RDF has sets where JSON has arrays, and those who look for what is in one twice compare each with each.
const MAX_ITEMS = 1000;
const PLAIN_NAME = /^[A-Za-z0-9_$.\-]*$/;
const KEYWORD = /^@[A-Za-z]+$/;
const VALUE_MEMBERS = ['@value', '@language', '@direction', '@type'];
// BCP 47 as RDF 1.1 asks for it (§3.3: well-formed); what is not is dropped with its text.
const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;
const SOME_BASE = 'relative:///';
const SOME_VOCABULARY = 'urn:vocabulary:';

/**
 * Nothing of `document` would vanish on the way to RDF; `identifiers` (a Set) are the terms whose text is read as an IRI.
 * Throws Refusal, with the place as a JSON pointer: `uncovered_member`, `undefined_term`, `relative_iri`,
 * `blank_node_identifier`, `malformed`, `too_large` (an array or object).
 */
export function requireCovered(document, identifiers) {
  through(document, [], {identifiers, documentId: member(document, 'id')});
}

function through(node, path, walk) {
  if (!Object.keys(node).length) {
    refuse('uncovered_member', path);
  }
  requireFew(Object.keys(node), path);
  if (Object.hasOwn(node, '@value')) {
    requireValueObject(node, path);
    return;
  }
  const isTheDocument = walk.documentId !== undefined && member(node, 'id') === walk.documentId;
  if (path.length && isTheDocument && OF_THE_DOCUMENT.some((name) => Object.hasOwn(node, name))) {
    // As RDF it says so of the document, wherever in it: what was moved would not be found.
    refuse('malformed', path);
  }
  for (const [name, value] of Object.entries(node)) {
    const here = [...path, name];
    if (name === '@context') {
      continue;
    }
    requireName(name, here);
    if (name === 'id') {
      requireIdentifier(value, here);
    } else if (name === 'type') {
      requireTypes(value, here);
    } else if (Array.isArray(value)) {
      requireEach(name, value, here, walk);
    } else {
      requireValue(name, value, here, walk);
    }
  }
}

function requireEach(name, values, path, walk) {
  if (!values.length) {
    refuse('uncovered_member', path);
  }
  requireFew(values, path);
  values.forEach((item, index) => {
    if (Array.isArray(item)) {
      refuse('malformed', [...path, index]);
    }
    requireValue(name, item, [...path, index], walk);
  });
}

function requireValue(name, value, path, walk) {
  if (isObject(value)) {
    if (GRAPHS.includes(name) && Object.keys(value).every((key) => key === '@context' || key === 'id')) {
      refuse('uncovered_member', path);
    }
    if (name === OWN_CONTEXT && !hasContext(value)) {
      refuse('uncovered_member', path);
    }
    through(value, path, walk);
  } else if (value === null || GRAPHS.includes(name)) {
    refuse('uncovered_member', path);
  } else if (typeof value === 'string' && walk.identifiers.has(name)) {
    requireVisible(value, path);
  }
}

function hasContext(node) {
  const contexts = node['@context'];
  return Array.isArray(contexts) ? contexts.length > 0 : Boolean(contexts);
}

function requireName(name, path) {
  if (PLAIN_NAME.test(name)) {
    return;
  }
  if (name.startsWith('@')) {
    refuse('uncovered_member', path);
  }
  if (name.startsWith('_:')) {
    refuse('blank_node_identifier', path);
  }
  if (!isIri(name.includes(':') ? name : SOME_VOCABULARY + name)) {
    refuse('undefined_term', path);
  }
  if (hasATerm(name)) {
    // As RDF the same as the term that readers look for: a revoked credential would seem to have no status.
    refuse('malformed', path);
  }
}

function requireIdentifier(value, path) {
  if (typeof value !== 'string') {
    refuse(value === null ? 'uncovered_member' : 'malformed', path);
  }
  refuseBlank(value, path);
  if (!isIri(value)) {
    refuse('relative_iri', path);
  }
}

function requireTypes(value, path) {
  if (value === null || (Array.isArray(value) && !value.length)) {
    refuse('uncovered_member', path);
  }
  const names = Array.isArray(value) ? value : [value];
  requireFew(names, path);
  for (const name of names) {
    if (typeof name !== 'string') {
      refuse('malformed', path);
    }
    refuseBlank(name, path);
    if (!(name.includes(':') ? isIri(name) : name && PLAIN_NAME.test(name))) {
      refuse('undefined_term', path);
    }
  }
}

function requireFew(values, path) {
  if (values.length > MAX_ITEMS) {
    refuse('too_large', path);
  }
}

/** The text is an IRI, or becomes one that shows that it was relative. */
function requireVisible(value, path) {
  refuseBlank(value, path);
  if (!isIri(value) && (KEYWORD.test(value) || value.includes(':') || !isIri(SOME_BASE + value))) {
    refuse('relative_iri', path);
  }
}

function refuseBlank(value, path) {
  if (value.startsWith('_:')) {
    refuse('blank_node_identifier', path);
  }
}

/** JSON-LD 1.1 §9.5, narrowed to what every canonicaliser reads alike. */
function requireValueObject(node, path) {
  const {'@value': value, '@type': type, '@language': language = 'und', '@direction': direction = 'ltr'} = node;
  if (!Object.keys(node).every((name) => VALUE_MEMBERS.includes(name)) || value === null) {
    refuse('uncovered_member', path);
  }
  const isTagged = Object.hasOwn(node, '@language') || Object.hasOwn(node, '@direction');
  const isRight = typeof value === 'string' || (!isTagged && ['number', 'boolean'].includes(typeof value));
  if (!isRight || (isTagged && Object.hasOwn(node, '@type'))) {
    refuse('malformed', path);
  }
  if (Object.hasOwn(node, '@type') && !(typeof type === 'string' && isIri(type))) {
    refuse('relative_iri', path);
  }
  if (typeof language !== 'string' || !LANGUAGE.test(language)) {
    refuse('uncovered_member', path);
  }
  if (direction !== 'ltr' && direction !== 'rtl') {
    refuse('malformed', path);
  }
}

function refuse(code, path) {
  throw new Refusal(code, {at: pointer(path)});
}
