/**
 * How the page gets DID documents and status lists: https only (http from loopback to loopback, for development),
 * no credentials, no redirects, no referrer, within limits of time and size.
 */
import {FetchError} from './errors.js';

const TIMEOUT = 10_000;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The body behind `url`. `fresh`: ask the server whether a stored copy still holds. Throws FetchError. */
export async function browserFetch(url, {maxBytes, fresh = false}) {
  requireAllowed(url, globalThis.location);
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      cache: fresh ? 'no-cache' : 'default',
      credentials: 'omit',
      headers: {accept: 'application/json'},
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

/** Throws FetchError `address_refused` unless a page at `here` may ask for `url`. */
export function requireAllowed(url, here) {
  let address;
  try {
    address = new URL(url);
  } catch {
    throw new FetchError('address_refused');
  }
  const isLoopback = address.protocol === 'http:' && LOOPBACK.includes(address.hostname);
  const isDevelopment = isLoopback && LOOPBACK.includes(here?.hostname);
  if ((address.protocol !== 'https:' && !isDevelopment) || address.username || address.password) {
    throw new FetchError('address_refused');
  }
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
