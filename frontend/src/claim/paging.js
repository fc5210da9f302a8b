/** The way through a list of pages. */
import {button, element} from './html.js';

/**
 * @param {object} app
 * @param {{key: string, label: string, page: number, pages: number, go: function(number): any}} options
 */
export function paging(app, {key, label, page, pages, go}) {
  if (pages < 2) {
    return null;
  }
  const {texts} = app;
  const step = (name, text, to) =>
    button(app, {key: `${key}-${name}`, look: 'plain', run: () => go(to), disabled: to < 1 || to > pages}, text);
  return element(
    'nav',
    {class: 'ovc-paging', 'aria-label': label},
    step('previous', texts.text('previous_page'), page - 1),
    element('span', {}, texts.text('page_of', {page: texts.number(page), pages: texts.number(pages)})),
    step('next', texts.text('next_page'), page + 1),
  );
}
