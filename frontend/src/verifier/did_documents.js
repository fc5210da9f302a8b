/**
 * DID documents (DID Core §5, CID 1.0 §2): which keys a DID has, and what for.
 *
 * `profile`: where the issuer's profile is, which dates the keys of its anchors; "" where the document names none.
 *
 * A method of a kind that is not known here is remembered without a key; one whose id stands twice with different
 * content makes the document ambiguous, and the document is refused.
 */
import {addressOfMethod} from './accounts.js';
import {textOf} from './bytes.js';
import {canonicalJson} from './canonical.js';
import {Refusal} from './errors.js';
import {readObject} from './json_text.js';
import {isObject, member} from './json_values.js';
import {DID_DOCUMENT} from './limits.js';
import {readMoment} from './moments.js';
import {isSameKey, keyFromJwk, keyFromMultibase} from './public_keys.js';

const MAX_METHODS = 200;
const KEY_TYPES = ['Multikey', 'Ed25519VerificationKey2020', 'JsonWebKey2020', 'JsonWebKey'];
const RELATIONSHIPS = ['assertionMethod', 'authentication'];
// In the place of a profile's address that cannot be read: nobody has anything there, so no date in it is passed over.
const NOWHERE = 'invalid:';
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9\\-]*[A-Za-z0-9])?';
// Nothing is percent-encoded but a port's colon, and no segment is "." or "..": a DID has one place, and stays in it.
const DID_WEB = new RegExp(
  `^did:web:(${LABEL}(?:\\.${LABEL})*(?:%3A[0-9]{1,5})?)((?::(?!\\.{1,2}(?::|$))[A-Za-z0-9._~\\-]+)*)$`,
);

/** Where a did:web's document is (did:web §2.5.2); null for anything else. */
export function addressOf(did) {
  const match = DID_WEB.exec(did);
  if (!match) {
    return null;
  }
  const path = match[2] ? match[2].slice(1).split(':') : ['.well-known'];
  return `https://${match[1].replace('%3A', ':')}/${[...path, 'did.json'].join('/')}`;
}

/** The document of a did:key (did:key v0.9 §3.1): its one key, for every purpose; null where the key is not known. */
export function documentOfKey(did) {
  const value = did.slice('did:key:'.length);
  const publicKey = keyFromMultibase(value);
  if (!publicKey) {
    return null;
  }
  const id = `${did}#${value}`;
  const method = {id, controller: did, publicKey, address: null, revoked: null, expires: null};
  return new DidDocument(
    did,
    new Map([[id, method]]),
    Object.fromEntries(RELATIONSHIPS.map((name) => [name, new Set([id])])),
  );
}

/** The document of `did` in `raw`: JSON, plain or JSON-LD. Throws Refusal `invalid_did_document`. */
export function readDidDocument(raw, did) {
  const document = readObjectOf(raw);
  if (document.id !== did) {
    throw invalid();
  }
  const methods = new Methods(did);
  for (const entry of objects(document.verificationMethod ?? absent(document, 'verificationMethod'))) {
    methods.add(entry);
  }
  const listed = {};
  for (const purpose of RELATIONSHIPS) {
    const members = Object.hasOwn(document, purpose) ? document[purpose] : [];
    listed[purpose] = new Set([members].flat().map((member) => methods.reference(member)));
  }
  if (methods.byId.size > MAX_METHODS) {
    throw invalid();
  }
  return new DidDocument(did, methods.byId, listed, profileOf(document));
}

/** The address of the first service that is an issuer's profile (DID Core §5.4; Blockcerts v3); "" for none. */
function profileOf(document) {
  const services = [member(document, 'service')].flat();
  const found = services.find((each) => isObject(each) && [member(each, 'type')].flat().includes('IssuerProfile'));
  const address = found && member(found, 'serviceEndpoint');
  return found ? (typeof address === 'string' && address) || NOWHERE : '';
}

class DidDocument {
  constructor(did, methods, listed, profile = '') {
    Object.assign(this, {did, methods, listed, profile});
  }

  /** The method, whatever it may be used for; undefined where there is none. */
  find(id) {
    return this.methods.get(id);
  }

  /** Whether the method may be used for `purpose`. */
  lists(id, purpose) {
    return Object.hasOwn(this.listed, purpose) && this.listed[purpose].has(id);
  }
}

class Methods {
  constructor(did) {
    Object.assign(this, {did, byId: new Map(), entries: new Map()});
  }

  /** A member of a relationship: an id, or a method of its own. */
  reference(member) {
    if (typeof member === 'string') {
      return this.absolute(member);
    }
    return isObject(member) ? this.add(member) : fail();
  }

  add(entry) {
    const id = typeof entry.id === 'string' ? this.absolute(entry.id) : fail();
    const written = canonicalJson(entry);
    if ((this.entries.get(id) ?? written) !== written || typeof entry.controller !== 'string') {
      fail();
    }
    this.entries.set(id, written);
    this.byId.set(id, {
      id,
      controller: entry.controller,
      publicKey: keyOf(entry),
      address: addressOfMethod(entry),
      revoked: momentOf(entry.revoked),
      expires: momentOf(entry.expires),
    });
    return id;
  }

  /** A relative DID URL is resolved against the DID of its document (DID Core §3.2.2). */
  absolute(id) {
    return id.startsWith('#') ? this.did + id : id;
  }
}

function readObjectOf(raw) {
  try {
    return readObject(typeof raw === 'string' ? raw : textOf(raw), DID_DOCUMENT);
  } catch {
    throw invalid();
  }
}

/** Both forms of one key may stand side by side, as some verifiers want it; two keys in one method are none. */
function keyOf(entry) {
  if (!KEY_TYPES.includes(entry.type)) {
    return null;
  }
  const found = [];
  if (Object.hasOwn(entry, 'publicKeyMultibase')) {
    found.push(keyFromMultibase(entry.publicKeyMultibase));
  }
  if (Object.hasOwn(entry, 'publicKeyJwk')) {
    found.push(keyFromJwk(entry.publicKeyJwk));
  }
  const isOne = found.length && found.every((key) => key && isSameKey(key, found[0]));
  return isOne ? found[0] : null;
}

/** A date that cannot be read is as bad as the earliest one: the method is not to be used. */
function momentOf(value) {
  return value === undefined || value === null ? null : (readMoment(value) ?? -Infinity);
}

function absent(document, name) {
  return Object.hasOwn(document, name) ? fail() : [];
}

function objects(value) {
  return Array.isArray(value) && value.every(isObject) ? value : fail();
}

function invalid() {
  return new Refusal('invalid_did_document');
}

function fail() {
  throw invalid();
}
