/**
 * The evidence file: credential, DID document and status list are in it, and are judged for the moment when they were
 * put there (`data-ovc-as-of`). Nothing is fetched.
 */
import {verify} from '../verifier/verify.js';
import {dataOf} from './dom.js';
import {runOn} from './shown.js';

/** Starts it. */
export function evidencePage(main) {
  const asOf = main.dataset.ovcAsOf;
  const credential = dataOf('ovc-credential').trim();
  const documents = JSON.parse(dataOf('ovc-documents') ?? '{}');
  const check = () => verify(credential, {now: new Date(asOf), documents, disclosed: null});
  return runOn(main, check, asOf);
}
