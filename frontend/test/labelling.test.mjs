/** Labels of blank nodes, held against an implementation of others. */
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';

import {canonize} from 'rdf-canonize';

import {canonicalQuads} from '../build/verifier.mjs';

function* numbers(seed) {
  for (let state = seed; ; state = (state * 48271) % 2147483647) {
    yield state / 2147483647;
  }
}

/** Small graphs with much symmetry: few names, few texts, named graphs, several edges between the same nodes. */
function randomQuads(random) {
  const below = (limit) => Math.floor(random.next().value * limit);
  const nodes = Array.from({length: 1 + below(5)}, (_, at) => `_:n${at}`);
  const pick = (list) => list[below(list.length)];
  const quads = Array.from({length: 1 + below(8)}, () => {
    const object = pick([...nodes, ...nodes, '"x"', '"y"@en', '<urn:o>']);
    const quad = [pick([...nodes, '<urn:s>']), pick(['<urn:p>', '<urn:q>']), object];
    return below(4) ? quad : [...quad, pick([...nodes, '<urn:g>'])];
  });
  return [...new Map(quads.map((quad) => [quad.join(' '), quad])).values()];
}

describe('canonical quads', () => {
  it('are those of another implementation, for graphs with much symmetry', async () => {
    const random = numbers(11);
    for (let round = 0; round < 1500; round += 1) {
      const quads = randomQuads(random);
      const text = quads.map((quad) => `${quad.join(' ')} .\n`).join('');
      const options = {algorithm: 'RDFC-1.0', inputFormat: 'application/n-quads', maxWorkFactor: Infinity};
      assert.equal(canonicalQuads(quads), await canonize(text, options), text);
    }
  });

  it('do not depend on labels and order', () => {
    const random = numbers(12);
    for (let round = 0; round < 300; round += 1) {
      const quads = randomQuads(random);
      const renamed = quads.map((quad) =>
        quad.map((term) => term.replace(/^_:n(\d)$/, (_, digit) => `_:z${9 - digit}`)),
      );
      assert.equal(canonicalQuads(quads), canonicalQuads(renamed.reverse()));
    }
  });

  it('are sorted by code points', () => {
    const quads = ['"\u{1f600}"', '"\uff01"', '"z"'].map((text) => ['<urn:s>', '<urn:p>', text]);
    assert.deepEqual(
      canonicalQuads(quads)
        .split('\n')
        .map((line) => line.split('"')[1]),
      ['z', '\uff01', '\u{1f600}', undefined],
    );
  });

  it('are refused where they would take for ever', () => {
    const clique = Array.from({length: 9}, (_, one) => Array.from({length: 9}, (__, other) => [one, other])).flat();
    const quads = clique
      .filter(([one, other]) => one !== other)
      .map(([one, other]) => [`_:n${one}`, '<urn:p>', `_:n${other}`]);
    const began = performance.now();
    assert.throws(() => canonicalQuads(quads), {code: 'too_many_alike'});
    // Generous, for a machine that does much else; it takes some tens of milliseconds.
    assert.ok(performance.now() - began < 3000);
    const many = Array.from({length: 501}, (_, at) => [`_:n${at}`, '<urn:p>', `"${at}"`]);
    assert.throws(() => canonicalQuads(many), {code: 'too_large'});
  });
});
