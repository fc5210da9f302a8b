/**
 * Defines `<openedx-vc-claim>`, once however often the script is loaded, and brings its style sheet where the page has
 * none of it.
 */
import {ClaimElement} from './element.js';

const NAME = 'openedx-vc-claim';
const STYLES = /\/claim(?:\.[0-9a-f]+)?\.css(?:$|[?#])/;

/** Beside this script; null where it is part of another bundle. */
const address = document.currentScript?.src ? new URL('claim.css', document.currentScript.src).href : null;

if (!customElements.get(NAME)) {
  if (address && ![...document.querySelectorAll('link[rel~="stylesheet"]')].some(({href}) => STYLES.test(href))) {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = address;
    document.head.append(sheet);
  }
  customElements.define(NAME, ClaimElement);
}
