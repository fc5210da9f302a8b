/** A report as people see it. Nothing here is told by colour alone: every outcome has its word, and its own sign. */
import {anchorSentences} from './anchor_sentences.js';
import {element, foreign} from './dom.js';
import {languageOf, momentOf} from './moments.js';
import {sentence, text} from './texts.js';
import {headlineOf} from './verdicts.js';

/** The items of the list "What was checked". */
export function checkItems(report) {
  return report.checks.map((check) =>
    element(
      'li',
      {class: `ovc-check ovc-${check.outcome}`, 'data-ovc-check': check.check, 'data-ovc-code': check.code},
      element(
        'div',
        {class: 'ovc-check-head'},
        element('strong', {}, text(`check_${check.check}`)),
        ' ',
        element('span', {class: 'ovc-outcome'}, text(`outcome_${check.outcome}`)),
      ),
      element('p', {}, sentence(check)),
      ...anchors(check),
    ),
  );
}

/** The anchors of the proofs that have some: what became of each; those on test networks are marked as what they are. */
function anchors({code, detail}) {
  const proofs = (detail.proofs ?? []).filter((proof) => proof.anchors?.length);
  return proofs.map((proof) =>
    element(
      'p',
      {class: 'ovc-anchor', 'data-ovc-anchor': proof.code},
      anchorSentences(proof, code, languageOf(document.documentElement)).join(' '),
      proof.anchor?.testNetwork && element('strong', {}, ` ${text('test_network')}`),
    ),
  );
}

/** The lists of checks of a presentation's credentials, each under its own heading. */
export function innerLists(report, level) {
  return (report.credentials ?? []).map((each, index) =>
    element(
      'section',
      {class: 'ovc-inner'},
      element(`h${level}`, {}, text('inner_credential', {number: index + 1, headline: headlineOf(each)})),
      element('ol', {class: 'ovc-checks'}, ...checkItems(each)),
    ),
  );
}

/** The report for programs and their people. */
export function technicalReport(report) {
  return element(
    'details',
    {class: 'ovc-technical'},
    element('summary', {}, text('technical_report')),
    foreign(JSON.stringify(report, null, 2), 'pre', {tabindex: '0', dir: 'ltr'}),
  );
}

/** When it was checked, or for when. */
export function checkedAt(report, asOf = null) {
  const at = asOf ?? report.checkedAt;
  const time = momentOf(at, languageOf(document.documentElement), asOf ? 'UTC' : undefined);
  return element('p', {class: 'ovc-time'}, text(asOf ? 'checked_as_of' : 'checked_at', {time}));
}

/** The headline: with `asOf`, for that moment only. */
export function headline(report, asOf = null) {
  if (!asOf) {
    return headlineOf(report);
  }
  const time = momentOf(asOf, languageOf(document.documentElement), 'UTC');
  return text('as_of', {headline: headlineOf(report), time});
}

