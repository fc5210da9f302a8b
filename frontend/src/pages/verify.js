/**
 * The page that checks files: one or several are chosen, dropped or pasted, read here and sent nowhere. What it asks the
 * network for is the issuer's DID document and status list, as the check itself needs them.
 */
import {readDocument, verify} from '../verifier/verify.js';
import {show, showChecking, showResult} from './banner.js';
import {element, find, foreign} from './dom.js';
import {factList} from './fact_list.js';
import {credentialsOf} from './facts.js';
import {FileError, MOST_FILES, bytesOf, listen} from './files.js';
import {pageFetch} from './network.js';
import {checkItems, checkedAt, innerLists, lookOf, technicalReport} from './result.js';
import {text} from './texts.js';
import {headlineOf, isConfirmed, summaryOf} from './verdicts.js';

/** Starts it. */
export function verifyPage(main) {
  const page = new VerifyPage(main);
  listen(find(main, 'ovc-file'), find(main, 'ovc-zone'), (files) => page.checkFiles(files));
  const form = find(main, 'ovc-paste');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    page.checkText(find(main, 'ovc-text').value);
  });
  main.classList.add('ovc-ready');
}

class VerifyPage {
  constructor(main) {
    this.main = main;
    this.results = find(main, 'ovc-results');
    this.fetch = pageFetch(main);
    this.run = 0;
  }

  checkFiles(files) {
    if (files.length > MOST_FILES) {
      this.refuse(text('too_many_files', {limit: MOST_FILES}));
    } else if (files.length) {
      this.check(files.map((file) => ({name: file.name, read: () => bytesOf(file)})));
    }
  }

  checkText(pasted) {
    const written = pasted.trim();
    if (written) {
      this.check([{name: text('pasted_text'), read: async () => written}]);
    } else {
      this.refuse(text('nothing_pasted'));
    }
  }

  /** One result each, in order. What is chosen meanwhile takes the place of what is at work. */
  async check(inputs) {
    const run = ++this.run;
    showChecking(this.main, 'checking_files');
    const results = [];
    for (const input of inputs) {
      results.push(await resultOf(input, this.fetch));
      if (run !== this.run) {
        return;
      }
    }
    this.results.replaceChildren(...results.map((result) => this.article(result, results.length > 1)), this.controls(inputs));
    this.showTogether(results);
    this.main.scrollIntoView?.({block: 'start'});
  }

  showTogether(results) {
    const [only] = results;
    if (results.length === 1 && only.report) {
      showResult(this.main, only.report);
    } else if (results.length === 1) {
      this.refuse(only.refusal);
    } else {
      const valid = results.filter(({report}) => report && report.verdict.startsWith('valid')).length;
      const state = valid === results.length ? 'valid' : 'several';
      show(this.main, state, text('several_checked', {count: results.length, valid}), []);
    }
  }

  refuse(sentence) {
    this.run += 1;
    show(this.main, 'refused', text('verify_title'), [sentence]);
  }

  controls(inputs) {
    const again = element('button', {type: 'button', id: 'ovc-again', class: 'ovc-button ovc-button-plain'}, text('check_again'));
    again.addEventListener('click', () => this.check(inputs).then(() => find(this.main, 'ovc-again')?.focus()));
    const clear = element('button', {type: 'button', id: 'ovc-clear', class: 'ovc-button ovc-button-plain'}, text('clear_results'));
    clear.addEventListener('click', () => this.clear());
    return element('p', {class: 'ovc-actions ovc-no-print'}, again, ' ', clear);
  }

  clear() {
    this.run += 1;
    this.results.replaceChildren();
    find(this.main, 'ovc-text').value = '';
    show(this.main, 'ready', text('verify_title'), []);
    find(this.main, 'ovc-file').focus();
  }

  /** With several, each says itself what came of it; a single one's headline is the page's. */
  article({name, report, document, refusal}, several) {
    if (!report) {
      return several && element('article', {class: 'ovc-result ovc-look-refused'}, element('h2', {}, foreign(name)), element('p', {}, refusal));
    }
    const own = several ? [element('p', {class: 'ovc-headline'}, headlineOf(report)), ...summaryOf(report).map((each) => element('p', {}, each))] : [];
    return element(
      'article',
      {class: `ovc-result ovc-look-${lookOf(report)}`},
      element('h2', {}, foreign(name)),
      ...own,
      ...facts(document, report),
      element('h3', {}, text('what_was_checked')),
      element('ol', {class: 'ovc-checks'}, ...checkItems(report)),
      ...innerLists(report, 3),
      checkedAt(report),
      technicalReport(report),
    );
  }
}

async function resultOf({name, read}, fetch) {
  try {
    const input = await read();
    const report = await verify(input, {fetch});
    return {name, report, document: readDocument(input)};
  } catch (error) {
    const refusal = error instanceof FileError ? error.message : text('script_failed', {message: error.message});
    return {name, refusal};
  }
}

/** What the credential says; what nobody vouches for is marked as such. */
function facts(document, report) {
  const lists = credentialsOf(document).map(factList).filter(Boolean);
  if (!lists.length) {
    return [];
  }
  const confirmed = isConfirmed(report);
  return [
    element('h3', {}, text(confirmed ? 'what_it_says' : 'what_it_claims')),
    ...(confirmed ? [] : [element('p', {class: 'ovc-unconfirmed'}, text('unconfirmed'))]),
    ...lists,
  ];
}
