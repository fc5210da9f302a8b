#!/usr/bin/env node
/**
 * Bundles page.jsx with an `env.config.jsx`, as the webpack of an MFE does:
 *
 *   node build.mjs ENV_CONFIG OUT [FOLDER]    FOLDER: where the packages are that only this env.config.jsx has
 *
 * `process.env` is read when the page is opened, so that the servers' addresses need not be known.
 */
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const [, , config, outfile, ...folders] = process.argv;

await build({
  entryPoints: [join(HERE, 'page.jsx')],
  outfile,
  bundle: true,
  format: 'iife',
  target: 'es2022',
  platform: 'browser',
  minify: true,
  jsx: 'automatic',
  // What Paragon takes from its style sheets and pictures is not needed here.
  loader: {'.scss': 'empty', '.svg': 'empty'},
  nodePaths: [...folders, join(HERE, '..', 'node_modules')],
  alias: {'env.config': config},
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env': 'globalThis.MFE_ENV',
    global: 'globalThis',
    // The theme comes by address (PARAGON_THEME_URLS), not out of the bundle.
    PARAGON_THEME: '{}',
  },
  logLevel: 'error',
});
