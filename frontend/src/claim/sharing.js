/** The public page of one credential: on or off, its link and QR code, and LinkedIn. */
import {copyable} from './copying.js';
import {ask} from './dialog.js';
import {isAbort} from './errors.js';
import {button, element, heard, link, png, sentence} from './html.js';
import {failure} from './notices.js';

export class Sharing {
  #asking = null;

  /**
   * @param {object} app
   * @param {object} credential of the list; its `share` follows what is switched here
   * @param {function(): void} render
   */
  constructor(app, credential, render) {
    this.app = app;
    this.credential = credential;
    this.render = render;
    this.data = null;
    this.error = null;
  }

  get isOn() {
    return Boolean(this.credential.share);
  }

  /** The QR code and the link for LinkedIn, when somebody looks. */
  async look() {
    if (!this.isOn || this.data || this.#asking) {
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    try {
      this.#take(await this.app.api.sharing(this.credential.uuid, asking.signal), asking);
    } catch (error) {
      if (!isAbort(error) && asking === this.#asking) {
        this.#fail(error, () => this.look());
      }
    }
  }

  #take(data, asking) {
    if (asking === this.#asking) {
      this.#asking = null;
      this.data = data;
      this.error = null;
      this.credential.share = data.share;
      this.render();
    }
  }

  #fail(error, retry) {
    this.#asking = null;
    this.error = error;
    this.retry = retry;
    this.app.noteSession(error, retry);
    this.render();
  }

  stop() {
    this.#asking?.abort();
    this.#asking = null;
  }

  content() {
    const {app} = this;
    const {texts} = app;
    const title = this.credential.title || texts.text('untitled');
    const key = `share-${this.credential.uuid}`;
    return element(
      'div',
      {class: 'ovc-sharing'},
      app.heading(2, {}, texts.text('share_title')),
      element('p', {class: 'ovc-soft', id: app.id(`${key}-hint`)}, texts.text('share_hint')),
      this.#switch(key, title),
      this.error &&
        failure(app, this.error, {title: texts.text('failed_share'), key: `${key}-again`, retry: () => this.retry()}),
      ...(this.isOn ? this.#page(key, title) : []),
    );
  }

  #switch(key, title) {
    const {app, isOn} = this;
    const {texts} = app;
    const state = element(
      'span',
      {class: 'ovc-switch-state', 'aria-hidden': 'true'},
      texts.text(isOn ? 'share_on' : 'share_off'),
    );
    const made = button(
      app,
      {
        key,
        look: 'quiet',
        run: () => (isOn ? this.#askToStop(key, title) : this.#start(key)),
        role: 'switch',
        'aria-checked': String(isOn),
        'aria-describedby': app.id(`${key}-hint`),
      },
      element('span', {class: 'ovc-switch', 'aria-hidden': 'true'}),
      heard(texts.text('share_switch_of', {title})),
      element('span', {'aria-hidden': 'true'}, texts.text('share_switch')),
      state,
    );
    made.classList.add('ovc-switch-button');
    return element('p', {}, made);
  }

  #page(key, title) {
    const {app, data} = this;
    const {texts} = app;
    const {share} = this.credential;
    const newTab = heard(' ', texts.text('new_tab'));
    const outside = {target: '_blank', rel: 'noopener', class: app.looks.button('plain')};
    const open = link(share, {...outside, 'data-ovc-key': `${key}-open`}, texts.text('share_open'), newTab);
    const beside = data?.linkedin ? [open, this.#linkedIn(key, outside)] : [open];
    return [
      ...copyable(app, {key: `${key}-copy`, address: share, always: true, beside}),
      data?.qrcode && element('div', {class: 'ovc-code-frame'}, png(data.qrcode, texts.text('share_qr_alt', {title}))),
    ];
  }

  #linkedIn(key, outside) {
    const {texts} = this.app;
    const look = {...outside, class: this.app.looks.button('main'), 'data-ovc-key': `${key}-linkedin`};
    return link(this.data.linkedin, look, texts.text('share_linkedin'), heard(' ', texts.text('new_tab')));
  }

  #start(key) {
    const {app} = this;
    return app.once.run(key, async () => {
      this.stop();
      const asking = new AbortController();
      this.#asking = asking;
      try {
        const data = await app.api.share(this.credential.uuid, app.signal);
        // It is public, whether or not somebody still looks.
        this.credential.share = data.share;
        if (asking === this.#asking) {
          this.#take(data, asking);
        } else {
          this.render();
        }
        app.say(app.texts.text('share_shared'));
        app.tell('ovc-shared', {credential: this.credential.uuid, page: this.credential.share});
      } catch (error) {
        if (!isAbort(error)) {
          this.#fail(error, () => this.#start(key));
        }
      }
    });
  }

  #askToStop(key, title) {
    const {app} = this;
    const {texts} = app;
    ask(app, {
      key: `${key}-stop`,
      title: texts.text('share_stop_title'),
      text: [sentence(texts, 'share_stop_text', {title})],
      yes: texts.text('share_stop'),
      no: texts.text('share_keep'),
      failed: texts.text('failed_share'),
      act: () => app.api.unshare(this.credential.uuid, app.signal),
      done: () => this.#stopped(),
    });
  }

  #stopped() {
    this.stop();
    this.credential.share = null;
    this.data = null;
    this.error = null;
    this.render();
    this.app.say(this.app.texts.text('share_stopped'));
    this.app.tell('ovc-unshared', {credential: this.credential.uuid});
  }
}
