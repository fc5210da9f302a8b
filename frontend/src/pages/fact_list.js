/** What a document says, as a list of terms. */
import {element, foreign} from './dom.js';
import {factsOf} from './facts.js';
import {dayOf, languageOf} from './moments.js';
import {text} from './texts.js';

/**
 * The facts of one credential under a heading of `level`; nothing where it says nothing that is known here. What nobody
 * vouches for is marked as such.
 *
 * @param {unknown} credential
 * @param {{confirmed: boolean, level: number, id?: string}} options
 * @returns {Element[]}
 */
export function factSection(credential, {confirmed, level, id}) {
  const rows = factsOf(credential);
  if (!rows.length) {
    return [];
  }
  return [
    element(`h${level}`, {id}, text(confirmed ? 'what_it_says' : 'what_it_claims')),
    !confirmed && element('p', {class: 'ovc-unconfirmed'}, text('unconfirmed')),
    element('dl', {class: 'ovc-facts'}, ...rows.map((row) => group(row, confirmed))),
  ].filter(Boolean);
}

function group(row, confirmed) {
  return element('div', {}, element('dt', {}, text(row.key)), ...definitions(row, confirmed));
}

function definitions(row, confirmed) {
  if (row.key === 'issuer') {
    return [issuer(row, confirmed)];
  }
  if (row.date !== undefined) {
    return [date(row.date)];
  }
  const look = row.key === 'identifier' ? {class: 'ovc-identifier'} : {};
  return row.values.map((value) => element('dd', look, foreign(value)));
}

function date(value) {
  const day = dayOf(value, languageOf(document.documentElement));
  return element('dd', {}, day ? element('time', {datetime: value}, day) : foreign(value));
}

/** First what is proven by control of a web address, then the identifier, last what the issuer says of itself. */
function issuer({did, domain, name}, confirmed) {
  const about = text(confirmed ? 'issuer_domain' : 'issuer_domain_claimed');
  return element(
    'dd',
    {class: 'ovc-issuer'},
    domain && element('p', {class: 'ovc-domain'}, element(confirmed ? 'strong' : 'span', {dir: 'ltr'}, domain)),
    domain && element('p', {}, about),
    did && element('p', {}, element('code', {}, foreign(did, 'bdi', {dir: 'ltr'}))),
    did && !domain && confirmed && element('p', {}, text('issuer_without_domain')),
    name && element('p', {class: 'ovc-own-words'}, ...around('calls_itself', 'name', foreign(name))),
  );
}

/** The text called `key` with an element in the place of its placeholder. */
function around(key, placeholder, node) {
  const [before, after] = text(key, {[placeholder]: '\u0000'}).split('\u0000');
  return [before, node, after];
}
