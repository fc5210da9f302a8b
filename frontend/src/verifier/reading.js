/** Bytes → a document and its schema check, whatever form it comes in. */
import {textOf} from './bytes.js';
import {remembering} from './canonical.js';
import {Refusal} from './errors.js';
import {isPdf, readPdf} from './formats/pdf.js';
import {isPng, readPng} from './formats/png.js';
import {isSvg, readSvg} from './formats/svg.js';
import {readObject} from './json_text.js';
import {DOCUMENT} from './limits.js';
import {check} from './report.js';
import {checkSchema} from './schema.js';
import {findToken, readToken} from './vc_jwt.js';

/**
 * What `raw` says, unjudged: `{document, token}`; `token`: what secures it, where that is a compact JWS, else null.
 * Throws Refusal.
 */
export function readInput(raw, limits = DOCUMENT) {
  // Only pictures and certificates may be larger than what they carry.
  const text = decode(carriedBy(raw) ?? raw);
  const found = findToken(text);
  if (found !== null) {
    const token = readToken(found);
    return {document: token.credential, token};
  }
  // A byte order mark at the start is allowed.
  return {document: readObject(text.replace(/^\ufeff/, ''), limits), token: null};
}

/**
 * What `input` is, bytes or a document that was read already: `{document, schema, token, canonicalize}`; or, where that
 * cannot be understood, `{why}`, the check that says so.
 */
export async function understand(input, limits = DOCUMENT) {
  try {
    const {document, token} = input instanceof Uint8Array ? readInput(input, limits) : {document: input, token: null};
    const canonicalize = remembering();
    const schema = await checkSchema(document, canonicalize);
    return schema.outcome === 'passed' ? {document, schema, token, canonicalize} : {why: schema};
  } catch (error) {
    if (error instanceof Refusal) {
      return {why: check(error.code, error.detail)};
    }
    throw error;
  }
}

/** The JSON object in bytes, without a byte order mark. Throws Refusal. */
export function readPlainObject(raw, limits) {
  return readObject(decode(raw), limits);
}

/** What a picture or a certificate on paper carries; null where `raw` is neither. */
function carriedBy(raw) {
  if (isPng(raw)) {
    return readPng(raw);
  }
  if (isPdf(raw)) {
    return readPdf(raw);
  }
  return isSvg(raw) ? readSvg(raw) : null;
}

function decode(raw) {
  try {
    return textOf(raw);
  } catch {
    throw new Refusal('not_json');
  }
}
