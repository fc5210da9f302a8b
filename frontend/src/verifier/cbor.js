/** As much of CBOR (RFC 8949) as Merkle proofs use: integers, strings, arrays, in deterministic encoding (§4.2.1). */
import {textOf} from './bytes.js';
import {malformed} from './proof_sets.js';

const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY] = [0, 1, 2, 3, 4];
// By what the initial byte says: how many bytes the argument has, and the least number that needs as many.
const ARGUMENTS = {24: [1, 24], 25: [2, 2 ** 8], 26: [4, 2 ** 16], 27: [8, 2 ** 32]};
const MAX_DEPTH = 8;
const MAX_ITEMS = 1024;

/**
 * The one item in `raw`: a number, Uint8Array, string or array. A number or a length is written in the shortest form,
 * and nothing follows the item. Throws Refusal `malformed_proof`.
 */
export function decodeCbor(raw) {
  const reader = new Reader(raw);
  const item = reader.item(0);
  if (reader.position !== raw.length) {
    throw malformed();
  }
  return item;
}

class Reader {
  constructor(raw) {
    Object.assign(this, {raw, items: 0, position: 0});
  }

  item(depth) {
    this.items += 1;
    if (depth > MAX_DEPTH || this.items > MAX_ITEMS) {
      throw malformed();
    }
    const [initial] = this.take(1);
    const major = initial >> 5;
    const argument = this.argument(initial & 31);
    switch (major) {
      case UNSIGNED:
        return argument;
      case NEGATIVE:
        return -1 - argument;
      case BYTES:
        return this.take(argument);
      case TEXT:
        return this.text(argument);
      default:
        return major === ARRAY && argument <= MAX_ITEMS ? this.array(argument, depth) : fail();
    }
  }

  array(length, depth) {
    return Array.from({length}, () => this.item(depth + 1));
  }

  argument(additional) {
    if (additional < 24) {
      return additional;
    }
    const [length, least] = ARGUMENTS[additional] ?? [0, 1];
    const argument = this.take(length).reduce((value, byte) => value * 256 + byte, 0);
    return argument < least ? fail() : argument;
  }

  take(length) {
    const start = this.position;
    this.position += length;
    return this.position > this.raw.length ? fail() : this.raw.subarray(start, this.position);
  }

  text(length) {
    try {
      return textOf(this.take(length));
    } catch {
      return fail();
    }
  }
}

function fail() {
  throw malformed();
}
