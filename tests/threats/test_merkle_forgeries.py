"""
Row 24: a verifier that asks a chain which has one honest root is given every forgery that the form leaves room for.

A tree without prefixes that repeats nodes has several leaf lists for one root (CVE-2012-2459), and a node in it looks
like a leaf. None of what follows is accepted, whatever the batch, and each stands beside the honest proof that is.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Iterator

import base58
import cbor2
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring import Cover
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.checks import proof_sets
from openedx_verifiable_credentials.core.checks import proofs
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import AnchoringError
from tests import foreign
from tests import merkle as reference
from tests import properties  # noqa: F401  (registers the profile)

ISSUER = foreign.signer(host="issuer.example")
HONEST = foreign.credential(ISSUER, name="Awarded")
FORGED = foreign.credential(ISSUER, name="Never awarded")
NOW = datetime.datetime(2026, 4, 1, 12, 0, 0, tzinfo=datetime.UTC)
TRANSACTION = bytes.fromhex(reference.TRANSACTION)
GOOD = "signature_valid"
REFUSED = {"invalid_signature", "malformed_proof", "invalid_anchor"}
STRANGER = hashlib.sha256(b"stranger").digest()
Steps = list[tuple[int, bytes]]
# What is forged, the document that it is shown with, and the value of its proof.
Forgery = tuple[str, JsonObject, str]


@functools.cache
def _canonical(text: str) -> str:
    return canonicalize_independently(json.loads(text))


def canonicalize(document: JsonObject) -> str:
    """As the verifier does, once for each document."""
    return _canonical(json.dumps(document))


@functools.cache
def leaf_of(name: str) -> bytes:
    return anchoring.leaf_of(foreign.credential(ISSUER, name=name), Cover.DOCUMENT)


def verdict(document: JsonObject, value: str, on_chain: bytes) -> str:
    """What the verifier says where the transaction on the chain carries the root ``on_chain``."""
    proof = merkle_proof.compose_proof(
        value=value, created=NOW, verification_method=f"{ISSUER.method.controller}#zQ3s", bare=False
    )
    with_anchor = anchoring.anchored(document, Cover.DOCUMENT, proof, OBV3_VC2)

    def find_anchor(_proof, found, _anchor):
        return AnchorVerdict(GOOD if found.root == on_chain else "invalid_anchor")

    expected = proofs.Expected(v.ASSERTION_METHOD, NOW)
    judge = proofs.Judge(lambda _: None, find_anchor, expected, canonicalize)
    [result] = judge.judge(with_anchor, proof_sets.read_proofs(with_anchor))
    return result.code


def value(root: bytes, target: bytes, steps: Steps) -> str:
    """A ``proofValue`` that says whatever it is told to."""
    return reference.value(root, target, steps, network=reference.BASE)


def rows_of(leaves: tuple[bytes, ...]) -> list[list[bytes]]:
    rows = [list(leaves)]
    while len(rows[-1]) > 1:
        pairs = [rows[-1][at : at + 2] for at in range(0, len(rows[-1]), 2)]
        rows.append([hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs])
    return rows


def steps_of(tree: merkle.Tree, position: int) -> Steps:
    return [(0 if is_left else 1, sibling) for is_left, sibling in merkle.unpack(tree.path(position))]


def node_at(leaf: bytes, steps: Steps) -> bytes:
    for side, sibling in steps:
        leaf = hashlib.sha256(sibling + leaf if side == 0 else leaf + sibling).digest()
    return leaf


def forgeries(tree: merkle.Tree, position: int, stranger: bytes) -> Iterator[Forgery]:
    """All of them, against the leaf at ``position``. ``stranger``: a hash that is nowhere in the tree."""
    leaf, root = tree.leaves[position], tree.root
    steps = steps_of(tree, position)
    yield from with_another_document(tree, leaf, steps)
    for at in range(len(steps)):
        yield from with_another_step(root, leaf, steps, at, stranger)
    yield from with_another_end(root, leaf, steps, stranger)
    yield from with_other_lengths(root, leaf, steps)


def with_another_document(tree: merkle.Tree, leaf: bytes, steps: Steps) -> Iterator[Forgery]:
    """A document that is not in the batch, with whatever the batch has; and the honest one with another's leaf."""
    root, forged = tree.root, leaf_of("Never awarded")
    yield "an honest proof", FORGED, value(root, leaf, steps)
    yield "its leaf as the target", FORGED, value(root, forged, steps)
    yield "its leaf as root and target", FORGED, value(forged, forged, [])
    yield "a tree of its own", FORGED, value(node_at(forged, [(1, leaf)]), forged, [(1, leaf)])
    yield "the root as the leaf", FORGED, value(root, root, [])
    for row in rows_of(tree.leaves):
        for place, node in enumerate(row):
            yield "a node passed off as the leaf", FORGED, value(root, node, [])
            if place ^ 1 < len(row):
                yield "in the place of a node", FORGED, value(root, forged, [(0 if place & 1 else 1, row[place ^ 1])])
    for other in tree.leaves:
        if other != leaf:
            yield "another's leaf", HONEST, value(root, other, steps)


