"""Merkle proofs, structurally: honest ones of any batch are sound, forged ones are not."""

import hashlib

import base58
import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import cbor
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.checks import proof_sets
from openedx_verifiable_credentials.core.checks import proofs
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import foreign
from tests import merkle
from tests import standards
from tests import trees

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)
encodings = pytest.mark.parametrize("as_text", [False, True], ids=["bytes", "text"])


@encodings
@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 13, 100])
def test_every_leaf_of_a_batch_leads_to_its_root(count, as_text):
    batch = [hashlib.sha256(bytes([number])).digest() for number in range(count)]
    root, paths = merkle.tree(batch)
    for leaf, path in zip(batch, paths, strict=True):
        found = merkle_proof.read(merkle.value(root, leaf, path, as_text=as_text))
        assert found.is_sound
        assert (found.root, found.target) == (root, leaf)
        assert [str(anchor) for anchor in found.anchors] == [f"blink:base:sepolia:{merkle.TRANSACTION}"]


@given(leaves, st.data())
def test_no_other_leaf_path_or_root_is_sound(batch, data):
    root, paths = merkle.tree(batch)
    index = data.draw(st.integers(0, len(batch) - 1))
    leaf, path = batch[index], paths[index]
    assert merkle_proof.read(merkle.value(root, leaf, path)).is_sound
    other = data.draw(st.binary(min_size=32, max_size=32))
    assume(other not in (leaf, root))
    assert not merkle_proof.read(merkle.value(root, other, path)).is_sound
    assert not merkle_proof.read(merkle.value(other, leaf, path)).is_sound
    assert not merkle_proof.read(merkle.value(root, leaf, [*path, (0, other)])).is_sound
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        side, sibling = path[at]
        assert not merkle_proof.read(merkle.value(root, leaf, path[:at] + path[at + 1 :])).is_sound
        assert not merkle_proof.read(merkle.value(root, leaf, [*path[:at], (side, other), *path[at + 1 :]])).is_sound
        swapped = [*path[:at], (1 - side, sibling), *path[at + 1 :]]
        assert not merkle_proof.read(merkle.value(root, leaf, swapped)).is_sound


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("code", [2**53 - 1, 2**53, 2**64 - 1, -(2**53), -(2**64)])
def test_a_code_is_a_number_that_every_reader_has_exactly(place, code):
    codes = [8453, 84_532]
    codes[place] = code
    value = merkle.value(bytes(32), bytes(32), [], network=codes)
    if abs(code) >= 2**53:
        with pytest.raises(DocumentError) as caught:
            merkle_proof.read(value)
        assert caught.value.code == "malformed_proof"
    else:
        assert str(merkle_proof.read(value).anchors[0]) == f"blink:{codes[0]}:{codes[1]}:{merkle.TRANSACTION}"


def test_a_leaf_that_is_hashed_with_itself_is_in_no_honest_tree():
    leaf = hashlib.sha256(b"a").digest()
    for side in (0, 1):
        doubled = merkle_proof.read(merkle.value(merkle.sha256(leaf + leaf), leaf, [(side, leaf)]))
        assert not doubled.is_sound


@pytest.mark.parametrize(
    ("network", "name", "is_test"),
    [
        ((0, 1), "btc:mainnet", False),
        ((0, 3), "btc:testnet", True),
        ((1, 1), "eth:mainnet", False),
        ((1, 3), "eth:ropsten", True),
        ((1, 11_155_111), "eth:sepolia", True),
        (merkle.BASE, "base:mainnet", False),
        (merkle.BASE_SEPOLIA, "base:sepolia", True),
        ((77, 5), "77:5", False),
    ],
)
def test_the_network_of_an_anchor_is_told(network, name, is_test):
    leaf = bytes(32)
    [anchor] = merkle_proof.read(merkle.value(leaf, leaf, [], network=network)).anchors
    assert (str(anchor), anchor.is_test_network) == (f"blink:{name}:{merkle.TRANSACTION}", is_test)


LEAF = bytes(range(32))
GOOD = merkle.value(LEAF, LEAF, [])
RAW = base58.b58decode(GOOD[1:])


@pytest.mark.parametrize(
    "value",
    [
        None, 5, "", "z", "zz", RAW.hex(), "u" + GOOD[1:], "z1" + GOOD[1:], GOOD + " ",
        merkle.multibase(RAW + b"\0"),
        merkle.multibase(RAW[:-1]),
        merkle.multibase(b"\x83" + RAW[1:]),
        merkle.multibase(merkle.encode([[0, b""], [1, b""], [2, []], [3, []]])),
        merkle.value(LEAF[:31], LEAF, []),
        merkle.value(LEAF, LEAF + b"\0", []),
        merkle.value(LEAF, LEAF, [(2, LEAF)]),
        merkle.value(LEAF, LEAF, [(0, LEAF)] * 33),
        merkle.value(LEAF, LEAF, [], transaction="ab"),
        "z" * 9_000,
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_value_of_another_form_is_malformed(value):
    with pytest.raises(DocumentError) as caught:
        merkle_proof.read(value)
    assert caught.value.code == "malformed_proof"


def test_hashes_have_one_spelling():
    text = merkle.value(LEAF, LEAF, [], as_text=True)
    raw = base58.b58decode(text[1:])
    digits = LEAF.hex().encode()
    for other in (digits.upper(), b"0x" + digits[2:], digits[:-1] + b" "):
        assert len(other) == len(digits)
        with pytest.raises(DocumentError):
            merkle_proof.read(merkle.multibase(raw.replace(digits, other)))


@given(st.binary(max_size=60))
def test_any_bytes_are_cbor_of_one_spelling_or_refused(raw):
    try:
        item = cbor.decode(raw)
    except DocumentError as error:
        assert error.code == "malformed_proof"
    else:
        assert merkle.encode(item) == raw


items = st.recursive(
    st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=300) | st.text(max_size=100),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=10,
)


@given(items)
def test_what_is_written_is_read(item):
    assume(merkle.encode(item).count(b"\x81") < 8)
    try:
        assert cbor.decode(merkle.encode(item)) == item
    except DocumentError:
        assert any(len(path) > 8 for path in trees.paths(item))


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x18\x01", b"\x19\x00\xff", b"\x1a\x00\x00\xff\xff", b"\x1b" + bytes(8), b"\x1c", b"\x1f", b"\x9f\xff",
     b"\x40\x00", b"\x41", b"\x61\xff", b"\xa0", b"\xc0\x00", b"\xf4", b"\xf9\x00\x00", b"\x81" * 20 + b"\x00",
     b"\x9b" + b"\xff" * 8,
     b"\x5b" + b"\xff" * 8, b"\x99\x04\x01" + b"\x00" * 1_025],
    ids=lambda raw: raw[:6].hex(),
)  # fmt: skip
def test_other_cbor_is_refused(raw):
    with pytest.raises(DocumentError):
        cbor.decode(raw)


