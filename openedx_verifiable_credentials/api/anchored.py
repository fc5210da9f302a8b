"""
Where the anchor of a credential stands, and its anchored form: for its learner, and for whoever it is shared with.
Served whether the switch and anchoring are on or off, for as long as the credential itself is.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Mapping

from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.app_settings import anchoring as settings
from openedx_verifiable_credentials.app_settings.values import PREFIX
from openedx_verifiable_credentials.core import networks as network_table
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows import anchored as flow
from openedx_verifiable_credentials.flows.anchored import Inclusion
from openedx_verifiable_credentials.flows.anchored import Standing
from openedx_verifiable_credentials.models import Credential

logger = logging.getLogger(__name__)

# The end of the address of the anchored form.
ANCHORED = "anchored"
ANCHORED_FILE = f"{ANCHORED}.json"
WAITING, PENDING = flow.WAITING, flow.PENDING


@dataclasses.dataclass(frozen=True)
class Anchor:
    """
    ``state``: "waiting" (for its batch), "pending" (its batch is on its way), or how firmly its transaction is in the
    chain: "mined", "safe", "finalized". ``network``: what it is called, "" while it waits; ``is_test``: it proves
    nothing there. ``transaction``: 64 hexadecimal digits, "" while it is in no block; ``explorer``: a page about it, ""
    for none; ``at``: the time of its block.
    """

    state: str
    network: str
    is_test: bool
    transaction: str
    explorer: str
    at: datetime.datetime | None

    @property
    def is_in_block(self) -> bool:
        """Whether the anchored form can be had."""
        return bool(self.transaction)


def anchor_of(row: Credential) -> Anchor | None:
    """Of a credential that was read with :data:`..flows.anchored.STANDING`; None where it is not to be anchored."""
    found = flow.standing(row)
    return None if found is None else _shown(found)


def anchored_bytes(raw: bytes, anchor: Anchor | None, included: Inclusion | None) -> bytes:
    """
    The anchored form of the signed credential ``raw``.

    Raises LedgerError ``not_anchored`` where there will be none, ``anchor_pending`` where it is not there yet;
    TransientError ``unreadable_credential``.
    """
    if anchor is None:
        raise LedgerError("not_anchored", "This credential is not anchored.")
    if included is None:
        raise LedgerError("anchor_pending", "This credential is being anchored; try again later.")
    return _composed(raw, included)


@without_variables
def _composed(raw: bytes, included: Inclusion) -> bytes:
    try:
        label, bare = _label(included), settings.anchor_form().endswith("-bare")
        return flow.anchored_form(raw, included, label=label, bare=bare)
    except (VerifiableCredentialsError, ConfigurationError) as error:
        logger.error("The anchored form of a credential cannot be composed: %s", error)
        raise TransientError(
            "unreadable_credential", "This credential cannot be shown just now; try again later."
        ) from None


def _label(included: Inclusion) -> Network:
    """
    The network that a proof names. Another one's name is lent to the network where new batches go, never to those of
    earlier batches: a test network would be passed off as another. Raises ConfigurationError.
    """
    current, network = settings.anchor_network()
    if (included.network, included.chain_id) == (current, network.chain_id):
        return settings.anchor_label()
    found = _network(included, settings.anchor_networks())
    if found is None:
        raise ConfigurationError(f"{PREFIX}ANCHOR_NETWORKS has no network called {included.network}.")
    return found


def _shown(found: Standing) -> Anchor:
    network = _network(found, _networks())
    title = f"eip155:{found.chain_id}" if network is None else network.title
    explorer = network.explorer if network is not None and found.transaction else ""
    return Anchor(
        state=found.state,
        network=title if found.network else "",
        is_test=network is not None and network.is_test,
        transaction=found.transaction,
        explorer=explorer.replace("{}", f"0x{found.transaction}"),
        at=found.at,
    )


def _network(found: Standing | Inclusion, networks: Mapping[str, Network]) -> Network | None:
    return network_table.find(networks, found.network, found.chain_id)


def _networks() -> Mapping[str, Network]:
    try:
        return settings.anchor_networks()
    except ConfigurationError as error:
        logger.error("What networks are called is not known: %s", error)
        return NETWORKS
