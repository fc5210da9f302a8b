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
    fail();
  }
  const bits = await gunzip(packed);
  if (bits.length * 8 < MIN_LENGTH) {
    fail();
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

/** Of one member (RFC 1952 §2.2). Not every reader of gzip refuses what follows it, so this one looks at the member. */
async function gunzip(packed) {
  const trailer = new DataView(packed.buffer, packed.byteOffset + Math.max(packed.length - 8, 0));
  const bits = await unpack(packed, 'gzip');
  if (trailer.getUint32(0, true) !== crc32(bits) || trailer.getUint32(4, true) !== bits.length) {
    throw new Refusal('status_list_invalid');
  }
  const first = await unpack(packed.subarray(headerLength(packed), packed.length - 8), 'deflate-raw');
  return first.length === bits.length ? first : fail();
}

/** Ten bytes, and what the flags say is behind them: extra field, name, comment, checksum. */
function headerLength(packed) {
  const flags = packed[3];
  let at = 10;
  if (flags & 4) {
    at += 2 + packed[at] + packed[at + 1] * 256;
  }
  for (const flag of [8, 16]) {
    at = flags & flag ? packed.indexOf(0, at) + 1 : at;
  }
  return flags & 2 ? at + 2 : at;
}

async function unpack(packed, format) {
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(format));
    return await readWithin(stream, MAX_LIST_BYTES);
  } catch {
    return fail();
  }
}

function fail() {
  throw new Refusal('status_list_invalid');
}
