/**
 * What the bundle does on a page: it finds `<main data-ovc-page="…">` and hands over to that page's script.
 *
 * A page's script is a function of the main element; it is started once, after the document was parsed.
 */
import {PAGES} from './pages/index.js';

/** Starts the script of the page this is, where it has one. */
export function start(root = document) {
  const main = root.querySelector('main[data-ovc-page]');
  const page = main && Object.hasOwn(PAGES, main.dataset.ovcPage) && PAGES[main.dataset.ovcPage];
  return page ? page(main) : undefined;
}

if (typeof document !== 'undefined') {
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', () => start(), {once: true});
  } else {
    start();
  }
}