# --- In documents

BY = foreign.signer()
EXPECTED = proofs.Expected(v.ASSERTION_METHOD, foreign.NOW)
CONTEXTS = (v.CREDENTIALS_V2,)


def judge(document, anchor="anchor_not_checked"):
    found = proof_sets.read_proofs(document)
    judge = proofs.Judge(lambda _: None, lambda *_: AnchorVerdict(anchor), EXPECTED, canonicalize)
    return [result.code for result in judge.judge(document, found)]


def anchored(document, *, others=3, network=merkle.BASE, kind="merkle-proof-2019", members=None):
    """``document`` with one more proof, over whatever it has."""
    batch = [merkle.leaf(document), *(hashlib.sha256(bytes([number])).digest() for number in range(others))]
    root, paths = merkle.tree(batch)
    proof = merkle.proof(root, batch[0], paths[0], network=network, kind=kind, members=members or {})
    earlier = document.get("proof", [])
    return {**document, "proof": [*(earlier if isinstance(earlier, list) else [earlier]), proof]}


@pytest.mark.parametrize("kind", ["MerkleProof2019", "merkle-proof-2019"])
def test_a_document_is_a_leaf_and_nothing_else_is(kind):
    document = anchored(foreign.credential(BY), kind=kind)
    assert judge(document) == ["anchor_not_checked"]
    assert judge(document, "signature_valid") == ["signature_valid"]
    assert judge(document, "invalid_anchor") == ["invalid_anchor"]
    assert judge({**document, "name": "Another"}) == ["invalid_signature"]
    assert judge({**document, "issuer": "did:web:other.example"}) == ["invalid_signature"]


def test_an_anchor_on_a_test_network_is_marked_as_one():
    marks = {(0, 3): "btc:testnet", merkle.BASE_SEPOLIA: "base:sepolia", merkle.BASE: "base:mainnet"}
    for network, name in marks.items():
        document = anchored(foreign.credential(BY), network=network)
        judge = proofs.Judge(lambda _: None, lambda *_: AnchorVerdict("anchor_not_checked"), EXPECTED, canonicalize)
        [result] = judge.judge(document, proof_sets.read_proofs(document))
        assert result.as_json()["anchor"] == {"network": name, "testNetwork": network != merkle.BASE}


def test_a_merkle_proof_covers_the_proofs_before_it():
    signed = foreign.secure(foreign.credential(BY), BY, as_array=True, id="urn:uuid:1")
    for members in ({}, {"previousProof": "urn:uuid:1"}):
        both = anchored(signed, members=members)
        assert judge(both) == ["key_unavailable", "anchor_not_checked"]
        assert judge(trees.changed(both, ("proof", 0, "created"), "2026-03-02T08:00:01Z"))[1] == "invalid_signature"
        assert judge({**both, "proof": both["proof"][1:]})[0] in ("invalid_signature", "malformed_proof")


def test_a_merkle_proof_may_cover_the_bare_document_unless_it_says_otherwise():
    bare = foreign.credential(BY)
    [proof] = anchored(bare)["proof"]
    signed = foreign.secure(bare, BY, as_array=True, id="urn:uuid:1")
    assert judge({**signed, "proof": [*signed["proof"], proof]})[1] == "anchor_not_checked"
    chained = {**proof, "previousProof": "urn:uuid:1"}
    assert judge({**signed, "proof": [*signed["proof"], chained]})[1] == "invalid_signature"


def test_a_node_of_the_tree_is_no_document():
    batch = [merkle.leaf(foreign.credential(BY)), merkle.leaf(foreign.credential(BY, name="Another"))]
    root, _ = merkle.tree(batch)
    proof = merkle.proof(root, root, [], network=merkle.BASE)
    assert merkle_proof.read(proof["proofValue"]).is_sound
    assert judge({**foreign.credential(BY), "proof": proof}) == ["invalid_signature"]


def test_what_blockcerts_publishes_leads_to_its_root():
    folder = standards.path("vectors/blockcerts-v3")
    found = {}
    for file in sorted(folder.glob("*.json")):
        document = standards.read_json(f"vectors/blockcerts-v3/{file.name}")
        members = document.get("proof", [])
        for proof in members if isinstance(members, list) else [members]:
            if "merkle" in str(proof.get("cryptosuite", proof["type"])).lower():
                found[file.name] = merkle_proof.read(proof["proofValue"])
    assert len(found) > 20
    assert [name for name, proof in found.items() if not proof.is_sound] == []
    assert [name for name, proof in found.items() if not all(anchor.is_test_network for anchor in proof.anchors)] == []
