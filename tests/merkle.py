"""Merkle proofs as their issuers write them: a batch, its tree, and the value of each proof in both encodings."""

from __future__ import annotations

import hashlib

import base58

from openedx_verifiable_credentials.core.canonical import canonicalize

BASE_SEPOLIA, BASE, SEPOLIA, ETHEREUM = (8453, 84_532), (8453, 8453), (1, 11_155_111), (1, 1)
TRANSACTION = "1f615470024000c3ab532ed74c5a60b8f6c2feb6489a67be20f103831996f9ab"


def sha256(raw):
    return hashlib.sha256(raw).digest()


def leaf(document):
    """Of a document, with whatever proofs it has."""
    return sha256(canonicalize(document).encode())


def tree(leaves):
    """The root, and the path of each leaf: (0 for a sibling on the left or 1, sibling)."""
    rows = [list(leaves)]
    while len(rows[-1]) > 1:
        row = rows[-1]
        pairs = [row[at : at + 2] for at in range(0, len(row), 2)]
        rows.append([sha256(pair[0] + pair[1]) if len(pair) == 2 else pair[0] for pair in pairs])
    paths = []
    for index in range(len(leaves)):
        path = []
        for height, row in enumerate(rows[:-1]):
            at = index >> height
            if at ^ 1 < len(row):
                path.append((0 if at & 1 else 1, row[at ^ 1]))
        paths.append(path)
    return rows[-1][0], paths


def encode(item):
    """CBOR, in deterministic encoding."""
    if isinstance(item, int):
        return _head(0, item) if item >= 0 else _head(1, -1 - item)
    if isinstance(item, bytes):
        return _head(2, len(item)) + item
    if isinstance(item, str):
        return _head(3, len(item.encode())) + item.encode()
    return _head(4, len(item)) + b"".join(map(encode, item))


def _head(major, argument):
    for length, additional in ((0, argument), (1, 24), (2, 25), (4, 26), (8, 27)):
        if (length == 0 and argument < 24) or (length and argument < 1 << 8 * length):
            return bytes([major << 5 | additional]) + (argument.to_bytes(length, "big") if length else b"")
    raise ValueError(argument)


def value(root, target, path, *, network=BASE_SEPOLIA, transaction=TRANSACTION, as_text=False):
    """A ``proofValue``."""
    wrap = (lambda raw: encode(encode(raw.hex()))) if as_text else (lambda raw: encode(encode(raw)))
    transaction = encode(encode("0x" + transaction)) if as_text else encode(encode(bytes.fromhex(transaction)))
    parts = [
        _pair(0, wrap(root)),
        _pair(1, wrap(target)),
        _pair(
            2, b"\x81" + b"\x83" + _pair(0, encode(network[0])) + _pair(1, encode(network[1])) + _pair(2, transaction)
        ),
        _pair(3, _head(4, len(path)) + b"".join(_pair(side, wrap(sibling)) for side, sibling in path)),
    ]
    return multibase(b"\x84" + b"".join(parts))


def multibase(raw):
    """As a proof has it."""
    return "z" + base58.b58encode(raw).decode()


def _pair(name, encoded):
    return b"\x82" + encode(name) + encoded


def proof(root, target, path, *, kind="MerkleProof2019", **options):
    """The whole proof."""
    names = {"type": kind} if kind == "MerkleProof2019" else {"type": "DataIntegrityProof", "cryptosuite": kind}
    members = options.pop("members", {})
    return {
        **names,
        "created": "2026-03-02T08:00:00.123456",
        "proofPurpose": "assertionMethod",
        "verificationMethod": "did:web:issuer.example#base-1",
        "proofValue": value(root, target, path, **options),
        **members,
    }
