#!/usr/bin/env node
/**
 * Builds what browsers run: the verifier, one file without dependencies and the licences of what is in it; and the claim
 * element, which is all our own.
 *
 *   npm ci --ignore-scripts
 *   node build.mjs           both bundles, into the package's static folder
 *   node build.mjs --test    the verifier alone, as a module for the tests, into build/
 *   node build.mjs --out DIR into DIR instead
 *
 * Fails where the output holds what a strict Content-Security-Policy forbids.
 */
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(HERE, '..', 'openedx_verifiable_credentials');
const STATIC = join(PACKAGE, 'static', 'openedx_verifiable_credentials');
const FORBIDDEN = [
  /\beval\s*\(/,
  /\bnew\s+Function\b/,
  /\bFunction\s*\(\s*["'`]/,
  /\bimport\s*\(/,
  /\bimportScripts\b/,
];
/** The claim element shows what others have written: never as markup, and without styles of its own making. */
const FORBIDDEN_MARKUP = [
  /\b(?:inner|outer)HTML\b/,
  /\binsertAdjacentHTML\b/,
  /\bdocument\.write/,
  /\.style\b/,
  /["'`]style["'`]/,
  /\bDOMParser\b/,
];

/** What the libraries have for other environments; here it would be dead weight, or need `unsafe-eval`. */
const STAND_INS = {
  'rdf-canonize': join(HERE, 'src', 'stand-ins', 'rdf-canonize.cjs'),
  '@digitalbazaar/http-client': join(HERE, 'src', 'stand-ins', 'http-client.cjs'),
};

/** `pinned-contexts`: the contexts of the Python package by address, checked against their recorded hashes. */
const PINNED_CONTEXTS = {
  name: 'pinned-contexts',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^pinned-contexts$/}, () => ({path: 'contexts', namespace: 'pinned'}));
    onLoad({filter: /.*/, namespace: 'pinned'}, () => ({contents: contextsModule(), loader: 'js'}));
  },
};

const VERIFIER = {
  entry: 'main.js',
  format: 'iife',
  target: 'es2020',
  name: 'verifier.js',
  licences: 'verifier.LICENSES.txt',
  forbidden: FORBIDDEN,
};
const VERIFIER_FOR_TESTS = {...VERIFIER, entry: 'verifier/index.js', format: 'esm', name: 'verifier.mjs'};
/** Without `licences`: nothing of others is in it. */
const CLAIM = {
  entry: 'claim/index.js',
  format: 'iife',
  target: 'es2022',
  name: 'claim.js',
  forbidden: [...FORBIDDEN, ...FORBIDDEN_MARKUP],
};

const {values: options} = parseArgs({options: {test: {type: 'boolean'}, out: {type: 'string'}}});
const OUT = options.out ? resolve(options.out) : options.test ? join(HERE, 'build') : STATIC;
mkdirSync(OUT, {recursive: true});
for (const bundle of options.test ? [VERIFIER_FOR_TESTS] : [VERIFIER, CLAIM]) {
  await make(bundle);
}

/** Builds one bundle, checks it and writes it. */
async function make({entry, format, target, name, licences, forbidden}) {
  const result = await build({
    entryPoints: [join(HERE, 'src', entry)],
    absWorkingDir: HERE,
    bundle: true,
    format,
    target,
    platform: 'browser',
    minify: true,
    legalComments: 'eof',
    charset: 'ascii',
    alias: STAND_INS,
    plugins: [PINNED_CONTEXTS],
    metafile: true,
    write: false,
    outfile: join(OUT, name),
  });
  const [{text}] = result.outputFiles;
  for (const pattern of forbidden) {
    if (pattern.test(text)) {
      throw new Error(`${name} holds ${pattern}, which it must not: see the pages' Content-Security-Policy.`);
    }
  }
  const folders = packagesIn(result.metafile);
  if (!licences && folders.length) {
    throw new Error(`${name} holds packages of others: ${folders.map((each) => relative(HERE, each)).join(', ')}`);
  }
  const banner = licences ? `/*! Licences of the packages in this file: ${licences} */\n` : '';
  const notices = licences && licencesOf(folders);
  writeFileSync(join(OUT, name), banner + text);
  if (licences) {
    writeFileSync(join(OUT, licences), notices);
  }
  const size = Buffer.byteLength(banner + text);
  console.log(`${name}: ${size} bytes, ${gzipSync(banner + text, {level: 9}).length} with gzip`);
}

/** The folders of the npm packages that something in the bundle comes from. */
function packagesIn({inputs}) {
  const folders = new Set();
  for (const input of Object.keys(inputs)) {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (match) {
      folders.add(join(HERE, match[0]));
    }
  }
  return [...folders].sort();
}

/** Name, version and licence text of each package, and of the pinned contexts. */
function licencesOf(folders) {
  const parts = folders.map((folder) => {
    const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
    if (!file) {
      throw new Error(`${relative(HERE, folder)} has no licence file.`);
    }
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  const contexts = join(PACKAGE, 'core', 'contexts', 'LICENSES.txt');
  if (!existsSync(contexts)) {
    throw new Error('The licences of the pinned contexts are missing.');
  }
  parts.push(`The JSON-LD contexts\n\n${readFileSync(contexts, 'utf8').trim()}\n`);
  const rule = `\n${'='.repeat(80)}\n\n`;
  return `What verifier.js holds beside the code of openedx-verifiable-credentials (AGPL-3.0-or-later):\n${rule}${parts.join(rule)}`;
}

function contextsModule() {
  const folder = join(PACKAGE, 'core', 'contexts');
  const contexts = {};
  for (const {url, file, sha256} of JSON.parse(readFileSync(join(folder, 'provenance.json'), 'utf8'))) {
    const raw = readFileSync(join(folder, file));
    if (createHash('sha256').update(raw).digest('hex') !== sha256) {
      throw new Error(`The pinned context ${file} does not have its recorded hash.`);
    }
    contexts[url] = JSON.parse(raw);
  }
  // As text: that is read faster than as an object.
  return `export const CONTEXTS = JSON.parse(${JSON.stringify(JSON.stringify(contexts))});`;
}
