/** What a document says, as a list of terms. */
import {element, foreign} from './dom.js';
import {factsOf} from './facts.js';
import {dayOf, languageOf} from './moments.js';
import {text} from './texts.js';

/** `<dl>` of the facts of one credential; null where it says nothing that is known here. */
export function factList(credential) {
  const rows = factsOf(credential);
  return rows.length ? element('dl', {class: 'ovc-facts'}, ...rows.map(group)) : null;
}

function group(row) {
  return element('div', {}, element('dt', {}, text(row.key)), ...definitions(row));
}

function definitions(row) {
  if (row.key === 'issuer') {
    return [issuer(row)];
  }
  if (row.date !== undefined) {
    return [date(row.date)];
  }
  return row.values.map((value) => foreign(value, 'dd', row.key === 'identifier' ? {class: 'ovc-identifier'} : {}));
}

function date(value) {
  const day = dayOf(value, languageOf(document.documentElement));
  return element('dd', {}, day ? element('time', {datetime: value}, day) : foreign(value));
}

/** First what is proven by control of a web address, then the identifier, last what the issuer says of itself. */
function issuer({did, domain, name}) {
  return element(
    'dd',
    {class: 'ovc-issuer'},
    domain && element('p', {class: 'ovc-domain'}, element('strong', {}, domain), ' ', text('issuer_domain')),
    did && element('p', {}, element('code', {dir: 'ltr'}, did)),
    did && !domain && element('p', {}, text('issuer_without_domain')),
    name && element('p', {class: 'ovc-own-words'}, ...around('calls_itself', 'name', foreign(name))),
  );
}

/** The text called `key` with an element in the place of its placeholder. */
function around(key, placeholder, node) {
  const [before, after] = text(key, {[placeholder]: '\u0000'}).split('\u0000');
  return [before, node, after];
}
