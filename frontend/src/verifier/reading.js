/** Bytes → a document and its schema check, whatever form it comes in. */
import {textOf} from './bytes.js';
import {Refusal} from './errors.js';
import {isPng, readPng} from './formats/png.js';
import {isSvg, readSvg} from './formats/svg.js';
import {readObject} from './json_text.js';
import {DOCUMENT} from './limits.js';

/**
 * What a document is: its JSON (`document`), or a compact JWS (`token`), out of a picture where it is in one.
 * Throws Refusal.
 */
export function readInput(raw) {
  const text = decode(isPng(raw) ? readPng(raw) : isSvg(raw) ? readSvg(raw) : raw);
  return {document: readObject(text, DOCUMENT)};
}

/** The object in a status list's bytes. Throws Refusal. */
export function readListDocument(raw, limits) {
  return readObject(decode(raw), limits);
}

/** A byte order mark at the start is allowed. */
function decode(raw) {
  try {
    return textOf(raw).replace(/^\ufeff/, '');
  } catch {
    throw new Refusal('not_json');
  }
}
