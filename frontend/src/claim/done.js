/** The last step: the wallet has it, or the files are there. */
import {anchorOf, isAwaited} from './anchors.js';
import {fileButtons} from './files.js';
import {button, element, foreign} from './html.js';

export class DoneStep {
  /**
   * @param {object} flow
   * @param {object} choice
   * @param {{way: 'claimed'|'downloaded', uuids?: string[]}} outcome `uuids`: of the credentials, where they are files
   */
  constructor(flow, choice, {way, uuids = []}) {
    this.flow = flow;
    this.app = flow.app;
    this.choice = choice;
    this.way = way;
    this.uuids = uuids;
  }

  get title() {
    return this.app.texts.plural(`${this.way}_title`, this.choice.certificates.length);
  }

  enter() {
    this.app.say(this.app.texts.plural(`${this.way}_announced`, this.choice.certificates.length));
  }

  leave() {}

  resume() {}

  content() {
    const {app} = this;
    const {texts} = app;
    return [
      element('p', {}, texts.text(`${this.way}_next`)),
      this.uuids.length ? element('ul', {class: 'ovc-cards'}, ...this.#files()) : this.#names(),
      element(
        'p',
        {class: 'ovc-row'},
        button(app, {key: 'back', look: 'main', run: () => this.flow.end()}, texts.text('back_to_certificates')),
      ),
    ];
  }

  #names() {
    const names = this.choice.certificates.map(({title}) =>
      element('li', {}, foreign(title || this.app.texts.text('untitled'))),
    );
    return element('ul', {class: 'ovc-names'}, ...names);
  }

  #files() {
    return this.app.issued
      .among(this.uuids)
      .map((credential) =>
        element(
          'li',
          {class: 'ovc-card', 'data-ovc-file-of': credential.uuid},
          element('p', {class: 'ovc-title'}, foreign(credential.title || this.app.texts.text('untitled'))),
          anchorOf(this.app, credential),
          isAwaited(credential) && element('p', {class: 'ovc-soft'}, this.app.texts.text('anchor_wait')),
          ...fileButtons(this.app, credential, 'done'),
        ),
      );
  }
}
