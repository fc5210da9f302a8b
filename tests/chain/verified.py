"""
Anchored credentials and a chain that has their roots, or has them in some wrong way: what each verifier of ours is to
say of them.
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core.networks import Network
from tests import anchored
from tests import foreign
from tests import merkle
from tests.chain.node import CHAIN_ID
from tests.chain.node import ETHER
from tests.chain.node import Node
from tests.chain.remembering import RememberingNode
from tests.interop.parity.making import Case

DEAD = "0x" + "dead" * 10
REVERTING = "0x00000000000000000000000000000000000000bb"
# PUSH1 0, PUSH1 0, REVERT.
REVERTS = bytes.fromhex("60006000fd")
# The node's chain under two names: as the test network that it is, and as if it were a main one.
TEST = Network("base", "sepolia", merkle.BASE_SEPOLIA, CHAIN_ID, True, "Base Sepolia")
MAIN = Network("base", "mainnet", merkle.BASE, CHAIN_ID, False, "Base")
ELSEWHERE = Network("eth", "mainnet", merkle.ETHEREUM, 1, False, "Ethereum")
MEMORY = dataclasses.replace(TEST, network="memory", codes=(8453, 5))
NONE = "0x" + "ab" * 32
_MULTIKEY = {"type": "Multikey", "publicKeyMultibase": accounts.multikey(anchored.POINT)}
_JWK = {"type": "JsonWebKey2020", "publicKeyJwk": accounts.public_jwk(anchored.POINT)}
_OTHER = accounts.account_id(CHAIN_ID, anchored.STRANGER)
# How a DID document may name the account.
METHODS: dict[str, dict[str, Any]] = {
    "as Multikey": {**_MULTIKEY, "blockchainAccountId": None},
    "as Multikey with its account": _MULTIKEY,
    "as JWK": {**_JWK, "blockchainAccountId": None},
    "as JWK and Multikey": {**_JWK, **_MULTIKEY},
    "as two accounts": {**_MULTIKEY, "blockchainAccountId": _OTHER},
    "as a key and nonsense": {**_MULTIKEY, "blockchainAccountId": 5},
    "as a JWK with another y": {
        "type": "JsonWebKey",
        "publicKeyJwk": {**_JWK["publicKeyJwk"], "y": _JWK["publicKeyJwk"]["x"]},
        "blockchainAccountId": None,
    },
    "as a method of another kind": {"type": "Ed25519VerificationKey2020"},
    "as an account of another namespace": {"blockchainAccountId": f"bip122:1:{anchored.ACCOUNT}"},
}
NOT_ONE_ACCOUNT = tuple(METHODS)[4:]
JsonObject = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Expected:
    """A case, and what is to be said: the code of the signature check, that of its last proof, and the verdict."""

    case: Case
    code: str
    anchor: str
    verdict: str


def networks(node: Node, front: RememberingNode) -> dict[str, tuple[Network, list[str]]]:
    """Each network by its name, with its endpoints. Ethereum's are another chain's."""
    return {
        "base": (MAIN, [node.url]),
        "base-sepolia": (TEST, [node.url]),
        "ethereum": (ELSEWHERE, [node.url]),
        "memory": (MEMORY, [front.url]),
    }


def as_javascript(found: dict[str, tuple[Network, list[str]]]) -> list[dict[str, Any]]:
    """For the verifier in the browser."""
    return [
        {
            "chain": network.chain,
            "network": network.network,
            "codes": list(network.codes),
            "chainId": network.chain_id,
            "isTest": network.is_test,
            "title": network.title,
            "urls": urls,
        }
        for network, urls in found.values()
    ]


def expected(node: Node, front: RememberingNode) -> list[Expected]:
    """The cases, each with a transaction of its own."""
    for account in (anchored.ACCOUNT, anchored.STRANGER):
        node.set_balance(account, ETHER)
    node.set_code(REVERTING, REVERTS)
    makers = [_Maker(node, single) for single in (True, False)]
    for maker in makers:
        maker.good()
        maker.wrong()
        maker.open()
    # The last two blocks: others take their place, and one node remembers what was in them.
    for maker in makers:
        front.keep(maker.add_wrong("reorganised", "anchor_reorganised", network=MEMORY.codes))
    node.reorg(len(makers))
    return [case for maker in makers for case in maker.made]


def send(node: Node, root: bytes, sender: str = anchored.ACCOUNT, to: str = DEAD) -> str:
    """A transaction that carries ``root``, in a block: the node makes that a little after it has answered."""
    sent = hand_in(node, root, sender, to)
    deadline = time.monotonic() + 10
    while node.receipt(sent) is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return sent


def hand_in(node: Node, root: bytes, sender: str = anchored.ACCOUNT, to: str = DEAD) -> str:
    """A transaction that carries ``root``, in a block or not yet."""
    sent: str = node.transact(sender, to=to, value="0x0", data="0x" + root.hex(), gas="0x186a0")
    return sent


class _Maker:
    """Of documents with the Merkle proof alone, or behind their issuer's signature."""

    def __init__(self, node: Node, single: bool):
        self.made: list[Expected] = []
        self._node = node
        self._single = single

    def document(self, name: str) -> JsonObject:
        return anchored.unsigned(self._name(name)) if self._single else anchored.signed(self._name(name))

    def add(
        self, name: str, credential: JsonObject, said: tuple[str, str], anchor: str = "", served: Any = None
    ) -> None:
        documents = {url: foreign.raw(each) for url, each in {**anchored.published(), **(served or {})}.items()}
        case = Case(self._name(name), foreign.raw(credential), documents, now=foreign.NOW)
        self.made.append(Expected(case, said[0], anchor or said[0], said[1]))

    def good(self) -> None:
        for name, codes, said in (
            ("good", merkle.BASE, ("signature_valid", "valid")),
            ("test network", merkle.BASE_SEPOLIA, ("test_network_anchor", "valid_with_warnings")),
        ):
            bare = self.document(name)
            good = anchored.anchored(bare, network=codes, transaction=send(self._node, anchored.root_of(bare)))
            self.add(name, good, said)
            self.add(f"{name}, changed", {**good, "name": "Another"}, ("invalid_signature", "invalid"))
            self._dated(name, good, said)

    def _dated(self, name: str, good: JsonObject, said: tuple[str, str]) -> None:
        did_document = anchored.did_document(profile=anchored.PROFILE_URL)
        wrong = ("anchor_wrong_sender", "invalid")
        for what, entry, found in (
            ("dated", {}, said),
            ("revoked later", {"revoked": "2999-01-01T00:00:00Z"}, said),
            ("revoked before", {"revoked": "2026-02-01T00:00:00Z"}, wrong),
            ("created later", {"created": "2999-01-01T00:00:00Z"}, wrong),
        ):
            served = {foreign.did_url(): did_document, anchored.PROFILE_URL: anchored.profile(entry)}
            self.add(f"{name}, {what}", good, found, served=served)
        for what, members in METHODS.items():
            found = wrong if what in NOT_ONE_ACCOUNT else said
            self.add(f"{name}, {what}", good, found, served=anchored.published(**members))
        unlisted = {**did_document, "assertionMethod": [anchored.BY.method.id]}
        served = {foreign.did_url(): unlisted, anchored.PROFILE_URL: anchored.profile({})}
        self.add(f"{name}, listed for nothing any more", good, said, served=served)

    def wrong(self) -> None:
        call = b"\x12\x34\x56\x78" + anchored.root_of(self.document("a call of a contract"))
        self.add_wrong("root mismatch", "invalid_anchor", root=bytes(32))
        self.add_wrong("no data", "invalid_anchor", root=b"")
        self.add_wrong("a call of a contract", "invalid_anchor", root=call)
        self.add_wrong("wrong sender", "anchor_wrong_sender", sender=anchored.STRANGER)
        self.add_wrong("reverted", "anchor_reverted", to=REVERTING)

    def add_wrong(
        self, name: str, code: str, *, root: bytes | None = None, network: tuple[int, int] = TEST.codes, **how: str
    ) -> str:
        bare = self.document(name)
        sent = send(self._node, anchored.root_of(bare) if root is None else root, **how)
        self.add(name, anchored.anchored(bare, network=network, transaction=sent), (code, "invalid"))
        return sent

    def open(self) -> None:
        self._add_open("not found", "anchor_not_found", NONE)
        self._add_open("unknown chain", "anchor_not_checked", NONE, (77, 5))
        sent = send(self._node, anchored.root_of(self.document("wrong chain")))
        self._add_open("wrong chain", "anchor_not_checked", sent, ELSEWHERE.codes)
        self._node.automine(False)
        waiting = hand_in(self._node, anchored.root_of(self.document("waiting")))
        self._add_open("waiting", "anchor_not_found", waiting)
        self._node.drop(waiting)
        self._node.automine(True)

    def _add_open(self, name: str, code: str, transaction: str, network: tuple[int, int] = TEST.codes) -> None:
        credential = anchored.anchored(self.document(name), network=network, transaction=transaction)
        if self._single:
            self.add(name, credential, (code, "could_not_be_checked"))
        elif code == "anchor_not_found":
            self.add(name, credential, ("anchor_unconfirmed", "valid_with_warnings"), code)
        else:
            self.add(name, credential, ("signature_valid", "valid"), code)

    def _name(self, name: str) -> str:
        return f"{'single' if self._single else 'chained'}: {name}"
