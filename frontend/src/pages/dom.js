/** Making elements. Whatever comes out of a document becomes text, never markup. */

/**
 * An element with attributes and children.
 *
 * @param {string} name
 * @param {Record<string, string|boolean|null|undefined>} [attributes] true: without a value; false, null: left out
 * @param {...(Node|string|null|undefined|false)} children strings become text
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) {
      made.setAttribute(key, '');
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, String(value));
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Text of a document: in its own direction, whatever stands around it. */
export function foreign(text, name = 'bdi', attributes = {}) {
  return element(name, {dir: 'auto', ...attributes}, text);
}

/** The element with this id inside `root`, or null. */
export function find(root, id) {
  return root.querySelector(`#${id}`);
}

/** The text of `<script type="application/json" id="…">`, or null where there is none. */
export function dataOf(id) {
  const script = document.getElementById(id);
  return script ? script.textContent : null;
}
