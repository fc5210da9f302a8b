/**
 * The signature check: proof sets and proof chains (Data Integrity §4.4 and §4.5), each proof of a suite that is known.
 *
 * A proof of a suite that is not known says nothing, for or against the document: anybody can add one. A known one that
 * does not verify fails the check; one whose key cannot be had leaves it open; and at least one must be valid.
 */
import {NOT_CHECKED, NOT_FOUND, ON_TEST_NETWORK, isGoodAnchor, namedAnchor} from './anchors.js';
import {sameBytes} from './bytes.js';
import {Refusal} from './errors.js';
import {isEqual} from './json_values.js';
import {isSound, nameOfAnchor, readMerkleProof} from './merkle_proof.js';
import {SKEW} from './moments.js';
import {ECDSA_RDFC, MERKLE, nameOf} from './proof_sets.js';
import {isSigned} from './public_keys.js';
import {check, outcomeOf} from './report.js';
import {Secured, splitProof} from './suites.js';

export const VALID = 'signature_valid';
// What the check says where no proof failed: the first of these that a proof has.
const IN_ORDER = [
  'key_unavailable',
  ON_TEST_NETWORK,
  VALID,
  'wrong_purpose',
  NOT_FOUND,
  NOT_CHECKED,
  'unsupported_proof',
];

/**
 * What became of each of `proofs`, which are all that `document` has: `{proof, code, anchors, anchor}`. `judge` is
 * `{findKey, findAnchor, expected, networks}`: `findKey` says which key a proof names, null where it could not be had;
 * `findAnchor` what the chain says of an anchor, `{code, detail}`; `expected`: `{purpose, moment, challenge, domain}`;
 * `networks`: of the page.
 */
export async function judgeProofs(document, proofs, {canonicalize, ...judge}) {
  const secured = new Secured(document, proofs, canonicalize);
  const results = [];
  for (const proof of proofs) {
    results.push({proof, anchors: [], anchor: null, ...(await judgeProof(proof, secured, judge))});
  }
  return results;
}

/**
 * The check that follows from all of them. Beside a signature that is valid, an anchor that nobody looked up changes
 * nothing; one that was looked for in vain, or is on a test network, is a warning; a wrong one fails the check.
 */
export function concludeProofs(results) {
  const found = results.map(({code}) => code);
  const failed = found.find((code) => outcomeOf(code) === 'failed' && code !== 'wrong_purpose');
  const code = failed ?? IN_ORDER.find((each) => found.includes(each));
  const proofs = results.map(shapeOf);
  return check(code === VALID && found.includes(NOT_FOUND) ? 'anchor_unconfirmed' : code, {proofs});
}

function shapeOf({proof, code, anchors, anchor}) {
  const {created} = proof.members;
  return {
    suite: nameOf(proof),
    verificationMethod: proof.method,
    code,
    ...(typeof created === 'string' ? {created} : {}),
    ...(anchors.length ? {anchors} : {}),
    ...(anchor ? {anchor} : {}),
  };
}

async function judgeProof(proof, secured, judge) {
  const {suite, members} = proof;
  if (suite === null || (Object.hasOwn(members, '@context') && !isEqual(members['@context'], secured.context))) {
    return {code: 'unsupported_proof'};
  }
  try {
    if (suite === MERKLE) {
      return await judgeMerkle(proof, secured, judge);
    }
    const code = await judgeSigned(proof, secured, judge.findKey(proof));
    return {code: code === VALID ? madeFor(proof, judge.expected) : code};
  } catch (error) {
    if (error instanceof Refusal) {
      return {code: 'malformed_proof'};
    }
    throw error;
  }
}

async function judgeSigned(proof, secured, key) {
  const [configuration, signature] = splitProof(proof.members);
  if (!key) {
    return 'key_unavailable';
  }
  if (key.algorithm !== proof.algorithm) {
    // ecdsa-rdfc-2019 also knows P-384, which is not known here; an Ed25519 suite knows nothing else.
    return proof.suite === ECDSA_RDFC ? 'unsupported_proof' : 'invalid_signature';
  }
  const message = await secured.signingInput(proof, configuration);
  return isSigned(message, signature, key) ? VALID : 'invalid_signature';
}

async function judgeMerkle(proof, secured, {findAnchor, expected, networks}) {
  const merkle = readMerkleProof(proof.members.proofValue, networks);
  const anchors = merkle.anchors.map(nameOfAnchor);
  const leaves = isSound(merkle) ? await secured.leaves(proof) : [];
  if (!leaves.some((leaf) => sameBytes(leaf, merkle.target))) {
    return {code: 'invalid_signature', anchors};
  }
  // The first anchor is the one that verifiers look up.
  const [anchor] = merkle.anchors;
  const {code, detail} = await findAnchor(proof, merkle, anchor);
  const reason = isGoodAnchor(code) ? anchoredFor(proof, expected) : VALID;
  return {code: reason === VALID ? code : reason, anchors, anchor: {...namedAnchor(anchor), ...detail}};
}

function anchoredFor(proof, expected) {
  // No leaf covers what a Merkle proof says of itself: whoever has it can write the challenge that is asked for.
  const isAsked = [expected.challenge, expected.domain].some((each) => (each ?? null) !== null);
  return isAsked ? 'wrong_challenge' : madeFor(proof, expected);
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
