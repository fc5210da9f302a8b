/** What is asked of a node, and what of its answers is believed. */
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, describe, it} from 'node:test';

import {Chains, addressOfMethod, browserAsk, networkOf, readDidDocument} from '../build/verifier.mjs';

const HASH = 'ab'.repeat(32);
const BLOCK = {number: '0xa', hash: `0x${'11'.repeat(32)}`, timestamp: '0x5'};
const ANSWERS = {
  eth_chainId: '0x2105',
  eth_getTransactionByHash: {
    hash: `0x${HASH}`,
    from: `0x${'Ab'.repeat(20)}`,
    input: `0x${'0F'.repeat(32)}`,
    blockNumber: '0xa',
    blockHash: BLOCK.hash,
  },
  eth_getTransactionReceipt: {transactionHash: `0x${HASH}`, status: '0x1', blockHash: BLOCK.hash},
};
const BASE = {chain: 'base', network: 'mainnet', chainId: 8453, isTest: false, title: 'Base'};
const ANCHOR = {chain: 'base', network: 'mainnet', transaction: HASH};

/** A node that answers so; `tags`: the newest blocks by their tags. */
function node(changes = {}, tags = {safe: '0xc', finalized: '0x8'}) {
  const answers = {...ANSWERS, block: BLOCK, ...changes};
  const asked = [];
  const ask = async (url, method, [first]) => {
    asked.push(method);
    if (method !== 'eth_getBlockByNumber') {
      return answers[method];
    }
    return first === '0xa' ? answers.block : {...BLOCK, number: tags[first], hash: `0x${'22'.repeat(32)}`};
  };
  return {ask, asked};
}

const find = ({ask}, urls = ['https://node.example/']) => new Chains([{...BASE, urls}], ask).find(ANCHOR);
const transaction = (changes) => ({eth_getTransactionByHash: {...ANSWERS.eth_getTransactionByHash, ...changes}});
const receipt = (changes) => ({eth_getTransactionReceipt: {...ANSWERS.eth_getTransactionReceipt, ...changes}});

describe('a transaction', () => {
  it('is told with six questions', async () => {
    const good = node();
    const {root, ...found} = await find(good);
    assert.deepEqual([...root], Array(32).fill(15));
    assert.deepEqual(found, {
      sender: `0x${'ab'.repeat(20)}`,
      time: 5000,
      state: 'safe',
      network: 'Base',
      isTestNetwork: false,
    });
    assert.equal(good.asked.length, 6);
  });

  it('is as firm as its block', async () => {
    for (const [tags, state] of [
      [{safe: '0x9', finalized: '0x8'}, 'mined'],
      [{safe: '0xa', finalized: '0x8'}, 'safe'],
      [{safe: '0xa', finalized: '0xa'}, 'finalized'],
      [{}, 'mined'],
    ]) {
      assert.equal((await find(node({}, tags))).state, state);
    }
  });

  it('that is wrong has a code', async () => {
    const elsewhere = `0x${'33'.repeat(32)}`;
    for (const [changes, code] of [
      [{eth_getTransactionByHash: null}, 'anchor_not_found'],
      [transaction({blockNumber: null, blockHash: null}), 'anchor_not_found'],
      [transaction({blockHash: elsewhere}), 'anchor_reorganised'],
      [{block: null}, 'anchor_reorganised'],
      [{block: {...BLOCK, hash: elsewhere}}, 'anchor_reorganised'],
      [{eth_getTransactionReceipt: null}, 'anchor_reorganised'],
      [receipt({blockHash: elsewhere}), 'anchor_reorganised'],
      [receipt({status: '0x0'}), 'anchor_reverted'],
    ]) {
      assert.deepEqual(await find(node(changes)), {code}, JSON.stringify(changes));
    }
  });

  it('of which nonsense is told is not checked', async () => {
    for (const changes of [
      {eth_chainId: '0x1'},
      {eth_chainId: 8453},
      {eth_chainId: null},
      {eth_getTransactionByHash: 5},
      {eth_getTransactionByHash: []},
      {eth_getTransactionByHash: {blockNumber: '0xa'}},
      transaction({hash: `0x${'cd'.repeat(32)}`}),
      transaction({from: 'me'}),
      transaction({input: '0x1'}),
      transaction({input: null}),
      transaction({blockNumber: 10}),
      transaction({blockNumber: '0x0a'}),
      receipt({status: 1}),
      receipt({transactionHash: `0x${'cd'.repeat(32)}`}),
      receipt({transactionHash: undefined}),
      {block: {...BLOCK, number: '0xb'}},
      receipt({status: undefined}),
      {block: {...BLOCK, timestamp: '0xzz'}},
      {block: {...BLOCK, timestamp: `0x${'f'.repeat(40)}`}},
      {block: {...BLOCK, timestamp: '0xfffffffffffff'}},
      {block: {...BLOCK, hash: 5}},
      {block: 'x'},
    ]) {
      assert.deepEqual(await find(node(changes)), {code: 'anchor_not_checked'}, JSON.stringify(changes));
    }
  });

  it('is asked of the next node where one does not answer or know it', async () => {
    const [good, none, other] = [node(), node({eth_getTransactionByHash: null}), node({eth_chainId: '0x1'})];
    const nodes = {good, none, other};
    const ask = (url, ...call) => nodes[url].ask(url, ...call);
    for (const [urls, code] of [
      [['other', 'none', 'good'], undefined],
      [['none', 'other'], 'anchor_not_found'],
      [['other'], 'anchor_not_checked'],
    ]) {
      assert.equal((await find({ask}, urls)).code, code);
    }
  });

  it('of a network without a node, or without a transaction, is asked of nobody', async () => {
    const {ask, asked} = node();
    const chains = new Chains([{...BASE, urls: ['a']}, {...BASE, chain: 'eth'}], ask);
    for (const anchor of [{...ANCHOR, network: 'sepolia'}, {...ANCHOR, chain: 'eth'}, {...ANCHOR, transaction: ''}]) {
      assert.deepEqual(await chains.find(anchor), {code: 'anchor_not_checked'});
    }
    assert.deepEqual(asked, []);
    assert.deepEqual(await new Chains([{...BASE, urls: ['a']}], null).find(ANCHOR), {code: 'anchor_not_checked'});
  });
});

