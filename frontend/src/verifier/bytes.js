/** Bytes as text and back, each in its one spelling. */
import {sha256} from '@noble/hashes/sha2.js';
import {bytesToHex, concatBytes, hexToBytes, utf8ToBytes} from '@noble/hashes/utils.js';
import {base58, base64urlnopad} from '@scure/base';

export {bytesToHex, concatBytes, hexToBytes, sha256};

/** The SHA-256 of a text's UTF-8. */
export function sha256OfText(text) {
  return sha256(utf8ToBytes(text));
}

/** `text` of UTF-8 bytes; throws TypeError for anything else. A byte order mark stays, as a character. */
export function textOf(bytes) {
  return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
}

/** UTF-8. */
export function bytesOf(text) {
  return utf8ToBytes(text);
}

/** Multibase base58-btc (`z…`) → bytes; null where it is not, or longer than `maxLength` characters. */
export function readBase58(value, maxLength = 128) {
  if (typeof value !== 'string' || value[0] !== 'z' || value.length < 2 || value.length > maxLength) {
    return null;
  }
  try {
    return base58.decode(value.slice(1));
  } catch {
    return null;
  }
}

/** Base64url without padding → bytes; null where it is not, empty, or has stray bits. */
export function readBase64url(text) {
  if (typeof text !== 'string' || !text) {
    return null;
  }
  try {
    return base64urlnopad.decode(text);
  } catch {
    return null;
  }
}

/** Whether both hold the same bytes. Nothing here is secret. */
export function sameBytes(first, second) {
  return first.length === second.length && first.every((byte, index) => byte === second[index]);
}

/** Base64url without padding. */
export function writeBase64url(bytes) {
  return base64urlnopad.encode(bytes);
}

/** Multibase base58-btc. */
export function writeBase58(bytes) {
  return `z${base58.encode(bytes)}`;
}
