/** The proofs of a document, read and not yet believed (Data Integrity §2.1, §2.1.1 and §2.1.2). */
import {Refusal} from './errors.js';
import {isAbsoluteIri} from './iris.js';
import {isObject, listOf, member} from './json_values.js';
import {readMoment} from './moments.js';

export const EDDSA_JCS = 'eddsa-jcs-2022';
export const ECDSA_RDFC = 'ecdsa-rdfc-2019';
export const MERKLE = 'merkle-proof-2019';
const MAX_PROOFS = 8;
const DATA_INTEGRITY = 'DataIntegrityProof';
const ED25519_2020 = 'Ed25519Signature2020';
// By the suite: the algorithm that its key must have; null for one that signs with a transaction.
const ALGORITHMS = {
  'eddsa-rdfc-2022': 'Ed25519',
  [EDDSA_JCS]: 'Ed25519',
  [ED25519_2020]: 'Ed25519',
  [ECDSA_RDFC]: 'P-256',
  [MERKLE]: null,
};
// Suites that are named by the type of the proof; every other one stands in `cryptosuite`.
const TYPES = {[ED25519_2020]: ED25519_2020, MerkleProof2019: MERKLE};

/**
 * The proofs of `document`: `{number, members, suite, algorithm, method, purpose, created, expires, previous, domains}`;
 * `suite` null: not one that is known here, and then it has a type and a purpose, and may look as it likes.
 *
 * Throws Refusal: `no_proof`, `malformed_proof`.
 */
export function readProofs(document) {
  const members = listOf(member(document, 'proof') ?? null);
  if (!members.length || (members.length === 1 && members[0] === null)) {
    throw new Refusal('no_proof');
  }
  if (members.length > MAX_PROOFS || !members.every(isObject)) {
    throw malformed();
  }
  const proofs = members.map((each, number) => readProof(number, each));
  const names = members.filter((each) => Object.hasOwn(each, 'id')).map(({id}) => id);
  if (!names.every((name) => typeof name === 'string') || new Set(names).size !== names.length) {
    throw malformed();
  }
  return proofs;
}

/** What a proof calls itself. */
export function nameOf({members}) {
  const {cryptosuite, type} = members;
  // Of what is no text nothing is known; it may not even be made into text.
  return typeof cryptosuite === 'string' && cryptosuite ? cryptosuite : type;
}

/** What is thrown where a proof is not as it must be. */
export function malformed() {
  return new Refusal('malformed_proof');
}

function readProof(number, members) {
  const method = textOf(members, 'verificationMethod');
  const purpose = textOf(members, 'proofPurpose');
  if (typeof member(members, 'type') !== 'string' || !purpose) {
    throw malformed();
  }
  const suite = suiteOf(members);
  const isKnown = suite !== null || members.type === DATA_INTEGRITY;
  if (!isAbsoluteIri(method) && (isKnown || Object.hasOwn(members, 'verificationMethod'))) {
    throw malformed();
  }
  const proof = {number, members, suite, algorithm: null, method, purpose};
  if (suite === null) {
    return {...proof, created: null, expires: null, previous: [], domains: []};
  }
  const [created, expires] = [momentOf(members, 'created'), momentOf(members, 'expires')];
  const [previous, domains] = [strings(members, 'previousProof'), strings(members, 'domain')];
  const hasChallenge = Object.hasOwn(members, 'challenge');
  if (hasChallenge && typeof members.challenge !== 'string') {
    throw malformed();
  }
  if (created === null && members.type !== DATA_INTEGRITY) {
    throw malformed();
  }
  return {...proof, algorithm: ALGORITHMS[suite], created, expires, previous, domains};
}

/** Data Integrity §2.1: a `DataIntegrityProof` names its suite, and the other types that are known are one. */
function suiteOf(members) {
  const suite = member(members, 'cryptosuite');
  if (members.type === DATA_INTEGRITY) {
    if (typeof suite !== 'string') {
      throw malformed();
    }
    return Object.hasOwn(ALGORITHMS, suite) && !Object.hasOwn(TYPES, suite) ? suite : null;
  }
  const isKnown = Object.hasOwn(TYPES, members.type);
  if (isKnown && Object.hasOwn(members, 'cryptosuite')) {
    throw malformed();
  }
  return isKnown ? TYPES[members.type] : null;
}

function textOf(members, name) {
  const value = member(members, name);
  return typeof value === 'string' ? value : '';
}

function momentOf(members, name) {
  // Data Integrity §2.1: a date that was written without an offset by mistake is in UTC.
  const moment = Object.hasOwn(members, name) ? readMoment(members[name], {withoutZone: true}) : null;
  if (moment === null && Object.hasOwn(members, name)) {
    throw malformed();
  }
  return moment;
}

function strings(members, name) {
  const values = listOf(member(members, name));
  if (!values.every((item) => typeof item === 'string')) {
    throw malformed();
  }
  return values;
}
