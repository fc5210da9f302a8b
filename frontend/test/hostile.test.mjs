/** Input made to harm: refused with its code, soon, and without much memory. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {deflateSync, gzipSync} from 'node:zlib';

import {canonicalize, decodeList, readPng, readSvg, valueAt, verify} from '../build/verifier.mjs';

// Generous, for a machine that does much else.
const SECONDS = 3;
const OFFLINE = {now: new Date('2026-06-01T12:00:00Z')};
const bytes = (text) => new TextEncoder().encode(text);
const base64url = (raw) => Buffer.from(raw).toString('base64url');

async function schemaCode(input) {
  const began = performance.now();
  const {checks, verdict} = await verify(input, OFFLINE);
  assert.ok(performance.now() - began < SECONDS * 1000);
  assert.notEqual(verdict, 'valid');
  return checks[0].code;
}

describe('hostile input', () => {
  it('is refused with its code', async () => {
    const cases = {
      too_large: ['['.repeat(500_000), '{"a":'.repeat(30_000), `[${'1,'.repeat(200_000)}1]`, ' '.repeat(600_000)],
      not_json: ['', '{', '{"a":1,"a":2}', '\u0000', '{"a":NaN}', '"'.repeat(1000), '\\'.repeat(1000)],
      not_a_credential: ['[]', '{}', 'null', '{"type":"x"}', '{"@context":[]}'],
    };
    for (const [code, inputs] of Object.entries(cases)) {
      for (const input of inputs) {
        assert.equal(await schemaCode(input), code, input.slice(0, 40));
      }
    }
  });

  it('is refused as a token, two hundred times', async () => {
    const token = (header, payload = {vc: {}}, signature = 'AAAA') =>
      [base64url(JSON.stringify(header)), base64url(JSON.stringify(payload)), signature].join('.');
    const algorithms = [
      'none',
      'None',
      'NONE',
      'HS256',
      'HS512',
      'hs256',
      'RS1',
      'ES384',
      '',
      null,
      5,
      ['EdDSA'],
      {},
      'EdDSA\u0000',
    ];
    const more = [
      {},
      {kid: 'did:key:x#x'},
      {jku: 'https://example.org'},
      {x5u: 'https://example.org'},
      {crit: ['b64'], b64: false},
    ];
    const types = ['JWT', 'vc+jwt', 'at+jwt', null];
    const tokens = algorithms.flatMap((alg) => more.flatMap((each) => types.map((typ) => token({alg, typ, ...each}))));
    assert.ok(tokens.length >= 200);
    for (const each of tokens) {
      const {verdict, checks} = await verify(each, OFFLINE);
      assert.ok(['invalid', 'could_not_be_checked'].includes(verdict), each);
      assert.ok(!checks.some(({code}) => code === 'signature_valid'));
    }
  });

  it('cannot hide behind the prototype of objects', async () => {
    const credential = {
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiableCredential'],
      issuer: 'urn:x:y',
    };
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', '__proto__'];
    for (const name of names) {
      for (const place of ['', 'credentialSubject']) {
        const member = `"${name}":{"id":"urn:x:z"}`;
        const subject = place
          ? `"credentialSubject":{"id":"urn:a:b",${member}}`
          : `"credentialSubject":{"id":"urn:a:b"},${member}`;
        const document = JSON.parse(`${JSON.stringify(credential).slice(0, -1)},${subject}}`);
        await assert.rejects(canonicalize(document), {code: 'undefined_term'}, `${name} in ${place}`);
      }
    }
  });
});

describe('the list of a status', () => {
  const list = (raw) => decodeList(`u${base64url(raw)}`, {multibase: true});
  const bits = Buffer.alloc(16_384);

  it('is read from the left', async () => {
    const marked = Buffer.from(bits);
    marked[0] = 0b1000_0001;
    marked[11_820] = 1;
    marked[16_383] = 1;
    const found = await list(gzipSync(marked));
    const set = Array.from({length: 131_072}, (_, index) => index).filter((index) => valueAt(found, index));
    assert.deepEqual(set, [0, 7, 94_567, 131_071]);
    assert.equal(valueAt(found, 131_072), null);
    assert.equal(valueAt(found, 3, 2), 1);
  });

  it('may have a name and a comment in its header', async () => {
    const packed = gzipSync(bits);
    const header = Buffer.from(packed.subarray(0, 10));
    header[3] = 4 | 8 | 16;
    const named = Buffer.concat([header, Buffer.from([2, 0, 1, 2]), Buffer.from('list\0note\0'), packed.subarray(10)]);
    assert.equal((await list(named)).length, 16_384);
  });

  it('is refused where it is a bomb, without being unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const began = performance.now();
    await assert.rejects(list(bomb), {code: 'status_list_invalid'});
    assert.ok(performance.now() - began < SECONDS * 1000);
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
  });

  it('is refused in any other form', async () => {
    const packed = gzipSync(bits);
    const empty = gzipSync(Buffer.alloc(0));
    const others = [
      deflateSync(bits),
      bits,
      packed.subarray(0, -1),
      Buffer.concat([packed, Buffer.from('x')]),
      Buffer.concat([packed, packed]),
      Buffer.concat([empty, packed]),
      Buffer.concat([packed, empty]),
      gzipSync(bits.subarray(1)),
      Buffer.alloc(0),
      Buffer.from([31, 139]),
    ];
    for (const raw of others) {
      await assert.rejects(list(raw), {code: 'status_list_invalid'});
    }
    for (const text of [base64url(packed), `m${packed.toString('base64')}`, 'u', '', `u${packed.toString('base64')}`]) {
      await assert.rejects(decodeList(text, {multibase: true}), {code: 'status_list_invalid'});
    }
  });
});

describe('pictures', () => {
  it('made to harm are refused soon', () => {
    const signature = Buffer.from('89504e470d0a1a0a', 'hex');
    const huge = Buffer.concat([signature, Buffer.alloc(4 * 1024 * 1024)]);
    const long = Buffer.concat([signature, Buffer.from('ffffffff', 'hex'), Buffer.from('IHDR')]);
    const lol = `<!DOCTYPE svg [<!ENTITY a "lol">${Array.from({length: 30}, (_, at) => `<!ENTITY a${at} "&a;&a;&a;">`).join('')}]>`;
    const svg = (inside) => bytes(`<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`);
    const cases = [
      [() => readPng(huge), 'too_large'],
      [() => readPng(long), 'malformed_image'],
      [() => readSvg(bytes(`${lol}<svg xmlns="http://www.w3.org/2000/svg">&a29;</svg>`)), 'malformed_image'],
      [() => readSvg(svg('<g>'.repeat(200_000))), 'too_large'],
      [() => readSvg(svg('<g/>'.repeat(300_000))), 'too_large'],
      [() => readSvg(svg(`<g ${'a'.repeat(1_000_000)}="1"/>`)), 'not_a_credential'],
      [() => readSvg(svg(`<g ${Array.from({length: 50_000}, (_, at) => `a${at}=""`).join(' ')}/>`)), 'too_large'],
      [() => readSvg(svg('&#38;'.repeat(300_000))), 'not_a_credential'],
      [() => readSvg(bytes('<'.repeat(2_000_000))), 'malformed_image'],
      [() => readSvg(svg(`<!--${'-'.repeat(1_500_000)}`)), 'malformed_image'],
      [() => readSvg(svg('<script>alert(1)</script>')), 'not_a_credential'],
    ];
    for (const [read, code] of cases) {
      const began = performance.now();
      assert.throws(read, {code});
      assert.ok(performance.now() - began < SECONDS * 1000, code);
    }
  });
});
