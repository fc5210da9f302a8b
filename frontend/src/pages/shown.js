/** The two pages that hold their credential: the shared page and the evidence file. */
import {show, showChecking, showResult} from './banner.js';
import {element, find} from './dom.js';
import {checkItems, checkedAt, headline, innerLists, technicalReport} from './result.js';
import {text} from './texts.js';
import {isConfirmed, stateOf, summaryOf} from './verdicts.js';

/**
 * Runs `check` (→ a promise of a report) and shows what came out; again whenever the reader wants. What the server wrote
 * stays where it is.
 *
 * @param {Element} main
 * @param {function(): Promise<object>} check
 * @param {{asOf?: ?string, shown?: function(object): (void|Promise<void>)}} [options] `shown` is called with
 *   each report
 */
export async function runOn(main, check, options = {}) {
  const {asOf = null, shown = () => {}} = options;
  const said = find(main, 'ovc-headline').textContent;
  showChecking(main);
  try {
    const report = await check();
    await shown(report);
    find(main, 'ovc-checks').replaceChildren(...checkItems(report));
    const again = againButton(main, check, options);
    renew(main, ...innerLists(report, 3), checkedAt(report, asOf), again, technicalReport(report));
    conclude(main, report, {asOf, said});
  } catch (error) {
    show(main, 'could_not_be_checked', text('could_not_be_checked'), [text('script_failed', {message: error.message})]);
    renew(main, againButton(main, check, options));
  }
}

/**
 * The browser's verdict is the page's, but for one case: the issuer's own service knows better that a credential does
 * not count, before its lists say so or for a reason that they do not name.
 */
function conclude(main, report, {asOf, said}) {
  const word = main.dataset.ovcResult;
  const found = stateOf(report);
  const isForged = report.verdict === 'invalid' && !isConfirmed(report) && word !== 'compromised';
  // Of a forged one, the service has said nothing.
  find(main, 'ovc-service').hidden = isForged || (found === 'valid' && word === 'valid');
  if (word === 'valid' || word === found || isForged) {
    showResult(main, report, asOf);
  } else {
    const why = report.verdict === 'valid' ? [] : summaryOf(report);
    show(main, word, said, [text('browser_found', {headline: headline(report, asOf)}), ...why]);
  }
}

/** What stands below the list of checks is ours. */
function renew(main, ...nodes) {
  let below = find(main, 'ovc-below');
  if (!below) {
    below = element('div', {id: 'ovc-below'});
    find(main, 'ovc-checks').after(below);
  }
  const hadFocus = below.contains(document.activeElement);
  below.replaceChildren(...nodes);
  if (hadFocus) {
    find(main, 'ovc-again').focus();
  }
}

function againButton(main, check, options) {
  const look = {type: 'button', id: 'ovc-again', class: 'ovc-button ovc-button-plain'};
  const button = element('button', look, text('check_again'));
  button.addEventListener('click', () => runOn(main, check, options));
  return element('p', {class: 'ovc-no-print'}, button);
}
