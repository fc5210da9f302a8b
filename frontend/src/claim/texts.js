/** What the element says, in one language. */
import {CATALOGUES} from './texts/catalogues.js';

const FALLBACK = 'en';
const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/**
 * The catalogue for a language tag: the very one; one of the same language (`es-MX` → `es-419`); English.
 *
 * @param {?string} tag BCP 47
 * @returns {string}
 */
export function catalogueFor(tag, catalogues = CATALOGUES) {
  const wanted = (tag ?? '').trim().replace(/_/g, '-').toLowerCase();
  const names = Object.keys(catalogues);
  return (
    names.find((name) => name.toLowerCase() === wanted) ??
    names.find((name) => primary(name) === primary(wanted)) ??
    FALLBACK
  );
}

/** `rtl` or `ltr`. */
export function directionOf(tag) {
  return RIGHT_TO_LEFT.has(primary(tag)) ? 'rtl' : 'ltr';
}

/**
 * Texts, plurals and the language for dates. `language`: the tag that was asked for where the texts are of that
 * language (so that es-MX has the dates of Mexico), else the catalogue's.
 */
export class Texts {
  constructor(tag, catalogues = CATALOGUES) {
    this.catalogue = catalogueFor(tag, catalogues);
    this.language = primary(tag) === primary(this.catalogue) ? known(tag, this.catalogue) : this.catalogue;
    this.direction = directionOf(this.catalogue);
    this.entries = catalogues[this.catalogue];
    this.english = catalogues[FALLBACK];
    this.rules = new Intl.PluralRules(this.catalogue);
    this.numbers = new Intl.NumberFormat(this.language);
  }

  /** Whether there is such a text. */
  has(key) {
    return Object.hasOwn(this.english, key);
  }

  /** The text called `key`, its `{placeholders}` filled in. Throws RangeError for a key that is not listed. */
  text(key, values = {}) {
    if (!this.has(key)) {
      throw new RangeError(`There is no text ${key}.`);
    }
    return filled(own(this.entries, key) ?? this.english[key], values);
  }

  /** The text called `key` for a number of things, with `{count}`. */
  plural(key, count, values = {}) {
    const all = {...values, count: this.number(count)};
    const pattern = own(this.entries, `${key}_${this.rules.select(count)}`) ?? own(this.entries, `${key}_other`);
    return pattern === undefined ? this.text(`${key}_${count === 1 ? 'one' : 'other'}`, all) : filled(pattern, all);
  }

  /** A number as it is written in the language. */
  number(value) {
    return this.numbers.format(value);
  }
}

function filled(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

function own(entries, key) {
  return Object.hasOwn(entries, key) && typeof entries[key] === 'string' ? entries[key] : undefined;
}

function primary(tag) {
  return (tag ?? '').trim().split(/[-_]/)[0].toLowerCase();
}

function known(tag, otherwise) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag.trim().replace(/_/g, '-'))[0] ?? otherwise;
  } catch {
    return otherwise;
  }
}
