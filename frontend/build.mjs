#!/usr/bin/env node
/**
 * Builds the verifier for the browser, one file without dependencies, and the licences of what is in it.
 *
 *   npm ci --ignore-scripts
 *   node build.mjs           the bundle, into the package's static folder
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
const FORBIDDEN = [
  /\beval\s*\(/,
  /\bnew\s+Function\b/,
  /\bFunction\s*\(\s*["'`]/,
  /\bimport\s*\(/,
  /\bimportScripts\b/,
];

/** What the libraries have for other environments; here it would be dead weight, or need `unsafe-eval`. */
const STAND_INS = {
  'rdf-canonize': join(HERE, 'src', 'stand-ins', 'rdf-canonize.cjs'),
  '@digitalbazaar/http-client': join(HERE, 'src', 'stand-ins', 'http-client.cjs'),
};

const {values: options} = parseArgs({options: {test: {type: 'boolean'}, out: {type: 'string'}}});
const TARGET = options.test
  ? {entry: 'verifier/index.js', format: 'esm', name: 'verifier.mjs', out: join(HERE, 'build')}
  : {
      entry: 'main.js',
      format: 'iife',
      name: 'verifier.js',
      out: join(PACKAGE, 'static', 'openedx_verifiable_credentials'),
    };
const OUT = options.out ? resolve(options.out) : TARGET.out;

/** `pinned-contexts`: the contexts of the Python package by address, checked against their recorded hashes. */
const pinnedContexts = {
  name: 'pinned-contexts',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^pinned-contexts$/}, () => ({path: 'contexts', namespace: 'pinned'}));
    onLoad({filter: /.*/, namespace: 'pinned'}, () => ({contents: contextsModule(), loader: 'js'}));
  },
};

const result = await build({
  entryPoints: [join(HERE, 'src', TARGET.entry)],
  absWorkingDir: HERE,
  bundle: true,
  format: TARGET.format,
  target: 'es2020',
  platform: 'browser',
  minify: true,
  legalComments: 'eof',
  charset: 'ascii',
  alias: STAND_INS,
  plugins: [pinnedContexts],
  metafile: true,
  write: false,
  outfile: join(OUT, TARGET.name),
});

const [{text}] = result.outputFiles;
for (const pattern of FORBIDDEN) {
  if (pattern.test(text)) {
    throw new Error(`The bundle holds ${pattern}, which the pages' Content-Security-Policy forbids.`);
  }
}
const licences = licencesOf(packagesIn(result.metafile));
mkdirSync(OUT, {recursive: true});
const banner = '/*! Licences of the packages in this file: verifier.LICENSES.txt */\n';
writeFileSync(join(OUT, TARGET.name), banner + text);
writeFileSync(join(OUT, 'verifier.LICENSES.txt'), licences);
const size = Buffer.byteLength(banner + text);
console.log(`${TARGET.name}: ${size} bytes, ${gzipSync(banner + text, {level: 9}).length} with gzip`);

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
