/**
 * The page of a shared credential: the browser checks what the server has written, and says so. Where the server shows
 * no document (withheld, unknown), its words stay.
 */
import {browserFetch} from '../verifier/fetching.js';
import {verify} from '../verifier/verify.js';
import {dataOf} from './dom.js';
import {runOn} from './shown.js';

/** Starts it. */
export function credentialPage(main) {
  const document = dataOf('ovc-credential');
  if (document === null) {
    return undefined;
  }
  return runOn(main, () => verify(document.trim(), {fetch: browserFetch, disclosed: true}));
}
