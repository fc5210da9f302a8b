"""
``MerkleProof2019`` and ``DataIntegrityProof`` with cryptosuite ``merkle-proof-2019`` (Merkle Proof Signature Suite
2019), structurally: the document is a leaf under a root, and a transaction is named that carries the root.

Nodes are SHA-256 of left ‖ right, 32 bytes each; the last one of an odd row moves up as it is, so nothing is ever
hashed with itself. A leaf is the hash of canonical N-Quads, which no node is.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from collections.abc import Mapping

import base58

from openedx_verifiable_credentials.core import base58_text
from openedx_verifiable_credentials.core import cbor
from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.merkle import HASH_BYTES
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.core.networks import by_codes
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import DocumentError

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
# The largest number that every reader of JSON has exactly (RFC 8259 §6).
_MAX_CODE = 2**53 - 1


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


def write(root: bytes, target: bytes, path: bytes, transaction: bytes, codes: tuple[int, int]) -> str:
    """
    The multibase value (base58-btc of CBOR) of a Merkle proof, in its short form: hashes as bytes.

    ``root``, ``target``, ``transaction``: 32 bytes each; ``path``: packed (:mod:`..merkle`); ``codes``: those of the
    chain and the network where the transaction is. Raises AnchoringError ``bad_hash`` and ``bad_path``.
    """
    if not len(root) == len(target) == len(transaction) == HASH_BYTES:
        raise AnchoringError("bad_hash", f"Root, leaf and transaction are {HASH_BYTES} bytes long.")
    anchor: cbor.Item = [[_CHAIN, codes[0]], [_NETWORK, codes[1]], [_TRANSACTION, cbor.encode(transaction)]]
    item: cbor.Item = [
        [_PATH, [[_LEFT if is_left else _RIGHT, cbor.encode(sibling)] for is_left, sibling in merkle.unpack(path)]],
        [_ROOT, cbor.encode(root)],
        [_TARGET, cbor.encode(target)],
        [_ANCHORS, [anchor]],
    ]
    return "z" + base58_text.encode(cbor.encode(item)).decode("ascii")


def compose_proof(*, value: str, created: datetime.datetime, verification_method: str, bare: bool) -> JsonObject:
    """
    The whole proof. ``bare``: of type ``MerkleProof2019``, which more verifiers read where it is the only one; else a
    ``DataIntegrityProof``, whose terms are all in the contexts of data model 2.0.

    ``created``: with a zone. Raises CompositionError ``naive_date``.
    """
    kind = (
        {"type": v.MERKLE_PROOF_2019}
        if bare
        else {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": v.MERKLE_PROOF_2019_SUITE}
    )
    return {
        **kind,
        "created": timestamp(created),
        "verificationMethod": verification_method,
        "proofPurpose": v.ASSERTION_METHOD,
        "proofValue": value,
    }


def read(proof_value: object, known: Mapping[str, Network] = NETWORKS) -> MerkleProof:
    """
    What the multibase value (base58-btc of CBOR) says.

    Hashes stand as 32 bytes or as 64 lower-case hexadecimal digits, in CBOR of their own: both are written. ``known``:
    the networks whose codes have names, beside those of others; the rest are named by their codes. Raises DocumentError
    ``malformed_proof``.
    """
    networks = by_codes(known)
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
        anchors=tuple(_anchor(anchor, networks) for anchor in anchors),
    )


def _decode(value: object) -> bytes:
    if not isinstance(value, str) or value[:1] != "z" or len(value) > _MAX_CHARACTERS:
        raise _malformed()
    try:
        raw = base58.b58decode(value[1:])
    except ValueError:
        raise _malformed() from None
    if "z" + base58_text.encode(raw).decode("ascii") != value:
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


def _anchor(item: cbor.Item, networks: Mapping[tuple[int, int], Network]) -> Anchor:
    if isinstance(item, list) and [_CHAIN, _MOCK_CHAIN] in item:
        # Mock networks are for tests. There is no transaction, and what stands in its place differs.
        return Anchor("mocknet", "mocknet", "", is_test_network=True)
    members = _members(item, (_CHAIN, _NETWORK, _TRANSACTION))
    transaction = _inner(members[_TRANSACTION])
    text = transaction.hex() if isinstance(transaction, bytes) else transaction
    match = _TRANSACTION_ID.fullmatch(text) if isinstance(text, str) else None
    chain, network = _code(members[_CHAIN]), _code(members[_NETWORK])
    if match is None:
        raise _malformed()
    found = networks.get((chain, network))
    if found is None:
        return Anchor(str(chain), str(network), match[1], is_test_network=False)
    return Anchor(found.chain, found.network, match[1], is_test_network=found.is_test)


def _code(item: cbor.Item) -> int:
    if not isinstance(item, int) or abs(item) > _MAX_CODE:
        raise _malformed()
    return item


def _malformed() -> DocumentError:
    return DocumentError("malformed_proof", "The Merkle proof does not have the expected form.")
