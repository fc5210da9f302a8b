/** The addresses that the element asks, below `verifiable_credentials/api/v1/`, and its patience with them. */
import {ask} from './client.js';
import {CLOCK} from './clock.js';
import {ClaimError} from './errors.js';

const MOST_TRIES = 4;
const WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 60;

/**
 * `onWait` is called with the number of seconds before a request that was one too many is made again, `onAnswer` after
 * each that succeeded. Each function takes an AbortSignal last, throws ClaimError, and what isAbort knows.
 */
export class Api {
  constructor({base, client, clock = CLOCK, onWait = () => {}, onAnswer = () => {}}) {
    this.base = base;
    this.client = client;
    this.clock = clock;
    this.onWait = onWait;
    this.onAnswer = onAnswer;
  }

  certificates(page, signal) {
    return this.#ask('get', `certificates/?page=${page}`, {signal});
  }

  issued(page, signal) {
    return this.#ask('get', `issued/?page=${page}`, {signal});
  }

  preview(request, signal) {
    return this.#ask('post', 'certificates/preview/', {data: request, signal});
  }

  makeOffer(request, signal) {
    return this.#ask('post', 'credentials/init/', {data: request, signal});
  }

  offer(uuid, signal) {
    return this.#ask('get', `offers/${encodeURIComponent(uuid)}/`, {signal});
  }

  download(uuid, signal) {
    return this.#ask('post', `offers/${encodeURIComponent(uuid)}/download/`, {signal});
  }

  sharing(uuid, signal) {
    return this.#ask('get', `issued/${encodeURIComponent(uuid)}/share/`, {signal});
  }

  share(uuid, signal) {
    return this.#ask('put', `issued/${encodeURIComponent(uuid)}/share/`, {signal});
  }

  unshare(uuid, signal) {
    return this.#ask('delete', `issued/${encodeURIComponent(uuid)}/share/`, {signal});
  }

  revoke(uuid, signal) {
    return this.#ask('post', `issued/${encodeURIComponent(uuid)}/revoke/`, {signal});
  }

  /** A file by the path that the list has for it, as a Blob. */
  file(path, signal) {
    return this.#ask('get', path, {form: 'blob', signal});
  }

  /**
   * Waits and asks again where the service was asked too often, which it then has not done (RFC 6585 §4); and where it
   * says when it can be read again.
   */
  async #ask(method, path, options) {
    const url = this.#address(path);
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await ask(this.client, {method, url, ...options});
        this.onAnswer();
        return answer;
      } catch (error) {
        const seconds = tries < MOST_TRIES ? patience(error, method) : null;
        if (seconds === null) {
          throw error;
        }
        this.onWait(seconds);
        await this.clock.sleep(seconds * 1000, options.signal);
      }
    }
  }

  /** Only the service itself is asked, whatever a list says. */
  #address(path) {
    const base = new URL(this.base);
    const url = new URL(path, base);
    if (url.origin !== base.origin) {
      throw new ClaimError('setup');
    }
    return url.href;
  }
}

/** Seconds to wait before the same is asked again, or null not to. */
function patience(error, method) {
  if (!(error instanceof ClaimError)) {
    return null;
  }
  const {kind, status, wait} = error;
  const seconds = kind === 'throttled' ? (wait ?? WAIT_SECONDS) : status === 503 && method === 'get' ? wait : null;
  return seconds === null || seconds > LONGEST_WAIT_SECONDS ? null : seconds;
}

/** The address of the API with its slash, or null where `value` is none that can be asked. */
export function apiAddress(value, document) {
  if (!value) {
    return null;
  }
  try {
    const url = new URL(value.endsWith('/') ? value : `${value}/`, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
