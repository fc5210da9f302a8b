/** Pieces of markup that all parts use. What comes from a list becomes text, never markup. */
import {element, foreign} from '../pages/dom.js';

export {element, foreign};

const MARK = '\u0000';
/** A link never runs a script, whatever an answer says. */
const FORBIDDEN = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'filesystem:', 'about:']);

/** The text called `key` as nodes: values may be elements, and texts of others keep their own direction. */
export function sentence(texts, key, values = {}) {
  const names = Object.keys(values);
  const marked = texts.text(key, Object.fromEntries(names.map((name, index) => [name, `${MARK}${index}${MARK}`])));
  return nodesOf(marked, names, values);
}

/** The same for a text with a plural. */
export function pluralSentence(texts, key, count, values = {}) {
  const names = Object.keys(values);
  const marks = Object.fromEntries(names.map((name, index) => [name, `${MARK}${index}${MARK}`]));
  return nodesOf(texts.plural(key, count, marks), names, values);
}

function nodesOf(marked, names, values) {
  return marked.split(MARK).map((part, index) => {
    const value = index % 2 ? values[names[Number(part)]] : part;
    return index % 2 && typeof value === 'string' ? foreign(value) : value;
  });
}

/**
 * A button. While the action `key` runs it is aria-disabled, and pressing it does nothing; it keeps its focus.
 *
 * @param {object} app
 * @param {{key: string, look?: 'main'|'plain'|'bad'|'quiet', run: function(): any, name?: string}} options `name`: for
 *   screen readers, where the label alone does not say of what
 * @param {...(Node|string)} label
 */
export function button(app, {key, look = 'plain', run, name, ...attributes}, ...label) {
  const made = element(
    'button',
    {type: 'button', class: app.looks.button(look), 'data-ovc-key': key, 'aria-label': name, ...attributes},
    ...label,
  );
  app.once.show(made, key);
  made.addEventListener('click', () => {
    if (made.getAttribute('aria-disabled') !== 'true') {
      run(made);
    }
  });
  return made;
}

/** A link, or its text where the address is none to follow. Other pages open beside this one. */
export function link(address, attributes, ...label) {
  return isLink(address) ? element('a', {href: address, ...attributes}, ...label) : element('span', {}, ...label);
}

/** Whether `address` is one that may be followed. */
export function isLink(address) {
  try {
    return typeof address === 'string' && !FORBIDDEN.has(new URL(address, 'https://example.invalid').protocol);
  } catch {
    return false;
  }
}

/** A picture that comes as base64 of a PNG; nothing where it is none. */
export function png(base64, alt) {
  const good = typeof base64 === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  return good ? element('img', {src: `data:image/png;base64,${base64}`, alt, class: 'ovc-code'}) : null;
}

/** What only those who listen get. */
export function heard(...content) {
  return element('span', {class: 'ovc-heard'}, ...content);
}

/**
 * Puts `nodes` into `place`. What had the focus and is there again, by its `data-ovc-key`, keeps it; where it is gone,
 * the heading has it, lest it be lost.
 */
export function redraw(place, ...nodes) {
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  place.replaceChildren(...nodes.filter(Boolean));
  if (active) {
    const key = active.dataset.ovcKey;
    const again = [...place.querySelectorAll('[data-ovc-key]')].find((each) => each.dataset.ovcKey === key);
    (again ?? place.querySelector('[tabindex="-1"]'))?.focus();
  }
}
