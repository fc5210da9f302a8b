/**
 * The page of a shared credential: the browser checks what the server has written, and says so. Where the server shows
 * no document (withheld, unknown), its words stay.
 */
import {verify} from '../verifier/verify.js';
import {dataOf} from './dom.js';
import {runOn} from './shown.js';
import {pageFetch} from './network.js';

/** Starts it. */
export function credentialPage(main) {
  const document = dataOf('ovc-credential');
  if (document === null) {
    return undefined;
  }
  const fetch = pageFetch(main);
  return runOn(main, () => verify(document.trim(), {fetch, disclosed: true}));
}
