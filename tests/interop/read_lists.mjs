#!/usr/bin/env node
/**
 * Reads status lists with the libraries of Digital Bazaar.
 *
 *   node read_lists.mjs < LISTS
 *
 * stdin holds JSON lines {"bitstring": str, "statusList2021": str, "indices": [int, ...]}: one list in both of its
 * encodings. For each, in the same order, one JSON line is written to stdout:
 *
 *   {"bitstring": {"length": int, "set": [int, ...], "sha256": str, "again": str}, "statusList2021": {...}}
 *
 * "set" has those of the indices whose bit is set. Where the line says "whole": true, "sha256" is of all bits, each
 * read by its index, as characters 0 and 1; and "again" is the list as the library itself encodes it.
 */
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {createInterface} from 'node:readline';

import * as bitstring from '@digitalbazaar/vc-bitstring-status-list';
import * as statusList2021 from '@digitalbazaar/vc-status-list';

async function read(library, encodedList, {indices, whole}) {
  const list = await library.decodeList({encodedList});
  const answer = {length: list.length, set: indices.filter(index => list.getStatus(index))};
  if (whole) {
    const all = Buffer.alloc(list.length);
    for (let index = 0; index < list.length; index += 1) {
      all[index] = list.getStatus(index) ? 0x31 : 0x30;
    }
    answer.sha256 = createHash('sha256').update(all).digest('hex');
    answer.again = await list.encode();
  }
  return answer;
}

for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  const item = JSON.parse(line);
  const answers = {
    bitstring: await read(bitstring, item.bitstring, item),
    statusList2021: await read(statusList2021, item.statusList2021, item),
  };
  if (!process.stdout.write(`${JSON.stringify(answers)}\n`)) {
    await once(process.stdout, 'drain');
  }
}
