/** The first step: exactly what will be shared, what is left out, and where it goes. */
import {CLOCK} from './clock.js';
import {isAbort} from './errors.js';
import {button, element, foreign} from './html.js';
import {failure, notice} from './notices.js';
import {claimName, previewOf} from './previews.js';

/** Several ticks one after the other are one question. */
const PAUSE = 300;

export class Review {
  #asking = null;

  /**
   * @param {object} flow
   * @param {object} choice
   */
  constructor(flow, choice) {
    this.flow = flow;
    this.app = flow.app;
    this.choice = choice;
    this.preview = null;
    this.trouble = null;
    this.error = null;
    this.isMaking = false;
    /** Which previews are opened, by certificate; the first one until somebody opens another. */
    this.open = null;
  }

  get title() {
    return this.app.texts.text('review_title');
  }

  enter() {
    this.#read(0);
  }

  /** What was seen before the last change is no basis to go on from. */
  leave() {
    if (this.#asking) {
      this.#asking.abort();
      this.#asking = null;
      this.preview = null;
    }
  }

  /** After a pause: what was not answered is asked for again. */
  resume() {
    if (!this.preview && this.choice.wallet) {
      this.#read(0);
    }
  }

  /** The preview of what is chosen now; what an earlier question brings is not shown any more. */
  async #read(pause = PAUSE) {
    this.#asking?.abort();
    const {choice, flow} = this;
    if (!choice.wallet || flow.step !== this) {
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    this.isChanging = this.preview !== null;
    flow.render();
    try {
      await CLOCK.sleep(pause, asking.signal);
      const {credentials} = await this.app.api.preview(choice.request, asking.signal);
      this.#show(asking, {preview: credentials, trouble: null});
    } catch (error) {
      if (!isAbort(error)) {
        this.#show(asking, {preview: null, trouble: error});
      }
    }
  }

  #show(asking, changes) {
    if (asking !== this.#asking) {
      return;
    }
    this.#asking = null;
    Object.assign(this, changes);
    this.app.noteSession(this.trouble, () => this.#read(0));
    if (this.isChanging && this.preview) {
      this.app.say(this.app.texts.text('preview_updated'));
    }
    this.flow.render();
  }

  content() {
    const {texts} = this.app;
    if (!this.choice.wallet) {
      const text = texts.text('no_wallet_for_all');
      return [this.#chosen(), notice(this.app, {tone: 'care', text}), element('p', {class: 'ovc-row'}, this.#back())];
    }
    return [
      element('p', {}, texts.text('review_intro')),
      this.#chosen(),
      this.#wallets(),
      this.#claims(),
      this.#previews(),
      this.error &&
        failure(this.app, this.error, {title: texts.text('failed_offer'), key: 'make', retry: () => this.#make()}),
      element('p', {class: 'ovc-row'}, this.#onwards(), this.#back()),
    ];
  }

  #chosen() {
    const {texts} = this.app;
    const titles = this.choice.certificates.map(({title}) =>
      element('li', {}, foreign(title || texts.text('untitled'))),
    );
    return element('ul', {class: 'ovc-names'}, ...titles);
  }

  #wallets() {
    const {texts} = this.app;
    return element(
      'fieldset',
      {class: 'ovc-fieldset'},
      element('legend', {}, texts.text('wallet_legend')),
      ...this.choice.wallets.map((wallet) => this.#wallet(wallet)),
      element('p', {class: 'ovc-soft'}, texts.text('wallet_hint')),
    );
  }

  #wallet({id, name, on_page: isToFile}) {
    const {texts} = this.app;
    const isChosen = this.choice.walletId === id;
    const radio = element('input', {
      type: 'radio',
      class: 'ovc-box',
      name: this.app.id('wallet'),
      value: id,
      'data-ovc-key': `wallet-${id}`,
      disabled: this.isMaking,
      checked: isChosen,
    });
    radio.addEventListener('change', () => this.#change(() => this.choice.choose(id)));
    // "Files" is said in the language of the page; what a wallet is called is its own.
    const label = isToFile
      ? [texts.text('wallet_to_file')]
      : [foreign(name), element('span', {class: 'ovc-soft ovc-block'}, texts.text('wallet_to_app'))];
    return element('label', {class: 'ovc-choice'}, radio, element('span', {}, ...label));
  }

  #claims() {
    const {texts} = this.app;
    if (!this.choice.claims.length) {
      return element('p', {class: 'ovc-soft'}, texts.text('nothing_about_you'));
    }
    return element(
      'fieldset',
      {class: 'ovc-fieldset'},
      element('legend', {}, texts.text('leave_out_legend')),
      ...this.choice.claims.map((claim) => this.#claim(claim)),
    );
  }

  #claim(claim) {
    const {texts} = this.app;
    const hint = claim === 'email' ? this.app.id('email-hint') : null;
    const box = element('input', {
      type: 'checkbox',
      class: 'ovc-box',
      value: claim,
      'data-ovc-key': `claim-${claim}`,
      'aria-describedby': hint,
      disabled: this.isMaking,
      checked: !this.choice.leftOut.has(claim),
    });
    box.addEventListener('change', () => this.#change(() => this.choice.share(claim, box.checked)));
    return element(
      'div',
      {},
      element('label', {class: 'ovc-choice'}, box, element('span', {}, claimName(texts, claim))),
      hint && element('p', {class: 'ovc-soft ovc-indent', id: hint}, texts.text('claim_email_hint')),
    );
  }

  #change(change) {
    change();
    this.error = null;
    this.#read();
  }

  #previews() {
    const {app} = this;
    const {texts} = app;
    const isWaiting = this.#asking !== null;
    if (this.trouble && !isWaiting) {
      return failure(app, this.trouble, {
        title: texts.text('failed_preview'),
        key: 'preview',
        retry: () => this.#read(0),
      });
    }
    if (!this.preview) {
      return element('p', {class: 'ovc-soft', role: 'status'}, texts.text('preview_loading'));
    }
    const look = {class: isWaiting ? 'ovc-preview ovc-stale' : 'ovc-preview', 'aria-busy': isWaiting ? 'true' : null};
    const place = element('div', look, ...previewOf(app, this.preview, this.open));
    place.addEventListener('toggle', () => this.#remember(place), true);
    return place;
  }

  #remember(place) {
    const open = [...place.querySelectorAll('details[open]')];
    this.open = new Set(open.map((each) => each.dataset.ovcCertificate));
  }

  /** Only what was seen can be agreed to. */
  #onwards() {
    const {choice} = this;
    const text = this.app.texts.text(choice.isToFile ? 'make_files' : 'make_offer');
    const made = button(this.app, {key: 'make', look: 'main', run: () => this.#make()}, text);
    if (this.#asking !== null || !this.preview) {
      made.setAttribute('aria-disabled', 'true');
    }
    return made;
  }

  #back() {
    return button(this.app, {key: 'back', look: 'plain', run: () => this.flow.end()}, this.app.texts.text('back'));
  }

  /** A step that was left makes nothing any more; and what is being made is not changed any more. */
  #make() {
    return (
      this.flow.step === this &&
      this.app.once.run('make', async () => {
        this.error = null;
        this.isMaking = true;
        this.flow.render();
        try {
          await this.flow.make(this.choice);
        } catch (error) {
          if (!isAbort(error)) {
            this.error = error;
            this.app.noteSession(error, () => this.#make());
          }
        }
        this.isMaking = false;
        if (this.flow.step === this) {
          this.flow.render();
        }
      })
    );
  }
}
