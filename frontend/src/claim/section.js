/** What both lists share: loading a page, and what is shown meanwhile and where it fails. */
import {isAbort} from './errors.js';
import {element, redraw} from './html.js';
import {failure} from './notices.js';

export class Section {
  #asking = null;

  /**
   * @param {object} app
   * @param {{name: string, failed: string, loading: string, ask: function(number, AbortSignal): Promise<object>}} options
   *   `failed` and `loading`: keys of texts
   */
  constructor(app, {name, failed, loading, ask}) {
    this.app = app;
    this.name = name;
    this.failed = failed;
    this.loading = loading;
    this.ask = ask;
    this.place = element('section', {class: `ovc-${name}`, 'aria-labelledby': app.id(name)});
    this.page = 1;
    this.wanted = 1;
    this.isLeft = false;
    this.data = null;
    this.error = null;
  }

  /** Asks for a page; an answer to an earlier question is not shown any more. */
  async load(page = this.page) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.wanted = page;
    this.isLeft = false;
    this.place.setAttribute('aria-busy', 'true');
    if (!this.data) {
      this.render();
    }
    try {
      const data = await this.ask(page, asking.signal);
      this.show(asking, {data, page: data.page ?? page, error: null});
    } catch (error) {
      if (!isAbort(error)) {
        this.show(asking, {error});
      }
    }
  }

  /** Where the list has become so short that the page is gone, the first one is asked for. */
  show(asking, changes) {
    if (asking !== this.#asking) {
      return;
    }
    this.#asking = null;
    const isGone = changes.error?.code === 'invalid_request' && this.wanted > 1;
    if (isGone) {
      this.load(1);
      return;
    }
    Object.assign(this, changes);
    if (changes.data) {
      this.took(changes.data);
    }
    this.place.removeAttribute('aria-busy');
    this.app.noteSession(this.error, () => this.load(this.wanted));
    this.render();
  }

  /** Goes to another page, and there to its beginning. */
  async turn(page) {
    await this.app.once.run(`${this.name}-page`, () => this.load(page));
    if (!this.error && this.page === page) {
      this.app.focusOn(this.place.querySelector('[tabindex="-1"]'));
    }
  }

  /** Is called with the data of each answer. */
  took() {}

  /** Asks no more. */
  stop() {
    this.isLeft ||= this.#asking !== null;
    this.#asking?.abort();
    this.#asking = null;
    this.place.removeAttribute('aria-busy');
  }

  /** Whether a question was stopped, or its answer lost on the way, so that it is to be asked again. */
  get isUnanswered() {
    return this.isLeft || this.error?.kind === 'network';
  }

  /** Asks again what was left unanswered. */
  goOn() {
    if (this.isUnanswered) {
      this.load(this.wanted);
    }
  }

  render() {
    redraw(this.place, this.heading(), ...this.body());
  }

  body() {
    const {texts} = this.app;
    const trouble =
      this.error &&
      failure(this.app, this.error, {
        title: texts.text(this.failed),
        key: `${this.name}-again`,
        retry: () => this.app.once.run(`${this.name}-again`, () => this.load(this.wanted)),
      });
    if (!this.data) {
      return [trouble || element('p', {class: 'ovc-soft'}, texts.text(this.loading))];
    }
    return [trouble, ...this.content(this.data)];
  }
}
