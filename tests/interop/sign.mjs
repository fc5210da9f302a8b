#!/usr/bin/env node
/**
 * Signs credentials with the libraries of Digital Bazaar.
 *
 *   node sign.mjs --contexts DIR < CREDENTIALS
 *
 * stdin holds JSON lines {"credential": {...}, "suites": [str, ...], "seed": hex, "did": str or null}. The suites are
 * eddsa-rdfc-2022, ecdsa-rdfc-2019 and Ed25519Signature2020; several make a proof set. The issuer is a did:key, or the
 * did:web that is given; its identifier is put into the credential. For each line one JSON line goes to stdout:
 *
 *   {"credential": {...}, "did": str, "keys": [publicKeyMultibase, ...]}
 */
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';

import {readContexts} from './contexts.mjs';
import {goOffline} from './offline.mjs';

const DATE = '2026-03-02T08:00:00Z';
const SUITES = {
  'eddsa-rdfc-2022': signer => new DataIntegrityProof({signer, date: DATE, cryptosuite: eddsaRdfc2022}),
  'ecdsa-rdfc-2019': signer => new DataIntegrityProof({signer, date: DATE, cryptosuite: ecdsaRdfc2019}),
  Ed25519Signature2020: signer => new Ed25519Signature2020({signer, date: DATE}),
};

async function makeKey(suite, seed, givenDid) {
  const key = suite === 'ecdsa-rdfc-2019'
    ? await EcdsaMultikey.generate({curve: 'P-256'})
    : await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
  const {publicKeyMultibase} = await key.export({publicKey: true});
  const did = givenDid ?? `did:key:${publicKeyMultibase}`;
  key.controller = did;
  key.id = `${did}#${publicKeyMultibase}`;
  return {key, did, publicKeyMultibase};
}

async function sign({credential, suites, seed, did}, documentLoader) {
  const keys = [];
  let signed = structuredClone(credential);
  for (const suite of suites) {
    const made = await makeKey(suite, seed, did);
    keys.push(made);
    signed.issuer = typeof signed.issuer === 'object' ? {...signed.issuer, id: made.did} : made.did;
    signed = await vc.issue({credential: signed, suite: SUITES[suite](made.key.signer()), documentLoader});
  }
  return {credential: signed, did: keys[0].did, keys: [...new Set(keys.map(made => made.publicKeyMultibase))]};
}

const {values} = parseArgs({options: {contexts: {type: 'string'}}});
const contexts = readContexts(values.contexts);
goOffline(new Map());
const documentLoader = async url => {
  if (!contexts.has(url)) {
    throw new Error(`Document "${url}" is not known here.`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts.get(url), tag: 'static'};
};

for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  process.stdout.write(`${JSON.stringify(await sign(JSON.parse(line), documentLoader))}\n`);
}
