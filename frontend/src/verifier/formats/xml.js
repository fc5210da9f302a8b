/**
 * XML 1.0 with namespaces, read as a stream, as far as pictures need it: no document type declaration, so no entities
 * but the five of XML itself, and nothing external. Whatever is not well-formed is refused.
 *
 * Written here because the parser of browsers makes a tree of any size, and knows no such refusal.
 */
import {Refusal} from '../errors.js';

const MAX_DEPTH = 64;
const MAX_ELEMENTS = 20_000;
const MAX_ATTRIBUTES = 256;
const START =
  ':A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME = new RegExp(`[${START}][${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040]*`, 'uy');
const SPACE = /[ \t\n]*/y;
// eslint-disable-next-line no-control-regex
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const DECLARATION =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/;
const ENCODINGS = ['utf-8', 'us-ascii'];
const ENTITIES = {lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"};
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/**
 * Reads `text`, a whole document. `handlers`: `start({namespace, name, attributes, depth})`, where `attributes` are
 * those without a prefix; `end({namespace, name})`; `characters(text)`.
 *
 * Throws Refusal: `malformed_image`, `too_large`, and what the handlers throw.
 */
export function readXml(text, handlers) {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  if (NO_CHARACTER.test(source)) {
    fail();
  }
  new Reader(source, handlers).read();
}

class Reader {
  constructor(text, handlers) {
    Object.assign(this, {text, handlers, at: 0, elements: 0, open: []});
    this.scopes = [
      new Map([
        ['xml', XML_NAMESPACE],
        ['', ''],
      ]),
    ];
  }

  read() {
    this.declaration();
    while (this.at < this.text.length) {
      if (this.text[this.at] === '<') {
        this.markup();
      } else {
        this.characters();
      }
    }
    if (this.open.length || !this.elements) {
      fail();
    }
  }

  declaration() {
    const match = DECLARATION.exec(this.text);
    if (match) {
      const encoding = match[1] ?? match[2] ?? 'utf-8';
      this.at = ENCODINGS.includes(encoding.toLowerCase()) ? match[0].length : fail();
    }
  }

  markup() {
    if (this.takes('<!--')) {
      // "--" may stand at the end of a comment only.
      const end = this.text.indexOf('--', this.at);
      this.at = end >= 0 && this.text[end + 2] === '>' ? end + 3 : fail();
    } else if (this.takes('<?')) {
      this.instruction();
    } else if (this.takes('<![CDATA[')) {
      const end = this.open.length ? this.text.indexOf(']]>', this.at) : -1;
      this.handlers.characters(end < 0 ? fail() : this.text.slice(this.at, end));
      this.at = end + 3;
    } else if (this.takes('</')) {
      this.endTag();
    } else if (this.takes('<!')) {
      fail();
    } else {
      this.at += 1;
      this.startTag();
    }
  }

  instruction() {
    const target = this.name();
    const end = this.text.indexOf('?>', this.at);
    const isApart = end === this.at || ' \t\n'.includes(this.text[this.at]);
    this.at = end >= 0 && isApart && target.toLowerCase() !== 'xml' && !target.includes(':') ? end + 2 : fail();
  }

  characters() {
    const end = this.text.indexOf('<', this.at);
    const raw = this.text.slice(this.at, end < 0 ? this.text.length : end);
    this.at += raw.length;
    if (raw.includes(']]>')) {
      fail();
    }
    if (this.open.length) {
      this.handlers.characters(unescapeText(raw));
    } else if (/[^ \t\n]/.test(raw)) {
      fail();
    }
  }

  startTag() {
    if (!this.open.length && this.elements) {
      fail();
    }
    const qualified = this.name();
    const attributes = this.attributes();
    const isEmpty = this.takes('/>');
    if (!isEmpty && !this.takes('>')) {
      fail();
    }
    this.elements += 1;
    if (this.elements > MAX_ELEMENTS || this.open.length >= MAX_DEPTH) {
      throw new Refusal('too_large');
    }
    const scope = this.scopeOf(attributes);
    this.scopes.push(scope);
    const element = {...expand(qualified, scope, scope.get('')), qualified};
    this.open.push(element);
    this.handlers.start({...element, attributes: plainOf(attributes, scope), depth: this.open.length});
    if (isEmpty) {
      this.close();
    }
  }

  endTag() {
    const qualified = this.name();
    this.match(SPACE);
    if (!this.takes('>') || this.open[this.open.length - 1]?.qualified !== qualified) {
      fail();
    }
    this.close();
  }

  close() {
    this.scopes.pop();
    this.handlers.end(this.open.pop());
  }

  attributes() {
    const found = new Map();
    for (;;) {
      const space = this.match(SPACE);
      if (this.text[this.at] === '>' || this.text[this.at] === '/') {
        return found;
      }
      const name = space ? this.name() : fail();
      if (found.has(name)) {
        fail();
      }
      if (found.size === MAX_ATTRIBUTES) {
        throw new Refusal('too_large');
      }
      this.match(SPACE);
      found.set(name, this.takes('=') ? this.value() : fail());
    }
  }

  value() {
    this.match(SPACE);
    const quote = this.text[this.at];
    const end = quote === '"' || quote === "'" ? this.text.indexOf(quote, this.at + 1) : -1;
    const raw = end < 0 ? fail() : this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return raw.includes('<') ? fail() : unescapeText(raw.replace(/[\t\n]/g, ' '));
  }

  /** The prefixes of an element: its parent's, and what it declares itself (Namespaces in XML §3). */
  scopeOf(attributes) {
    const outer = this.scopes[this.scopes.length - 1];
    let scope = outer;
    for (const [name, value] of attributes) {
      const prefix = name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : null;
      if (prefix !== null) {
        scope = scope === outer ? new Map(outer) : scope;
        scope.set(prefix, isBindable(prefix, value) ? value : fail());
      }
    }
    return scope;
  }

  name() {
    return this.match(NAME) || fail();
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  takes(characters) {
    const found = this.text.startsWith(characters, this.at);
    this.at += found ? characters.length : 0;
    return found;
  }
}

function isBindable(prefix, value) {
  if (prefix === 'xml' || value === XML_NAMESPACE) {
    return prefix === 'xml' && value === XML_NAMESPACE;
  }
  return prefix !== 'xmlns' && value !== XMLNS_NAMESPACE && (prefix === '' || value !== '') && !prefix.includes(':');
}

function expand(qualified, scope, unprefixed) {
  const parts = qualified.split(':');
  if (parts.length === 1) {
    return {namespace: unprefixed, name: qualified};
  }
  const [prefix, name] = parts;
  if (parts.length > 2 || !prefix || !name || !scope.has(prefix)) {
    fail();
  }
  return {namespace: scope.get(prefix), name};
}

/** The attributes without a prefix. No two attributes may have the same name in the same namespace. */
function plainOf(attributes, scope) {
  const plain = new Map();
  const seen = new Set();
  for (const [qualified, value] of attributes) {
    if (qualified === 'xmlns' || qualified.startsWith('xmlns:')) {
      continue;
    }
    const {namespace, name} = expand(qualified, scope, '');
    const key = `${namespace} ${name}`;
    if (seen.has(key)) {
      fail();
    }
    seen.add(key);
    if (namespace === '') {
      plain.set(name, value);
    }
  }
  return plain;
}

function unescapeText(raw) {
  if (!raw.includes('&')) {
    return raw;
  }
  return raw
    .split('&')
    .map((part, index) => {
      const end = index ? part.indexOf(';') : -1;
      return index ? (end < 0 ? fail() : entity(part.slice(0, end)) + part.slice(end + 1)) : part;
    })
    .join('');
}

function entity(name) {
  if (Object.hasOwn(ENTITIES, name)) {
    return ENTITIES[name];
  }
  const match = /^#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}))$/.exec(name);
  const code = match ? parseInt(match[1] ?? match[2], match[1] ? 10 : 16) : 0;
  const isCharacter =
    code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0x10ffff && (code & 0x1ff800) !== 0xd800);
  return isCharacter && code !== 0xfffe && code !== 0xffff ? String.fromCodePoint(code) : fail();
}

function fail() {
  throw new Refusal('malformed_image');
}