def with_another_step(root: bytes, leaf: bytes, steps: Steps, at: int, stranger: bytes) -> Iterator[Forgery]:
    """The honest document, on a path that differs in one step."""
    (side, sibling), node = steps[at], node_at(leaf, steps[:at])
    yield "left out", HONEST, value(root, leaf, steps[:at] + steps[at + 1 :])
    yield "the path ends early", HONEST, value(root, leaf, steps[:at])
    yield "the path begins late", HONEST, value(root, node_at(leaf, steps[: at + 1]), steps[at + 1 :])
    yield "twice", HONEST, value(root, leaf, [*steps[: at + 1], *steps[at:]])
    others = [(1 - side, sibling), (side, stranger), (side, node), (2, sibling)]
    lengths = [(side, wrong) for wrong in of_other_lengths(sibling)]
    for step in (*others, *lengths):
        yield f"another in its place: {step}", HONEST, value(root, leaf, [*steps[:at], step, *steps[at + 1 :]])


def with_another_end(root: bytes, leaf: bytes, steps: Steps, stranger: bytes) -> Iterator[Forgery]:
    """The honest document, on a path that begins or ends elsewhere."""
    yield "another root", HONEST, value(stranger, leaf, steps)
    for side in (0, 1):
        longer = [*steps, (side, stranger)]
        yield "it goes on", HONEST, value(root, leaf, longer)
        yield "it goes on to another root", HONEST, value(node_at(leaf, longer), leaf, longer)
        yield "it begins earlier", HONEST, value(root, leaf, [(side, stranger), *steps])
        yield "the root repeated", HONEST, value(node_at(root, [(side, root)]), leaf, [*steps, (side, root)])
        yield "the leaf repeated", HONEST, value(root, leaf, [(side, leaf), *steps])


def with_other_lengths(root: bytes, leaf: bytes, steps: Steps) -> Iterator[Forgery]:
    """Hashes that are none, and the 64 bytes of the first node with the border moved."""
    for wrong in of_other_lengths(root):
        yield "a root of another length", HONEST, value(wrong, leaf, steps)
    for wrong in of_other_lengths(leaf):
        yield "a leaf of another length", HONEST, value(root, wrong, steps)
    for side, sibling in steps[:1]:
        halves = sibling + leaf if side == 0 else leaf + sibling
        for cut in (31, 33):
            yield "halves cut elsewhere", HONEST, value(root, halves[:cut], [(1, halves[cut:]), *steps[1:]])


def of_other_lengths(known: bytes) -> list[bytes]:
    return [known[:31], known + b"\0", known * 2, b""]


def batch_of(others: list[bytes]) -> tuple[merkle.Tree, int]:
    """The honest credential among others, and its position."""
    leaf = leaf_of("Awarded")
    tree = merkle.tree({*others, leaf})
    return tree, tree.leaves.index(leaf)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 17, 31])
