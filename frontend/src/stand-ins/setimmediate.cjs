// The package of this name makes functions from strings, which the pages' Content-Security-Policy forbids.
'use strict';
if (typeof globalThis.setImmediate === 'undefined') {
  globalThis.setImmediate = (callback, ...values) => setTimeout(callback, 0, ...values);
}
