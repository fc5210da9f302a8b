// The package of this name makes functions from strings, which the pages' Content-Security-Policy forbids.
'use strict';
if (typeof globalThis.setImmediate === 'undefined') {
  const {port1, port2} = new MessageChannel();
  const waiting = [];
  port1.onmessage = () => waiting.shift()();
  globalThis.setImmediate = (callback, ...values) => {
    waiting.push(() => callback(...values));
    port2.postMessage(null);
  };
}
