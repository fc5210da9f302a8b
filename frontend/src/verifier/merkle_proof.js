/**
 * `MerkleProof2019` and `DataIntegrityProof` with cryptosuite `merkle-proof-2019` (Merkle Proof Signature Suite 2019),
 * structurally: the document is a leaf under a root, and a transaction is named that carries the root.
 */
import {bytesToHex, concatBytes, hexToBytes, readBase58, sameBytes, sha256} from './bytes.js';
import {decodeCbor} from './cbor.js';
import {isEqual} from './json_values.js';
import {networkOf} from './networks.js';
import {malformed} from './proof_sets.js';

const HASH_BYTES = 32;
const MAX_PATH = 32;
const MAX_ANCHORS = 4;
const MAX_CHARACTERS = 8192;
const [ROOT, TARGET, ANCHORS, PATH] = [0, 1, 2, 3];
const [LEFT, RIGHT] = [0, 1];
const [CHAIN, NETWORK, TRANSACTION] = [0, 1, 2];
const HEX = /^[0-9a-f]{64}$/;
const TRANSACTION_ID = /^(?:0x)?([0-9a-f]{64})$/;
const MOCK_CHAIN = -1;

/**
 * What the multibase value (base58-btc of CBOR) says: `{root, target, path, anchors}`. Hashes stand as 32 bytes or as 64
 * lower-case hexadecimal digits, in CBOR of their own: both are written. `networks`: of the page, beside those that are
 * known (networks.js). Throws Refusal `malformed_proof`.
 */
export function readMerkleProof(value, networks = []) {
  const raw = readBase58(value, MAX_CHARACTERS) ?? fail();
  const members = membersOf(decodeCbor(raw), [ROOT, TARGET, ANCHORS, PATH]);
  const [path, anchors] = [members.get(PATH), members.get(ANCHORS)];
  if (!Array.isArray(path) || path.length > MAX_PATH) {
    fail();
  }
  if (!Array.isArray(anchors) || !anchors.length || anchors.length > MAX_ANCHORS) {
    fail();
  }
  return {
    root: hashOf(members.get(ROOT)),
    target: hashOf(members.get(TARGET)),
    path: path.map(stepOf),
    anchors: anchors.map((anchor) => anchorOf(anchor, networks)),
  };
}

/** Whether the path leads from target to root. A node that is its own sibling is in no honest tree. */
export function isSound({root, target, path}) {
  let node = target;
  for (const {standsLeft, sibling} of path) {
    if (sameBytes(sibling, node)) {
      return false;
    }
    node = sha256(standsLeft ? concatBytes(sibling, node) : concatBytes(node, sibling));
  }
  return sameBytes(node, root);
}

/** As it is written in text. */
export function nameOfAnchor({chain, network, transaction}) {
  return `blink:${chain}:${network}:${transaction}`;
}

/** A map, written as an array of pairs, in any order; each member once, and no other. */
function membersOf(item, names) {
  const members = new Map();
  for (const pair of Array.isArray(item) ? item : []) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'number' || members.has(pair[0])) {
      fail();
    }
    members.set(pair[0], pair[1]);
  }
  return members.size === names.length && names.every((name) => members.has(name)) ? members : fail();
}

function stepOf(step) {
  if (!Array.isArray(step) || step.length !== 2 || ![LEFT, RIGHT].includes(step[0])) {
    fail();
  }
  return {standsLeft: step[0] === LEFT, sibling: hashOf(step[1])};
}

function hashOf(item) {
  const inner = innerOf(item);
  if (inner instanceof Uint8Array && inner.length === HASH_BYTES) {
    return inner;
  }
  return typeof inner === 'string' && HEX.test(inner) ? hexToBytes(inner) : fail();
}

/** A byte string that holds CBOR. */
function innerOf(item) {
  return item instanceof Uint8Array ? decodeCbor(item) : fail();
}

function anchorOf(item, networks) {
  if (Array.isArray(item) && item.some((pair) => isEqual(pair, [CHAIN, MOCK_CHAIN]))) {
    // Mock networks are for tests. There is no transaction, and what stands in its place differs.
    return {chain: 'mocknet', network: 'mocknet', transaction: '', isTestNetwork: true};
  }
  const members = membersOf(item, [CHAIN, NETWORK, TRANSACTION]);
  const inner = innerOf(members.get(TRANSACTION));
  const match = TRANSACTION_ID.exec(inner instanceof Uint8Array ? bytesToHex(inner) : typeof inner === 'string' ? inner : fail());
  const [chain, network] = [members.get(CHAIN), members.get(NETWORK)];
  if (!match || !Number.isSafeInteger(chain) || !Number.isSafeInteger(network)) {
    fail();
  }
  const found = networkOf([chain, network], networks) ?? {chain: String(chain), network: String(network), isTest: false};
  return {chain: found.chain, network: found.network, transaction: match[1], isTestNetwork: found.isTest};
}

function fail() {
  throw malformed();
}
