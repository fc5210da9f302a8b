/**
 * The signature check: proof sets and proof chains (Data Integrity §4.4 and §4.5), each proof of a suite that is known.
 *
 * A proof of a suite that is not known says nothing, for or against the document: anybody can add one. A known one that
 * does not verify fails the check; one whose key cannot be had leaves it open; and at least one must be valid.
 */
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
// What the check says where no proof is valid and none failed: the first of these that a proof has.
const UNDECIDED = ['wrong_purpose', 'anchor_not_checked', 'test_network_anchor', 'unsupported_proof'];

/**
 * What became of each of `proofs`, which are all that `document` has: `{proof, code, anchors}`. `findKey` says which key
 * a proof names, null where it could not be had; `expected`: `{purpose, moment, challenge, domain}`.
 */
export async function judgeProofs(document, proofs, {findKey, expected, canonicalize}) {
  const secured = new Secured(document, proofs, canonicalize);
  const results = [];
  for (const proof of proofs) {
    results.push({proof, anchors: [], ...(await judgeProof(proof, secured, findKey, expected))});
  }
  return results;
}

/** The check that follows from all of them. */
export function concludeProofs(results) {
  const found = results.map(({code}) => code);
  const failed = found.find((code) => outcomeOf(code) === 'failed' && code !== 'wrong_purpose');
  const code = failed ?? ['key_unavailable', VALID, ...UNDECIDED].find((each) => found.includes(each));
  return check(code, {proofs: results.map(shapeOf)});
}

function shapeOf({proof, code, anchors}) {
  const {created} = proof.members;
  return {
    suite: nameOf(proof),
    verificationMethod: proof.method,
    code,
    ...(typeof created === 'string' ? {created} : {}),
    ...(anchors.length ? {anchors} : {}),
  };
}

async function judgeProof(proof, secured, findKey, expected) {
  const {suite, members} = proof;
  if (suite === null || (Object.hasOwn(members, '@context') && !isEqual(members['@context'], secured.context))) {
    return {code: 'unsupported_proof'};
  }
  try {
    if (suite === MERKLE) {
      return await judgeMerkle(proof, secured);
    }
    const code = await judgeSigned(proof, secured, findKey(proof));
    return {code: code === VALID ? madeFor(proof, expected) : code};
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

/** No chain is asked from here: a sound proof of a public chain is not checked, and says so. */
async function judgeMerkle(proof, secured) {
  const merkle = readMerkleProof(proof.members.proofValue);
  const anchors = merkle.anchors.map(nameOfAnchor);
  const leaves = isSound(merkle) ? await secured.leaves(proof) : [];
  if (!leaves.some((leaf) => sameBytes(leaf, merkle.target))) {
    return {code: 'invalid_signature', anchors};
  }
  // The first anchor is the one that verifiers look up.
  return {code: merkle.anchors[0].isTestNetwork ? 'test_network_anchor' : 'anchor_not_checked', anchors};
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
