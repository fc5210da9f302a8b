/** How the claim element asks, by fetch or by a client that is handed in, and what it makes of refusals. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {Api, apiAddress} from '../src/claim/api.js';
import {FetchClient, ask, waitOf} from '../src/claim/client.js';
import {ClaimError, isAbort, sentenceOf} from '../src/claim/errors.js';
import {Texts} from '../src/claim/texts.js';
import {FakeClock, settle} from './claim_clock.mjs';

const BASE = 'https://credentials.example/verifiable_credentials/api/v1/';
const TOKEN = 'https://credentials.example/csrf/api/v1/token';

/** A fetch that gives these answers in turn, the last one again and again; `asked` has what it was called with. */
function fakeFetch(...answers) {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push({url, ...options});
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer.clone();
  };
  return {fetch, asked};
}

function json(status, body, headers = {}) {
  return new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json', ...headers}});
}

function client(fetch, token = 'token') {
  return new FetchClient({base: BASE, token, fetch});
}

describe('fetch', () => {
  it('sends JSON, the CSRF token and the cookies', async () => {
    const {fetch, asked} = fakeFetch(json(200, {offer: 'x'}));
    const url = `${BASE}credentials/init/`;
    const answer = await ask(client(fetch), {method: 'post', url, data: {storage_id: 'a'}});
    assert.deepEqual(answer, {offer: 'x'});
    const [{method, headers, body, credentials}] = asked;
    assert.deepEqual([method, body, credentials], ['POST', '{"storage_id":"a"}', 'include']);
    assert.equal(headers['X-CSRFToken'], 'token');
    assert.equal(headers['Content-Type'], 'application/json');
  });

  it('sends no token where nothing is changed', async () => {
    const {fetch, asked} = fakeFetch(json(200, {}));
    await ask(client(fetch), {method: 'get', url: BASE});
    assert.equal('X-CSRFToken' in asked[0].headers, false);
  });

  it('asks for a token where it has none', async () => {
    const {fetch, asked} = fakeFetch(json(200, {csrfToken: 'fresh'}), json(200, {}));
    await ask(client(fetch, ''), {method: 'put', url: BASE});
    assert.equal(asked[0].url, TOKEN);
    assert.equal(asked[1].headers['X-CSRFToken'], 'fresh');
  });

  it('after a login elsewhere asks once more, with the new token', async () => {
    const refusal = json(403, {code: 'permission_denied', detail: 'CSRF Failed'});
    const {fetch, asked} = fakeFetch(refusal, json(200, {csrfToken: 'fresh'}), json(200, {done: true}));
    assert.deepEqual(await ask(client(fetch), {method: 'post', url: BASE}), {done: true});
    assert.deepEqual(
      asked.map(({headers}) => headers['X-CSRFToken']),
      ['token', undefined, 'fresh'],
    );
  });

  it('asks once where the token is not the reason', async () => {
    const {fetch, asked} = fakeFetch(
      json(401, {code: 'not_authenticated', detail: ''}),
      json(200, {csrfToken: 'token'}),
      json(200, {}),
    );
    await assert.rejects(ask(client(fetch), {method: 'post', url: BASE}), {kind: 'session'});
    assert.equal(asked.filter(({url}) => url === BASE).length, 1);
  });

  it('takes an answer without a body, and a file as it is', async () => {
    assert.equal(
      await ask(client(fakeFetch(new Response(null, {status: 204})).fetch), {method: 'delete', url: BASE}),
      '',
    );
    const blob = await ask(client(fakeFetch(new Response('bytes')).fetch), {method: 'get', url: BASE, form: 'blob'});
    assert.equal(await blob.text(), 'bytes');
  });

  it('tells a login page from an answer', async () => {
    const page = new Response('<html>Log in</html>', {status: 200, headers: {'Content-Type': 'text/html'}});
    await assert.rejects(ask(client(fakeFetch(page).fetch), {method: 'get', url: BASE}), {kind: 'server'});
  });
});

