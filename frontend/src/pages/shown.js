/** The two pages that hold their credential: the shared page and the evidence file. */
import {show, showChecking, showResult} from './banner.js';
import {element, find} from './dom.js';
import {checkItems, checkedAt, innerLists, technicalReport} from './result.js';
import {text} from './texts.js';

/**
 * Runs `check` (→ a promise of a report) and shows what came out; again whenever the reader wants. What the server wrote
 * stays where it is; its list of checks is replaced by the browser's.
 */
export async function runOn(main, check, asOf = null) {
  showChecking(main);
  let report;
  try {
    report = await check();
  } catch (error) {
    show(main, 'could-not-be-checked', text('could_not_be_checked'), [text('script_failed', {message: error.message})]);
    renew(main, again(main, check, asOf));
    return;
  }
  find(main, 'ovc-checks').replaceChildren(...checkItems(report));
  renew(main, ...innerLists(report, 3), checkedAt(report, asOf), again(main, check, asOf), technicalReport(report));
  showResult(main, report, asOf);
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

function again(main, check, asOf) {
  const button = element('button', {type: 'button', id: 'ovc-again', class: 'ovc-button ovc-button-plain'}, text('check_again'));
  button.addEventListener('click', () => runOn(main, check, asOf));
  return element('p', {class: 'ovc-no-print'}, button);
}
