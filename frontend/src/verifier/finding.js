/** Documents by their address, had once: given ones from the caller, others over the network. */
import {bytesOf} from './bytes.js';
import {FetchError} from './errors.js';

const PROBLEMS = {address_refused: 'refused', too_large: 'too_large'};

/** `{raw}` or `{problem}`: unreachable, refused, offline, too_large. */
export class Finder {
  constructor(documents, fetch) {
    Object.assign(this, {documents, fetch});
  }

  /** Whether the caller brought it: it then is as old as the caller says. */
  isGiven(url) {
    return Object.hasOwn(this.documents, url);
  }

  /** The document at `url`, or why it could not be had. */
  async find(url, maxBytes, {fresh = false} = {}) {
    if (this.isGiven(url)) {
      const given = this.documents[url];
      const raw = typeof given === 'string' ? bytesOf(given) : given;
      return raw.length <= maxBytes ? {raw} : {problem: 'too_large'};
    }
    if (!this.fetch) {
      return {problem: 'offline'};
    }
    try {
      return {raw: await this.fetch(url, {maxBytes, fresh})};
    } catch (error) {
      const code = error instanceof FetchError ? error.code : 'fetch_failed';
      return {problem: Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : 'unreachable'};
    }
  }
}

/** Values that are made once, by name. */
export class Once {
  constructor() {
    this.values = new Map();
  }

  /** The promise of the value called `name`. */
  get(name, make) {
    if (!this.values.has(name)) {
      this.values.set(name, Promise.resolve(make()));
    }
    return this.values.get(name);
  }
}
