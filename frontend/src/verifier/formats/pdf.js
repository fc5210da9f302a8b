/**
 * Credentials in our own certificates: the attached file, found as every reader finds it (ISO 32000-1 §7.5: the end, the
 * table of objects, the catalogue, the embedded file), in the spelling in which they are written and in no other.
 *
 * PDF says one thing in many ways, and a file can be written so that readers disagree about it. Whatever is spelt
 * otherwise, was changed, added to or written by others is not read at all: its attachment can be taken out by hand.
 * Nothing is unpacked, and nothing on the page is looked at.
 */
import {Refusal} from '../errors.js';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_CREDENTIAL_BYTES = 512 * 1024;
const END = /\nstartxref\n([0-9]{1,7})\n%%EOF\n$/;
const END_BYTES = 40;
const TABLE =
  /^xref\n0 ([0-9]{1,4})\n((?:[0-9]{10} [0-9]{5} [fn] \n){1,2000})trailer\n<<\n\/Size ([0-9]{1,4})\n\/Root ([0-9]{1,4}) 0 R\n\/Info [0-9]{1,4} 0 R\n\/ID \[<[0-9A-F]{32}><[0-9A-F]{32}>\]\n>>\nstartxref\n[0-9]{1,7}\n%%EOF\n$/;
const MOST_TABLE_BYTES = 64 * 1024;
const ENTRY_BYTES = 20;
const CATALOGUE =
  /^<<\n\/AF \[([0-9]{1,4}) 0 R\]\n\/Lang \([A-Za-z0-9-]{1,20}\)\n\/MarkInfo <<\/Marked true>>\n\/Metadata [0-9]{1,4} 0 R\n\/Names <<\/EmbeddedFiles <<\/Names \[\(credential\.json\) ([0-9]{1,4}) 0 R\]>>>>\n\/OpenAction \[[0-9]{1,4} 0 R \/FitH null\]\n\/PageLayout \/OneColumn\n\/Pages [0-9]{1,4} 0 R\n\/StructTreeRoot [0-9]{1,4} 0 R\n\/Type \/Catalog\n\/ViewerPreferences <<[A-Za-z/ \n]{0,400}>>\n>>\nendobj\n/;
const FILE =
  /^<<\n\/AFRelationship \/Source\n\/EF <<\/F ([0-9]{1,4}) 0 R>>\n\/F \(credential\.json\)\n\/Type \/Filespec\n\/UF \(credential\.json\)\n>>\nendobj\n/;
const CONTENT =
  /^<<\n\/Length ([0-9]{1,6})\n\/Params <<\/Size ([0-9]{1,6})>>\n\/Subtype \/application#2Fjson\n\/Type \/EmbeddedFile\n>>\nstream\n/;
const CONTENT_END = '\nendstream\nendobj\n';
// Longer than any of the three that are looked for.
const MOST_OBJECT_BYTES = 2048;

/** Whether `raw` starts as a PDF does. */
export function isPdf(raw) {
  return latin1(raw, 0, 5) === '%PDF-';
}

/** The bytes of the attached credential. Throws Refusal: `too_large`, `unsupported_format` (not ours, or changed). */
export function readPdf(raw) {
  if (raw.length > MAX_BYTES) {
    throw new Refusal('too_large');
  }
  const end = END.exec(latin1(raw, Math.max(0, raw.length - END_BYTES), raw.length));
  const table = end && tableOf(raw, Number(end[1]));
  if (latin1(raw, 0, 7) !== '%PDF-1.' || !table) {
    throw new Refusal('unsupported_format');
  }
  const catalogue = objectOf(raw, table.entries, table.root, CATALOGUE);
  if (catalogue.found[1] !== catalogue.found[2]) {
    throw new Refusal('unsupported_format');
  }
  const file = objectOf(raw, table.entries, catalogue.found[2], FILE);
  const {found, end: start} = objectOf(raw, table.entries, file.found[1], CONTENT);
  return contentOf(raw, start, Number(found[1]), Number(found[2]));
}

function tableOf(raw, offset) {
  const found = raw.length - offset <= MOST_TABLE_BYTES && TABLE.exec(latin1(raw, offset, raw.length));
  if (!found || found[2].length !== ENTRY_BYTES * Number(found[1]) || found[1] !== found[3]) {
    return null;
  }
  return {entries: found[2], root: found[4]};
}

/** The object with that number, where the table has it, and where it ends. */
function objectOf(raw, entries, number, spelling) {
  const entry = entries.slice(ENTRY_BYTES * Number(number), ENTRY_BYTES * (Number(number) + 1));
  const label = `${number} 0 obj\n`;
  const offset = Number(entry.slice(0, 10));
  const text = latin1(raw, offset, offset + MOST_OBJECT_BYTES);
  const found = entry.endsWith(' 00000 n \n') && text.startsWith(label) && spelling.exec(text.slice(label.length));
  if (!found) {
    throw new Refusal('unsupported_format');
  }
  return {found, end: offset + label.length + found[0].length};
}

function contentOf(raw, start, length, size) {
  if (length > MAX_CREDENTIAL_BYTES) {
    throw new Refusal('too_large');
  }
  const end = start + length;
  if (length !== size || latin1(raw, end, end + CONTENT_END.length) !== CONTENT_END) {
    throw new Refusal('unsupported_format');
  }
  return raw.subarray(start, end);
}

function latin1(bytes, start, end) {
  let text = '';
  // In pieces: a call has no room for any number of arguments.
  for (let at = start; at < Math.min(end, bytes.length); at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8192, end)));
  }
  return text;
}
