/**
 * Credentials baked into PNG (Open Badges 3.0 §5.3.1): one `iTXt` chunk of its own keyword, not compressed.
 *
 * The chunks are walked once (PNG, third edition, §5) and each checksum is compared; pixels are never decoded and
 * nothing is ever decompressed. What follows `IEND` is no part of the picture.
 */
import {crc32} from '../crc32.js';
import {Refusal} from '../errors.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = 'openbadgecredential';
// Of Open Badges 1 and 2: JSON-LD of another data model, or the address of such.
const EARLIER_KEYWORD = 'openbadges';
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_CHUNKS = 1000;
const MAX_PIXELS = 4096;
const MAX_CREDENTIAL_BYTES = 512 * 1024;
const TEXT = ['iTXt', 'tEXt', 'zTXt'];
const AROUND_DATA = 12;
const HEADER_BYTES = 13;

/** Whether `raw` starts as a PNG does. */
export function isPng(raw) {
  return raw.length >= SIGNATURE.length && SIGNATURE.every((byte, at) => raw[at] === byte);
}

/**
 * The bytes of the one chunk `openbadgecredential`. Throws Refusal: `too_large`, `malformed_image` (damaged, or leaves
 * doubt which credential it carries), `not_a_credential`, `unsupported_format` (a badge of an earlier version).
 */
export function readPng(raw) {
  if (raw.length > MAX_BYTES) {
    throw new Refusal('too_large');
  }
  const found = [];
  let earlier = false;
  for (const {kind, data} of chunks(raw)) {
    if (TEXT.includes(kind)) {
      const [keyword, rest] = partition(data);
      earlier ||= keyword === EARLIER_KEYWORD;
      if (keyword === KEYWORD) {
        found.push(textIn(kind, rest));
      }
    }
  }
  if (found.length > 1) {
    throw new Refusal('malformed_image');
  }
  if (!found.length) {
    throw new Refusal(earlier ? 'unsupported_format' : 'not_a_credential');
  }
  return found[0];
}

/** Type and data of each chunk, `IHDR` and `IEND` included. */
function* chunks(raw) {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  let position = SIGNATURE.length;
  for (let number = 0; number < MAX_CHUNKS; number += 1) {
    const end = position + AROUND_DATA + (position + 4 <= raw.length ? view.getUint32(position) : Infinity);
    if (end > raw.length || crc32(raw.subarray(position + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw new Refusal('malformed_image');
    }
    const kind = latin1(raw.subarray(position + 4, position + 8));
    const data = raw.subarray(position + 8, end - 4);
    if ((kind === 'IHDR') !== (number === 0)) {
      throw new Refusal('malformed_image');
    }
    if (kind === 'IHDR') {
      requireSmall(data);
    }
    yield {kind, data};
    if (kind === 'IEND') {
      return;
    }
    position = end;
  }
  throw new Refusal('too_large');
}

function requireSmall(header) {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const [width, height] = header.length === HEADER_BYTES ? [view.getUint32(0), view.getUint32(4)] : [0, 0];
  if (!width || !height) {
    throw new Refusal('malformed_image');
  }
  if (Math.max(width, height) > MAX_PIXELS) {
    throw new Refusal('too_large');
  }
}

/** What follows the keyword: flag, method, language tag, translated keyword, text (PNG §11.3.3.4). */
function textIn(kind, rest) {
  // "Compression MUST NOT be used": nothing has to be unpacked, so nothing can be packed to do harm.
  if (kind !== 'iTXt' || rest[0] !== 0 || rest[1] !== 0) {
    throw new Refusal('malformed_image');
  }
  const tag = rest.indexOf(0, 2);
  const translated = tag < 0 ? -1 : rest.indexOf(0, tag + 1);
  if (translated < 0 || translated + 1 === rest.length) {
    throw new Refusal('malformed_image');
  }
  const text = rest.subarray(translated + 1);
  if (text.length > MAX_CREDENTIAL_BYTES) {
    throw new Refusal('too_large');
  }
  return text;
}

function partition(data) {
  const end = data.indexOf(0);
  return end < 0
    ? [latin1(data.subarray(0, 80)), data.subarray(data.length)]
    : [latin1(data.subarray(0, Math.min(end, 80))), data.subarray(end + 1)];
}

function latin1(bytes) {
  return String.fromCharCode(...bytes);
}
