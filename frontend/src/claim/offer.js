/** The second step: the offer on the screen, until the wallet has fetched it or its time is over. */
import {CLOCK} from './clock.js';
import {isHandheld} from './device.js';
import {isAbort} from './errors.js';
import {button, element, pluralSentence, redraw} from './html.js';
import {minutesLeft, momentElement} from './moments.js';
import {failure, notice} from './notices.js';
import {poll} from './poller.js';
import {storeLinks, waysToWallet} from './ways.js';

const TICK = 10_000;

export class OfferStep {
  #ending = null;

  /**
   * @param {object} flow
   * @param {object} choice
   * @param {object} offer what `init` answered
   */
  constructor(flow, choice, offer) {
    this.flow = flow;
    this.app = flow.app;
    this.choice = choice;
    this.offer = offer;
    this.state = 'open';
    this.error = null;
    this.isUnseen = false;
    this.time = element('p', {class: 'ovc-time-left'});
  }

  get title() {
    const titles = {expired: 'offer_expired_title', revoked: 'offer_revoked_title'};
    return this.app.texts.text(titles[this.state] ?? (isHandheld() ? 'offer_title_phone' : 'offer_title'));
  }

  enter() {
    this.resume();
  }

  leave() {
    this.#ending?.abort();
    this.#ending = null;
  }

  /** Watches, from now on. */
  resume() {
    this.leave();
    if (this.state !== 'open') {
      return;
    }
    const ending = new AbortController();
    this.#ending = ending;
    if (this.error) {
      this.error = null;
      this.flow.render();
    }
    this.#tick(ending.signal);
    this.#watch(ending.signal);
  }

  /** The service says what became of it: this device's clock may be wrong. */
  async #watch(signal) {
    try {
      await poll({
        ask: (asking) => this.app.api.offer(this.offer.offer, asking),
        take: (answer) => this.#take(answer, signal),
        trouble: () => this.#unseen(true),
        signal,
      });
    } catch (error) {
      if (!isAbort(error) && this.#ending?.signal === signal) {
        this.leave();
        this.error = error;
        this.app.noteSession(error, () => this.#again());
        this.flow.render();
      }
    }
  }

  #take({state, expires_at: expires}, signal) {
    if (this.#ending?.signal !== signal) {
      return true;
    }
    this.offer = {...this.offer, expires_at: expires};
    this.#unseen(false);
    if (state === 'open') {
      return false;
    }
    this.leave();
    if (state === 'claimed') {
      this.flow.done('claimed', this.choice);
      return true;
    }
    this.state = state;
    this.flow.render({focus: true});
    return true;
  }

  #again() {
    if (this.flow.step === this) {
      this.resume();
    }
  }

  #unseen(isUnseen) {
    if (isUnseen !== this.isUnseen) {
      this.isUnseen = isUnseen;
      this.flow.render();
    }
  }

  async #tick(signal) {
    try {
      for (;;) {
        this.#showTime();
        await CLOCK.sleep(TICK, signal);
      }
    } catch {
      // Nobody looks any more.
    }
  }

  #showTime() {
    const {texts} = this.app;
    const {expires_at: expires} = this.offer;
    const minutes = minutesLeft(expires, CLOCK.now());
    const moment = momentElement(expires, texts.language);
    const nodes = minutes
      ? pluralSentence(texts, 'time_left_minutes', minutes, {moment})
      : [texts.text('time_left_soon')];
    redraw(this.time, ...nodes);
    this.time.hidden = !expires;
  }

  content() {
    if (this.state !== 'open') {
      return this.#over();
    }
    const {app} = this;
    const {texts} = app;
    const wallet = this.choice.wallet.name;
    this.#showTime();
    return [
      element('p', {}, ...pluralSentence(texts, 'offer_intro', this.choice.certificates.length, {wallet})),
      this.error &&
        failure(app, this.error, {title: texts.text('failed_poll'), key: 'watch', retry: () => this.#again()}),
      this.isUnseen && notice(app, {tone: 'care', text: texts.text('failed_poll')}),
      ...waysToWallet(app, this.choice.wallet, this.offer),
      storeLinks(app, this.choice.wallet, this.offer),
      element('p', {class: 'ovc-soft'}, texts.text('offer_secret')),
      this.time,
      element('p', {class: 'ovc-waiting'}, texts.text('waiting_for_wallet')),
      element('p', {class: 'ovc-row'}, this.#back()),
    ];
  }

  #over() {
    const {app} = this;
    const {texts} = app;
    const renew = button(app, {key: 'renew', look: 'main', run: () => this.#renew()}, texts.text('renew_offer'));
    return [
      element('p', {}, texts.text(this.state === 'revoked' ? 'offer_revoked' : 'offer_expired')),
      this.error &&
        failure(app, this.error, {title: texts.text('failed_offer'), key: 'renew', retry: () => this.#renew()}),
      element('p', {class: 'ovc-row'}, renew, this.#back()),
    ];
  }

  #renew() {
    return (
      this.flow.step === this &&
      this.app.once.run('renew', async () => {
        this.error = null;
        try {
          await this.flow.make(this.choice);
          this.app.say(this.app.texts.text('offer_renewed'));
        } catch (error) {
          if (!isAbort(error) && this.flow.step === this) {
            this.error = error;
            this.app.noteSession(error, () => this.#renew());
            this.flow.render();
          }
        }
      })
    );
  }

  #back() {
    return button(
      this.app,
      {key: 'back', look: 'plain', run: () => this.flow.end()},
      this.app.texts.text('back_to_certificates'),
    );
  }
}
