/** The bits of a status list (Bitstring Status List v1.0 §3; StatusList2021). Index 0 is the most significant bit of byte 0. */
import {readBase64url} from './bytes.js';
import {crc32} from './crc32.js';
import {Refusal} from './errors.js';
import {readWithin} from './fetching.js';
import {MAX_LIST_BYTES} from './limits.js';

/** Bitstring Status List v1.0 §3.1: with fewer, the herd is too small to hide in. */
export const MIN_LENGTH = 131_072;

/**
 * The bytes of an `encodedList`: base64url without padding, with the prefix "u" where `multibase`, of one gzip member.
 *
 * Throws Refusal `status_list_invalid`: another form, something after it, or more than fits.
 */
export async function decodeList(encoded, {multibase}) {
  const text = typeof encoded !== 'string' ? '' : multibase ? encoded.slice(1) : encoded;
  const packed = multibase && encoded?.[0] !== 'u' ? null : readBase64url(text);
  if (packed === null) {
    throw new Refusal('status_list_invalid');
  }
  const bits = await gunzip(packed);
  if (bits.length * 8 < MIN_LENGTH) {
    throw new Refusal('status_list_invalid');
  }
  return bits;
}

/** The value of `size` bits at `index`; null where the list has no such place. */
export function valueAt(bits, index, size = 1) {
  const start = index * size;
  if (!Number.isSafeInteger(start) || start + size > bits.length * 8) {
    return null;
  }
  let value = 0;
  for (let at = start; at < start + size; at += 1) {
    value = value * 2 + ((bits[at >> 3] >> (7 - (at & 7))) & 1);
  }
  return value;
}

async function gunzip(packed) {
  const bits = await unpack(packed);
  const trailer = new DataView(packed.buffer, packed.byteOffset + packed.length - 8);
  // Some take several members for one list; the checksum and length at the end are of the last one alone.
  if (trailer.getUint32(0, true) !== crc32(bits) || trailer.getUint32(4, true) !== bits.length) {
    throw new Refusal('status_list_invalid');
  }
  return bits;
}

async function unpack(packed) {
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return await readWithin(stream, MAX_LIST_BYTES);
  } catch {
    throw new Refusal('status_list_invalid');
  }
}
