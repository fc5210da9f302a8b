/** What a credential will say, as a list of terms. */
import {element, foreign, link} from './html.js';
import {dayElement} from './moments.js';

/** What the preview says, by code: facts of one code one after the other are values of one term. */
export function rowsOf(facts) {
  const rows = [];
  for (const fact of facts) {
    const last = rows.at(-1);
    if (last?.code === fact.fact) {
      last.values.push(fact);
    } else {
      rows.push({code: fact.fact, values: [fact]});
    }
  }
  return rows;
}

/** Markdown read as text: what was escaped stands for itself (CommonMark §2.4). */
export function unescaped(markdown) {
  return markdown.replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

/** `<dl>` of the facts, in the language that the credential is written in. */
export function factList(app, {facts, language}) {
  const groups = rowsOf(facts).map(({code, values}) =>
    element(
      'div',
      {'data-ovc-fact': code},
      element('dt', {}, label(app.texts, code)),
      ...values.map((fact) => element('dd', {}, valueOf(app.texts, fact, language))),
    ),
  );
  return element('dl', {class: 'ovc-terms'}, ...groups);
}

/** Codes that are not known here are shown by their values alone. */
function label(texts, code) {
  const key = `fact_${code}`;
  return texts.text(texts.has(key) ? key : 'fact_other');
}

function valueOf(texts, {fact: code, value, form}, language) {
  const own = language ? {lang: language} : {};
  if (form === 'date') {
    return dayElement(value, texts.language);
  }
  if (form === 'link') {
    return link(value, {target: '_blank', rel: 'noopener', dir: 'ltr'}, value);
  }
  if (form === 'markdown') {
    return foreign(unescaped(value), 'div', {...own, class: 'ovc-lines'});
  }
  return code === 'language' ? foreign(languageName(value, texts.language)) : foreign(value, 'bdi', own);
}

function languageName(tag, language) {
  try {
    return new Intl.DisplayNames([language], {type: 'language'}).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
