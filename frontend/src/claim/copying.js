/** A link to copy: by a button, and by hand where the browser does not let the page. */
import {button, element} from './html.js';

/**
 * @param {object} app
 * @param {{key: string, address: string, always?: boolean, beside?: Node[]}} options `always`: the link is shown as text,
 *   too; `beside`: what stands beside the button
 * @returns {Node[]}
 */
export function copyable(app, {key, address, always = false, beside = []}) {
  const {texts} = app;
  const id = app.id(`${key}-text`);
  const field = element('input', {
    type: 'text',
    id,
    class: 'ovc-link-text',
    readonly: true,
    value: address,
    dir: 'ltr',
    'data-ovc-key': `${key}-text`,
  });
  const why = element('p', {hidden: true}, texts.text('copy_failed'));
  const label = element('label', {for: id, class: 'ovc-label'}, texts.text('link_label'));
  const byHand = element('div', {class: 'ovc-by-hand', hidden: !always}, why, label, field);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      app.say(texts.text('copied'));
      shown.textContent = texts.text('copied');
    } catch {
      byHand.hidden = false;
      why.hidden = false;
      field.focus();
      field.select();
    }
  };
  const shown = element('span', {class: 'ovc-soft', 'aria-hidden': 'true'});
  const press = button(app, {key, run: copy}, texts.text('copy_link'));
  const row = element('p', {class: 'ovc-row'}, press, ...beside, shown);
  return always ? [byHand, row] : [row, byHand];
}
