#!/usr/bin/env node
/**
 * Stands in for the Learner Credential Wallet in a test: follows a credential
 * request link as the wallet's "legacy" flow does.
 *
 *   node wallet.mjs --deeplink 'dccrequest://request?...' [--seed HEX64] [--vc1]
 *                   [--allow-any]
 *
 * It posts a presentation without credentials, signed with the wallet's did:key
 * and bearing the challenge of the link, to the link's vc_request_url, and writes
 * what the wallet would store to stdout, one line of JSON for each credential.
 * The wallet's DID goes to stderr. When the wallet would not receive a credential
 * the exit code is 1 and stderr has the reason and the reply.
 *
 *   --seed HEX64  the wallet's key seed (32 bytes); default: a new random one
 *   --vc1         write the presentation with the VC 1.1 context, as older
 *                 versions of the wallet do
 *   --allow-any   without this only loopback addresses are called
 */
import {randomBytes, randomUUID} from 'node:crypto';
import {parseArgs} from 'node:util';

import {driver as didKeyDriver} from '@digitalcredentials/did-method-key';
import {Ed25519Signature2020} from '@digitalcredentials/ed25519-signature-2020';
import {Ed25519VerificationKey2020} from '@digitalcredentials/ed25519-verification-key-2020';
import {securityLoader} from '@digitalcredentials/security-document-loader';
import * as vc from '@digitalcredentials/vc';
import * as HtmlEntities from 'html-entities';

const LINK_PREFIXES = ['dccrequest://request?', 'https://lcw.app/request.html?', 'https://lcw.app/mobile?'];
const MAX_REDIRECTS = 20;

class UsageError extends Error {}

/** The wallet would not receive a credential. */
class WalletError extends Error {
  constructor(message, reply) {
    super(message);
    this.reply = reply;
  }
}

function readLink(link) {
  if (!LINK_PREFIXES.some(prefix => link.startsWith(prefix))) {
    throw new WalletError(`Not a link that opens the wallet: ${link}`);
  }
  // As in the wallet, the parameters are what stands between the first and the
  // second question mark: vc_request_url has to be percent-encoded.
  const params = Object.fromEntries(new URLSearchParams(link.split('?')[1]));
  if (params.vc_request_url === undefined || params.issuer === undefined) {
    throw new WalletError('The link has no vc_request_url or no issuer.');
  }
  const {auth_type: authType = 'code'} = params;
  if (authType !== 'bearer') {
    throw new WalletError(`Unsupported auth_type value: "${authType}".`);
  }
  return {url: params.vc_request_url, challenge: params.challenge ?? randomUUID()};
}

async function createIdentity(seed) {
  const driver = didKeyDriver();
  driver.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519VerificationKey2020.from});
  const key = await Ed25519VerificationKey2020.generate({seed});
  const {didDocument} = await driver.fromKeyPair({verificationKeyPair: key});
  key.controller = didDocument.id;
  key.id = `${didDocument.id}#${key.fingerprint()}`;
  return {holder: didDocument.id, key};
}

async function createPresentation({holder, key, challenge, version}) {
  return vc.signPresentation({
    presentation: vc.createPresentation({holder, version, verify: false}),
    suite: new Ed25519Signature2020({key}),
    challenge,
    documentLoader: securityLoader().build(),
  });
}

function isLoopback(url) {
  const {protocol, hostname} = new URL(url);
  return ['http:', 'https:'].includes(protocol) &&
    (['localhost', '[::1]'].includes(hostname) || /^127(\.\d+){3}$/.test(hostname));
}

/** fetch that follows redirects, with every address on the way checked. */
async function post({url, body, allowAny}) {
  let request = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)};
  let address = url;
  for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
    if (!allowAny && !isLoopback(address)) {
      throw new WalletError(`${address} is not a loopback address; --allow-any would permit it.`);
    }
    const response = await fetch(address, {...request, redirect: 'manual'});
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || !location) {
      return response;
    }
    if (response.status < 307) {
      request = {method: 'GET'};
    }
    address = new URL(location, address).href;
  }
  throw new WalletError('Too many redirects.');
}

function extractCredentials(reply) {
  if (reply?.type?.includes?.('VerifiableCredential')) {
    return [reply];
  }
  if (reply?.type?.includes?.('VerifiablePresentation') && reply.verifiableCredential) {
    return [].concat(reply.verifiableCredential);
  }
  return null;
}

async function receive({link, seed, version, allowAny}) {
  const {url, challenge} = readLink(link);
  const {holder, key} = await createIdentity(seed);
  process.stderr.write(`holder: ${holder}\n`);
  const body = await createPresentation({holder, key, challenge, version});

  let response;
  try {
    response = await post({url, body, allowAny});
  } catch (error) {
    if (error instanceof WalletError) {
      throw error;
    }
    throw new WalletError(`${url}: ${error.cause?.message ?? error.message}`);
  }
  const text = await response.text();
  if (!response.ok) {
    throw new WalletError(`The issuer answered with HTTP status ${response.status}.`, text);
  }
  let reply;
  try {
    // As in the wallet, HTML entities are decoded before the text is parsed.
    reply = JSON.parse(HtmlEntities.decode(text));
  } catch (error) {
    throw new WalletError(`The reply, after decoding of HTML entities, is not JSON: ${error.message}`, text);
  }
  const credentials = extractCredentials(reply);
  if (!credentials) {
    throw new WalletError('The reply is neither a verifiable credential nor a presentation with one.', text);
  }
  return credentials;
}

function readArguments() {
  let values;
  try {
    ({values} = parseArgs({
      options: {
        'allow-any': {type: 'boolean', default: false},
        deeplink: {type: 'string'},
        seed: {type: 'string'},
        vc1: {type: 'boolean', default: false},
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (!values.deeplink) {
    throw new UsageError('node wallet.mjs --deeplink LINK [--seed HEX64] [--vc1] [--allow-any]');
  }
  if (values.seed !== undefined && !/^[0-9a-f]{64}$/i.test(values.seed)) {
    throw new UsageError('--seed needs 64 hexadecimal digits.');
  }
  return {
    link: values.deeplink,
    seed: new Uint8Array(values.seed ? Buffer.from(values.seed, 'hex') : randomBytes(32)),
    version: values.vc1 ? 1.0 : 2.0,
    allowAny: values['allow-any'],
  };
}

try {
  const credentials = await receive(readArguments());
  process.stdout.write(credentials.map(credential => `${JSON.stringify(credential)}\n`).join(''));
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  } else if (error instanceof WalletError) {
    process.stderr.write(`${error.message}\n${error.reply === undefined ? '' : `${error.reply}\n`}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
