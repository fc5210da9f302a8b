/** The one algorithm that each kind of key is used with (RFC 8725 §3.1), and signatures of tokens. */
import {bytesOf, readBase64url} from './bytes.js';
import {Refusal} from './errors.js';
import {isSigned, keyFromJwk} from './public_keys.js';

export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const ALGORITHM_OF = {RSA: {'': 'RS256'}, EC: {'P-256': 'ES256'}, OKP: {Ed25519: 'EdDSA'}};
// What RFC 9864 calls EdDSA with these keys.
const ALSO = {Ed25519: 'EdDSA'};
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT_BYTES = 4;

/**
 * Whether `signature` over the text `message` was made with `jwk` by `algorithm`.
 *
 * Throws Refusal: `unsupported_algorithm` where the key is for another one, is not for signatures, or is RSA of less
 * than 2048 bits (RFC 7518 §3.3); `key_unavailable` where it is malformed or of a kind that is not known.
 */
export async function verifyWithJwk(jwk, algorithm, signature, message) {
  requireAlgorithm(jwk, algorithm);
  if (jwk.kty === 'RSA') {
    return verifyRsa(jwk, signature, message);
  }
  const key = keyFromJwk(jwk);
  if (!key) {
    throw new Refusal('key_unavailable');
  }
  return isSigned(bytesOf(message), signature, key);
}

/** What the key is, and what it says of itself (RFC 7517 §4.2 to §4.4). */
function requireAlgorithm(jwk, algorithm) {
  const {kty, crv = ''} = jwk;
  if (typeof kty !== 'string' || (typeof crv !== 'string' && crv !== null)) {
    throw new Refusal('key_unavailable');
  }
  const curves = Object.hasOwn(ALGORITHM_OF, kty) ? ALGORITHM_OF[kty] : {};
  const own = Object.hasOwn(curves, crv ?? '') ? curves[crv ?? ''] : null;
  const operations = Object.hasOwn(jwk, 'key_ops') ? jwk.key_ops : ['verify'];
  const isRight = own !== null && own === (Object.hasOwn(ALSO, algorithm) ? ALSO[algorithm] : algorithm);
  const isFor = [algorithm, own].includes(jwk.alg ?? algorithm) && (jwk.use ?? 'sig') === 'sig';
  if (!isRight || !isFor || !Array.isArray(operations) || !operations.includes('verify')) {
    throw new Refusal('unsupported_algorithm');
  }
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), by the browser. */
async function verifyRsa(jwk, signature, message) {
  const [modulus, exponent] = [readBase64url(jwk.n), readBase64url(jwk.e)];
  // Base64urlUInt (RFC 7518 §2): the fewest bytes.
  if (!modulus?.[0] || !exponent?.[0] || exponent.length > MAX_EXPONENT_BYTES) {
    throw new Refusal('key_unavailable');
  }
  const bits = modulus.length * 8 - Math.clz32(modulus[0]) + 24;
  if (bits < MIN_RSA_BITS) {
    throw new Refusal('unsupported_algorithm');
  }
  // Outside of a secure context, browsers have no such thing.
  const subtle = globalThis.crypto?.subtle;
  if (bits > MAX_RSA_BITS || !subtle) {
    throw new Refusal('key_unavailable');
  }
  const form = {name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256'};
  let key;
  try {
    key = await subtle.importKey('jwk', {kty: 'RSA', n: jwk.n, e: jwk.e}, form, false, ['verify']);
  } catch {
    throw new Refusal('key_unavailable');
  }
  return subtle.verify(form, key, signature, bytesOf(message));
}
