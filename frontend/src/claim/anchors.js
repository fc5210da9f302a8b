/** Where the anchor of a credential stands: in words; and looked at again until there is an anchored form. */
import {isAbort} from './errors.js';
import {element, heard, link, sentence} from './html.js';
import {momentElement} from './moments.js';
import {poll} from './poller.js';

/** Batches wait for others, by default a quarter of an hour. */
const FIRST_SECONDS = 20;
const LONGEST_SECONDS = 300;
const FIRMNESS = {mined: 'anchor_mined', safe: 'anchor_safe', finalized: 'anchor_finalized'};

/** Whether an anchored form is still to come. */
export function isAwaited({anchor}) {
  return Boolean(anchor) && !anchor.transaction;
}

/** What there is to say of the anchor of a credential, which may have none. */
export function anchorOf(app, credential) {
  const {texts} = app;
  const {anchor} = credential;
  if (!anchor) {
    return null;
  }
  return element(
    'p',
    {class: 'ovc-facts-line', 'data-ovc-anchor': anchor.state},
    ...standing(texts, anchor),
    ...(anchor.transaction ? [' ', ...block(texts, anchor), ' ', transaction(texts, anchor)] : []),
    anchor.is_test && element('span', {class: 'ovc-block'}, texts.text('anchor_test_why')),
  );
}

function standing(texts, {state, transaction: hash, network, is_test: isTest}) {
  if (state === 'waiting') {
    return [texts.text('anchor_waiting')];
  }
  const done = isTest ? 'anchor_done_test' : 'anchor_done';
  const pending = isTest ? 'anchor_pending_test' : 'anchor_pending';
  return sentence(texts, hash ? done : pending, {network: network ?? ''});
}

function block(texts, {state, at}) {
  return sentence(texts, FIRMNESS[state] ?? 'anchor_mined', {moment: momentElement(at, texts.language)});
}

function transaction(texts, {explorer}) {
  const look = {target: '_blank', rel: 'noopener noreferrer'};
  return explorer && link(explorer, look, texts.text('anchor_transaction'), heard(' ', texts.text('new_tab')));
}

/** Looks at a page of the list again, ever less often, while something on it is awaited. */
export class AnchorWatch {
  #ending = null;
  #page = null;
  #known = '';

  /**
   * @param {object} app
   * @param {function(object): void} take is called with a page of the list on which an anchor has changed
   */
  constructor(app, take) {
    this.app = app;
    this.take = take;
  }

  /** What is shown now: the page, and its credentials. */
  follow(page, credentials) {
    if (!credentials.some(isAwaited)) {
      this.stop();
      return;
    }
    this.#known = anchorsOf(credentials);
    if (this.#ending && this.#page === page) {
      return;
    }
    this.stop();
    this.#page = page;
    this.#ending = new AbortController();
    this.#watch(page, this.#ending.signal);
  }

  stop() {
    this.#ending?.abort();
    this.#ending = null;
  }

  async #watch(page, signal) {
    try {
      await poll({
        ask: () => this.app.api.issued(page, signal),
        take: (data) => this.#answered(data),
        trouble: () => {},
        signal,
        first: FIRST_SECONDS,
        longest: LONGEST_SECONDS,
      });
    } catch (error) {
      // Nobody asked for it: what is wrong will show where somebody does.
      if (!isAbort(error)) {
        this.stop();
      }
    }
  }

  #answered(data) {
    if (anchorsOf(data.credentials) !== this.#known) {
      this.take(data);
    }
    return !data.credentials.some(isAwaited);
  }
}

function anchorsOf(credentials) {
  return JSON.stringify(credentials.map(({uuid, anchor}) => [uuid, anchor ?? null]));
}
