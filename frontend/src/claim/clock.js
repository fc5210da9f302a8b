/** Time, so that tests can stand in for it. */

export const CLOCK = {
  now: () => Date.now(),

  /** Resolves after `milliseconds`; rejects at once where `signal` aborts. */
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', stop, {once: true});
    });
  },
};
