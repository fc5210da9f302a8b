/** A report in the words of people: which state it is, the headline and what it comes down to. Pure. */
import {sentence, text} from './texts.js';

/** What alone is wrong with a document that is otherwise as its issuer signed it, by code; the first that is there. */
const TAKEN_BACK = ['revoked', 'suspended', 'expired', 'not_yet_valid'];
const WARRANT = ['schema', 'signature', 'issuer'];

/**
 * The state of a report: its verdict, or, for an invalid document that is signed as it should be, what became of it:
 * `revoked`, `suspended`, `expired`, `not_yet_valid`. A forged document is `invalid` whatever dates it bears.
 */
export function stateOf(report) {
  if (report.verdict !== 'invalid' || !isConfirmed(report)) {
    return report.verdict;
  }
  const failed = failedIn(report).map(({code}) => code);
  const known = TAKEN_BACK.find((code) => failed.includes(code));
  return known && failed.every((code) => TAKEN_BACK.includes(code)) ? known : report.verdict;
}

/** Whether the issuer's signature confirms what the document says. */
export function isConfirmed(report) {
  return WARRANT.every((name) => report.checks.some(({check, outcome}) => check === name && isGood(outcome)));
}

/** The result in a few words. */
export function headlineOf(report) {
  const state = stateOf(report);
  return text(report.credentials ? `presentation_${report.verdict}` : state);
}

/** What it comes down to: one sentence, or the sentences of the checks that decided. */
export function summaryOf(report) {
  switch (report.verdict) {
    case 'valid':
      return [text('all_passed')];
    case 'valid_with_warnings':
      return deciding(report, 'warning');
    case 'could_not_be_checked':
      return [...deciding(report, 'not_checked'), text('not_a_fault')];
    default:
      return deciding(report, 'failed');
  }
}

function deciding(report, decides) {
  const own = report.checks
    .filter(({check, outcome}) => outcome === decides && check !== 'disclosure')
    .map((each) => text('in_short', {check: text(`check_${each.check}`), message: sentence(each)}));
  const inner = (report.credentials ?? []).flatMap((each, index) =>
    each.verdict === report.verdict ? [text('inner_credential', {number: index + 1, headline: headlineOf(each)})] : [],
  );
  return [...own, ...inner];
}

function failedIn(report) {
  return report.checks.filter(({outcome}) => outcome === 'failed');
}

function isGood(outcome) {
  return outcome === 'passed' || outcome === 'warning';
}
