"""What anchoring works with. ``api`` makes it from settings; a flow never reads a setting."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.ports import Ledger
from openedx_verifiable_credentials.ports import LedgerSigner

# Told of each event as it happens: its kind ("anchor.mined"), and the batch.
Progress = Callable[[str, UUID], None]


class FeeCaps(NamedTuple):
    """Wei: for the transaction of one batch, and for those of twenty-four hours on one chain."""

    batch: int
    day: int


@dataclasses.dataclass(frozen=True)
class AnchorMeans:
    """
    ``ledger``, ``network_name``, ``network``: where new batches go; ``others``: ledgers of further networks by their
    names, for batches that are still on their way there. ``address``: where transactions go to. ``leaves``: how many
    make a batch that need not wait, and how many one has at most; ``every``: how long leaves wait for others;
    ``stuck``: how long a transaction waits before one with a higher fee takes its place.
    """

    ledger: Ledger
    signer: LedgerSigner
    network_name: str
    network: Network
    address: str
    caps: FeeCaps
    leaves: int
    every: datetime.timedelta
    stuck: datetime.timedelta
    now: Callable[[], datetime.datetime]
    others: Mapping[str, Ledger] = dataclasses.field(default_factory=dict)

    def ledgers(self) -> dict[str, Ledger]:
        """Every ledger by its network's name."""
        return {**self.others, self.network_name: self.ledger}
