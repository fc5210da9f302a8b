#!/usr/bin/env node
/**
 * Verifies credentials with two independent verifiers, without a network.
 *
 *   node verify.mjs --contexts DIR [--did-documents FILE] [--status-lists FILE] [--only-digitalbazaar] [CASES]
 *
 * CASES (or stdin) holds JSON lines {"id": str, "credential": {...}}. For each,
 * in the same order, one JSON line is written to stdout:
 *
 *   {"id", "verifierCore": {"verified": bool, "detail": [str, ...]},
 *          "digitalbazaar": {"verified": bool, "detail": str}}
 *
 * and for a credential with a status also "bitstringStatus" and "status2021":
 * {"checked": true, "set": bool}, or {"checked": false, "detail": str}.
 * With --only-digitalbazaar there is that verdict alone.
 *
 * The exit code is 0 when every line was processed, whatever the verdicts, and 2
 * when the arguments or the input are unusable.
 */
import {readFileSync} from 'node:fs';
import {parseArgs} from 'node:util';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {driver as didKeyDriver} from '@digitalbazaar/did-method-key';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {createVerifyCryptosuite as eddsaJcs2022} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {checkStatus as checkBitstringStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {checkStatus as checkStatus2021} from '@digitalbazaar/vc-status-list';
import * as verifierCore from '@digitalcredentials/verifier-core';

import {UsageError, readContexts, readJson} from './contexts.mjs';
import {didWebUrl, goOffline} from './offline.mjs';

const CONCURRENCY = 16;

/** The context a key needs when it is taken out of its DID document. */
const KEY_CONTEXTS = {
  Ed25519VerificationKey2020: 'https://w3id.org/security/suites/ed25519-2020/v1',
  JsonWebKey2020: 'https://w3id.org/security/suites/jws-2020/v1',
  Multikey: 'https://w3id.org/security/multikey/v1',
};

const asArray = value => (value === undefined ? [] : [].concat(value));

function readCases(text) {
  return text.split('\n').flatMap((line, index) => {
    if (!line.trim()) {
      return [];
    }
    let item;
    try {
      item = JSON.parse(line);
    } catch (error) {
      throw new UsageError(`line ${index + 1}: ${error.message}`);
    }
    if (typeof item?.id !== 'string' || item.credential === null || typeof item.credential !== 'object') {
      throw new UsageError(`line ${index + 1}: {"id": str, "credential": {...}} is expected.`);
    }
    return [item];
  });
}

/** Resolves did:key by computation and did:web from the given documents only. */
function createResolver(didDocuments) {
  const driver = didKeyDriver();
  driver.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
  driver.use({multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from});

  return async url => {
    if (url.startsWith('did:key:')) {
      return driver.get({url});
    }
    const [did, fragment] = url.split('#');
    const didDocument = didDocuments.get(did);
    if (!didDocument) {
      throw new Error(`DID "${did}" is not known here.`);
    }
    if (fragment === undefined) {
      return didDocument;
    }
    const key = [didDocument.verificationMethod, didDocument.assertionMethod]
      .flatMap(asArray)
      .find(item => item?.id === url);
    if (!key) {
      throw new Error(`Key "${url}" is not in its DID document.`);
    }
    return {'@context': KEY_CONTEXTS[key.type] ?? didDocument['@context'], ...key};
  };
}

function createDocumentLoader({contexts, resolve, statusLists}) {
  return async url => {
    if (statusLists.has(url)) {
      return {contextUrl: null, documentUrl: url, document: structuredClone(statusLists.get(url))};
    }
    if (contexts.has(url)) {
      // "static" lets the JSON-LD processor keep its parsed form of the context
      return {contextUrl: null, documentUrl: url, document: contexts.get(url), tag: 'static'};
    }
    if (url.startsWith('did:')) {
      return {contextUrl: null, documentUrl: url, document: await resolve(url)};
    }
    throw new Error(`Document "${url}" is not known here.`);
  };
}

/** One line that tells why, down to the innermost errors. */
function explain(error) {
  if (!error) {
    return 'no reason given';
  }
  if (Array.isArray(error)) {
    return error.map(explain).join(' | ');
  }
  const own = [error.name, error.message].filter(Boolean).join(': ') || String(error);
  const event = error.details?.event;
  const hint = event ? [`${event.code} ${JSON.stringify(event.details)}`] : [];
  const inner = [error.errors, error.cause, error.details?.cause].flatMap(asArray).map(explain);
  return [own, ...hint, ...inner].join(' <- ');
}

/**
 * @digitalcredentials/verifier-core. It reports its steps one by one; the verdict
 * is drawn from them here: no fatal error, signature and expiration checked and
 * good, and no other step (such as a status check) that is not good. Being in a
 * registry of known issuers is not asked for, and no registry is given.
 */
async function withVerifierCore(credential) {
  const result = await verifierCore.verifyCredential({
    credential: structuredClone(credential),
    knownDIDRegistries: [],
  });
  const log = result.log ?? [];
  const errors = asArray(result.errors);
  const needed = ['valid_signature', 'expiration'];
  const verified = errors.length === 0 && !result.error &&
    needed.every(id => log.some(step => step.id === id)) &&
    log.every(step => step.id === 'registered_issuer' || (step.valid === true && !step.error));
  return {
    verified,
    detail: [
      ...errors.map(({name, message}) => `${name}: ${message}`),
      ...(result.error ? [explain(result.error)] : []),
      ...log.map(({id, valid, error}) => `${id}: ${error ? `${error.name}: ${error.message}` : valid}`),
    ],
  };
}

const createSuites = () => [
  new DataIntegrityProof({cryptosuite: eddsaRdfc2022}),
  new DataIntegrityProof({cryptosuite: eddsaJcs2022()}),
  new DataIntegrityProof({cryptosuite: ecdsaRdfc2019}),
  new Ed25519Signature2020(),
];

/**
 * @digitalbazaar/vc, with the contexts of this project. Every proof of the
 * credential has to be good, not only one of them.
 */
function createDigitalBazaarVerifier(documentLoader) {
  return async credential => {
    const result = await vc.verifyCredential({
      credential: structuredClone(credential),
      suite: createSuites(),
      documentLoader,
      // what the list says is asked for on its own
      checkStatus: async () => ({verified: true}),
    });
    if (!result.verified) {
      return {verified: false, detail: explain(result.error)};
    }
    const good = result.results.filter(item => item.verified).length;
    const all = asArray(credential.proof).length;
    return {verified: good === all, detail: `${good} of ${all} proofs verified`};
  };
}

/**
 * @digitalbazaar/vc-bitstring-status-list and @digitalbazaar/vc-status-list. Both
 * verify the list's own proof, its dates, and that its issuer is the credential's.
 * The second is shown the credential as if it named the StatusList2021, which has
 * an address of its own.
 */
function createStatusCheckers(documentLoader) {
  const check = async (checker, credential, isSet) => {
    const result = await checker({credential, documentLoader, suite: createSuites()}).catch(error => ({error}));
    return result.results
      ? {checked: true, set: result.results.some(isSet)}
      : {checked: false, detail: explain(result.error)};
  };
  return {
    bitstringStatus: credential => check(checkBitstringStatus, credential, ({status}) => status === true),
    status2021: credential => check(checkStatus2021, {
      ...credential,
      credentialStatus: asArray(credential.credentialStatus).map(entry => ({
        ...entry,
        type: 'StatusList2021Entry',
        statusListCredential: entry.statusListCredential?.replace('/status/', '/status/2021/'),
      })),
    }, ({verified}) => verified !== true),
  };
}

/** A verifier that throws has not verified anything. */
async function attempt(verifier, credential, inList) {
  try {
    return await verifier(credential);
  } catch (error) {
    const detail = explain(error);
    return {verified: false, detail: inList ? [detail] : detail};
  }
}

async function readStdin() {
  const chunks = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function main() {
  let args;
  try {
    args = parseArgs({
      allowPositionals: true,
      options: {
        contexts: {type: 'string'},
        'did-documents': {type: 'string'},
        'status-lists': {type: 'string'},
        'only-digitalbazaar': {type: 'boolean'},
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (!args.values.contexts || args.positionals.length > 1) {
    throw new UsageError('node verify.mjs --contexts DIR [--did-documents FILE] [--status-lists FILE] [CASES]');
  }

  const contexts = readContexts(args.values.contexts);
  const [didDocuments, statusLists] = ['did-documents', 'status-lists'].map(name => {
    const file = args.values[name];
    return new Map(file ? Object.entries(readJson(file)) : []);
  });
  const [input] = args.positionals;
  let text;
  try {
    text = input ? readFileSync(input, 'utf8') : await readStdin();
  } catch (error) {
    throw new UsageError(error.message);
  }
  const cases = readCases(text);

  const refused = goOffline(
    new Map([...[...didDocuments].map(([did, document]) => [didWebUrl(did), document]), ...statusLists]));
  // stdout is for the results; that the schemas of Open Badges are not fetched
  // need not be reported for each credential
  for (const name of ['log', 'info', 'warn', 'error']) {
    console[name] = () => {};
  }

  const documentLoader = createDocumentLoader({contexts, resolve: createResolver(didDocuments), statusLists});
  const withDigitalBazaar = createDigitalBazaarVerifier(documentLoader);
  const {bitstringStatus, status2021} = createStatusCheckers(documentLoader);
  const started = performance.now();
  const results = [];
  let next = 0;
  await Promise.all(Array.from({length: CONCURRENCY}, async () => {
    while (next < cases.length) {
      const index = next;
      next += 1;
      const {id, credential} = cases[index];
      const all = !args.values['only-digitalbazaar'];
      results[index] = {
        id,
        ...(all && {verifierCore: await attempt(withVerifierCore, credential, true)}),
        digitalbazaar: await attempt(withDigitalBazaar, credential, false),
        ...(all && credential.credentialStatus && {
          bitstringStatus: await bitstringStatus(credential),
          status2021: await status2021(credential),
        }),
      };
    }
  }));
  process.stdout.write(results.map(result => `${JSON.stringify(result)}\n`).join(''));

  const seconds = ((performance.now() - started) / 1000).toFixed(3);
  const count = name => results.filter(result => result[name]?.verified).length;
  process.stderr.write(
    `${cases.length} documents in ${seconds} s; verified: ` +
    `verifierCore ${count('verifierCore')}, digitalbazaar ${count('digitalbazaar')}; ` +
    `refused addresses: ${[...refused].sort().join(' ') || 'none'}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
