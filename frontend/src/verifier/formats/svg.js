/**
 * Credentials baked into SVG (Open Badges 3.0 §5.3.2): one element `credential` of the namespace of Open Badges, with
 * the JSON as its text, or a compact JWS in its attribute `verify`.
 */
import {bytesOf, textOf} from '../bytes.js';
import {Refusal} from '../errors.js';
import {readXml} from './xml.js';

const NAMESPACE = 'https://purl.imsglobal.org/ob/v3p0';
// Of Open Badges 1 and 2.
const EARLIER_NAMESPACE = 'http://openbadges.org';
const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_CREDENTIAL_BYTES = 512 * 1024;
const AROUND = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** Whether `raw` starts as markup does; neither JSON nor a JWS can. */
export function isSvg(raw) {
  let at = raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0;
  while ([0x20, 0x09, 0x0d, 0x0a].includes(raw[at])) {
    at += 1;
  }
  return raw[at] === 0x3c;
}

/**
 * The bytes that the one element `credential` carries. Throws Refusal: `too_large`, `malformed_image` (not well-formed,
 * or leaves doubt which credential it carries), `not_a_credential`, `unsupported_format` (a badge of an earlier version).
 */
export function readSvg(raw) {
  if (raw.length > MAX_BYTES) {
    throw new Refusal('too_large');
  }
  const search = new Search();
  readXml(decode(raw), search);
  if (search.found === null) {
    throw new Refusal(search.earlier ? 'unsupported_format' : 'not_a_credential');
  }
  return bounded(search.found);
}

class Search {
  constructor() {
    Object.assign(this, {found: null, token: '', text: '', inside: false, earlier: false});
  }

  start({namespace, name, attributes, depth}) {
    if (depth === 1 && (namespace !== SVG_NAMESPACE || name !== 'svg')) {
      throw new Refusal('not_a_credential');
    }
    if (this.inside) {
      throw new Refusal('malformed_image');
    }
    this.earlier ||= namespace === EARLIER_NAMESPACE;
    if (namespace === NAMESPACE && name === 'credential') {
      if (this.found !== null) {
        throw new Refusal('malformed_image');
      }
      Object.assign(this, {inside: true, found: '', token: attributes.get('verify') ?? ''});
    }
  }

  characters(text) {
    if (this.inside) {
      this.text += text;
      if (this.text.length > MAX_CREDENTIAL_BYTES) {
        throw new Refusal('too_large');
      }
    }
  }

  end() {
    if (this.inside) {
      this.inside = false;
      const [body, token] = [this.text.replace(AROUND, ''), this.token.replace(AROUND, '')];
      if (Boolean(body) === Boolean(token)) {
        throw new Refusal('malformed_image');
      }
      this.found = body || token;
    }
  }
}

function bounded(text) {
  const credential = bytesOf(text);
  if (credential.length > MAX_CREDENTIAL_BYTES) {
    throw new Refusal('too_large');
  }
  return credential;
}

function decode(raw) {
  try {
    return textOf(raw);
  } catch {
    throw new Refusal('malformed_image');
  }
}