describe('a client that is handed in', () => {
  const refused = (status, data, headers = {}) => ({
    get: async () => Promise.reject({response: {status, data, headers}}),
  });

  it('is called as axios is', async () => {
    const calls = [];
    const note =
      (name) =>
      async (...given) => {
        calls.push([name, ...given.filter((each) => !each?.signal)]);
        return {status: 200, data: name === 'get' ? new Blob(['x']) : {}, headers: {}};
      };
    const axios = {get: note('get'), post: note('post'), put: note('put'), delete: note('delete')};
    const {signal} = new AbortController();
    await ask(axios, {method: 'get', url: '/a', form: 'blob', signal: undefined});
    await ask(axios, {method: 'post', url: '/b', data: {x: 1}, signal});
    await ask(axios, {method: 'put', url: '/c', signal});
    await ask(axios, {method: 'delete', url: '/d', signal});
    assert.deepEqual(calls, [
      ['get', '/a', {signal: undefined, responseType: 'blob'}],
      ['post', '/b', {x: 1}],
      ['put', '/c', {}],
      ['delete', '/d'],
    ]);
  });

  const cases = [
    [401, {code: 'not_authenticated', detail: ''}, 'session'],
    [401, '<html>', 'session'],
    [403, {detail: 'CSRF Failed'}, 'session'],
    [403, {code: 'permission_denied', detail: ''}, 'session'],
    [403, {code: 'issuing_off', detail: 'No.'}, 'refused'],
    [404, {code: 'switched_off', detail: 'Off.'}, 'off'],
    [404, {code: 'unknown_offer', detail: 'No.'}, 'refused'],
    [404, '<html>', 'server'],
    [429, {code: 'throttled', detail: ''}, 'throttled'],
    [500, {code: 'internal_error', detail: ''}, 'server'],
    [502, '<html>Bad gateway</html>', 'server'],
    [503, {code: 'busy', detail: ''}, 'server'],
  ];
  for (const [status, body, kind] of cases) {
    it(`is refused with ${status} ${body.code ?? ''}: ${kind}`, async () => {
      await assert.rejects(ask(refused(status, body), {method: 'get', url: BASE}), (error) => {
        assert.ok(error instanceof ClaimError);
        assert.deepEqual([error.kind, error.code], [kind, body.code ?? '']);
        return true;
      });
    });
  }

  it('may be refused a file in a file', async () => {
    const data = new Blob(['{"code": "withheld", "detail": "Erased."}']);
    await assert.rejects(ask(refused(410, data), {method: 'get', url: BASE, form: 'blob'}), {
      kind: 'refused',
      code: 'withheld',
    });
  });

  it('may not be reached', async () => {
    const gone = {get: () => Promise.reject(new TypeError('Failed to fetch'))};
    await assert.rejects(ask(gone, {method: 'get', url: BASE}), {kind: 'network'});
    const loggedOut = {
      get: () => Promise.reject(Object.assign(new Error(), {customAttributes: {httpErrorStatus: 401}})),
    };
    await assert.rejects(ask(loggedOut, {method: 'get', url: BASE}), {kind: 'session'});
  });

  it('may not know signals: the answer is not taken all the same', async () => {
    const ending = new AbortController();
    const late = {get: () => new Promise((resolve) => setImmediate(() => resolve({status: 200, data: {}})))};
    const asked = ask(late, {method: 'get', url: BASE, signal: ending.signal});
    ending.abort();
    await assert.rejects(asked, (error) => isAbort(error));
  });
});

