/** What the claim element says: every text that is asked for is there, in every language, and none is there for nothing. */
import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, it} from 'node:test';
import {fileURLToPath} from 'node:url';
import {CATALOGUES} from '../src/claim/texts/catalogues.js';
import {Texts, catalogueFor, directionOf} from '../src/claim/texts.js';

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'claim');
const FORMS = /_(zero|one|two|few|many|other)$/;
const code = readdirSync(SOURCE)
  .filter((name) => name.endsWith('.js'))
  .map((name) => readFileSync(join(SOURCE, name), 'utf8'))
  .join('\n');
const {en} = CATALOGUES;

/** The plurals of a catalogue: names before the form that end in `_other`. */
function plurals(catalogue) {
  return new Set(
    Object.keys(catalogue)
      .filter((key) => key.endsWith('_other') && `${key.slice(0, -6)}_one` in en)
      .map((key) => key.slice(0, -6)),
  );
}

/** What a key is asked for by: of a plural, its name. */
function nameOf(key) {
  const name = key.replace(FORMS, '');
  return name !== key && plurals(en).has(name) ? name : key;
}

function placeholders(text) {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
}

describe('the English texts', () => {
  const names = new Set(Object.keys(en).map(nameOf));

  it('have every key that the source names', () => {
    const asked = [
      ...code.matchAll(/\b(?:texts?\.(?:text|plural)|sentence\(texts,|pluralSentence\(texts,)\(?\s*'([a-z_]+)'/g),
    ];
    assert.ok(asked.length > 80);
    assert.deepEqual(
      asked.map(([, key]) => key).filter((key) => !names.has(key)),
      [],
    );
  });

  it('have no key that the source does not name', () => {
    const made = [...code.matchAll(/`([a-z_]*)\$\{[^}]+\}([a-z_]*)`/g)].map(([, start, end]) => [start, end]);
    const isMade = (name) =>
      made.some(([start, end]) => start + end !== '' && name.startsWith(start) && name.endsWith(end));
    assert.deepEqual(
      [...names].filter((name) => !code.includes(`'${name}'`) && !isMade(name)),
      [],
    );
  });

  it('are in snake case, each in one or in two forms', () => {
    for (const [key, text] of Object.entries(en)) {
      assert.match(key, /^[a-z]+(?:_[a-z]+)*$/);
      assert.ok(text.trim() === text && text !== '', key);
      assert.ok(!/_(zero|two|few|many)$/.test(key), key);
    }
    for (const name of plurals(en)) {
      assert.ok(`${name}_one` in en && `${name}_other` in en, name);
      assert.ok(!(name in en), name);
    }
  });
});

describe('the other languages', () => {
  it('are all in the list, and the list has no other', () => {
    const files = readdirSync(join(SOURCE, 'texts')).filter((name) => name.endsWith('.json'));
    assert.deepEqual(Object.keys(CATALOGUES).sort(), files.map((name) => name.slice(0, -5)).sort());
  });

  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;

    it(`say the same: ${language}`, () => {
      const wanted = Object.keys(en)
        .map(nameOf)
        .flatMap((name) => (plurals(en).has(name) ? forms.map((form) => `${name}_${form}`) : [name]));
      assert.deepEqual(Object.keys(catalogue).sort(), [...new Set(wanted)].sort());
    });

    it(`have the placeholders of the English: ${language}`, () => {
      for (const [key, text] of Object.entries(catalogue)) {
        const name = nameOf(key);
        const english = en[key] ?? en[`${name}_other`];
        // "One certificate" need not name the number.
        const missing = placeholders(english).filter((each) => !placeholders(text).includes(each));
        assert.deepEqual(
          missing.filter((each) => name === key || each !== 'count'),
          [],
          key,
        );
        assert.deepEqual(
          placeholders(text).filter((each) => !placeholders(english).includes(each)),
          [],
          key,
        );
      }
    });
  }
});

describe('a text', () => {
  const catalogues = {
    en: {page_of: 'Page {page} of {pages}', cat_one: '{count} cat', cat_other: '{count} cats', only: 'English'},
    'es-419': {
      page_of: 'Página {page} de {pages}',
      cat_one: '{count} gato',
      cat_many: '{count} de gatos',
      cat_other: '{count} gatos',
    },
    ar: {
      page_of: 'صفحة {page} من {pages}',
      cat_zero: 'لا قطط',
      cat_two: 'قطتان',
      cat_few: '{count} قطط',
      cat_other: '{count} قطة',
    },
  };

  it('is of the very language, of a sister, or English', () => {
    const cases = {
      'es-419': 'es-419',
      'ES-419': 'es-419',
      es_MX: 'es-419',
      'es-ES': 'es-419',
      ar: 'ar',
      'ar-EG': 'ar',
      en: 'en',
    };
    for (const [tag, found] of Object.entries(cases)) {
      assert.equal(catalogueFor(tag, catalogues), found, tag);
    }
    for (const tag of ['de', '', null, undefined, 'constructor', 'x-y', 'e']) {
      assert.equal(catalogueFor(tag, catalogues), 'en', String(tag));
    }
  });

  it('has the plural forms of its language', () => {
    const said = (tag, count) => new Texts(tag, catalogues).plural('cat', count);
    assert.deepEqual(
      [0, 1, 2].map((count) => said('en', count)),
      ['0 cats', '1 cat', '2 cats'],
    );
    assert.deepEqual(
      [1, 2].map((count) => said('es', count)),
      ['1 gato', '2 gatos'],
    );
    assert.equal(said('ar', 0), 'لا قطط');
    assert.equal(said('ar', 2), 'قطتان');
    assert.match(said('ar', 3), /قطط$/);
    assert.match(said('ar', 100), /قطة$/);
  });

  it('is English where the language lacks it, and an error where nothing has it', () => {
    const texts = new Texts('ar', catalogues);
    assert.equal(texts.text('only'), 'English');
    assert.throws(() => texts.text('no_such_text'), RangeError);
    assert.throws(() => texts.text('toString'), RangeError);
  });

  it('fills in what is named, once', () => {
    const texts = new Texts('en', catalogues);
    assert.equal(texts.text('page_of', {page: '{pages}', pages: '$&'}), 'Page {pages} of $&');
    assert.equal(texts.text('page_of', {}), 'Page {page} of {pages}');
  });

  it('goes with dates and numbers of the place that was asked for', () => {
    assert.equal(new Texts('es-MX', catalogues).language, 'es-MX');
    assert.equal(new Texts('de', catalogues).language, 'en');
    assert.equal(new Texts('nonsense tag', catalogues).language, 'en');
    assert.equal(new Texts('en-GB', catalogues).number(12345), '12,345');
  });

  it('runs from right to left in the languages that do', () => {
    for (const tag of ['ar', 'ar-EG', 'he', 'fa', 'ur', 'UR_pk']) {
      assert.equal(directionOf(tag), 'rtl', tag);
    }
    for (const tag of ['en', 'es-419', '', 'arn', undefined]) {
      assert.equal(directionOf(tag), 'ltr', String(tag));
    }
    assert.equal(new Texts('ar-MA', catalogues).direction, 'rtl');
    assert.equal(new Texts('he', catalogues).direction, 'ltr', 'texts in English run as English does');
  });
});
