"""
What the chain says of an anchor: whether a transaction carries the root, and whether its sender is the issuer's.

None of the codes but one lets a proof count: ``signature_valid``, for an anchor on a main network. On a test network an
anchor that is otherwise as it should be is a warning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.suites.merkle_proof import Anchor
from openedx_verifiable_credentials.data import AnchoredRoot
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import JsonObject

CONFIRMED = "signature_valid"
ON_TEST_NETWORK = "test_network_anchor"
WRONG_SENDER = "anchor_wrong_sender"
NOT_CHECKED = "anchor_not_checked"
NOT_FOUND = "anchor_not_found"
# By the codes of what a chain reader raises; whatever else it raises leaves the anchor unchecked.
REFUSALS: Mapping[str, str] = {
    "no_such_transaction": NOT_FOUND,
    "reverted": "anchor_reverted",
    "reorganised": "anchor_reorganised",
}
_STATES = {BlockTag.LATEST: "mined", BlockTag.SAFE: "safe", BlockTag.FINALIZED: "finalized"}


@dataclasses.dataclass(frozen=True)
class AnchorVerdict:
    """``code``: one of ``codes.json``; ``detail``: what else is known, for the detail of the check."""

    code: str
    detail: JsonObject = dataclasses.field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether it is where the proof says, as it should be."""
        return self.code in (CONFIRMED, ON_TEST_NETWORK)


def judge(root: bytes, found: AnchoredRoot, address: str | None) -> str:
    """
    The code of an anchor of ``root`` that the chain has as ``found``. ``address``: that of the issuer's method, None
    where it has none.
    """
    if found.root != root:
        return "invalid_anchor"
    if address is None or found.sender != address:
        return WRONG_SENDER
    return ON_TEST_NETWORK if found.is_test_network else CONFIRMED


def named(anchor: Anchor) -> JsonObject:
    """What an anchor says of itself: its network, and whether that is known as one for tests."""
    return {"network": f"{anchor.chain}:{anchor.network}", "testNetwork": anchor.is_test_network}


def shown(found: AnchoredRoot) -> JsonObject:
    """What the chain says of it."""
    return {
        "network": found.network,
        "testNetwork": found.is_test_network,
        "sender": found.sender,
        "time": timestamp(found.block_time),
        "state": _STATES[found.firmness],
    }