describe('patience', () => {
  const at = new Date('2026-11-22T10:00:00Z');
  const headers = [
    ['7', 7],
    ['0', 1],
    ['86400', 300],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30],
    ['soon', null],
    ['', null],
    [undefined, null],
  ];
  for (const [value, seconds] of headers) {
    it(`reads Retry-After: ${value}`, () => assert.equal(waitOf({'retry-after': value}, at.getTime()), seconds));
  }

  function api(...answers) {
    const {fetch, asked} = fakeFetch(...answers);
    const clock = new FakeClock();
    const waits = [];
    return {
      asked,
      clock,
      waits,
      api: new Api({base: BASE, client: client(fetch), clock, onWait: (seconds) => waits.push(seconds)}),
    };
  }

  it('asks again after the time that the service wants', async () => {
    const busy = json(429, {code: 'throttled', detail: ''}, {'Retry-After': '9'});
    const {api: one, asked, clock, waits} = api(busy, json(200, {offer: 'x'}));
    const made = one.makeOffer({});
    await clock.advance(8);
    assert.equal(asked.length, 1);
    await clock.advance(1);
    assert.deepEqual(await made, {offer: 'x'});
    assert.deepEqual(waits, [9]);
  });

  it('has an end', async () => {
    const {api: one, asked, clock} = api(json(429, {code: 'throttled', detail: ''}, {'Retry-After': '1'}));
    const made = one.makeOffer({});
    const ended = assert.rejects(made, {kind: 'throttled'});
    await clock.advance(60);
    await ended;
    assert.equal(asked.length, 4);
    const {api: other, asked: once} = api(json(429, {code: 'throttled', detail: ''}, {'Retry-After': '3600'}));
    await assert.rejects(other.makeOffer({}), {kind: 'throttled'});
    assert.equal(once.length, 1);
  });

  it('does not repeat what may have been done', async () => {
    const down = json(503, {code: 'database_unavailable', detail: ''}, {'Retry-After': '1'});
    const {api: one, asked} = api(down);
    await assert.rejects(one.revoke('a'), {kind: 'server'});
    assert.equal(asked.length, 1);
    const {api: other, clock, asked: twice} = api(down, json(200, {count: 0}));
    const read = other.certificates(1);
    await clock.advance(1);
    assert.deepEqual(await read, {count: 0});
    assert.equal(twice.length, 2);
  });

  it('ends when nobody waits any more', async () => {
    const {api: one, clock, asked} = api(json(429, {code: 'throttled', detail: ''}, {'Retry-After': '5'}));
    const ending = new AbortController();
    const read = one.certificates(1, ending.signal);
    const ended = assert.rejects(read, (error) => isAbort(error));
    await settle();
    ending.abort();
    await ended;
    await clock.advance(30);
    assert.deepEqual([asked.length, clock.waiting], [1, 0]);
  });
});

describe('addresses', () => {
  it('are those of the API alone', async () => {
    const {fetch, asked} = fakeFetch(new Response('bytes'), json(200, {}));
    const one = new Api({base: BASE, client: client(fetch)});
    await one.file('/verifiable_credentials/api/v1/issued/1/credential.png');
    assert.equal(asked[0].url, `${BASE}issued/1/credential.png`);
    await assert.rejects(one.file('https://elsewhere.example/credential.png'), {kind: 'setup'});
    await assert.rejects(one.file('//elsewhere.example/credential.png'), {kind: 'setup'});
    await one.offer('../../x');
    assert.equal(asked[1].url, `${BASE}offers/..%2F..%2Fx/`);
  });

  it('may be given with or without a slash, or relative to the page', () => {
    const page = {baseURI: 'https://credentials.example/page/'};
    assert.equal(apiAddress('/api/v1', page), 'https://credentials.example/api/v1/');
    assert.equal(apiAddress(BASE, page), BASE);
    for (const none of ['', 'javascript:alert(1)/', 'data:,x/', 'http://:/']) {
      assert.equal(apiAddress(none, page), null, none);
    }
  });
});

describe('a refusal', () => {
  const texts = new Texts('en');

  it('is said in our words where we have some for its code', () => {
    const error = new ClaimError('refused', {code: 'offer_expired', detail: 'Of the service.'});
    assert.equal(sentenceOf(error, texts), texts.text('error_offer_expired'));
  });

  it('is said in the words of the service where we have none', () => {
    assert.equal(
      sentenceOf(new ClaimError('refused', {code: 'new_code', detail: 'Of the service.'}), texts),
      'Of the service.',
    );
  });

  it('is said in general words where nobody has any', () => {
    const server = texts.text('failed_server');
    assert.equal(sentenceOf(new ClaimError('refused', {code: 'new_code'}), texts), server);
    assert.equal(sentenceOf(new ClaimError('server', {code: 'internal_error', detail: 'Secret <b>'}), texts), server);
    assert.equal(sentenceOf(new TypeError('x is undefined'), texts), server);
    assert.equal(sentenceOf(new ClaimError('network'), texts), texts.text('failed_network'));
    assert.equal(
      sentenceOf(new ClaimError('off', {code: 'switched_off', detail: 'Off.'}), texts),
      texts.text('switched_off'),
    );
  });
});
