/**
 * The signature check: proof sets and proof chains (Data Integrity §4.4 and §4.5), each proof of a suite that is known.
 *
 * A proof of a suite that is not known says nothing, for or against the document: anybody can add one. A known one that
 * does not verify fails the check, and at least one must be valid.
 */
import {Refusal} from './errors.js';
import {isAbsoluteIri} from './iris.js';
import {isEqual, isObject, listOf, member} from './json_values.js';
import {SKEW, readMoment} from './moments.js';
import {isSigned} from './public_keys.js';
import {check, outcomeOf} from './report.js';
import {ALGORITHMS, Secured, splitProof} from './suites.js';

export const VALID = 'signature_valid';
const MAX_PROOFS = 8;
const DATA_INTEGRITY_PROOF = 'DataIntegrityProof';
// What the check says where no proof is valid and none failed: the first of these that a proof has.
const UNDECIDED = ['wrong_purpose', 'key_unavailable', 'anchor_not_checked', 'unsupported_proof'];

/** The proofs of `document` (Data Integrity §2.1, §2.1.1). Throws Refusal: `no_proof`, `malformed_proof`. */
export function readProofs(document) {
  const members = listOf(member(document, 'proof') ?? null);
  if (!members.length || (members.length === 1 && members[0] === null)) {
    throw new Refusal('no_proof');
  }
  if (members.length > MAX_PROOFS || !members.every(isObject)) {
    throw malformed();
  }
  return members.map((each, number) => readProof(number, each));
}

/**
 * What became of each of `proofs`, which are all that `document` has: `{proof, code}`. `findKey` says which key a proof
 * names, null where it could not be had; `expected`: `{purpose, moment, challenge, domain}`.
 */
export async function judgeProofs(document, proofs, {findKey, expected, canonicalize}) {
  const secured = new Secured(document, proofs, canonicalize);
  const results = [];
  for (const proof of proofs) {
    results.push({proof, code: await judgeProof(proof, secured, findKey, expected)});
  }
  return results;
}

/** The check that follows from all of them. */
export function concludeProofs(results) {
  const found = results.map(({code}) => code);
  const failed = found.find((code) => outcomeOf(code) === 'failed' && code !== 'wrong_purpose');
  const code = failed ?? (found.includes(VALID) ? VALID : UNDECIDED.find((each) => found.includes(each)));
  const proofs = results.map(({proof, code: each}) => ({
    suite: String(proof.members.cryptosuite || proof.members.type),
    verificationMethod: proof.method,
    created: proof.members.created ?? null,
    code: each,
  }));
  return check(code, {proofs});
}

function readProof(number, members) {
  const [kind, suite] = [member(members, 'type'), member(members, 'cryptosuite') ?? (Object.hasOwn(members, 'cryptosuite') ? null : '')];
  if (typeof kind !== 'string' || typeof suite !== 'string') {
    throw malformed();
  }
  const isIntegrity = kind === DATA_INTEGRITY_PROOF;
  const name = isIntegrity ? suite : kind;
  const isKnown = Object.hasOwn(ALGORITHMS, name) && isIntegrity === Object.hasOwn(members, 'cryptosuite');
  const proof = {
    number,
    members,
    suite: isKnown ? name : null,
    method: textOr(members.verificationMethod),
    purpose: textOr(members.proofPurpose),
    created: readMoment(members.created),
    expires: readMoment(members.expires),
    previous: strings(members, 'previousProof'),
    domains: strings(members, 'domain'),
  };
  if (isKnown && !isComplete(proof)) {
    throw malformed();
  }
  return proof;
}

function isComplete({members, suite, method, purpose, created, expires}) {
  return (
    isAbsoluteIri(method) &&
    purpose !== '' &&
    (created !== null || !Object.hasOwn(members, 'created')) &&
    (expires !== null || !Object.hasOwn(members, 'expires')) &&
    (suite !== 'Ed25519Signature2020' || created !== null) &&
    (typeof members.challenge === 'string' || !Object.hasOwn(members, 'challenge'))
  );
}

function strings(members, name) {
  const values = listOf(member(members, name));
  if (values.every((item) => typeof item === 'string')) {
    return values;
  }
  if (members.type === DATA_INTEGRITY_PROOF) {
    throw malformed();
  }
  // A chained proof of an older kind repeats the proof it follows.
  return [];
}

async function judgeProof(proof, secured, findKey, expected) {
  const {suite, members} = proof;
  if (suite === null || (Object.hasOwn(members, '@context') && !isEqual(members['@context'], secured.context))) {
    return 'unsupported_proof';
  }
  const key = findKey(proof);
  if (!key) {
    return 'key_unavailable';
  }
  if (key.algorithm !== ALGORITHMS[suite]) {
    // ecdsa-rdfc-2019 also knows P-384; an Ed25519 suite knows nothing else.
    return suite === 'ecdsa-rdfc-2019' ? 'unsupported_proof' : 'invalid_signature';
  }
  try {
    const [configuration, signature] = splitProof(members);
    const message = await secured.signingInput(proof, configuration);
    return isSigned(message, signature, key) ? madeFor(proof, expected) : 'invalid_signature';
  } catch (error) {
    if (error instanceof Refusal) {
      return 'malformed_proof';
    }
    throw error;
  }
}

function madeFor({purpose, members, domains, expires}, expected) {
  if (purpose !== expected.purpose) {
    return 'wrong_purpose';
  }
  const isChallenge = (expected.challenge ?? null) === null || members.challenge === expected.challenge;
  const isDomain = (expected.domain ?? null) === null || domains.includes(expected.domain);
  if (!isChallenge || !isDomain) {
    return 'wrong_challenge';
  }
  return expires !== null && expected.moment - SKEW >= expires ? 'proof_expired' : VALID;
}

function textOr(value) {
  return typeof value === 'string' ? value : '';
}

function malformed() {
  return new Refusal('malformed_proof');
}
