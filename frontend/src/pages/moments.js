/** Dates and times, in the page's language. */

/** `2026-03-01T12:30:15Z` → "March 1, 2026", in UTC; null for what is no date. */
export function dayOf(value, language) {
  return format(value, language, {year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC'});
}

/** The same with the time, in `timeZone` or the reader's own, which is named; null for what is no date. */
export function momentOf(value, language, timeZone) {
  const parts = {year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short'};
  return format(value, language, {...parts, timeZone});
}

/** The language of the page, where Intl knows it. */
export function languageOf(root) {
  const {lang} = root;
  try {
    return lang && Intl.DateTimeFormat.supportedLocalesOf(lang).length ? lang : undefined;
  } catch {
    return undefined;
  }
}

function format(value, language, options) {
  const date = value instanceof Date ? value : new Date(value);
  return Number.isNaN(date.getTime()) ? null : new Intl.DateTimeFormat(language, options).format(date);
}
