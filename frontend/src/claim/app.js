/** One element's inside: what its parts share, and when they work. */
import {Api, apiAddress} from './api.js';
import {FetchClient} from './client.js';
import {CLOCK} from './clock.js';
import {ClaimError} from './errors.js';
import {Flow} from './flow.js';
import {button, element, heard, isLink, link, redraw} from './html.js';
import {IssuedList} from './issued.js';
import {looksOf} from './looks.js';
import {notice} from './notices.js';
import {Once} from './once.js';
import {ReadyList} from './ready.js';
import {Texts} from './texts.js';

/** Milliseconds between two texts, without which a screen reader takes the second for the first. */
const BREATH = 50;

let number = 0;

export class App {
  #ending = new AbortController();

  /** @param {HTMLElement} host the element: its attributes and `client` say whom to ask, and in which language */
  constructor(host) {
    this.host = host;
    this.number = number += 1;
    this.root = element('div', {class: 'ovc-claim'});
    this.once = new Once(this.root);
    this.live = element('p', {class: 'ovc-heard', role: 'status'});
    this.top = element('div', {class: 'ovc-top'});
    this.sessionRetries = null;
    this.configure();
    this.flow = new Flow(this);
    this.ready = new ReadyList(this);
    this.issued = new IssuedList(this);
    this.parts = [this.flow, this.ready, this.issued];
    this.root.append(this.top, this.live, ...this.parts.map(({place}) => place));
    this.show('lists');
  }

  /** Ends with everything that runs by itself. */
  get signal() {
    return this.#ending.signal;
  }

  /** Reads the attributes. */
  configure() {
    const {host} = this;
    const tag = host.getAttribute('lang') ?? host.closest('[lang]')?.getAttribute('lang');
    this.texts = new Texts(tag);
    this.looks = looksOf(host.getAttribute('theme'));
    const level = Number(host.getAttribute('heading-level'));
    this.level = Number.isInteger(level) && level >= 1 && level <= 5 ? level : 2;
    host.setAttribute('dir', this.texts.direction);
    this.root.setAttribute('lang', this.texts.catalogue);
    this.api = this.#api();
  }

  #api() {
    const {host} = this;
    const base = apiAddress(host.getAttribute('api') ?? '', document);
    if (base === null) {
      return null;
    }
    const token = host.getAttribute('csrf-token') ?? '';
    const client = host.client ?? new FetchClient({base, token});
    return new Api({
      base,
      client,
      onWait: (seconds) => this.say(this.texts.plural('slow_down', seconds)),
      onAnswer: () => this.#answered(),
    });
  }

  /** Shows itself and asks. */
  start() {
    this.host.replaceChildren(this.root);
    this.#listen();
    this.render();
    this.reload();
  }

  /** Both lists anew. */
  reload() {
    if (this.api) {
      this.ready.load();
      this.issued.load();
    }
  }

  /** Everything that runs by itself ends; what is on the screen stays. */
  pause() {
    this.#ending.abort();
    for (const part of this.parts) {
      part.stop();
    }
    this.root.querySelector('dialog')?.close();
  }

  /** Goes on where it was. */
  resume() {
    this.#listen();
    this.goOn();
  }

  #listen() {
    this.#ending = new AbortController();
    const {signal} = this.#ending;
    globalThis.addEventListener('offline', () => this.#connection('offline'), {signal});
    globalThis.addEventListener('online', () => this.#connection('online'), {signal});
  }

  #connection(state) {
    this.renderTop();
    this.say(this.texts.text(state));
    if (state === 'online') {
      this.goOn();
    }
  }

  /** Asks again what was left unanswered. */
  goOn() {
    if (this.api) {
      for (const part of this.parts) {
        part.goOn();
      }
    }
  }

  /** Everything anew, in the language and look of now. */
  render() {
    this.renderTop();
    for (const part of this.api ? this.parts : []) {
      part.render();
    }
  }

  /** @param {'lists'|'flow'|'done'} what */
  show(what) {
    this.root.dataset.ovcShows = what;
    this.flow.place.hidden = what === 'lists';
    this.ready.place.hidden = what !== 'lists';
    this.issued.place.hidden = what === 'flow';
  }

  /** What concerns all parts: set up wrongly, offline, not logged in. */
  renderTop() {
    const {texts} = this;
    redraw(
      this.top,
      !this.api && notice(this, {tone: 'bad', text: texts.text('not_configured')}),
      navigator.onLine === false && notice(this, {tone: 'care', text: texts.text('offline')}),
      this.sessionRetries && this.#sessionOver(),
    );
  }

  #sessionOver() {
    const {texts} = this;
    const again = button(this, {key: 'session-again', run: () => this.#retrySession()}, texts.text('try_again'));
    return notice(this, {
      tone: 'bad',
      text: texts.text('session_over'),
      actions: [this.loginLink(), again].filter(Boolean),
    });
  }

  /** Beside this page, which stays as it is; null where nobody said where to log in. */
  loginLink() {
    const {texts} = this;
    const address = this.#loginAddress();
    const look = {target: '_blank', rel: 'noopener', class: this.looks.button('main'), 'data-ovc-key': 'log-in'};
    return address && link(address, look, texts.text('log_in'), heard(' ', texts.text('new_tab')));
  }

  /** With the way back here; on another host, with all of it. */
  #loginAddress() {
    const given = this.host.getAttribute('login-url');
    if (!given || !isLink(given)) {
      return null;
    }
    const {location} = globalThis;
    const address = new URL(given, document.baseURI);
    const isHere = address.origin === location.origin;
    address.searchParams.set('next', isHere ? location.pathname + location.search : location.href);
    return address.href;
  }

  async #retrySession() {
    const retries = [...this.sessionRetries];
    this.sessionRetries = null;
    this.renderTop();
    const shown = this.parts.find(({place}) => !place.hidden);
    this.focusOn(shown.place.querySelector('[tabindex="-1"]'));
    await Promise.all(retries.map((retry) => retry()));
  }

  /** Remembers what to do again once the learner has logged in. */
  noteSession(error, retry) {
    if (error instanceof ClaimError && error.kind === 'session') {
      this.sessionRetries ??= new Set();
      this.sessionRetries.add(retry);
      this.renderTop();
      this.top.scrollIntoView({block: 'nearest'});
    }
  }

  /** The learner is logged in again, whoever it was that found out. */
  #answered() {
    if (this.sessionRetries) {
      this.sessionRetries = null;
      this.renderTop();
      for (const list of [this.ready, this.issued].filter(({error}) => error?.kind === 'session')) {
        list.load();
      }
    }
  }

  /** Reads `sentence` out, also where it is the same as before. */
  say(sentence) {
    this.live.replaceChildren();
    CLOCK.sleep(BREATH, this.signal).then(
      () => this.live.replaceChildren(sentence),
      () => {},
    );
  }

  /** For the page around: an event of the element, which bubbles. */
  tell(name, detail) {
    this.host.dispatchEvent(new CustomEvent(name, {bubbles: true, detail}));
  }

  /** An id that is this element's own. */
  id(name) {
    return `ovc-claim-${this.number}-${name}`;
  }

  /** A heading, `below` levels below the one that the page gives. */
  heading(below, attributes, ...content) {
    return element(`h${Math.min(this.level + below, 6)}`, {tabindex: '-1', ...attributes}, ...content);
  }

  focusOn(target) {
    target?.focus();
  }

  /** Focuses the control of `key`, where it is still there. */
  focusKey(key) {
    this.focusOn([...this.root.querySelectorAll('[data-ovc-key]')].find((each) => each.dataset.ovcKey === key));
  }
}
