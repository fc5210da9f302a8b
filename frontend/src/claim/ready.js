/** The learner's certificates: those that can be claimed, to choose from, and why the others cannot. */
import {button, element, foreign, sentence} from './html.js';
import {dayElement, momentElement} from './moments.js';
import {paging} from './paging.js';
import {Section} from './section.js';

const STATES = {not_yet: 'state_not_yet', revoked: 'state_certificate_revoked', not_offered: 'state_not_offered'};

export class ReadyList extends Section {
  /** By uuid, in the order in which they were chosen; across pages. */
  chosen = new Map();
  hint = false;

  constructor(app) {
    super(app, {
      name: 'ready',
      failed: 'failed_list',
      loading: 'loading',
      ask: (page, signal) => app.api.certificates(page, signal),
    });
  }

  /** What was chosen and cannot be claimed any more is not chosen any more. */
  took({certificates}) {
    for (const certificate of certificates.filter(({uuid}) => this.chosen.has(uuid))) {
      this.#choose(certificate, certificate.state === 'ready');
    }
  }

  heading() {
    return this.app.heading(0, {id: this.app.id('ready')}, this.app.texts.text('ready_title'));
  }

  content({certificates, count, pages}) {
    const {texts} = this.app;
    if (!count) {
      return [element('p', {}, texts.text('nothing_yet'))];
    }
    const ready = certificates.filter(({state}) => state === 'ready');
    const others = certificates.filter(({state}) => state !== 'ready');
    const go = (page) => this.turn(page);
    return [
      element('p', {}, texts.text('ready_intro')),
      element('p', {class: 'ovc-soft'}, texts.plural('certificate_count', count)),
      ready.length ? this.#choices(ready) : element('p', {}, texts.text('nothing_ready')),
      (ready.length > 0 || this.chosen.size > 0) && this.#onwards(),
      ...(others.length ? this.#others(others) : []),
      paging(this.app, {key: 'ready', label: texts.text('pages_of_certificates'), page: this.page, pages, go}),
    ];
  }

  #choices(ready) {
    const {texts} = this.app;
    return element(
      'fieldset',
      {class: 'ovc-fieldset'},
      element('legend', {}, texts.text('choose_certificates')),
      ready.length > 1 && this.#chooseAll(ready),
      element('ul', {class: 'ovc-cards'}, ...ready.map((each) => this.#choice(each))),
    );
  }

  #chooseAll(ready) {
    const all = ready.every(({uuid}) => this.chosen.has(uuid));
    const box = element('input', {type: 'checkbox', class: 'ovc-box', 'data-ovc-key': 'choose-all', checked: all});
    box.indeterminate = !all && ready.some(({uuid}) => this.chosen.has(uuid));
    box.addEventListener('change', () => {
      ready.forEach((each) => this.#choose(each, box.checked));
      this.render();
    });
    return element(
      'label',
      {class: 'ovc-choice ovc-choice-all'},
      box,
      element('span', {}, this.app.texts.text('choose_all')),
    );
  }

  #choice(certificate) {
    const {uuid} = certificate;
    const about = this.app.id(`about-${uuid}`);
    const isChosen = this.chosen.has(uuid);
    const box = element('input', {
      type: 'checkbox',
      class: 'ovc-box',
      value: uuid,
      'data-ovc-key': `choose-${uuid}`,
      'aria-describedby': about,
      checked: isChosen,
    });
    box.addEventListener('change', () => {
      this.#choose(certificate, box.checked);
      this.render();
    });
    return element(
      'li',
      {class: isChosen ? 'ovc-card ovc-chosen' : 'ovc-card', 'data-ovc-certificate': uuid},
      element('label', {class: 'ovc-choice'}, box, this.#title(certificate)),
      element('p', {class: 'ovc-facts-line', id: about}, ...this.#about(certificate)),
    );
  }

  #choose(certificate, isChosen) {
    this.hint = false;
    if (isChosen) {
      this.chosen.set(certificate.uuid, certificate);
    } else {
      this.chosen.delete(certificate.uuid);
    }
  }

  #title({title}) {
    return foreign(title || this.app.texts.text('untitled'), 'span', {class: 'ovc-title'});
  }

  /** What is not there yet has a day on which it will be, which stands elsewhere. */
  #about({kind, organization, awarded_at: awarded, claimed, state}) {
    const {texts} = this.app;
    const parts = [
      texts.text(kind === 'program' ? 'kind_program' : 'kind_course'),
      organization && foreign(organization),
      awarded &&
        state !== 'not_yet' &&
        element('span', {}, ...sentence(texts, 'awarded_on', {date: dayElement(awarded, texts.language)})),
      claimed > 0 && texts.plural('claimed_before', claimed),
    ].filter(Boolean);
    // What stands between them on the screen is not read out; without the space they would be read as one word.
    return parts.flatMap((part) => [element('span', {class: 'ovc-part'}, part), ' ']);
  }

  #others(others) {
    const {app} = this;
    return [
      app.heading(1, {}, app.texts.text('other_title')),
      element('ul', {class: 'ovc-cards'}, ...others.map((each) => this.#other(each))),
    ];
  }

  #other(certificate) {
    const {texts} = this.app;
    const {uuid, state} = certificate;
    return element(
      'li',
      {class: 'ovc-card ovc-card-still', 'data-ovc-certificate': uuid, 'data-ovc-state': state},
      element(
        'p',
        {class: 'ovc-card-head'},
        this.#title(certificate),
        element('span', {class: `ovc-state ovc-state-${state}`}, texts.text(STATES[state] ?? 'state_unknown')),
      ),
      element('p', {class: 'ovc-facts-line'}, ...this.#about(certificate)),
      element('p', {}, ...this.#why(certificate)),
    );
  }

  #why({state, available_from: from}) {
    const {texts} = this.app;
    if (state === 'not_yet') {
      return from
        ? sentence(texts, 'not_yet_from', {moment: momentElement(from, texts.language)})
        : [texts.text('not_yet_open')];
    }
    return [texts.text(state === 'revoked' ? 'certificate_revoked_why' : 'not_offered_why')];
  }

  #onwards() {
    const {app} = this;
    const {size} = this.chosen;
    return element(
      'div',
      {class: 'ovc-onwards'},
      element('p', {class: 'ovc-soft'}, app.texts.plural('chosen', size)),
      this.hint && element('p', {class: 'ovc-hint', role: 'alert'}, app.texts.text('choose_first')),
      button(app, {key: 'continue', look: 'main', run: () => this.#continue()}, app.texts.text('continue')),
    );
  }

  #continue() {
    if (!this.chosen.size) {
      this.hint = true;
      this.render();
      return;
    }
    this.app.flow.begin([...this.chosen.values()], this.data.wallets);
  }
}
