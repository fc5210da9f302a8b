/**
 * How the element asks. A page may hand in a client like axios (`get`, `post`, `put`, `delete` → `{status, data,
 * headers}`, rejecting with `error.response`), for instance the one that its MFE is logged in with; without one, fetch
 * and the page's CSRF token do.
 */
import {ClaimError, errorOf, isAbort} from './errors.js';

const SAFE = new Set(['get']);

/** A client like axios, made of fetch. `token`: the CSRF token, or "" to ask the service for one. */
export class FetchClient {
  constructor({base, token = '', fetch = globalThis.fetch.bind(globalThis)}) {
    this.base = base;
    this.token = token;
    this.fetch = fetch;
  }

  get(url, options) {
    return this.#request('get', url, undefined, options);
  }

  post(url, data, options) {
    return this.#request('post', url, data, options);
  }

  put(url, data, options) {
    return this.#request('put', url, data, options);
  }

  delete(url, options) {
    return this.#request('delete', url, undefined, options);
  }

  /**
   * The token may be older than the login: a refusal for its sake is the one answer after which the same is asked again,
   * once, with a fresh one.
   */
  async #request(method, url, data, {signal, responseType} = {}) {
    if (SAFE.has(method)) {
      return settled(await this.#send(method, url, data, signal), responseType);
    }
    const had = this.token;
    this.token ||= await this.#freshToken(signal);
    const first = await this.#send(method, url, data, signal);
    if ((first.status !== 401 && first.status !== 403) || !had) {
      return settled(first, responseType);
    }
    const fresh = await this.#freshToken(signal);
    if (!fresh || fresh === had) {
      return settled(first, responseType);
    }
    this.token = fresh;
    return settled(await this.#send(method, url, data, signal), responseType);
  }

  #send(method, url, data, signal) {
    const headers = {Accept: 'application/json, */*;q=0.5', 'USE-JWT-COOKIE': 'true'};
    if (!SAFE.has(method)) {
      headers['X-CSRFToken'] = this.token;
    }
    if (data !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    const body = data === undefined ? undefined : JSON.stringify(data);
    return this.fetch(url, {
      method: method.toUpperCase(),
      headers,
      body,
      signal,
      credentials: 'include',
      cache: 'no-store',
    });
  }

  /** From where the MFEs have it, too; "" where it cannot be had. */
  async #freshToken(signal) {
    try {
      const address = new URL('/csrf/api/v1/token', this.base);
      const answer = await this.fetch(address.href, {
        headers: {'USE-JWT-COOKIE': 'true'},
        credentials: 'include',
        signal,
      });
      return answer.ok ? String((await answer.json()).csrfToken ?? '') : '';
    } catch (error) {
      if (isAbort(error)) {
        throw error;
      }
      return '';
    }
  }
}

async function settled(answer, responseType) {
  const data = answer.ok && responseType === 'blob' ? await answer.blob() : parsed(await answer.text());
  const response = {status: answer.status, data, headers: Object.fromEntries(answer.headers)};
  if (!answer.ok) {
    throw Object.assign(new Error(`HTTP ${answer.status}`), {response});
  }
  return response;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Asks through any such client.
 *
 * @param {object} client
 * @param {{method: string, url: string, data?: object, form?: 'json'|'blob', signal?: AbortSignal}} question
 * @returns {Promise<any>} what was answered. Throws ClaimError, and what isAbort knows.
 */
export async function ask(client, {method, url, data, form = 'json', signal}) {
  const options = form === 'blob' ? {signal, responseType: 'blob'} : {signal};
  const sends = method === 'post' || method === 'put';
  let response;
  try {
    response = await (sends ? client[method](url, data ?? {}, options) : client[method](url, options));
  } catch (error) {
    throw await refusalOf(error, signal);
  }
  signal?.throwIfAborted();
  return checked(response, form);
}

/** What is no answer of ours, a login page for instance, is a failure. */
function checked({status, data}, form) {
  if (form === 'blob' ? data instanceof Blob : status === 204 || (typeof data === 'object' && data !== null)) {
    return data;
  }
  throw new ClaimError('server', {status});
}

async function refusalOf(error, signal) {
  if (signal?.aborted || isAbort(error)) {
    return signal?.reason ?? error;
  }
  const response = error?.response;
  if (response?.status) {
    return errorOf(response.status, await bodyOf(response.data), waitOf(response.headers));
  }
  // The MFEs' client says so where it could not even renew the login.
  const {httpErrorStatus} = error?.customAttributes ?? {};
  return httpErrorStatus ? errorOf(httpErrorStatus, null) : new ClaimError('network');
}

/** A refusal of a file comes as a file. */
async function bodyOf(data) {
  return typeof Blob !== 'undefined' && data instanceof Blob ? parsed(await data.text()) : data;
}

/** RFC 9110 §10.2.3: seconds or a date. Between 1 and 300 seconds; null where it says nothing. */
export function waitOf(headers, now = Date.now()) {
  const value = headers?.['retry-after'] ?? headers?.get?.('retry-after');
  if (value === undefined || value === null || value === '') {
    return null;
  }
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 300) : null;
}
