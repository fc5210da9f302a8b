/**
 * The page that checks files: one or several are chosen, dropped or pasted, read here and sent nowhere. What it asks the
 * network for is the issuer's DID document, status list and profile, and the chain of an anchor, as the check itself
 * needs them.
 */
import {browserAsk} from '../verifier/chain.js';
import {browserFetch} from '../verifier/fetching.js';
import {isPdf} from '../verifier/formats/pdf.js';
import {readDocument, verify} from '../verifier/verify.js';
import {show, showChecking, showResult} from './banner.js';
import {element, find, foreign} from './dom.js';
import {factSection} from './fact_list.js';
import {credentialsOf} from './facts.js';
import {FileError, MOST_FILES, bytesOf, listen} from './files.js';
import {pageNetworks} from './networks.js';
import {checkItems, checkedAt, technicalReport} from './result.js';
import {text} from './texts.js';
import {headlineOf, isConfirmed, stateOf, summaryOf} from './verdicts.js';

/** What a report says of a file that somebody chose by mistake: there is nothing to judge in it. */
const NO_CREDENTIAL = ['not_json', 'not_a_credential'];
// Of a PDF: it is not one of ours, or not as it was.
const NOT_OUR_PDF = 'unsupported_format';

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
      results.push(await resultOf(input));
      if (run !== this.run) {
        return;
      }
    }
    const several = results.length > 1;
    const isRefused = !several && !results[0].report;
    const articles = results.map((result) => this.article(result, several));
    this.results.replaceChildren(...(isRefused ? [] : [...articles, this.controls(inputs)]));
    this.showTogether(results);
    this.main.scrollIntoView({block: 'start'});
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
    show(this.main, 'refused', text('no_credential'), [sentence]);
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
    const own = several ? [element('p', {class: 'ovc-headline'}, refusal ?? headlineOf(report)), ...shortly(report)] : [];
    const look = report ? stateOf(report) : 'refused';
    const parts = report ? sections(document, report) : [];
    return element('article', {class: `ovc-result ovc-look-${look}`}, element('h2', {}, foreign(name)), ...own, ...parts);
  }
}

function shortly(report) {
  return report ? summaryOf(report).map((each) => element('p', {}, each)) : [];
}

async function resultOf({name, read}) {
  try {
    const input = await read();
    const report = await verify(input, {fetch: browserFetch, ask: browserAsk, networks: pageNetworks()});
    const none = input instanceof Uint8Array && isPdf(input) ? [...NO_CREDENTIAL, NOT_OUR_PDF] : NO_CREDENTIAL;
    if (report.checks.some(({code}) => none.includes(code))) {
      return {name, refusal: text('file_without_credential', {name})};
    }
    return {name, report, document: documentIn(input)};
  } catch (error) {
    const refusal = error instanceof FileError ? error.message : text('script_failed', {message: error.message});
    return {name, refusal};
  }
}

/** What was given, for its facts; null where it cannot be read. */
function documentIn(input) {
  try {
    return readDocument(input);
  } catch {
    return null;
  }
}

/** What it says and what was checked; of a presentation, of each credential in it. */
function sections(document, report) {
  const credentials = credentialsOf(document);
  const inner = (report.credentials ?? []).map((each, index) =>
    element(
      'section',
      {class: 'ovc-inner'},
      element('h3', {}, text('inner_credential', {number: index + 1, headline: headlineOf(each)})),
      ...factSection(credentials[index], {confirmed: isConfirmed(each), level: 4}),
      ...checked(each, 4),
    ),
  );
  const own = report.credentials ? [] : factSection(credentials[0], {confirmed: isConfirmed(report), level: 3});
  return [...own, ...checked(report, 3), ...inner, checkedAt(report), technicalReport(report)];
}

function checked(report, level) {
  return [
    element(`h${level}`, {}, text('what_was_checked')),
    element('ol', {class: 'ovc-checks'}, ...checkItems(report)),
  ];
}
