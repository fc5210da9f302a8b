/**
 * Credentials secured as compact JWS: JWT of VC 1.1 (§6.3.1), `vc+jwt` (VC-JOSE-COSE §3.1.1), and JWT as Open Badges
 * 3.0 (§8.2) writes them.
 *
 * The key fixes the algorithm (RFC 8725 §3.1). What a header offers as key (`jwk`) is handed on for the caller to judge;
 * what it points to (`jku`, `x5u`) is never followed, and `x5c` is never read.
 */
import {readBase64url, textOf} from './bytes.js';
import {Refusal} from './errors.js';
import {ALGORITHMS, isSignedBy} from './jwk.js';
import {readObject} from './json_text.js';
import {readClaims} from './jwt_claims.js';
import {DOCUMENT} from './limits.js';

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_PAYLOAD_BYTES = 512 * 1024;
const MAX_SIGNATURE_BYTES = 1024;
const MAX_KEY_ID = 2048;
const MAX_CHARACTERS = Math.floor(((MAX_HEADER_BYTES + MAX_PAYLOAD_BYTES + MAX_SIGNATURE_BYTES) * 4) / 3) + 16;
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/;
const SPACE_AROUND = /^[ \t\n\r\v\f]+|[ \t\n\r\v\f]+$/g;
const NO_SIGNATURES = ['none', 'hs256', 'hs384', 'hs512'];
// With a capital of the standards, and names that drafts of VC-JOSE-COSE had.
const TYPES = ['JWT', 'vc+jwt', 'vc+ld+jwt', 'vc-ld+jwt', 'vc+ld+json+jwt'];
const NOT_DONE = ['crit', 'b64', 'jku', 'x5u'];
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** `text` where it has the shape of a compact JWS, without the space around it; null for anything else. */
export function findToken(text) {
  const stripped = text.replace(SPACE_AROUND, '');
  return SHAPE.test(stripped) ? stripped : null;
}

/**
 * What `token` says, its signature not looked at: `{header, credential, claims, signingInput, signature, algorithm,
 * keyId, headerJwk, notBefore, expires}`.
 *
 * Throws Refusal: `too_large`; `malformed_proof`; `unsupported_algorithm` (`none` and HMAC, which prove nothing about an
 * issuer); `unsupported_proof` (another algorithm, an extension, a key behind an address); `not_json`,
 * `not_a_credential`; `unsupported_format` (a presentation).
 */
export function readToken(token) {
  if (token.length > MAX_CHARACTERS) {
    throw new Refusal('too_large');
  }
  const [rawHeader, payload, signature] = token.split('.').map(decode);
  const header = readHeader(rawHeader);
  const algorithm = algorithmOf(header);
  const keyId = keyIdOf(header);
  const headerJwk = headerJwkOf(header);
  if (!signature.length || signature.length > MAX_SIGNATURE_BYTES) {
    throw new Refusal('malformed_proof');
  }
  const claims = readPayload(payload);
  const mapped = readClaims(claims, header.typ);
  const signingInput = token.slice(0, token.lastIndexOf('.'));
  return {header, claims, signingInput, signature, algorithm, keyId, headerJwk, ...mapped};
}

/** Whether the owner of `key` signed the token (RFC 7515 §5.2). Throws Refusal as `isSignedBy` does. */
export function isTokenSigned({algorithm, signature, signingInput}, key) {
  return isSignedBy(key, algorithm, signature, signingInput);
}

function decode(part) {
  const raw = part === '' ? new Uint8Array() : readBase64url(part);
  if (raw === null) {
    throw new Refusal('malformed_proof');
  }
  return raw;
}

function readHeader(raw) {
  const header = headerIn(raw);
  const kind = Object.hasOwn(header, 'typ') ? header.typ : 'JWT';
  if (kind === 'vp+jwt') {
    throw new Refusal('unsupported_format');
  }
  if (!TYPES.includes(kind) || header.cty === 'JWT') {
    throw new Refusal('malformed_proof');
  }
  if (NOT_DONE.some((name) => Object.hasOwn(header, name))) {
    throw new Refusal('unsupported_proof');
  }
  return header;
}

function headerIn(raw) {
  try {
    return readObject(textOf(raw), {...DOCUMENT, maxBytes: MAX_HEADER_BYTES, maxDepth: 8});
  } catch {
    throw new Refusal('malformed_proof');
  }
}

function algorithmOf({alg}) {
  if (typeof alg !== 'string') {
    throw new Refusal('malformed_proof');
  }
  if (NO_SIGNATURES.includes(alg.toLowerCase())) {
    throw new Refusal('unsupported_algorithm');
  }
  if (!ALGORITHMS.includes(alg)) {
    throw new Refusal('unsupported_proof');
  }
  return alg;
}

function keyIdOf({kid = null}) {
  if (kid !== null && !(typeof kid === 'string' && kid.length > 0 && kid.length <= MAX_KEY_ID)) {
    throw new Refusal('malformed_proof');
  }
  return kid;
}

function headerJwkOf(header) {
  if (!Object.hasOwn(header, 'jwk')) {
    return null;
  }
  const {jwk} = header;
  const isObject = jwk !== null && typeof jwk === 'object' && !Array.isArray(jwk);
  if (!isObject || PRIVATE.some((name) => Object.hasOwn(jwk, name))) {
    throw new Refusal('malformed_proof');
  }
  return jwk;
}

function readPayload(raw) {
  let text;
  try {
    text = textOf(raw);
  } catch {
    throw new Refusal('not_json');
  }
  try {
    return readObject(text, {...DOCUMENT, maxBytes: MAX_PAYLOAD_BYTES});
  } catch (error) {
    throw new Refusal(error.code === 'too_large' ? 'too_large' : 'not_json');
  }
}
