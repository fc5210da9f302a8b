/**
 * Defines `<openedx-vc-claim>`, once however often the script is loaded, and brings its style sheet where the page has
 * none of it.
 */
import {ClaimElement} from './element.js';

const NAME = 'openedx-vc-claim';
const STYLES = /\/claim(?:\.[0-9a-f]+)?\.css(?:$|[?#])/;

/** Beside this script, with its query, by which a page has both of the same age; null where it is part of another bundle. */
const own = document.currentScript?.src ? new URL(document.currentScript.src) : null;
const address = own && new URL(`claim.css${own.search}`, own).href;

if (!customElements.get(NAME)) {
  if (address && ![...document.querySelectorAll('link[rel~="stylesheet"]')].some(({href}) => STYLES.test(href))) {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = address;
    document.head.append(sheet);
  }
  customElements.define(NAME, ClaimElement);
}
