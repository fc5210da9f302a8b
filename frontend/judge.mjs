#!/usr/bin/env node
/**
 * What the verifier for the browser says of documents. Reads JSON lines from stdin:
 *
 *   {"id": str, "raw": base64, "documents": {address: base64}, "now": RFC 3339, "at": RFC 3339 or null,
 *    "expected": {"challenge": str, "domain": str}, "networks": [...]}
 *
 * and writes, in the same order, {"id": str, "report": {...}}. Nothing is fetched, and of chains only those are asked
 * that have addresses in `networks`. Needs `node build.mjs --test`.
 */
import {createInterface} from 'node:readline';

import {browserAsk, verify} from './build/verifier.mjs';

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));

for await (const line of createInterface({input: process.stdin})) {
  const {id, raw, documents, now, at, expected, networks = []} = JSON.parse(line);
  const given = Object.fromEntries(Object.entries(documents).map(([url, text]) => [url, bytes(text)]));
  const moments = {now: new Date(now), at: new Date(at ?? now)};
  const options = {...moments, documents: given, expected, networks, ask: browserAsk, seen: new Map()};
  const report = await verify(bytes(raw), options);
  process.stdout.write(`${JSON.stringify({id, report})}\n`);
}
