/**
 * Accounts of Ethereum and the chains like it, in the forms that DID documents have: `core/accounts.py`.
 *
 * An address is the last 20 bytes of the Keccak-256 of the uncompressed point, as `0x` and 40 lower-case digits.
 */
import {secp256k1} from '@noble/curves/secp256k1.js';
import {keccak_256} from '@noble/hashes/sha3.js';

import {bytesToHex, readBase58, readBase64url} from './bytes.js';

const TYPES = [
  'Multikey',
  'JsonWebKey2020',
  'JsonWebKey',
  'EcdsaSecp256k1VerificationKey2019',
  'EcdsaSecp256k1RecoveryMethod2020',
];
// secp256k1-pub (CID 1.0 §2.2.2, by the multicodec table).
const PREFIX = [0xe7, 0x01];
const POINT_BYTES = 33;
const COORDINATE_BYTES = 32;
const ADDRESS_BYTES = 20;
const ACCOUNT_ID = /^eip155:(?:0|[1-9][0-9]{0,31}):(0x[0-9A-Fa-f]{40})$/;
const READERS = {publicKeyMultibase: ofMultibase, publicKeyJwk: ofJwk, blockchainAccountId: ofAccountId};

/** The address of the account that a verification method is; null where it is none, or says two different things. */
export function addressOfMethod(entry) {
  if (!TYPES.includes(entry.type)) {
    return null;
  }
  const found = Object.keys(READERS)
    .filter((name) => Object.hasOwn(entry, name))
    .map((name) => READERS[name](entry[name]));
  return found.length && found.every((each) => each === found[0]) ? found[0] : null;
}

function ofMultibase(value) {
  const raw = readBase58(value, 64);
  const isKey = raw?.length === POINT_BYTES + 2 && PREFIX.every((byte, at) => raw[at] === byte);
  return isKey ? addressOfPoint(raw.slice(2)) : null;
}

function ofJwk(jwk) {
  if (jwk === null || typeof jwk !== 'object' || jwk.kty !== 'EC' || jwk.crv !== 'secp256k1') {
    return null;
  }
  const [x, y] = [readBase64url(jwk.x), readBase64url(jwk.y)];
  const isWhole = x?.length === COORDINATE_BYTES && y?.length === COORDINATE_BYTES;
  return isWhole ? addressOfPoint(Uint8Array.of(4, ...x, ...y)) : null;
}

function ofAccountId(value) {
  const match = typeof value === 'string' ? ACCOUNT_ID.exec(value) : null;
  return match ? match[1].toLowerCase() : null;
}

/** Null where there is no such point. */
function addressOfPoint(raw) {
  try {
    const point = secp256k1.Point.fromHex(bytesToHex(raw));
    point.assertValidity();
    return `0x${bytesToHex(keccak_256(point.toBytes(false).slice(1)).slice(-ADDRESS_BYTES))}`;
  } catch {
    return null;
  }
}
