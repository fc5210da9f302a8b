/**
 * How the page gets DID documents, status lists and issuers' profiles, and asks chains: https only (http from loopback to loopback, for development),
 * no credentials, no redirects, no referrer, within limits of time and size.
 */
import {FetchError} from './errors.js';

const TIMEOUT = 10_000;
const LOOPBACK = ['localhost', '127.0.0.1'];

/** The body behind `url`. `fresh`: ask the server whether a stored copy still holds. Throws FetchError. */
export async function browserFetch(url, {maxBytes, fresh = false}) {
  requireAllowed(url, globalThis.location);
  const request = {cache: fresh ? 'no-cache' : 'default', headers: {accept: 'application/json'}};
  return bodyOf(asAsked(url, globalThis.location), request, maxBytes);
}

/**
 * The body of the answer to `body`, which is JSON. On loopback, http will do wherever the page is from: a node on one's
 * own machine is often asked so. Throws FetchError.
 */
export async function browserPost(url, body, {maxBytes}) {
  requireAllowed(url, {hostname: LOOPBACK[0]});
  const headers = {accept: 'application/json', 'content-type': 'application/json'};
  return bodyOf(url, {method: 'POST', cache: 'no-store', headers, body}, maxBytes);
}

async function bodyOf(url, request, maxBytes) {
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      ...request,
      credentials: 'omit',
      mode: 'cors',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: timer.signal,
    });
    if (response.status !== 200) {
      throw new FetchError('fetch_failed');
    }
    return await readWithin(response.body, maxBytes);
  } catch (error) {
    throw error instanceof FetchError ? error : new FetchError('fetch_failed');
  } finally {
    clearTimeout(timeout);
    timer.abort();
  }
}

/**
 * A did:web names no scheme, and stands for https. In development, without TLS, the page's own loopback host is asked as
 * the page itself was.
 */
function asAsked(url, here) {
  const isDevelopment = here?.protocol === 'http:' && LOOPBACK.includes(here.hostname);
  return isDevelopment && url.startsWith(`https://${here.host}/`) ? `http${url.slice('https'.length)}` : url;
}

// No user, no fragment; only characters that may stand in a path and a query (RFC 3986).
const PCHAR = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})";
const URL_PARTS = new RegExp(
  `^(https?)://([A-Za-z0-9\\-.]+)(?::([0-9]{1,5}))?((?:/${PCHAR}*)*)((?:\\?(?:${PCHAR}|[/?])*)?)$`,
);
const LABEL = /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const MAX_CHARACTERS = 2048;
const MAX_HOST = 253;
// Names that lead nowhere public (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476).
const NOT_PUBLIC = ['localhost', 'local', 'internal', 'home.arpa', 'onion', 'alt', 'invalid'];

/**
 * Throws FetchError `address_refused` unless a page at `here` may ask for `url`: https, a public host by its full name,
 * port 443 or one above 1023; and, for development, from loopback what is on loopback.
 */
export function requireAllowed(url, here) {
  const match = url.length <= MAX_CHARACTERS ? URL_PARTS.exec(url) : null;
  const [, scheme, name = '', port = '443'] = match ?? [];
  const host = name.toLowerCase();
  const isDevelopment = LOOPBACK.includes(host) && LOOPBACK.includes(here?.hostname);
  const isPublic = scheme === 'https' && isPublicName(host) && (Number(port) === 443 || isFreePort(Number(port)));
  if (!match || !(isPublic || isDevelopment)) {
    throw new FetchError('address_refused');
  }
}

function isFreePort(port) {
  return port >= 1024 && port <= 65535;
}

/** A last label that starts with a digit makes a host a number, as `127.1` and `0x7f000001` are. */
function isPublicName(host) {
  const labels = host.split('.');
  const isName = labels.length > 1 && host.length <= MAX_HOST && labels.every((label) => LABEL.test(label));
  return isName && !/^[0-9]/.test(labels[labels.length - 1]) && !NOT_PUBLIC.some((each) => host.endsWith(`.${each}`));
}

/** All bytes of a stream, at most `maxBytes`; what is beyond is not read. Throws FetchError `too_large`. */
export async function readWithin(stream, maxBytes) {
  const reader = stream.getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      break;
    }
    length += value.length;
    if (length > maxBytes) {
      reader.cancel().catch(() => {});
      throw new FetchError('too_large');
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
