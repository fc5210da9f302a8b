/** The reader of JSON, held against the one that JavaScript has. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';

import {readJson, readObject} from '../build/verifier.mjs';

const LIMITS = {maxBytes: 1000, maxDepth: 24, maxValues: 100};
const codeOf = (text, limits = LIMITS) => {
  try {
    readObject(text, limits);
    return null;
  } catch (error) {
    return error.code;
  }
};

/** Random JSON from a seed. */
function* numbers(seed) {
  for (let state = seed; ; state = (state * 48271) % 2147483647) {
    yield state / 2147483647;
  }
}

function randomValue(random, depth) {
  const next = () => random.next().value;
  const pick = Math.floor(next() * (depth > 4 ? 5 : 7));
  switch (pick) {
    case 0:
      return null;
    case 1:
      return next() < 0.5;
    case 2:
      return Math.round(next() * 1e9);
    case 3:
      return (next() - 0.5) * 10 ** Math.floor(next() * 30 - 20);
    case 4:
      return Array.from({length: next() * 6}, () => String.fromCodePoint(Math.floor(next() * 0xd000))).join('');
    case 5:
      return Array.from({length: next() * 4}, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({length: next() * 4}, (_, at) => [`k${at}"\\`, randomValue(random, depth + 1)]),
      );
  }
}

describe('the reader of JSON', () => {
  it('reads what JSON.stringify writes', () => {
    const random = numbers(7);
    for (let round = 0; round < 500; round += 1) {
      const value = {a: randomValue(random, 0)};
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
        assert.deepEqual(readJson(text, {maxDepth: 24, maxValues: 1e6}), JSON.parse(text));
      }
    }
  });

  it('refuses whatever JSON.parse refuses, one character changed anywhere', () => {
    const text = '{"a":[1,-2.5e3,"x\\n\\u00e9",true,null,{}],"b":{"c":""}}';
    for (let at = 0; at < text.length; at += 1) {
      for (const other of ['', ',', '"', '}', '0', '\\', ' ', 'e', '\u0001']) {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        let native = null;
        try {
          native = JSON.parse(changed);
        } catch {
          assert.equal(codeOf(changed), 'not_json', changed);
        }
        if (native !== null && codeOf(changed) === null) {
          assert.deepEqual(readObject(changed, LIMITS), native);
        }
      }
    }
  });

  it('refuses the same key twice, however it is written, at every depth', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"a":1,"\\u0061":2}',
      '{"x":[{"b":{"a":1,"a":1}}]}',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      assert.equal(codeOf(text), 'not_json');
    }
  });

  it('keeps a member of the name __proto__ a member', () => {
    const value = readObject('{"__proto__":{"a":1},"b":2}', LIMITS);
    assert.deepEqual(Object.keys(value), ['__proto__', 'b']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(value.a, undefined);
  });

  it('refuses half a surrogate pair, and numbers that are not exact', () => {
    for (const text of [
      '{"a":"\\ud800"}',
      '{"a":"\\udc00\\ud800"}',
      '{"\\ud800":1}',
      '{"a":9007199254740992}',
      '{"a":1e400}',
    ]) {
      assert.equal(codeOf(text), 'not_json');
    }
    assert.equal(readObject('{"a":"\\ud83d\\ude00"}', LIMITS).a, '😀');
    assert.equal(Object.is(readObject('{"a":-0}', LIMITS).a, 0), true);
  });

  it('is bounded in bytes, depth and values', () => {
    assert.equal(codeOf(`{"a":"${'é'.repeat(500)}"}`), 'too_large');
    assert.equal(codeOf(`${'['.repeat(25)}${']'.repeat(25)}`), 'too_large');
    assert.equal(codeOf(`{"a":"${'['.repeat(100)}"}`), null);
    assert.equal(codeOf(`{"a":[${'1,'.repeat(100)}1]}`), 'too_large');
    for (const text of ['[]', 'null', '"x"', '1', 'true']) {
      assert.equal(codeOf(text), 'not_a_credential');
    }
  });
});
