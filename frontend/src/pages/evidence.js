/**
 * The evidence file: credential, DID document and status list are in it, and are judged for the moment when they were
 * put there (`data-ovc-as-of`). Nothing is fetched. What the file shows of the credential is read from what was checked,
 * not from the HTML around it.
 */
import {verify} from '../verifier/verify.js';
import {dataOf, find} from './dom.js';
import {factSection} from './fact_list.js';
import {runOn} from './shown.js';
import {isConfirmed} from './verdicts.js';

/** Starts it. */
export function evidencePage(main) {
  const {ovcAsOf: asOf} = main.dataset;
  const credential = dataOf('ovc-credential').trim();
  const documents = documentsOf(dataOf('ovc-documents'));
  return runOn(main, () => verify(credential, {now: new Date(asOf), documents}), {
    asOf,
    shown: (report) => showFacts(main, credential, isConfirmed(report)),
  });
}

/** By address, each as text. */
function documentsOf(data) {
  const entries = Object.entries(JSON.parse(data ?? '{}'));
  return Object.fromEntries(entries.map(([address, document]) => [address, JSON.stringify(document)]));
}

function showFacts(main, credential, confirmed) {
  let document;
  try {
    document = JSON.parse(credential);
  } catch {
    document = null;
  }
  find(main, 'ovc-facts').replaceChildren(...factSection(document, {confirmed, level: 2, id: 'ovc-facts-title'}));
  find(main, 'ovc-traces').hidden = !confirmed;
  find(main, 'ovc-json').textContent = JSON.stringify(document, null, 2);
}
