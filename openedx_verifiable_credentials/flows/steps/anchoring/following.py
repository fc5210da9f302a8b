"""What became of a signed batch, by the chain: its state goes up with its block, and back where that is gone."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from openedx_verifiable_credentials.flows.steps.anchoring import problems
from openedx_verifiable_credentials.flows.steps.anchoring.accounts import lock
from openedx_verifiable_credentials.flows.steps.anchoring.finding import Depths
from openedx_verifiable_credentials.flows.steps.anchoring.finding import Found
from openedx_verifiable_credentials.flows.steps.anchoring.finding import find
from openedx_verifiable_credentials.flows.steps.anchoring.finding import is_still_there
from openedx_verifiable_credentials.flows.steps.anchoring.means import AnchorMeans
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models.anchor import IN_BLOCK_STATES
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import Ledger

_NO_BLOCK: dict[str, Any] = {
    "transaction": None,
    "block_number": None,
    "block_hash": "",
    "block_time": None,
    "fee": None,
}
_ORDER = {state: number for number, state in enumerate(AnchorState)}


def follow(means: AnchorMeans, ledger: Ledger, depths: Depths, batch: AnchorBatch) -> list[str]:
    """
    Bring the state of a batch that has a number up to what the chain says; the kinds of the events that this made.

    Raises AnchoringError ``contradiction``, ``reverted``, and as the ledger does.
    """
    there = None
    if batch.state in IN_BLOCK_STATES:
        there = is_still_there(ledger, batch)
        assert batch.block_number is not None
        state = depths.state_of(batch.block_number)
        if there and state != AnchorState.FINALIZED:
            # Another endpoint may know of less than the one before.
            return _move(means, batch, state) if _ORDER[state] > _ORDER[AnchorState(batch.state)] else []
        if there is None and find(ledger, batch) is None:
            return []
    found = find(ledger, batch)
    if found is not None:
        return _settle(means, depths, batch, found)
    if there:
        raise problems.contradiction()
    if batch.state in IN_BLOCK_STATES:
        return _move(means, batch, AnchorState.BROADCAST, "anchor.reorganised", **_NO_BLOCK)
    return []


def _settle(means: AnchorMeans, depths: Depths, batch: AnchorBatch, found: Found) -> list[str]:
    state = depths.state_of(found.block.number)
    if not found.receipt.succeeded:
        moved = (
            _move(means, batch, AnchorState.BROADCAST, "anchor.reorganised", **_NO_BLOCK) if batch.block_hash else []
        )
        if state == AnchorState.FINALIZED:
            return moved + release(means, batch, "anchor.reverted")
        raise problems.reverted()
    kinds = []
    if batch.block_hash != found.block.hash.hex() or batch.transaction_id != found.transaction.pk:
        kinds.append("anchor.mined" if not batch.block_hash else "anchor.reorganised")
    if state == AnchorState.FINALIZED:
        kinds.append("anchor.finalized")
    return _move(
        means,
        batch,
        state,
        *kinds,
        transaction=found.transaction,
        block_number=found.block.number,
        block_hash=found.block.hash.hex(),
        block_time=found.block.time,
        fee=found.receipt.fee,
    )


@transaction.atomic(durable=True)
def _move(means: AnchorMeans, batch: AnchorBatch, state: AnchorState, *kinds: str, **values: Any) -> list[str]:
    """Unless another worker has moved it meanwhile: who looked later knows better."""
    now = means.now()
    as_it_was = AnchorBatch.objects.filter(
        pk=batch.pk, state=batch.state, block_hash=batch.block_hash, account=batch.account_id, nonce=batch.nonce
    )
    if not as_it_was.update(state=state, problem="", changed=now, **values):
        return []
    moved = values.get("transaction") or batch.transaction
    for kind in kinds:
        append_event(kind, now, batch=batch.uuid, transaction=moved.hash if moved is not None else None)
    batch.refresh_from_db()
    return list(kinds)


@transaction.atomic(durable=True)
def release(means: AnchorMeans, batch: AnchorBatch, kind: str = "anchor.number_lost") -> list[str]:
    """
    The number of the batch is spent for good, on what does not anchor it: it may have another one. Its transactions,
    which can never be in a block any more, stay.
    """
    assert batch.account is not None
    lock(batch.account, even_retired=True)
    waiting = (AnchorState.SIGNED, AnchorState.BROADCAST)
    mine = AnchorBatch.objects.filter(pk=batch.pk, state__in=waiting, account=batch.account, nonce=batch.nonce)
    now = means.now()
    if not mine.update(state=AnchorState.PREPARED, account=None, nonce=None, problem="", changed=now):
        return []
    append_event(kind, now, batch=batch.uuid, account=str(batch.account), number=str(batch.nonce))
    return [kind]
