/** Whether anybody is there: the tab can be seen, and the browser is not offline. */

export const PRESENCE = {
  isAway: () => document.hidden || navigator.onLine === false,

  /** Resolves when somebody is there again; rejects where `signal` aborts. */
  returned(signal) {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const ending = new AbortController();
      const look = () => {
        if (!PRESENCE.isAway()) {
          ending.abort();
          resolve();
        }
      };
      const stop = () => {
        ending.abort();
        reject(signal.reason);
      };
      document.addEventListener('visibilitychange', look, {signal: ending.signal});
      globalThis.addEventListener('online', look, {signal: ending.signal});
      signal.addEventListener('abort', stop, {signal: ending.signal, once: true});
    });
  },
};
