"""What Blockcerts publishes is read as another decoder reads it, and says the same when we write it."""

import base58
import cbor2
import pytest

from openedx_verifiable_credentials.core import networks
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import standards

FOLDER = "vectors/blockcerts-v3"
ROOT, TARGET, ANCHORS, PATH = range(4)
CHAIN, NETWORK, TRANSACTION = range(3)
MOCK_CHAIN = -1


def proof_values():
    """Every Merkle proof of the folder, credentials inside presentations included."""
    pending = [standards.read_json(f"{FOLDER}/{file.name}") for file in sorted(standards.path(FOLDER).glob("*.json"))]
    found = set()
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            kinds = (node.get("type"), node.get("cryptosuite"), node.get("chainedProofType"))
            if "proofValue" in node and {"MerkleProof2019", "merkle-proof-2019"} & set(map(str, kinds)):
                found.add(node["proofValue"])
            pending += node.values()
        elif isinstance(node, list):
            pending += node
    return sorted(found)


def plain(wrapped):
    """A hash as another decoder reads it, whether it stands as bytes or as text."""
    inner = cbor2.loads(wrapped)
    return inner if isinstance(inner, bytes) else bytes.fromhex(inner.removeprefix("0x"))


def decoded(value):
    """Root, target and path of a value; and codes and transaction of its anchor, None on a mock network."""
    members = dict(cbor2.loads(base58.b58decode(value[1:])))
    path = tuple((side == 0, plain(sibling)) for side, sibling in members[PATH])
    [anchor] = members[ANCHORS]
    named = dict(anchor)
    where = None
    if named[CHAIN] != MOCK_CHAIN:
        where = (named[CHAIN], named[NETWORK]), plain(named[TRANSACTION])
    return plain(members[ROOT]), plain(members[TARGET]), path, where


def test_every_value_is_read_as_another_decoder_reads_it():
    values = proof_values()
    assert len(values) > 25
    for value in values:
        root, target, path, where = decoded(value)
        found = merkle_proof.read(value)
        assert (found.root, found.target, found.path) == (root, target, path)
        [anchor] = found.anchors
        if where is not None:
            codes, transaction = where
            assert str(anchor) == networks.by_codes()[codes].blink(transaction.hex())


def test_written_as_bytes_every_value_says_the_same():
    on_chains = 0
    for value in proof_values():
        root, target, path, where = decoded(value)
        codes, transaction = where or ((8453, 84_532), bytes(32))
        packed = b"".join(bytes([0 if is_left else 1]) + sibling for is_left, sibling in path)
        again = merkle_proof.write(root, target, packed, transaction, codes)
        assert decoded(again) == (root, target, path, (codes, transaction))
        if where is not None:
            on_chains += 1
            assert merkle_proof.read(again) == merkle_proof.read(value)
            assert len(again) < len(value) * 0.6
    assert on_chains > 10


def test_all_lead_to_their_roots_but_one_whose_leaf_is_its_own_sibling():
    unsound = [found for found in map(merkle_proof.read, proof_values()) if not found.is_sound]
    assert [[sibling == found.target for _, sibling in found.path] for found in unsound] == [[True]]


def test_with_another_leaf_none_leads_to_its_root():
    for value in proof_values():
        root, target, path, _ = decoded(value)
        packed = b"".join(bytes([0 if is_left else 1]) + sibling for is_left, sibling in path)
        other = merkle_proof.write(root, bytes([target[0] ^ 1]) + target[1:], packed, bytes(32), (1, 1))
        assert not merkle_proof.read(other).is_sound


@pytest.mark.parametrize("side", [2, -1, "0"])
def test_a_step_to_nowhere_is_refused(side):
    value = proof_values()[0]
    members = dict(cbor2.loads(base58.b58decode(value[1:])))
    members[PATH] = [[side, cbor2.dumps(bytes(32))]]
    raw = cbor2.dumps([[name, member] for name, member in members.items()])
    with pytest.raises(DocumentError):
        merkle_proof.read("z" + base58.b58encode(raw).decode())
