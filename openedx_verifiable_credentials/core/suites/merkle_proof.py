"""
``MerkleProof2019`` and ``DataIntegrityProof`` with cryptosuite ``merkle-proof-2019`` (Merkle Proof Signature Suite
2019), structurally: the document is a leaf under a root, and a transaction is named that carries the root.

Nodes are SHA-256 of left ‖ right, 32 bytes each; the last one of an odd row moves up as it is, so nothing is ever
hashed with itself. A leaf is the hash of canonical N-Quads, which no node is.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re

import base58

from openedx_verifiable_credentials.core import cbor
from openedx_verifiable_credentials.exceptions import DocumentError

HASH_BYTES = 32
# A batch of four thousand million.
MAX_PATH = 32
MAX_ANCHORS = 4
_MAX_CHARACTERS = 8_192
_ROOT, _TARGET, _ANCHORS, _PATH = 0, 1, 2, 3
_LEFT, _RIGHT = 0, 1
_CHAIN, _NETWORK, _TRANSACTION = 0, 1, 2
_HEX = re.compile("[0-9a-f]{64}")
_TRANSACTION_ID = re.compile("(?:0x)?([0-9a-f]{64})")
_MOCK_CHAIN = -1
# By the codes of chain and network: their names, and whether anybody can have coins there.
_NETWORKS = {
    (0, 1): ("btc", "mainnet", False),
    (0, 3): ("btc", "testnet", True),
    (1, 1): ("eth", "mainnet", False),
    (1, 3): ("eth", "ropsten", True),
    (1, 4): ("eth", "rinkeby", True),
    (1, 5): ("eth", "goerli", True),
    (1, 11_155_111): ("eth", "sepolia", True),
    (2, 137): ("mtc", "mainnet", False),
    (2, 80_001): ("mtc", "mumbai", True),
    (8453, 8453): ("base", "mainnet", False),
    (8453, 84_532): ("base", "sepolia", True),
}


@dataclasses.dataclass(frozen=True)
class Anchor:
    """A transaction. ``transaction``: 64 hexadecimal digits, without a prefix; "" on a mock network."""

    chain: str
    network: str
    transaction: str
    is_test_network: bool

    def __str__(self) -> str:
        return f"blink:{self.chain}:{self.network}:{self.transaction}"


@dataclasses.dataclass(frozen=True)
class MerkleProof:
    """``path``, from leaf to root: whether the sibling stands left, and the sibling."""

    root: bytes
    target: bytes
    path: tuple[tuple[bool, bytes], ...]
    anchors: tuple[Anchor, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the path leads from target to root. A node that is its own sibling is in no honest tree."""
        node = self.target
        for stands_left, sibling in self.path:
            if sibling == node:
                return False
            node = hashlib.sha256(sibling + node if stands_left else node + sibling).digest()
        return node == self.root


def read(proof_value: object) -> MerkleProof:
    """
    What the multibase value (base58-btc of CBOR) says.

    Hashes stand as 32 bytes or as 64 lower-case hexadecimal digits, in CBOR of their own: both are written. Raises
    DocumentError ``malformed_proof``.
    """
    members = _members(cbor.decode(_decode(proof_value)), (_ROOT, _TARGET, _ANCHORS, _PATH))
    path, anchors = members[_PATH], members[_ANCHORS]
    if not isinstance(path, list) or len(path) > MAX_PATH:
        raise _malformed()
    if not isinstance(anchors, list) or not 1 <= len(anchors) <= MAX_ANCHORS:
        raise _malformed()
    return MerkleProof(
        root=_hash(members[_ROOT]),
        target=_hash(members[_TARGET]),
        path=tuple(_step(step) for step in path),
        anchors=tuple(_anchor(anchor) for anchor in anchors),
    )


def _decode(value: object) -> bytes:
    if not isinstance(value, str) or value[:1] != "z" or len(value) > _MAX_CHARACTERS:
        raise _malformed()
    try:
        raw = base58.b58decode(value[1:])
    except ValueError:
        raise _malformed() from None
    if "z" + base58.b58encode(raw).decode("ascii") != value:
        raise _malformed()
    return raw


def _members(item: cbor.Item, names: tuple[int, ...]) -> dict[int, cbor.Item]:
    """A map, written as an array of pairs, in any order; each member once, and no other."""
    members: dict[int, cbor.Item] = {}
    for pair in item if isinstance(item, list) else []:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], int) or pair[0] in members:
            raise _malformed()
        members[pair[0]] = pair[1]
    if members.keys() != set(names):
        raise _malformed()
    return members


def _step(step: cbor.Item) -> tuple[bool, bytes]:
    if not isinstance(step, list) or len(step) != 2 or step[0] not in (_LEFT, _RIGHT):
        raise _malformed()
    return step[0] == _LEFT, _hash(step[1])


def _hash(item: cbor.Item) -> bytes:
    match _inner(item):
        case bytes() as raw if len(raw) == HASH_BYTES:
            return raw
        case str() as text if _HEX.fullmatch(text):
            return bytes.fromhex(text)
    raise _malformed()


def _inner(item: cbor.Item) -> cbor.Item:
    """A byte string that holds CBOR."""
    if not isinstance(item, bytes):
        raise _malformed()
    return cbor.decode(item)


def _anchor(item: cbor.Item) -> Anchor:
    if isinstance(item, list) and [_CHAIN, _MOCK_CHAIN] in item:
        # Mock networks are for tests. There is no transaction, and what stands in its place differs.
        return Anchor("mocknet", "mocknet", "", is_test_network=True)
    members = _members(item, (_CHAIN, _NETWORK, _TRANSACTION))
    transaction = _inner(members[_TRANSACTION])
    text = transaction.hex() if isinstance(transaction, bytes) else transaction
    match = _TRANSACTION_ID.fullmatch(text) if isinstance(text, str) else None
    chain, network = members[_CHAIN], members[_NETWORK]
    if match is None or not isinstance(chain, int) or not isinstance(network, int):
        raise _malformed()
    names = _NETWORKS.get((chain, network), (str(chain), str(network), False))
    return Anchor(names[0], names[1], match[1], is_test_network=names[2])


def _malformed() -> DocumentError:
    return DocumentError("malformed_proof", "The Merkle proof does not have the expected form.")
