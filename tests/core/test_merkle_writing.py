"""Proof values that we write: read by others as they are meant, as short as they can be, and read back by us."""

import datetime
import hashlib

import base58
import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.core import networks
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import merkle as reference

TRANSACTION = bytes.fromhex(reference.TRANSACTION)
CREATED = datetime.datetime(2026, 3, 2, 8, 0, 0, 123_456, tzinfo=datetime.UTC)
METHOD = "did:web:issuer.example#zQ3s"
batches = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)
every_code = st.sampled_from([network.codes for network in networks.by_codes().values()])
# The reference issuer's, on Sepolia: hashes as text.
PUBLISHED = (
    "znKD4YGVqA8texv1PrVrhripRpmtid9LqxNj8TRUKHD5dXobGcBnZcHJMY3oguH9T8YcT9MuqnzQxYYRcReoxc9vm5PhucNBqdFYwZuwNEeFTn9G"
    "oJLPqAwQSw2J2atnCuEFAqwMXstnLkSNQrEwpBAGshkH1eMhqSYh4Ut3gVHq85eSKuu2YFHeCHAXN6QW7qfAiiiS4VLSE9E9PPUDdbp3MrDSb52g"
    "entZHJiHJHpKggxKs8GYYkqFQmr7rJ8HqVzLmwRRMAYA7TsVopawvFGtXTsbWXg6BK9jCFEPYvD3vNBvW5bVpEGvJgH"
)


def written(root, leaf, path, *, codes=(8453, 84_532), transaction=TRANSACTION):
    return merkle_proof.write(root, leaf, path, transaction, codes)


@given(batch=batches, codes=every_code, transaction=st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(batch, codes, transaction):
    tree = merkle.tree(batch)
    network = networks.by_codes()[codes]
    for leaf, path in zip(tree.leaves, tree.paths(), strict=True):
        found = merkle_proof.read(written(tree.root, leaf, path, codes=codes, transaction=transaction))
        assert found.is_sound
        assert (found.root, found.target, found.path) == (tree.root, leaf, merkle.unpack(path))
        assert [str(anchor) for anchor in found.anchors] == [network.blink(transaction.hex())]


@given(batch=batches, codes=every_code)
def test_it_says_what_others_write(batch, codes):
    tree = merkle.tree(batch)
    root, paths = reference.tree(tree.leaves)
    for leaf, path, theirs in zip(tree.leaves, tree.paths(), paths, strict=True):
        ours = cbor2.loads(base58.b58decode(written(root, leaf, path, codes=codes)[1:]))
        by_others = cbor2.loads(base58.b58decode(reference.value(root, leaf, theirs, network=codes)[1:]))
        # An array of pairs, whose order is free.
        assert sorted(ours) == sorted(by_others)
        assert [name for name, _ in ours] == [3, 0, 1, 2]


def test_every_hash_is_a_byte_string_inside_a_byte_string():
    root, leaf = bytes(32), bytes(range(32))
    raw = base58.b58decode(written(root, leaf, b"\0" + leaf)[1:])
    wrapped = "58225820"
    assert raw.hex() == (
        f"848203818200{wrapped}{leaf.hex()}8200{wrapped}{root.hex()}8201{wrapped}{leaf.hex()}"
        f"820281838200192105" + f"82011a00014a348202{wrapped}{TRANSACTION.hex()}"
    )


@pytest.mark.parametrize(
    ("count", "characters"), [(1, 176), (8, 332), (100, 539), (1_000, 695), (10_000, 903), (100_000, 1_058)]
)
def test_they_are_as_short_as_the_reference_has_them(count, characters):
    """With Ethereum's codes, of a byte each; Base's are longer by six bytes: eight or nine characters."""
    height = (count - 1).bit_length()
    path = (b"\1" + TRANSACTION) * height
    assert merkle.position_of(path, count) == 0
    assert len(written(TRANSACTION, TRANSACTION, path, codes=(1, 1))) == characters
    assert len(written(TRANSACTION, TRANSACTION, path)) - characters in (8, 9)
    as_text = reference.value(TRANSACTION, TRANSACTION, [(1, TRANSACTION)] * height, as_text=True)
    assert len(as_text) > 1.7 * characters


def test_what_was_published_as_text_is_the_same_in_bytes():
    found = merkle_proof.read(PUBLISHED)
    [anchor] = found.anchors
    assert (str(anchor), found.is_sound) == (f"blink:eth:sepolia:{reference.TRANSACTION}", True)
    again = written(found.root, found.target, b"", codes=(1, 11_155_111), transaction=bytes.fromhex(anchor.transaction))
    assert merkle_proof.read(again) == found
    assert len(again) < len(PUBLISHED) - 130


def test_networks_of_the_settings_have_names_and_others_numbers():
    value = written(TRANSACTION, TRANSACTION, b"", codes=(99, 7))
    own = Network("learncoin", "mainnet", (99, 7), 7_777, False, "LearnCoin")
    [unknown] = merkle_proof.read(value).anchors
    assert (str(unknown), unknown.is_test_network) == (f"blink:99:7:{reference.TRANSACTION}", False)
    for is_test in (False, True):
        known = {"own": Network("learncoin", "mainnet", (99, 7), 7_777, is_test, "LearnCoin")}
        [anchor] = merkle_proof.read(value, known).anchors
        assert (str(anchor), anchor.is_test_network) == (own.blink(reference.TRANSACTION), is_test)


def test_what_is_no_hash_or_path_is_not_written():
    good = {"root": TRANSACTION, "leaf": TRANSACTION, "path": b"\1" + TRANSACTION, "transaction": TRANSACTION}
    assert written(**good)
    for name in ("root", "leaf", "transaction"):
        for wrong in (b"", TRANSACTION[:-1], TRANSACTION + b"\0", TRANSACTION.hex().encode()):
            with pytest.raises(AnchoringError) as caught:
                written(**{**good, name: wrong})
            assert caught.value.code == "bad_hash"
    for path in (b"\2" + TRANSACTION, TRANSACTION, b"\1" + TRANSACTION + b"\1"):
        with pytest.raises(AnchoringError) as caught:
            written(**{**good, "path": path})
        assert caught.value.code == "bad_path"


@given(data=st.data())
def test_a_value_that_was_changed_is_another_or_none(data):
    tree = merkle.tree([hashlib.sha256(bytes([number])).digest() for number in range(5)])
    value = written(tree.root, tree.leaves[2], tree.path(2))
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.sampled_from([*"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl+ "]))
    changed = value[:at] + other + value[at + 1 :]
    try:
        found = merkle_proof.read(changed)
    except DocumentError as error:
        assert changed != value
        assert error.code == "malformed_proof"
    else:
        assert (found == merkle_proof.read(value)) == (changed == value)


def test_the_two_forms_of_a_proof():
    rest = {
        "created": "2026-03-02T08:00:00Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        "proofValue": "zValue",
    }
    parts = {"value": "zValue", "created": CREATED, "verification_method": METHOD}
    bare = merkle_proof.compose_proof(**parts, bare=True)
    assert bare == {"type": "MerkleProof2019", **rest}
    integrity = merkle_proof.compose_proof(**parts, bare=False)
    assert integrity == {"type": "DataIntegrityProof", "cryptosuite": "merkle-proof-2019", **rest}
    assert v.MERKLE_PROOF_2019_SUITE not in str(bare)
    with pytest.raises(CompositionError) as caught:
        merkle_proof.compose_proof(**{**parts, "created": CREATED.replace(tzinfo=None)}, bare=True)
    assert caught.value.code == "naive_date"
