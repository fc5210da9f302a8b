/**
 * Public keys of others, in whatever form they are published, and the signatures made with them.
 *
 * A key is `{algorithm: "Ed25519" | "P-256" | "RSA", raw, jwk}`; `raw`: the bytes of its Multikey without prefix, null
 * for RSA.
 */
import {ed25519} from '@noble/curves/ed25519.js';
import {p256} from '@noble/curves/nist.js';
import {bytesToNumberLE} from '@noble/curves/utils.js';
import {sha512} from '@noble/hashes/sha2.js';

import {bytesToHex, concatBytes, readBase58, readBase64url, sameBytes, writeBase58, writeBase64url} from './bytes.js';

// What a JWK says of its own use (RFC 7517 §4.2 to §4.4); it binds those who use it.
const USES = ['use', 'key_ops', 'alg'];
const JWS_ALGORITHMS = {Ed25519: 'EdDSA', 'P-256': 'ES256', RSA: 'RS256'};
// What RFC 9864 calls EdDSA with these keys.
const ALSO = {Ed25519: 'EdDSA'};
const SIGNATURE_BYTES = 64;
const COORDINATE_BYTES = 32;
const FORMS = [
  {algorithm: 'Ed25519', prefix: [0xed, 0x01], length: 32},
  {algorithm: 'P-256', prefix: [0x80, 0x24], length: 33},
];

/** Of a Multikey value (CID 1.0 §2.2.2); null for any other key or form. */
export function keyFromMultibase(value) {
  const raw = readBase58(value, 64);
  const form =
    raw && FORMS.find(({prefix, length}) => raw.length === length + 2 && prefix.every((byte, at) => raw[at] === byte));
  return form ? keyOf(form.algorithm, raw.slice(2)) : null;
}

/** Of a JWK: OKP with Ed25519, EC with P-256, RSA (RFC 8037 §2; RFC 7518 §6.2 and §6.3); null for any other. */
export function keyFromJwk(jwk) {
  if (jwk === null || typeof jwk !== 'object' || Array.isArray(jwk)) {
    return null;
  }
  const key = publicKeyOf(jwk);
  const uses = USES.filter((name) => Object.hasOwn(jwk, name)).map((name) => [name, jwk[name]]);
  return key && {...key, jwk: {...key.jwk, ...Object.fromEntries(uses)}};
}

function publicKeyOf({kty, crv, x, y, n, e}) {
  if (kty === 'OKP' && crv === 'Ed25519') {
    return keyOf('Ed25519', coordinate(x));
  }
  if (kty === 'EC' && crv === 'P-256') {
    const [first, second] = [coordinate(x), coordinate(y)];
    const key = first && second && keyOf('P-256', Uint8Array.of(second[31] & 1 ? 3 : 2, ...first));
    return key && key.jwk.y === y ? key : null;
  }
  if (kty === 'RSA' && typeof n === 'string' && typeof e === 'string') {
    return {algorithm: 'RSA', raw: null, jwk: {kty, n, e}};
  }
  return null;
}

/** The Multikey value of a key; null for RSA. */
export function writeMultikey({algorithm, raw}) {
  const form = FORMS.find((each) => each.algorithm === algorithm);
  return form ? writeBase58(Uint8Array.of(...form.prefix, ...raw)) : null;
}

/** The same for the same key, whatever it is said to be for. */
export function nameOfKey(key) {
  return writeMultikey(key) ?? `${key.jwk.n} ${key.jwk.e}`;
}

/** Whether both are the same key. */
export function isSameKey(first, second) {
  return nameOfKey(first) === nameOfKey(second);
}

/** Whether the key is for signatures by `algorithm` (JWA), and for no other (RFC 8725 §3.1). */
export function isFor({algorithm: kind, jwk}, algorithm) {
  const own = JWS_ALGORITHMS[kind];
  const operations = Object.hasOwn(jwk, 'key_ops') ? jwk.key_ops : ['verify'];
  return (
    own === (Object.hasOwn(ALSO, algorithm) ? ALSO[algorithm] : algorithm) &&
    (!Object.hasOwn(jwk, 'alg') || [algorithm, own].includes(jwk.alg)) &&
    (!Object.hasOwn(jwk, 'use') || jwk.use === 'sig') &&
    Array.isArray(operations) &&
    operations.includes('verify')
  );
}

/**
 * Whether `signature` is the key's over `message`: PureEdDSA (RFC 8032 §5.1) for Ed25519; ECDSA with SHA-256, r ‖ s
 * (FIPS 186-5 §6.4), for P-256; false for any other key, and for a signature that is not 64 bytes.
 */
export function isSigned(message, signature, key) {
  const {algorithm, raw} = key;
  if (signature.length !== SIGNATURE_BYTES || raw === null || !isFor(key, JWS_ALGORITHMS[algorithm])) {
    return false;
  }
  try {
    return algorithm === 'Ed25519'
      ? ed25519.verify(signature, message, raw, {zip215: false}) && isWithoutCofactor(message, signature, raw)
      : p256.verify(signature, message, raw, {lowS: false});
  } catch {
    return false;
  }
}

/**
 * Whether S·B = R + k·A itself, as most verifiers compute it (RFC 8032 §5.1.7). Eight times of it, which libraries may
 * compute too, lets through signatures that others refuse.
 */
function isWithoutCofactor(message, signature, raw) {
  const {Point} = ed25519;
  const [r, s] = [signature.slice(0, 32), signature.slice(32)];
  const k = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(r, raw, message))));
  const found = Point.BASE.multiplyUnsafe(bytesToNumberLE(s)).subtract(Point.fromBytes(raw).multiplyUnsafe(k));
  return sameBytes(found.toBytes(), r);
}

function keyOf(algorithm, raw) {
  if (!raw) {
    return null;
  }
  if (algorithm === 'Ed25519') {
    return {algorithm, raw, jwk: {kty: 'OKP', crv: 'Ed25519', x: writeBase64url(raw)}};
  }
  const point = pointOf(raw);
  const x = point && point.slice(1, 33);
  return (
    point && {algorithm, raw, jwk: {kty: 'EC', crv: 'P-256', x: writeBase64url(x), y: writeBase64url(point.slice(33))}}
  );
}

/** A point of P-256 without compression; null where there is no such point. */
function pointOf(raw) {
  try {
    return p256.Point.fromHex(bytesToHex(raw)).toBytes(false);
  } catch {
    return null;
  }
}

function coordinate(text) {
  const raw = readBase64url(text);
  return raw && raw.length === COORDINATE_BYTES ? raw : null;
}
