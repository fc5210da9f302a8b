/**
 * RDF Dataset Canonicalization (RDFC-1.0), with a limit on its work: the same steps, and the same limit, as in
 * `core/labelling.py`, so that both give up on the same documents.
 *
 * A blank node is labelled at once where the quads around it are like those of no other. The others are compared by way
 * of their neighbours, in every order of neighbours that are alike: exponential time for a graph made for it ("dataset
 * poisoning", RDFC-1.0 §7.1).
 */
import {bytesToHex, sha256OfText} from './bytes.js';
import {Refusal} from './errors.js';
import {MAX_BLANK_NODES} from './limits.js';
import {lineOf, sortedByCodePoints} from './n_quads.js';

const MAX_STEPS = 4000;
const POSITIONS = [
  [0, 's'],
  [2, 'o'],
  [3, 'g'],
];

/**
 * Quads (arrays of terms in N-Quads, any labels and any order) in the canonical form (RDFC-1.0 §4.4): LF after each, by
 * code points. Throws Refusal: `too_large`, `too_many_alike`.
 */
export function canonicalQuads(given) {
  // A dataset is a set: what was said in two ways that are one in RDF counts once.
  const quads = [...new Map(given.map((quad) => [lineOf(quad), quad])).values()];
  const issued = new Labelling(quads).labels();
  const lines = quads.map((quad) => lineOf(quad.map((term) => (isBlank(term) ? issued.get(term) : term))));
  return sortedByCodePoints([...new Set(lines)]).join('');
}

class Labelling {
  constructor(quads) {
    this.quads = new Map();
    for (const quad of quads) {
      for (const label of new Set(POSITIONS.map(([place]) => quad[place]).filter(isBlank))) {
        listAt(this.quads, label).push(quad);
      }
    }
    if (this.quads.size > MAX_BLANK_NODES) {
      throw new Refusal('too_large');
    }
    this.looks = new Map([...this.quads.keys()].map((label) => [label, this.firstDegree(label)]));
    this.canonical = new Map();
    this.steps = 0;
  }

  /** The canonical label of each blank node (§4.4.3). */
  labels() {
    const alike = new Map();
    for (const [label, look] of this.looks) {
      listAt(alike, look).push(label);
    }
    const groups = byName(alike).map(([, labels]) => labels);
    groups.filter(({length}) => length === 1).forEach(([label]) => issue(this.canonical, label, '_:c14n'));
    groups.filter(({length}) => length > 1).forEach((labels) => this.labelAlike(labels));
    return this.canonical;
  }

  labelAlike(labels) {
    const found = [];
    for (const label of labels) {
      if (!this.canonical.has(label)) {
        const issued = new Map();
        issue(issued, label, '_:b');
        found.push(this.nDegree(label, issued));
      }
    }
    for (const {issued} of found.sort((first, second) =>
      first.hash < second.hash ? -1 : first.hash > second.hash ? 1 : 0,
    )) {
      for (const label of issued.keys()) {
        issue(this.canonical, label, '_:c14n');
      }
    }
  }

  /** §4.6.3: the quads of the node, itself as `_:a`, every other node as `_:z`. */
  firstDegree(label) {
    const rename = (term, place) => (place === 1 || !isBlank(term) ? term : term === label ? '_:a' : '_:z');
    const lines = this.quads.get(label).map((quad) => lineOf(quad.map(rename)));
    return hashOf(sortedByCodePoints(lines).join(''));
  }

  /** The neighbours of `label`, by the hash of how each stands to it (§4.7.3, §4.8.3 step 3). */
  related(label, issued) {
    const found = new Map();
    for (const quad of this.quads.get(label)) {
      for (const [place, position] of POSITIONS) {
        const other = quad[place];
        if (isBlank(other) && other !== label) {
          const name = this.canonical.get(other) ?? issued.get(other) ?? this.looks.get(other);
          listAt(found, hashOf(position + (position === 'g' ? '' : quad[1]) + name)).push(other);
        }
      }
    }
    return found;
  }

  /** §4.8.3: `{hash, issued}`. */
  nDegree(label, issued) {
    let data = '';
    for (const [relatedHash, others] of byName(this.related(label, issued))) {
      let [bestPath, bestIssued] = ['', issued];
      for (const order of ordersOf(others)) {
        this.countAStep();
        const [path, soFar] = this.walk(order, issued, bestPath);
        if (path && (!bestPath || path < bestPath)) {
          [bestPath, bestIssued] = [path, soFar];
        }
      }
      data += relatedHash + bestPath;
      issued = bestIssued;
    }
    return {hash: hashOf(data), issued};
  }

  /** One order of neighbours, to its end or until it is worse than the best: its path (else "") and labels. */
  walk(order, before, bestPath) {
    let issued = new Map(before);
    let path = '';
    const onward = [];
    for (const other of order) {
      if (this.canonical.has(other)) {
        path += this.canonical.get(other);
      } else {
        if (!issued.has(other)) {
          onward.push(other);
        }
        path += issue(issued, other, '_:b');
      }
      if (isWorse(path, bestPath)) {
        return ['', issued];
      }
    }
    for (const other of onward) {
      const compared = this.nDegree(other, issued);
      path += `${issue(issued, other, '_:b')}<${compared.hash}>`;
      issued = compared.issued;
      if (isWorse(path, bestPath)) {
        return ['', issued];
      }
    }
    return [path, issued];
  }

  countAStep() {
    this.steps += 1;
    if (this.steps > MAX_STEPS) {
      throw new Refusal('too_many_alike');
    }
  }
}

function isBlank(term) {
  return term !== undefined && term.startsWith('_:');
}

function isWorse(path, best) {
  return best !== '' && path.length >= best.length && path > best;
}

/** §4.5. */
function issue(issued, label, prefix) {
  if (!issued.has(label)) {
    issued.set(label, `${prefix}${issued.size}`);
  }
  return issued.get(label);
}

/** Every order of `labels` once, however often one of them is listed. */
function* ordersOf(labels) {
  let order = [...labels].sort();
  for (;;) {
    yield order;
    let falling = order.length - 2;
    while (falling >= 0 && order[falling] >= order[falling + 1]) {
      falling -= 1;
    }
    if (falling < 0) {
      return;
    }
    let larger = order.length - 1;
    while (order[larger] <= order[falling]) {
      larger -= 1;
    }
    order = [...order];
    [order[falling], order[larger]] = [order[larger], order[falling]];
    order = [...order.slice(0, falling + 1), ...order.slice(falling + 1).reverse()];
  }
}

function listAt(map, key) {
  if (!map.has(key)) {
    map.set(key, []);
  }
  return map.get(key);
}

/** The entries of a map whose keys are hashes. */
function byName(map) {
  return [...map].sort(([first], [second]) => (first < second ? -1 : 1));
}

function hashOf(text) {
  return bytesToHex(sha256OfText(text));
}
