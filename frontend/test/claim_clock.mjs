/** A clock that stands still until a test moves it, and someone who comes and goes when it says so. */

/** Like `src/claim/clock.js`; `advance` lets the time pass. */
export class FakeClock {
  time = Date.parse('2026-11-22T10:00:00Z');
  #sleepers = new Set();

  now() {
    return this.time;
  }

  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const sleeper = {at: this.time + milliseconds, resolve};
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => this.#sleepers.delete(sleeper) && reject(signal.reason), {once: true});
    });
  }

  /** How many sleep. */
  get waiting() {
    return this.#sleepers.size;
  }

  /** Lets `seconds` pass, second by second, and what they wake do its work. */
  async advance(seconds) {
    await settle();
    for (let passed = 0; passed < seconds; passed += 1) {
      this.time += 1000;
      for (const sleeper of [...this.#sleepers]) {
        if (sleeper.at <= this.time) {
          this.#sleepers.delete(sleeper);
          sleeper.resolve();
        }
      }
      await settle();
    }
  }
}

/** Like `src/claim/presence.js`. */
export class FakePresence {
  #away = false;
  #waiting = new Set();

  isAway() {
    return this.#away;
  }

  returned(signal) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.#waiting.add(resolve);
      signal.addEventListener('abort', () => this.#waiting.delete(resolve) && reject(signal.reason), {once: true});
    });
  }

  get waiting() {
    return this.#waiting.size;
  }

  async leave() {
    this.#away = true;
    await settle();
  }

  async comeBack() {
    this.#away = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    waiting.forEach((resolve) => resolve());
    await settle();
  }
}

/** Lets promises that are ready do their work, the many steps of reading a body among it. */
export async function settle() {
  for (let turn = 0; turn < 10; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
