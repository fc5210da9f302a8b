"""Batches of anchors, as operators see them: from the database alone."""

from __future__ import annotations

import dataclasses
import datetime
from uuid import UUID

from openedx_verifiable_credentials.app_settings import anchoring
from openedx_verifiable_credentials.core import networks as network_table
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models.anchor import AnchorState

# Of what is final the newest are enough.
_NEWEST_FINAL = 5
_NEWEST_OTHERS = 200


@dataclasses.dataclass(frozen=True)
class BatchStanding:
    """
    ``network``: for people; ``problem``: a code, "" where nothing holds the batch up. ``transaction``: the hash of the
    one in a block, else of the one that was signed last, 64 hexadecimal digits; "" before there is one. ``fee``: wei.
    """

    uuid: UUID
    created: datetime.datetime
    network: str
    is_test: bool
    state: str
    problem: str
    leaves: int
    transaction: str
    block_number: int | None
    fee: int | None


def list_batches() -> list[BatchStanding]:
    """Those that are not final, and the newest of those that are; the oldest first. Raises ConfigurationError."""
    rows = AnchorBatch.objects.select_related("transaction").defer("transaction__raw").order_by("-pk")
    final = rows.filter(state=AnchorState.FINALIZED)[:_NEWEST_FINAL]
    others = rows.exclude(state=AnchorState.FINALIZED)[:_NEWEST_OTHERS]
    networks = anchoring.anchor_networks()
    found = []
    for row in sorted([*final, *others], key=lambda row: row.pk):
        network = network_table.find(networks, row.network, row.chain_id)
        found.append(
            BatchStanding(
                uuid=row.uuid,
                created=row.created,
                network=network.title if network else row.network,
                is_test=bool(network and network.is_test),
                state=row.state,
                problem=row.problem,
                leaves=row.leaf_count,
                transaction=_transaction_of(row),
                block_number=row.block_number,
                fee=None if row.fee is None else int(row.fee),
            )
        )
    return found


def is_anything_under_way() -> bool:
    """Whether a batch is not final yet."""
    return AnchorBatch.objects.exclude(state=AnchorState.FINALIZED).exists()


def _transaction_of(row: AnchorBatch) -> str:
    if row.transaction is not None:
        return str(row.transaction.hash)
    return row.transactions.order_by("-pk").values_list("hash", flat=True).first() or ""
