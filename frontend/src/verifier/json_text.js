/**
 * A reader of JSON that refuses what JSON-LD cannot mean: the same key twice, half a surrogate pair, numbers out of
 * range, nesting and size beyond a limit. `JSON.parse` says nothing of a key that comes twice, so the text is read here.
 */
import {bytesOf} from './bytes.js';
import {Refusal} from './errors.js';

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
// Up to the next quote, escape or control character.
// eslint-disable-next-line no-control-regex
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPES = {'"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t'};
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
];
// With the flag u, only a surrogate without its other half matches.
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** The value in `text`. Throws Refusal: `not_json`, `too_large`. */
export function readJson(text, {maxDepth, maxValues}) {
  requireSmall(text, maxDepth, maxValues);
  return new Reader(text).read();
}

/** Before anything else, so that the reader can go as deep as the text does. */
function requireSmall(text, maxDepth, maxValues) {
  // Of n values in an object or array, n - 1 are followed by a comma.
  let count = 1;
  let depth = 0;
  let before = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
    } else if (character === '{' || character === '[') {
      depth += 1;
      count += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      count -= before === (character === '}' ? '{' : '[') ? 1 : 0;
    } else if (character === ',') {
      count += 1;
    }
    before = ' \t\r\n'.includes(character) ? before : character;
    if (depth > maxDepth) {
      throw new Refusal('too_large');
    }
  }
  if (count > maxValues) {
    throw new Refusal('too_large');
  }
}

/** The place of the quotation mark that closes the string at `at`; the end where none does. */
function endOfString(text, at) {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') {
    end += text[end] === '\\' ? 2 : 1;
  }
  return end;
}

/**
 * The object in `text`, which has at most `maxBytes` in UTF-8. Throws Refusal: `too_large`, `not_json`,
 * `not_a_credential` where it is something else than an object.
 */
export function readObject(text, {maxBytes, maxDepth, maxValues}) {
  if (text.length > maxBytes || bytesOf(text).length > maxBytes) {
    throw new Refusal('too_large');
  }
  const value = readJson(text, {maxDepth, maxValues});
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Refusal('not_a_credential');
  }
  return value;
}

class Reader {
  constructor(text) {
    Object.assign(this, {text, at: 0});
  }

  read() {
    const value = this.value();
    if (this.at !== this.text.length) {
      throw notJson();
    }
    return value;
  }

  /** A value with the space around it. */
  value() {
    this.match(SPACE);
    const value = this.bare();
    this.match(SPACE);
    return value;
  }

  bare() {
    switch (this.text[this.at]) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      default:
        return this.wordOrNumber();
    }
  }

  object() {
    const members = {};
    this.at += 1;
    this.match(SPACE);
    if (this.take('}')) {
      return members;
    }
    do {
      this.match(SPACE);
      const key = this.text[this.at] === '"' ? this.string() : fail();
      this.match(SPACE);
      this.expect(':');
      if (Object.hasOwn(members, key)) {
        fail();
      }
      // Assignment to "__proto__" would not make a member.
      Object.defineProperty(members, key, {value: this.value(), enumerable: true, writable: true, configurable: true});
    } while (this.take(','));
    this.expect('}');
    return members;
  }

  array() {
    const items = [];
    this.at += 1;
    this.match(SPACE);
    if (this.take(']')) {
      return items;
    }
    do {
      items.push(this.value());
    } while (this.take(','));
    this.expect(']');
    return items;
  }

  string() {
    this.at += 1;
    let value = this.match(PLAIN);
    while (!this.take('"')) {
      this.expect('\\');
      value += this.escape() + this.match(PLAIN);
    }
    return LONE_SURROGATE.test(value) ? fail() : value;
  }

  escape() {
    const letter = this.text[this.at++];
    if (letter === 'u') {
      const digits = this.text.slice(this.at, (this.at += 4));
      return HEX.test(digits) ? String.fromCharCode(parseInt(digits, 16)) : fail();
    }
    return letter !== undefined && Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : fail();
  }

  wordOrNumber() {
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    const digits = this.match(NUMBER);
    if (!digits) {
      fail();
    }
    const value = Number(digits);
    // Beyond it, two numbers that were written differently are one here (RFC 8785 §3.2.2.3).
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      fail();
    }
    // No minus before nothing.
    return value === 0 ? 0 : value;
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  take(character) {
    const found = this.text[this.at] === character;
    this.at += found ? 1 : 0;
    return found;
  }

  expect(character) {
    if (!this.take(character)) {
      fail();
    }
  }
}

function notJson() {
  return new Refusal('not_json');
}

function fail() {
  throw notJson();
}
