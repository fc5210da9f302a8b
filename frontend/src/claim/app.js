/** One element's inside: what its parts share, and when they work. */
import {Api, apiAddress} from './api.js';
import {FetchClient} from './client.js';
import {ClaimError} from './errors.js';
import {element, redraw} from './html.js';
import {looksOf} from './looks.js';
import {notice} from './notices.js';
import {Once} from './once.js';
import {ReadyList} from './ready.js';
import {Texts} from './texts.js';

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
    this.banner = element('div', {class: 'ovc-top'});
    this.sessionRetries = null;
    this.configure();
    this.ready = new ReadyList(this);
    this.root.append(this.banner, this.live, this.ready.place);
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
    return new Api({base, client, onWait: (seconds) => this.say(this.texts.plural('slow_down', seconds))});
  }

  /** Shows itself and asks. */
  start() {
    this.host.replaceChildren(this.root);
    this.#listen();
    this.render();
    if (this.api) {
      this.ready.load();
    }
  }

  /** Everything that runs by itself ends; what is on the screen stays. */
  pause() {
    this.#ending.abort();
    this.ready.stop();
  }

  /** Goes on where it was. */
  resume() {
    this.#listen();
    this.goOn();
  }

  #listen() {
    this.#ending = new AbortController();
    const {signal} = this.#ending;
    globalThis.addEventListener('offline', () => this.renderTop(), {signal});
    globalThis.addEventListener('online', () => this.#online(), {signal});
  }

  #online() {
    this.renderTop();
    this.say(this.texts.text('online'));
    this.goOn();
  }

  /** Asks again what was left unanswered. */
  goOn() {
    if (this.api && this.ready.isUnanswered) {
      this.ready.load();
    }
  }

  /** Everything anew, in the language and look of now. */
  render() {
    this.renderTop();
    this.ready.render();
  }

  /** What concerns all parts: set up wrongly, offline, not logged in. */
  renderTop() {
    const {texts} = this;
    const notices = [
      !this.api && notice(this, {tone: 'bad', text: texts.text('not_configured')}),
      navigator.onLine === false && notice(this, {tone: 'care', text: texts.text('offline')}),
      this.sessionRetries && this.#sessionOver(),
    ];
    redraw(this.banner, ...notices);
  }

  #sessionOver() {
    return notice(this, {tone: 'bad', text: this.texts.text('session_over')});
  }

  /** Remembers what to do again once the learner has logged in. */
  noteSession(error, retry) {
    if (error instanceof ClaimError && error.kind === 'session') {
      this.sessionRetries ??= new Set();
      this.sessionRetries.add(retry);
      this.renderTop();
    }
  }

  /** Reads `sentence` out, also where it is the same as before. */
  say(sentence) {
    this.live.replaceChildren();
    setTimeout(() => this.live.replaceChildren(sentence), 50);
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
}
