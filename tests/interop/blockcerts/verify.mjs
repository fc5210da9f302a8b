#!/usr/bin/env node
/**
 * Judges anchored credentials with the stock @blockcerts/cert-verifier-js.
 *
 *   node verify.mjs --rpc URL --documents FILE [--contexts DIR] [CASES]
 *
 * URL: an Ethereum node on loopback, in place of the explorers that the verifier would ask. FILE: a JSON object of
 * addresses and the JSON documents there: DID documents as its resolver answers them, Profiles, status lists. DIR:
 * core/contexts, for the contexts that the verifier fetches. CASES: JSON lines `{"id", "credential"}`; default: stdin.
 *
 * For each line, in the same order, one line goes to stdout:
 *   {"id", "status": "success" | "failure" | "error", "message", "failed": [codes of steps], "reasons": [what it said],
 *    "steps": [codes of those that passed]}
 * `error`: the verifier threw instead of judging. What it asked for in vain goes to stderr.
 */
import {readFileSync} from 'node:fs';
import net from 'node:net';
import {parseArgs} from 'node:util';

import {Certificate} from '@blockcerts/cert-verifier-js/dist/verifier-node/index.js';

import {readContexts} from '../contexts.mjs';

const RESOLVER = 'https://resolver.example/1.0/identifiers';
const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {rpc: {type: 'string'}, documents: {type: 'string'}, contexts: {type: 'string'}},
});
const documents = new Map(Object.entries(JSON.parse(readFileSync(values.documents, 'utf8'))));
const contexts = values.contexts ? readContexts(values.contexts) : new Map();
const refused = new Set();
const online = globalThis.fetch;

globalThis.fetch = async input => {
  const url = typeof input === 'string' ? input : (input.url ?? String(input));
  const served = documents.get(url) ?? contexts.get(url);
  if (!served) {
    refused.add(url);
    throw new Error(`"${url}" is not served here.`);
  }
  return new Response(JSON.stringify(served), {headers: {'Content-Type': 'application/json'}});
};

// The node alone can be reached, whatever a library brings along to fetch with.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function onLoopback(...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (options?.host !== '127.0.0.1') {
    throw new Error(`"${options?.host}" is not on loopback.`);
  }
  return connect.apply(this, args);
};

async function ask(method, ...params) {
  const response = await online(values.rpc, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({jsonrpc: '2.0', id: 1, method, params}),
  });
  const {result} = await response.json();
  if (!result) {
    throw new Error(`The node has no result for ${method}.`);
  }
  return result;
}

/** What the verifier wants to know of a transaction, in its shape. */
async function lookUp({transactionId}) {
  const transaction = await ask('eth_getTransactionByHash', `0x${transactionId.replace(/^0x/, '')}`);
  const block = await ask('eth_getBlockByNumber', transaction.blockNumber, false);
  return {
    remoteHash: transaction.input.slice(2),
    issuingAddress: transaction.from,
    time: new Date(Number(block.timestamp) * 1000).toISOString(),
    revokedAddresses: [],
  };
}

async function judge(credential) {
  const steps = [];
  const failed = [];
  const reasons = [];
  const explorer = {serviceURL: values.rpc, apiType: 'rpc', priority: 0, parsingFunction: lookUp};
  try {
    const certificate = new Certificate(credential, {
      locale: 'en-US',
      didResolverUrl: RESOLVER,
      explorerAPIs: [explorer],
    });
    await certificate.init();
    const {status, message} = await certificate.verify(step => {
      if (step.status === 'success') {
        steps.push(step.code);
      } else if (step.status === 'failure') {
        failed.push(step.code);
        reasons.push(step.errorMessage ?? '');
      }
    });
    return {status, message: message?.description ?? message ?? '', failed, reasons, steps};
  } catch (error) {
    return {status: 'error', message: String(error?.message ?? error), failed, reasons, steps};
  }
}

// The verifier talks; stdout is for the answers.
console.log = console.warn = console.error = () => {};
const lines = readFileSync(positionals[0] ?? 0, 'utf8').split('\n').filter(Boolean);
for (const line of lines) {
  const {id, credential} = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({id, ...(await judge(credential))})}\n`);
}
process.stderr.write(`asked in vain: ${[...refused].sort().join(' ') || 'nothing'}\n`);
