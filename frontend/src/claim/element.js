/** `<openedx-vc-claim>`: attributes in, an {@link App} inside. See docs/references/claim-element.rst. */
import {App} from './app.js';

/** Where the base is none, as in Node, the module can still be read. */
const Base = globalThis.HTMLElement ?? class {};

export class ClaimElement extends Base {
  static observedAttributes = ['api', 'csrf-token', 'heading-level', 'lang', 'login-url', 'theme'];

  #app = null;
  #client = null;
  #isPlanned = false;

  /** A client like axios, instead of fetch. */
  get client() {
    return this.#client;
  }

  set client(value) {
    if (value !== this.#client) {
      this.#client = value ?? null;
      this.#changed(true);
    }
  }

  connectedCallback() {
    // What was set before the script was there lies on the element itself, and hides the setter.
    if (Object.hasOwn(this, 'client')) {
      const given = this.client;
      delete this.client;
      this.client = given;
    }
    if (this.#app) {
      this.#app.resume();
    } else {
      this.#plan();
    }
  }

  disconnectedCallback() {
    this.#app?.pause();
  }

  attributeChangedCallback(name, before, now) {
    if (before !== now) {
      this.#changed(name === 'api');
    }
  }

  /** Attributes and properties that are set one after the other, as frameworks do, are one start. */
  #plan() {
    if (!this.#isPlanned) {
      this.#isPlanned = true;
      queueMicrotask(() => {
        this.#isPlanned = false;
        if (this.isConnected && !this.#app) {
          this.#app = new App(this);
          this.#app.start();
        }
      });
    }
  }

  #changed(asksOthers) {
    if (!this.#app) {
      return;
    }
    if (asksOthers) {
      this.#app.pause();
      this.#app = null;
      if (this.isConnected) {
        this.#plan();
      }
    } else {
      this.#app.configure();
      this.#app.render();
    }
  }
}
