/**
 * Public chains, asked by JSON-RPC (Ethereum execution APIs): `api/chain_reading.py`. What a node answers is checked for
 * form before it is believed, and counts only where its chain id is the expected one.
 */
import {textOf} from './bytes.js';
import {FetchError} from './errors.js';
import {browserPost} from './fetching.js';
import {isObject} from './json_values.js';

const MAX_BYTES = 1024 * 1024;
const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const DATA = /^0x(?:[0-9a-f]{2})*$/;
const LATEST = Date.parse('9999-12-31T23:59:59Z');
const QUANTITY = /^0x(?:0|[1-9a-f][0-9a-f]{0,12})$/;

/**
 * The networks that can be asked. `networks`: see networks.js, those with `urls`; `ask(url, method, params)` → the
 * result of one call; throws FetchError.
 */
export class Chains {
  constructor(networks, ask) {
    Object.assign(this, {networks: ask ? networks.filter(({urls}) => urls?.length) : [], ask});
  }

  /**
   * What the transaction of an anchor carries, `{root, sender, time, state, network, isTestNetwork}`: bytes, an address,
   * milliseconds; or `{code}`: what is to be said of the anchor.
   */
  async find({chain, network: name, transaction}) {
    const network = this.networks.filter((each) => each.chain === chain && each.network === name).pop();
    let code = 'anchor_not_checked';
    for (const url of transaction && network ? network.urls : []) {
      try {
        const found = await new Endpoint(url, network, this.ask).find(`0x${transaction}`);
        if (found.code !== 'anchor_not_found') {
          return found;
        }
        ({code} = found);
      } catch (error) {
        if (!(error instanceof FetchError)) {
          throw error;
        }
      }
    }
    return {code};
  }
}

/** One node. */
class Endpoint {
  constructor(url, network, ask) {
    Object.assign(this, {url, network, ask});
  }

  async find(hash) {
    if (quantity(await this.call('eth_chainId')) !== this.network.chainId) {
      throw new FetchError('fetch_failed');
    }
    const transaction = await this.call('eth_getTransactionByHash', hash);
    if (transaction === null || transaction.blockNumber === null || transaction.blockNumber === undefined) {
      return {code: 'anchor_not_found'};
    }
    requireForm(transaction, {hash: HASH, from: ADDRESS, input: DATA, blockHash: HASH});
    if (lower(transaction.hash) !== hash) {
      throw new FetchError('fetch_failed');
    }
    const number = quantity(transaction.blockNumber);
    const block = await this.block(`0x${number.toString(16)}`);
    const receipt = await this.call('eth_getTransactionReceipt', hash);
    if ((block && block.number !== number) || (receipt && lower(receipt.transactionHash) !== hash)) {
      throw new FetchError('fetch_failed');
    }
    // Nodes remember blocks that the chain has left, and transactions in them.
    if (!block || !receipt || [transaction.blockHash, receipt.blockHash].some((each) => lower(each) !== block.hash)) {
      return {code: 'anchor_reorganised'};
    }
    if (quantity(receipt.status) !== 1) {
      return {code: 'anchor_reverted'};
    }
    return {
      root: bytesOfHex(transaction.input),
      sender: lower(transaction.from),
      time: block.time,
      state: await this.state(block.number),
      network: this.network.title,
      isTestNetwork: this.network.isTest,
    };
  }

  async state(number) {
    for (const tag of ['finalized', 'safe']) {
      const newest = await this.block(tag).catch(() => null);
      if (newest && number <= newest.number) {
        return tag;
      }
    }
    return 'mined';
  }

  /** A block of the canonical chain; null where there is none. */
  async block(which) {
    const block = await this.call('eth_getBlockByNumber', which, false);
    if (block === null) {
      return null;
    }
    requireForm(block, {hash: HASH});
    const time = quantity(block.timestamp) * 1000;
    if (time > LATEST) {
      throw new FetchError('fetch_failed');
    }
    return {hash: lower(block.hash), number: quantity(block.number), time};
  }

  async call(method, ...params) {
    const result = await this.ask(this.url, method, params);
    if (result !== null && typeof result !== 'string' && !isObject(result)) {
      throw new FetchError('fetch_failed');
    }
    return result;
  }
}

/** Asks a node from a page. Throws FetchError. */
export async function browserAsk(url, method, params) {
  const body = JSON.stringify({jsonrpc: '2.0', id: 1, method, params});
  const raw = await browserPost(url, body, {maxBytes: MAX_BYTES});
  let answer;
  try {
    answer = JSON.parse(textOf(raw));
  } catch {
    throw new FetchError('fetch_failed');
  }
  if (!isObject(answer) || isObject(answer.error) || answer.result === undefined) {
    throw new FetchError('fetch_failed');
  }
  return answer.result;
}

function requireForm(found, forms) {
  if (!isObject(found) || !Object.keys(forms).every((name) => forms[name].test(lower(found[name])))) {
    throw new FetchError('fetch_failed');
  }
}

function lower(value) {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** A number that is written as a quantity, exactly. */
function quantity(value) {
  if (!QUANTITY.test(lower(value))) {
    throw new FetchError('fetch_failed');
  }
  return Number(value);
}

function bytesOfHex(text) {
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (digits) => parseInt(digits, 16));
}
