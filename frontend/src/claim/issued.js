/** The learner's credentials: what they are, where they went, their files, sharing and revoking. */
import {AnchorWatch, anchorOf, isAwaited} from './anchors.js';
import {factsOf, reasonOf, stateOf} from './credential_facts.js';
import {ask} from './dialog.js';
import {fileButtons} from './files.js';
import {button, element, foreign, heard, sentence} from './html.js';
import {momentElement} from './moments.js';
import {paging} from './paging.js';
import {Section} from './section.js';
import {Sharing} from './sharing.js';

export class IssuedList extends Section {
  /** What is opened, and its sharing; of this page only. */
  #opened = new Map();

  constructor(app) {
    super(app, {
      name: 'issued',
      failed: 'failed_issued',
      loading: 'loading_credentials',
      ask: (page, signal) => app.api.issued(page, signal),
    });
    this.anchors = new AnchorWatch(app, (data) => this.#renewed(data));
  }

  /** A new page's data: what was opened of what is still there stays open. */
  took({credentials}) {
    const before = this.#opened;
    this.#opened = new Map();
    for (const credential of credentials) {
      const {uuid} = credential;
      if (before.has(uuid)) {
        this.#opened.set(uuid, this.#sharing(credential));
      }
    }
    for (const sharing of before.values()) {
      sharing.stop();
    }
    this.anchors.follow(this.page, credentials);
    this.app.flow.listed();
    this.#look();
  }

  /** The same page, on which an anchor has come further. */
  #renewed(data) {
    const before = new Set(this.data.credentials.filter(isAwaited).map(({uuid}) => uuid));
    this.data = data;
    this.took(data);
    this.render();
    if (data.credentials.some((each) => before.has(each.uuid) && !isAwaited(each))) {
      this.app.say(this.app.texts.text('anchor_came'));
    }
  }

  stop() {
    super.stop();
    this.anchors.stop();
    for (const sharing of this.#opened.values()) {
      sharing.stop();
    }
  }

  goOn() {
    super.goOn();
    if (this.data) {
      this.anchors.follow(this.page, this.data.credentials);
    }
    this.#look();
  }

