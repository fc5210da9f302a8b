/** Reads the JSON-LD contexts that this project pins. */
import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {join, resolve as resolvePath} from 'node:path';

export class UsageError extends Error {}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`);
  }
}

/** The contexts listed in provenance.json, which lies in the directory or beside it. */
export function readContexts(directory) {
  const base = [directory, resolvePath(directory, '..')].find(item => existsSync(join(item, 'provenance.json')));
  if (!base) {
    throw new UsageError(`${directory}: no provenance.json in it or in its parent.`);
  }
  const contexts = new Map();
  for (const {url, file, sha256} of readJson(join(base, 'provenance.json'))) {
    const data = readFileSync(join(base, file));
    if (createHash('sha256').update(data).digest('hex') !== sha256) {
      throw new UsageError(`${file} is not the file that provenance.json describes.`);
    }
    contexts.set(url, JSON.parse(data.toString('utf8')));
  }
  return contexts;
}
