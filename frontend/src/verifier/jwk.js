/** Signatures of tokens, made with a key that was published as JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2). */
import {bytesOf, readBase64url} from './bytes.js';
import {Refusal} from './errors.js';
import {isFor, isSigned} from './public_keys.js';

export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT_BYTES = 4;

/**
 * Whether `signature` over the text `message` was made with `key` by `algorithm`.
 *
 * Throws Refusal: `unsupported_algorithm` where the key is for another one, is not for signatures, or is RSA of less
 * than 2048 bits (RFC 7518 §3.3); `key_unavailable` where it is malformed.
 */
export async function isSignedBy(key, algorithm, signature, message) {
  if (!isFor(key, algorithm)) {
    throw new Refusal('unsupported_algorithm');
  }
  return key.algorithm === 'RSA' ? verifyRsa(key.jwk, signature, message) : isSigned(bytesOf(message), signature, key);
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), by the browser. */
async function verifyRsa({n, e}, signature, message) {
  const [modulus, exponent] = [readBase64url(n), readBase64url(e)];
  // Base64urlUInt (RFC 7518 §2): the fewest bytes.
  if (!modulus?.[0] || !exponent?.[0] || exponent.length > MAX_EXPONENT_BYTES) {
    throw new Refusal('key_unavailable');
  }
  const value = exponent.reduce((number, byte) => number * 256 + byte, 0);
  const bits = modulus.length * 8 - (Math.clz32(modulus[0]) - 24);
  if (bits < MIN_RSA_BITS) {
    throw new Refusal('unsupported_algorithm');
  }
  // Outside of a secure context, browsers have no such thing.
  const subtle = globalThis.crypto?.subtle;
  if (bits > MAX_RSA_BITS || value < 3 || value % 2 === 0 || !subtle) {
    throw new Refusal('key_unavailable');
  }
  const form = {name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256'};
  let key;
  try {
    key = await subtle.importKey('jwk', {kty: 'RSA', n, e}, form, false, ['verify']);
  } catch {
    throw new Refusal('key_unavailable');
  }
  return subtle.verify(form, key, signature, bytesOf(message));
}
