/** What the page asks for, and what it does not. A real server on loopback. */
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, describe, it} from 'node:test';

import {browserFetch, requireAllowed} from '../build/verifier.mjs';

const HERE = {hostname: 'credentials.example.org'};

describe('addresses', () => {
  it('of public hosts are asked', () => {
    for (const url of ['https://example.org/', 'https://a.example.org:8443/x?y=z', 'https://EXAMPLE.org/did.json']) {
      requireAllowed(url, HERE);
    }
  });

  it('of anything else are not', () => {
    const refused = [
      'http://example.org/',
      'ftp://example.org/',
      'https://localhost/',
      'https://a.localhost/',
      'https://127.0.0.1/',
      'https://127.1/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://10.0.0.1/',
      'https://169.254.169.254/',
      'https://me@example.org/',
      'https://example.org:22/',
      'https://example.org:99999/',
      'https://intranet/',
      'https://a.internal/',
      'https://a.local/',
      'https://a.onion/',
      'https://example.org/#x',
      'https://example.org\\@127.0.0.1/',
      'https://-a.org/',
      'data:text/plain,x',
      'javascript:alert(1)',
      'blob:https://example.org/x',
      'file:///x',
      '',
      'https://',
      `https://${'a'.repeat(64)}.org/`,
      ' https://example.org/',
      'https://example.org/\n',
      'https://exämple.org/',
      '//example.org/',
      `https://example.org/${'a'.repeat(3000)}`,
    ];
    for (const url of refused) {
      assert.throws(() => requireAllowed(url, HERE), {code: 'address_refused'}, url);
    }
  });

  it('on loopback are asked by a page on loopback alone', () => {
    requireAllowed('http://127.0.0.1:8000/status/1', {hostname: '127.0.0.1'});
    assert.throws(() => requireAllowed('http://10.0.0.1/', {hostname: '127.0.0.1'}), {code: 'address_refused'});
    assert.throws(() => requireAllowed('http://127.0.0.1:8000/', undefined), {code: 'address_refused'});
  });
});

describe('fetching', () => {
  let server;
  let origin;
  const asked = [];

  before(async () => {
    server = createServer((request, response) => {
      asked.push({url: request.url, headers: request.headers});
      if (request.url === '/moved') {
        response.writeHead(302, {location: '/good'}).end();
      } else if (request.url === '/large') {
        response.writeHead(200).write(Buffer.alloc(70_000));
        setTimeout(() => response.end(), 20);
      } else {
        response.writeHead(request.url === '/gone' ? 404 : 200, {'set-cookie': 'a=b'}).end('{"a":1}');
      }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${server.address().port}`;
    globalThis.location = {protocol: 'http:', hostname: '127.0.0.1', host: origin.slice(7)};
  });

  after(() => {
    delete globalThis.location;
    server.closeAllConnections();
    server.close();
  });

  it('returns the body, and sends nothing about who asks', async () => {
    const body = await browserFetch(`${origin}/good`, {maxBytes: 100});
    assert.equal(new TextDecoder().decode(body), '{"a":1}');
    assert.equal(asked[0].headers.cookie, undefined);
    assert.equal(asked[0].headers.referer, undefined);
  });

  it('follows nowhere, and takes no more than it may', async () => {
    await assert.rejects(browserFetch(`${origin}/moved`, {maxBytes: 100}), {code: 'fetch_failed'});
    await assert.rejects(browserFetch(`${origin}/gone`, {maxBytes: 100}), {code: 'fetch_failed'});
    await assert.rejects(browserFetch(`${origin}/large`, {maxBytes: 65_536}), {code: 'too_large'});
    await assert.rejects(browserFetch('http://127.0.0.1:1/', {maxBytes: 100}), {code: 'fetch_failed'});
    assert.equal(asked.filter(({url}) => url === '/good').length, 1);
  });
});
