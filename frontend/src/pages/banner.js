/** The head of a page: the result is its first heading, in its title, and what a screen reader is told. */
import {element, find} from './dom.js';
import {headline} from './result.js';
import {text} from './texts.js';
import {stateOf, summaryOf} from './verdicts.js';

const TITLES = new WeakMap();

/** The page says that it is at work. */
export function showChecking(main, key = 'checking') {
  main.setAttribute('aria-busy', 'true');
  main.dataset.ovcState = 'checking';
  announce(main, [text(key)]);
}

/** The result of one report. */
export function showResult(main, report, asOf = null) {
  show(main, stateOf(report), headline(report, asOf), summaryOf(report));
}

/** A state, its headline and sentences. */
export function show(main, state, title, sentences) {
  main.removeAttribute('aria-busy');
  performance.mark('ovc-verdict');
  main.dataset.ovcState = state;
  find(main, 'ovc-headline').textContent = title;
  document.title = titleWith(main, title);
  announce(main, sentences, title);
}

/** Before the title that the page came with. */
function titleWith(main, title) {
  if (!TITLES.has(main)) {
    TITLES.set(main, document.title);
  }
  const own = TITLES.get(main);
  return title === own ? title : `${title} · ${own}`;
}

/**
 * What a screen reader says: the sentences, and before them the headline, which is on the screen already and so is only
 * for those who listen.
 */
function announce(main, sentences, title = null) {
  const spoken = title ? [element('span', {class: 'ovc-heard'}, `${title}.`), ' '] : [];
  const paragraphs = sentences.map((each) => element('p', {}, each));
  find(main, 'ovc-verdict').replaceChildren(...spoken, ...paragraphs);
}