describe('a node', () => {
  const bodies = {
    '/good': '{"jsonrpc":"2.0","id":1,"result":"0x1"}',
    '/null': '{"jsonrpc":"2.0","id":1,"result":null}',
    '/error': '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}',
    '/none': '{"jsonrpc":"2.0","id":1}',
    '/array': '[]',
    '/text': 'no',
    '/large': `{"result":"${'x'.repeat(1024 * 1024)}"}`,
  };
  const asked = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push({url: request.url, method: request.method, body, cookie: request.headers.cookie});
      const status = request.url === '/moved' ? 302 : bodies[request.url] ? 200 : 500;
      response.writeHead(status, {location: '/good'}).end(bodies[request.url] ?? '');
    });
  });
  let root;
  before(async () => {
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    root = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());

  it('is asked by JSON-RPC', async () => {
    assert.equal(await browserAsk(`${root}/good`, 'eth_chainId', []), '0x1');
    assert.equal(await browserAsk(`${root}/null`, 'eth_getBlockByNumber', ['0x1', false]), null);
    assert.deepEqual(asked.pop(), {
      url: '/null',
      method: 'POST',
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["0x1",false]}',
      cookie: undefined,
    });
  });

  it('that answers anything else has not answered', async () => {
    for (const path of ['/error', '/none', '/array', '/text', '/moved', '/down']) {
      await assert.rejects(browserAsk(root + path, 'eth_chainId', []), {code: 'fetch_failed'}, path);
    }
    await assert.rejects(browserAsk(`${root}/large`, 'eth_chainId', []), {code: 'too_large'});
  });

  it('is on the net by https, or on this machine', async () => {
    for (const url of ['http://node.example/', 'https://10.0.0.1/', 'https://me@node.example/', 'ftp://node.example/']) {
      await assert.rejects(browserAsk(url, 'eth_chainId', []), {code: 'address_refused'}, url);
    }
  });
});

describe('a network', () => {
  it('is known by its codes, those of the page first', () => {
    assert.equal(networkOf([8453, 84_532]).title, 'Base Sepolia');
    assert.equal(networkOf([77, 5]), undefined);
    assert.equal(networkOf([8453, 84_532], [{codes: [8453, 84_532], title: 'Ours'}]).title, 'Ours');
  });
});

describe('an account', () => {
  const ADDRESS = '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf';
  const point = {
    x: 'eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g',
    y: 'SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg',
  };
  const key = {kty: 'EC', crv: 'secp256k1', ...point};

  it('is that of the key', () => {
    assert.equal(addressOfMethod({type: 'JsonWebKey2020', publicKeyJwk: key}), ADDRESS);
    const both = {type: 'JsonWebKey', publicKeyJwk: key, blockchainAccountId: `eip155:1:${ADDRESS}`};
    assert.equal(addressOfMethod(both), ADDRESS);
  });

  it('is none where it is not one', () => {
    for (const method of [
      {type: 'JsonWebKey2020', publicKeyJwk: {...key, y: point.x}},
      {type: 'JsonWebKey2020', publicKeyJwk: {...key, crv: 'P-256'}},
      {type: 'JsonWebKey2020', publicKeyJwk: null},
      {type: 'Ed25519VerificationKey2020', publicKeyJwk: key},
      {type: 'Multikey', publicKeyMultibase: 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'},
      {type: 'Multikey', publicKeyJwk: key, blockchainAccountId: `eip155:1:0x${'00'.repeat(20)}`},
      {type: 'Multikey', publicKeyJwk: key, blockchainAccountId: null},
      {type: 'Multikey'},
    ]) {
      assert.equal(addressOfMethod(method), null, JSON.stringify(method));
    }
  });
});

describe("an issuer's profile", () => {
  it('that is named is never passed over', () => {
    const id = 'did:web:issuer.example';
    const serviceEndpoint = 'https://a.example';
    for (const [service, profile] of [
      [undefined, ''],
      [[], ''],
      [[{type: 'LinkedDomains', serviceEndpoint}], ''],
      [[{type: 'IssuerProfile', serviceEndpoint}], serviceEndpoint],
      [[{type: ['Other', 'IssuerProfile'], serviceEndpoint}], serviceEndpoint],
      [{type: 'IssuerProfile', serviceEndpoint}, serviceEndpoint],
      [[{type: 'IssuerProfile', serviceEndpoint: [serviceEndpoint]}], 'invalid:'],
      [[{type: 'IssuerProfile'}], 'invalid:'],
    ]) {
      const raw = new TextEncoder().encode(JSON.stringify({id, service}));
      assert.equal(readDidDocument(raw, id).profile, profile, JSON.stringify(service));
    }
  });
});
