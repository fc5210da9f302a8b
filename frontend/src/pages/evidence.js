/**
 * The evidence file: credential, DID document and status list are in it, and are judged for the moment when they were
 * put there (`data-ovc-as-of`). Nothing is fetched; of an anchored one, the chain is asked where the reader names a node
 * of it. What the file shows of the credential is read from what was checked, not from the HTML around it.
 */
import {browserAsk} from '../verifier/chain.js';
import {verify} from '../verifier/verify.js';
import {dataOf, find} from './dom.js';
import {factSection} from './fact_list.js';
import {networkIn, networksAt, pageNetworks} from './networks.js';
import {nodeForm} from './node_form.js';
import {checkItems} from './result.js';
import {runOn} from './shown.js';
import {isConfirmed} from './verdicts.js';

/** Starts it. */
export function evidencePage(main) {
  const {ovcAsOf: asOf} = main.dataset;
  const credential = dataOf('ovc-credential').trim();
  const documents = documentsOf(dataOf('ovc-documents'));
  const check = (document, asked = {}) => verify(document, {now: new Date(asOf), documents, ...asked});
  return runOn(main, () => check(credential), {
    asOf,
    shown: (report) => {
      showFacts(main, credential, isConfirmed(report));
      return showAnchored(main, check);
    },
  });
}

/** The anchored form, where there is one, is judged by itself: at first without its chain. */
async function showAnchored(main, check) {
  const anchored = dataOf('ovc-anchored');
  if (anchored === null) {
    return;
  }
  const list = find(main, 'ovc-anchored-checks');
  const show = async (asked) => {
    const report = await check(anchored.trim(), {networks: pageNetworks(), ...asked});
    list.replaceChildren(...checkItems(report));
    return report;
  };
  const report = await show();
  if (!find(main, 'ovc-node')) {
    list.after(nodeForm(networkIn(report), (url) => show({ask: browserAsk, networks: networksAt(url)})));
  }
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