  #look() {
    for (const sharing of this.#opened.values()) {
      sharing.look();
    }
  }

  #sharing(credential) {
    return new Sharing(this.app, credential, () => this.render());
  }

  /** The credentials with these uuids that are on this page. */
  among(uuids) {
    const wanted = new Set(uuids.map(plain));
    return (this.data?.credentials ?? []).filter(({uuid}) => wanted.has(plain(uuid)));
  }

  heading() {
    return this.app.heading(0, {id: this.app.id('issued')}, this.app.texts.text('issued_title'));
  }

  content({credentials, count, pages}) {
    const {texts} = this.app;
    if (!count) {
      return [element('p', {}, texts.text('issued_nothing'))];
    }
    const go = (page) => this.turn(page);
    return [
      element('p', {}, texts.text('issued_intro')),
      element('p', {class: 'ovc-soft'}, texts.plural('issued_count', count)),
      element('ul', {class: 'ovc-cards'}, ...credentials.map((each) => this.#card(each))),
      paging(this.app, {key: 'issued', label: texts.text('pages_of_credentials'), page: this.page, pages, go}),
    ];
  }

  #card(credential) {
    const {app} = this;
    const {texts} = app;
    const {uuid, title, share} = credential;
    const state = stateOf(credential);
    const why = reasonOf(state);
    const name = title || texts.text('untitled');
    const key = `issued_state_${state}`;
    return element(
      'li',
      {class: 'ovc-card', 'data-ovc-credential': uuid, 'data-ovc-state': state},
      element(
        'div',
        {class: 'ovc-card-head'},
        app.heading(1, {class: 'ovc-title', 'data-ovc-key': `title-${uuid}`}, foreign(name)),
        element(
          'span',
          {class: `ovc-state ovc-state-${state}`},
          texts.text(texts.has(key) ? key : 'issued_state_unknown'),
        ),
        share && element('span', {class: 'ovc-state'}, texts.text('shared_now')),
      ),
      ...factsOf(texts, credential).map((nodes) => element('p', {class: 'ovc-facts-line'}, ...nodes)),
      anchorOf(app, credential),
      why && element('p', {}, texts.text(why)),
      credential.withheld && element('p', {}, texts.text('issued_withheld')),
      hasMore(credential) && this.#more(credential, name),
    );
  }

  #more(credential, name) {
    const {app} = this;
    const {texts} = app;
    const {uuid} = credential;
    const summary = element(
      'summary',
      {'data-ovc-key': `more-${uuid}`},
      element('span', {'aria-hidden': 'true'}, texts.text('manage')),
      heard(texts.text('manage_of', {title: name})),
    );
    const isOpen = this.#opened.has(uuid);
    const details = element(
      'details',
      {class: 'ovc-more', open: isOpen},
      summary,
      ...(isOpen ? this.#inside(credential, name) : []),
    );
    details.addEventListener('toggle', () => this.#toggle(credential, details.open));
    return details;
  }

  #toggle(credential, isOpen) {
    const {uuid} = credential;
    if (isOpen === this.#opened.has(uuid)) {
      return;
    }
    if (isOpen) {
      const sharing = this.#sharing(credential);
      this.#opened.set(uuid, sharing);
      this.render();
      sharing.look();
    } else {
      this.#opened.get(uuid).stop();
      this.#opened.delete(uuid);
    }
  }

  #inside(credential, name) {
    const {app} = this;
    const {texts} = app;
    const files = fileButtons(app, credential, 'list');
    const mayShare = credential.share || (!credential.withheld && stateOf(credential) === 'valid');
    return [
      ...(files.length ? [app.heading(2, {}, texts.text('files_title')), ...files] : []),
      mayShare && this.#opened.get(credential.uuid).content(),
      credential.can_revoke && this.#revoking(credential, name),
    ];
  }

  #revoking(credential, name) {
    const {app} = this;
    const {texts} = app;
    const key = `revoke-${credential.uuid}`;
    return element(
      'div',
      {class: 'ovc-revoking'},
      app.heading(2, {}, texts.text('revoke')),
      element('p', {class: 'ovc-soft'}, texts.text('revoke_hint')),
      element(
        'p',
        {class: 'ovc-row'},
        button(
          app,
          {key, look: 'plain', run: () => this.#askToRevoke(credential, name)},
          element('span', {'aria-hidden': 'true'}, texts.text('revoke')),
          heard(texts.text('revoke_of', {title: name})),
        ),
      ),
    );
  }

  #askToRevoke(credential, title) {
    const {app} = this;
    const {texts} = app;
    const {uuid, issued_at: issued} = credential;
    const moment = momentElement(issued, texts.language);
    let revoked = null;
    ask(app, {
      key: `revoke-${uuid}-yes`,
      title: texts.text('revoke_title'),
      text: [sentence(texts, 'revoke_text', {title}), sentence(texts, 'revoke_where', {moment})],
      yes: texts.text('revoke_confirm'),
      no: texts.text('revoke_keep'),
      failed: texts.text('failed_revoke'),
      act: async () => {
        revoked = await app.api.revoke(uuid, app.signal);
      },
      done: () => this.#revoked(revoked),
    });
  }

  #revoked(changed) {
    const {app} = this;
    const credentials = this.data.credentials.map((each) => (each.uuid === changed.uuid ? changed : each));
    this.data = {...this.data, credentials};
    this.took(this.data);
    this.render();
    app.focusKey(`title-${changed.uuid}`);
    app.say(app.texts.text('revoked_done'));
    app.tell('ovc-revoked', {credential: changed.uuid});
    // How often it is claimed has changed.
    app.ready.load();
  }
}

function hasMore({files, share, can_revoke: canRevoke, withheld, state}) {
  return Object.keys(files ?? {}).length > 0 || share || canRevoke || (!withheld && state === 'valid');
}

/** A uuid is the same with and without dashes. */
function plain(uuid) {
  return uuid.replace(/-/g, '').toLowerCase();
}