def test_none_is_accepted(size):
    tree, position = batch_of([hashlib.sha256(bytes([number, size])).digest() for number in range(size - 1)])
    honest = merkle_proof.write(tree.root, tree.leaves[position], tree.path(position), TRANSACTION, reference.BASE)
    assert verdict(HONEST, honest, tree.root) == GOOD
    found = [
        (kind, verdict(document, forged, tree.root)) for kind, document, forged in forgeries(tree, position, STRANGER)
    ]
    assert len(found) > 20
    assert [entry for entry in found if entry[1] not in REFUSED] == []


@settings.get_profile("ours")
@given(others=st.lists(st.binary(min_size=32, max_size=32), max_size=24), stranger=st.binary(min_size=32, max_size=32))
def test_none_is_accepted_whatever_the_batch(others, stranger):
    tree, position = batch_of(others)
    nodes = {node for row in rows_of(tree.leaves) for node in row}
    if stranger in nodes:
        return
    assert verdict(HONEST, value(tree.root, tree.leaves[position], steps_of(tree, position)), tree.root) == GOOD
    for kind, document, forged in forgeries(tree, position, stranger):
        assert verdict(document, forged, tree.root) in REFUSED, kind


def test_a_tree_that_repeats_its_last_leaf_is_neither_made_nor_believed():
    leaf, others = leaf_of("Awarded"), [hashlib.sha256(bytes([number])).digest() for number in range(2)]
    leaves = [*others, leaf]
    with pytest.raises(AnchoringError) as caught:
        merkle.tree([*leaves, leaf])
    assert caught.value.code == "duplicate_leaf"
    # As a tree has it that repeats the last node of an odd row; its transaction is on the chain.
    root, paths = reference.tree([*leaves, leaf])
    for path in paths[2:]:
        assert verdict(HONEST, value(root, leaf, path), root) == "invalid_signature"
    # Ours lets it move up: the root is another one.
    assert merkle.tree(leaves).root != root


def test_hashes_as_text_have_one_spelling():
    tree, position = batch_of([hashlib.sha256(bytes([number])).digest() for number in range(4)])
    leaf, steps = tree.leaves[position], steps_of(tree, position)
    text = reference.value(tree.root, leaf, steps, network=reference.BASE, as_text=True)
    assert verdict(HONEST, text, tree.root) == GOOD
    raw = base58.b58decode(text[1:])
    digits = leaf.hex().encode()
    for other in (digits.upper(), b"0x" + digits[2:], b" " + digits[1:], digits[:-1] + b"\0", digits[:-1] + b"g"):
        assert other != digits
        assert verdict(HONEST, reference.multibase(raw.replace(digits, other)), tree.root) == "malformed_proof"


def test_members_that_are_doubled_or_missing_leave_no_choice():
    tree, position = batch_of([hashlib.sha256(bytes([number])).digest() for number in range(4)])
    leaf = tree.leaves[position]
    honest = cbor2.loads(base58.b58decode(value(tree.root, leaf, steps_of(tree, position))[1:]))
    forged = cbor2.loads(base58.b58decode(value(tree.root, leaf_of("Never awarded"), [])[1:]))
    assert verdict(HONEST, reference.multibase(cbor2.dumps(honest)), tree.root) == GOOD
    for number in range(4):
        missing = honest[:number] + honest[number + 1 :]
        for members in (missing, [*honest, forged[number]], [forged[number], *honest], [*honest, [4, b""]]):
            for document in (HONEST, FORGED):
                assert verdict(document, reference.multibase(cbor2.dumps(members)), tree.root) == "malformed_proof"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13])
def test_a_stored_path_of_another_shape_is_noticed(size):
    tree, position = batch_of([hashlib.sha256(bytes([number])).digest() for number in range(size - 1)])
    path, step = tree.path(position), merkle.STEP_BYTES
    assert merkle.position_of(path, size) == position
    others = [path + b"\1" + bytes(32), bytes(step) + path]
    if path:
        others += [path[:-step], path[step:], bytes([1 - path[0]]) + path[1:], path + path[:step]]
    assert [other for other in others if merkle.position_of(other, size) == position] == []
