#!/usr/bin/env node
/**
 * Builds the verifier for the browser, one file without dependencies, and the licences of what is in it.
 *
 *   npm ci --ignore-scripts
 *   node build.mjs           write into the package's static folder
 *   node build.mjs --out DIR write into DIR
 *
 * Fails where the output holds what a strict Content-Security-Policy forbids.
 */
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(HERE, '..', 'openedx_verifiable_credentials');
const FORBIDDEN = [/\beval\s*\(/, /\bnew\s+Function\b/, /\bFunction\s*\(\s*["'`]/, /\bimport\s*\(/, /\bimportScripts\b/];

/** What the libraries have for other environments; here it would be dead weight, or need `unsafe-eval`. */
const STAND_INS = {
  'rdf-canonize': join(HERE, 'src', 'stand-ins', 'rdf-canonize.cjs'),
  '@digitalbazaar/http-client': join(HERE, 'src', 'stand-ins', 'http-client.cjs'),
};

const OUT = process.argv.includes('--out')
  ? resolve(process.argv[process.argv.indexOf('--out') + 1])
  : join(PACKAGE, 'static', 'openedx_verifiable_credentials');

/** `pinned-contexts`: the contexts of the Python package by address, checked against their recorded hashes. */
const pinnedContexts = {
  name: 'pinned-contexts',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^pinned-contexts$/}, () => ({path: 'contexts', namespace: 'pinned'}));
    onLoad({filter: /.*/, namespace: 'pinned'}, () => ({contents: contextsModule(), loader: 'js'}));
  },
};

const forTests = process.argv.includes('--test');
const result = await build({
  entryPoints: [join(HERE, 'src', ...(forTests ? ['verifier', 'index.js'] : ['main.js']))],
  absWorkingDir: HERE,
  bundle: true,
  format: forTests ? 'esm' : 'iife',
  target: 'es2020',
  platform: 'browser',
  minify: true,
  legalComments: 'none',
  charset: 'ascii',
  alias: STAND_INS,
  plugins: [pinnedContexts],
  metafile: true,
  write: false,
  outfile: join(OUT, forTests ? 'verifier.mjs' : 'verifier.js'),
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
writeFileSync(join(OUT, forTests ? 'verifier.mjs' : 'verifier.js'), banner + text);
writeFileSync(join(OUT, 'verifier.LICENSES.txt'), licences);
const size = Buffer.byteLength(banner + text);
console.log(`verifier.js: ${size} bytes, ${gzipSync(banner + text, {level: 9}).length} with gzip`);

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
  return `export const CONTEXTS = ${JSON.stringify(contexts)};`;
}
