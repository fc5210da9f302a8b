/** One action of a kind at a time: a second press gives the promise of the first. */
export class Once {
  #running = new Map();

  /** `root`: where the buttons of the actions are. */
  constructor(root) {
    this.root = root;
  }

  /** Whether `key` runs. */
  has(key) {
    return this.#running.has(key);
  }

  /** Runs `action` unless `key` runs already; the same promise for all who ask meanwhile. */
  run(key, action) {
    const running = this.#running.get(key);
    if (running) {
      return running;
    }
    const made = (async () => action())().finally(() => {
      this.#running.delete(key);
      this.#showAll(key);
    });
    this.#running.set(key, made);
    this.#showAll(key);
    return made;
  }

  /** Marks a control with whether its action runs. */
  show(control, key) {
    if (this.has(key)) {
      control.setAttribute('aria-disabled', 'true');
    } else {
      control.removeAttribute('aria-disabled');
    }
  }

  #showAll(key) {
    for (const control of this.root.querySelectorAll('[data-ovc-key]')) {
      if (control.dataset.ovcKey === key) {
        this.show(control, key);
      }
    }
  }
}
