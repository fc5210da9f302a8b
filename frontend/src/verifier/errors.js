/** What stops a check: `code` is one of codes.json's, `detail` plain JSON. Never leaves `verify`. */
export class Refusal extends Error {
  constructor(code, detail = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/**
 * A document that could not be had. `code`: `address_refused` (may not be asked, or leads where we do not go),
 * `fetch_failed` (not now: unreachable, too slow, not 200), `too_large`.
 */
export class FetchError extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
