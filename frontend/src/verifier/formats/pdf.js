/**
 * Credentials in our own certificates: the attached file, found as every reader finds it (ISO 32000-1 §7.5: the end, the
 * table of objects, the catalogue, the embedded file), in the spelling in which they are written and in no other.
 *
 * PDF says one thing in many ways, and a file can be written so that readers disagree about it. Whatever is spelt
 * otherwise, was changed, added to or written by others is not read at all: its attachment can be taken out by hand. Some
 * readers begin at the start (Annex F), and some look through all of a file in which an object is not where the table has
 * it: the start and every object's place are ours, too. Nothing is unpacked, and nothing on the page is looked at.
 */
import {Refusal} from '../errors.js';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_CREDENTIAL_BYTES = 512 * 1024;
const START =
  /^%PDF-1\.[0-9]\n%\xe9\xeb\xf1\xbf\n(?=1 0 obj\n<<\n\/Count 1\n\/Kids \[[0-9]{1,4} 0 R\]\n\/MediaBox \[0 0 841\.89 595\.28\]\n\/Type \/Pages\n>>\nendobj\n)/;
const START_BYTES = 200;
const END = /\nstartxref\n([0-9]{1,7})\n%%EOF\n$/;
const END_BYTES = 40;
const TABLE =
  /^xref\n0 ([0-9]{1,4})\n(0000000000 65535 f \n(?:[0-9]{10} 00000 n \n){1,2000})trailer\n<<\n\/Size ([0-9]{1,4})\n\/Root ([0-9]{1,4}) 0 R\n\/Info [0-9]{1,4} 0 R\n\/ID \[<[0-9A-F]{32}><[0-9A-F]{32}>\]\n>>\nstartxref\n[0-9]{1,7}\n%%EOF\n$/;
const MOST_TABLE_BYTES = 64 * 1024;
const ENTRY_BYTES = 20;
const CATALOGUE =
  /^<<\n\/AF \[([0-9]{1,4}) 0 R\]\n\/Lang \([A-Za-z0-9-]{1,20}\)\n\/MarkInfo <<\/Marked true>>\n\/Metadata [0-9]{1,4} 0 R\n\/Names <<\/EmbeddedFiles <<\/Names \[\(credential\.json\) ([0-9]{1,4}) 0 R\]>>>>\n\/OpenAction \[[0-9]{1,4} 0 R \/FitH null\]\n\/PageLayout \/OneColumn\n\/Pages [0-9]{1,4} 0 R\n\/StructTreeRoot [0-9]{1,4} 0 R\n\/Type \/Catalog\n\/ViewerPreferences <<[A-Za-z/ \n]{0,400}>>\n>>\nendobj\n/;
const FILE =
  /^<<\n\/AFRelationship \/Source\n\/EF <<\/F ([0-9]{1,4}) 0 R>>\n\/F \(credential\.json\)\n\/Type \/Filespec\n\/UF \(credential\.json\)\n>>\nendobj\n/;
const CONTENT =
  /^<<\n\/Length ([0-9]{1,6})\n\/Params <<\/Size ([0-9]{1,6})>>\n\/Subtype \/application#2Fjson\n\/Type \/EmbeddedFile\n>>\nstream\n/;
// As those find one who search for it.
const OBJECT_START = /[\r\n][\0\t\f ]*[0-9]+[\0\t\f\r\n ]+[0-9]+[\0\t\f\r\n ]+obj/g;
const OBJECT_END = 'endobj\n';
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
  const begin = START.exec(latin1(raw, 0, START_BYTES));
  const end = END.exec(latin1(raw, Math.max(0, raw.length - END_BYTES), raw.length));
  const table = end && tableOf(raw, Number(end[1]));
  if (!begin || !table || !areInPlace(raw, table.places, begin[0].length, Number(end[1]))) {
    throw new Refusal('unsupported_format');
  }
  const catalogue = objectOf(raw, table.places, table.root, CATALOGUE);
  if (catalogue.found[1] !== catalogue.found[2]) {
    throw new Refusal('unsupported_format');
  }
  const file = objectOf(raw, table.places, catalogue.found[2], FILE);
  const {found, end: start} = objectOf(raw, table.places, file.found[1], CONTENT);
  const content = contentOf(raw, start, Number(found[1]), Number(found[2]));
  const around = [latin1(raw, 0, start), latin1(raw, start + content.length, raw.length)];
  const objects = around.flatMap((part) => part.match(OBJECT_START) ?? []);
  if (objects.length !== table.places.length - 1) {
    throw new Refusal('unsupported_format');
  }
  return content;
}

function tableOf(raw, offset) {
  const found = raw.length - offset <= MOST_TABLE_BYTES && TABLE.exec(latin1(raw, offset, raw.length));
  if (!found || found[2].length !== ENTRY_BYTES * Number(found[1]) || found[1] !== found[3]) {
    return null;
  }
  const places = found[2].match(/[0-9]{10}/g).map(Number);
  return {places, root: found[4]};
}

/** Whether all objects stand where the table has them, one behind the other, from `first` to the table. */
function areInPlace(raw, places, first, table) {
  const ends = [...places.slice(2), table];
  return (
    places[1] === first &&
    places.slice(1).every((place, index) => {
      const label = `${index + 1} 0 obj\n`;
      const last = ends[index] - OBJECT_END.length;
      return (
        last > place &&
        latin1(raw, place, place + label.length) === label &&
        latin1(raw, last, ends[index]) === OBJECT_END
      );
    })
  );
}

/** The object with that number, where the table has it, and where it ends. */
function objectOf(raw, places, number, spelling) {
  const label = `${number} 0 obj\n`;
  const offset = places[Number(number)] ?? raw.length;
  const text = latin1(raw, offset, offset + MOST_OBJECT_BYTES);
  const found = text.startsWith(label) && spelling.exec(text.slice(label.length));
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
