/** The signature check of a compact JWS: one proof, by the key that its header names or brings along. */
import {Refusal} from './errors.js';
import {SKEW} from './moments.js';
import {VALID} from './proofs.js';
import {isSameKey, keyFromJwk, nameOfKey} from './public_keys.js';
import {isTokenSigned} from './vc_jwt.js';

const SUITE = 'JWT';
const ALGORITHMS = {RS256: 'RSA', ES256: 'P-256', EdDSA: 'Ed25519', Ed25519: 'Ed25519'};
const ASSERTION_METHOD = 'assertionMethod';

/**
 * The token as the proof that it is. A key id that is no address of its own names a key of `issuer` (VC-JOSE-COSE §4.1);
 * where there is none, the method is "".
 */
export function asProof({algorithm, keyId}, issuer) {
  return {
    number: 0,
    members: {type: SUITE, cryptosuite: algorithm},
    suite: SUITE,
    algorithm: null,
    method: methodOf(keyId, issuer),
    purpose: ASSERTION_METHOD,
    created: null,
    expires: null,
    previous: [],
    domains: [],
  };
}

/** The public key that the token brings along: what it signed can be checked with it, whose it is cannot. */
export function findKeyInHeader({headerJwk}) {
  return headerJwk === null ? null : keyFromJwk(headerJwk);
}

/**
 * The method of the issuer that a token without a key id means: the one with the key that it brings along, or the only
 * one for assertions whose key is for its algorithm. "" where there is none.
 */
export function findMethod(token, document) {
  const wanted = findKeyInHeader(token);
  const ids = new Map();
  for (const {id, publicKey} of document.methods.values()) {
    if (publicKey && document.lists(id, ASSERTION_METHOD)) {
      const isMeant = wanted ? isSameKey(wanted, publicKey) : publicKey.algorithm === ALGORITHMS[token.algorithm];
      // One key is often listed in several forms.
      if (isMeant && !ids.has(nameOfKey(publicKey))) {
        ids.set(nameOfKey(publicKey), id);
      }
    }
  }
  return ids.size === 1 ? [...ids.values()][0] : '';
}

/** What became of the token's signature by `key`. */
export async function judgeToken(token, proof, key, expected) {
  const result = (code) => ({proof, code, anchors: []});
  if (!key) {
    return result('key_unavailable');
  }
  let isValid;
  try {
    isValid = await isTokenSigned(token, key);
  } catch (error) {
    if (error instanceof Refusal) {
      return result(error.code);
    }
    throw error;
  }
  if (isValid && token.expires !== null && expected.moment - SKEW > token.expires * 1000) {
    return result('proof_expired');
  }
  return result(isValid ? VALID : 'invalid_signature');
}

/** Whether the token itself is not good yet (RFC 7519 §4.1.5). */
export function startsLater({notBefore}, at) {
  return notBefore !== null && at + SKEW < notBefore * 1000;
}

function methodOf(keyId, issuer) {
  if (keyId === null || keyId.startsWith('did:') || !issuer.startsWith('did:')) {
    return keyId ?? '';
  }
  // A bare name, or one with the number sign in front.
  return `${issuer}#${keyId.replace(/^#/, '')}`;
}
