/**
 * The structure of a document: VC Data Model 1.1 and 2.0, Open Badges 3.0, Blockcerts 3, status lists. The table is
 * `core/checks/structure.json`; how it is read, `core/checks/structure.py` says.
 */
import TABLE from '../../../openedx_verifiable_credentials/core/checks/structure.json' with {type: 'json'};

import {Refusal} from './errors.js';
import {isIri} from './iris.js';
import {isObject, member, typesOf} from './json_values.js';
import {readMoment} from './moments.js';
import {pointer} from './pointers.js';

const {documents: DOCUMENTS, other_models: OTHER_MODELS, enumerations: ENUMERATIONS, classes: CLASSES} = TABLE;
const KINDS = {
  text: (value) => typeof value === 'string',
  iri: (value) => typeof value === 'string' && isIri(value),
  moment: (value) => readMoment(value) !== null,
  day: isDay,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  label: (value) => typeof value === 'string' || (isObject(value) && typeof member(value, '@value') === 'string'),
};
const ENVELOPES = ['EnvelopedVerifiableCredential', 'EnvelopedVerifiablePresentation'];
const FILLINGS = new Map();

/**
 * `document` is a verifiable credential or presentation, by its types. Throws Refusal: `not_a_credential`;
 * `unsupported_data_model` where it is one of an older standard; `unsupported_format` where it is an envelope, which is
 * secured by what is in it.
 */
export function requireADocument(document) {
  const types = typesOf(document);
  if (types.some((type) => ENVELOPES.includes(type))) {
    throw new Refusal('unsupported_format', {at: '/type'});
  }
  if (!Object.values(DOCUMENTS).some((classes) => types.some((type) => Object.hasOwn(classes, type)))) {
    const isOther = types.some((type) => OTHER_MODELS.includes(type));
    throw new Refusal(isOther ? 'unsupported_data_model' : 'not_a_credential', {at: '/type'});
  }
}

/**
 * `document` has the structure that its types and first context ask for; its contexts are accepted ones. Throws Refusal
 * `malformed`, with the place as a JSON pointer.
 */
export function requireStructure(document) {
  requireDocument(document, [], null);
}

/** `around`: the first context of the document around this one; that of a credential without contexts. */
function requireDocument(node, path, around) {
  if (!isObject(node)) {
    refuse(path);
  }
  const contexts = member(node, '@context');
  const model = Array.isArray(contexts) && contexts.length ? contexts[0] : around;
  const classes = Object.hasOwn(DOCUMENTS, model ?? '') ? DOCUMENTS[model] : {};
  const found = [...new Set(typesOf(node))].filter((type) => Object.hasOwn(classes, type));
  // A credential that is a presentation, too, would be judged as one of them and read as the other.
  if (found.length !== 1) {
    refuse([...path, 'type']);
  }
  requireObject(node, classes[found[0]], path, model);
}

function requireObject(node, name, path, model) {
  const {members, type, closed, one_of: oneOf, and, also = {}, document} = CLASSES[name];
  const types = isObject(node) ? typesOf(node) : refuse(path);
  if (type !== undefined && !types.includes(type)) {
    refuse([...path, 'type']);
  }
  const isOpen = !closed || Object.keys(node).every((key) => Object.hasOwn(members, key));
  if (!isOpen || (oneOf && !oneOf.some((key) => Object.hasOwn(node, key)))) {
    refuse(path);
  }
  for (const [key, line] of Object.entries(members)) {
    const filling = fillingOf(line);
    if (Object.hasOwn(node, key)) {
      requireMember(node[key], filling, [...path, key], model);
    } else if (filling.isRequired) {
      refuse([...path, key]);
    }
  }
  const others = types.filter((each) => Object.hasOwn(also, each)).map((each) => also[each]);
  for (const other of [...new Set(and ? [...others, and] : others)].sort()) {
    requireObject(node, other, path, model);
  }
  if (document) {
    requireDocument(node, path, model);
  }
}

function requireMember(value, filling, path, model) {
  if (Array.isArray(value) && filling.isMany) {
    value.forEach((item, index) => requireOne(item, filling, [...path, index], model));
  } else {
    requireOne(value, filling, path, model);
  }
}

/** `value` is of one of the kinds; objects are judged by the kind that is for objects, so that they say where. */
function requireOne(value, {kinds}, path, model) {
  for (const kind of kinds) {
    if (Object.hasOwn(KINDS, kind)) {
      if (KINDS[kind](value)) {
        return;
      }
    } else if (Object.hasOwn(ENUMERATIONS, kind)) {
      if (isEnumerated(value, ENUMERATIONS[kind])) {
        return;
      }
    } else if (isObject(value)) {
      if (kind === 'document') {
        requireDocument(value, path, model);
      } else {
        requireObject(value, kind, path, model);
      }
      return;
    }
  }
  refuse(path);
}

/** One line of the table: kinds, `*` where there may be many, `!` where it is required. */
function fillingOf(line) {
  if (!FILLINGS.has(line)) {
    const kinds = line.replace(/!$/, '').replace(/\*$/, '').split('|');
    FILLINGS.set(line, {kinds, isMany: line.includes('*'), isRequired: line.endsWith('!')});
  }
  return FILLINGS.get(line);
}

function isEnumerated(value, {values, prefix}) {
  return typeof value === 'string' && (values.includes(value) || (prefix !== undefined && value.startsWith(prefix)));
}

function isDay(value) {
  return (
    typeof value === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) && readMoment(`${value}T00:00:00Z`) !== null
  );
}

function refuse(path) {
  throw new Refusal('malformed', {at: pointer(path)});
}
