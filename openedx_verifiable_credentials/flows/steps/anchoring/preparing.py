"""Leaves that wait → a batch: its root, and a path for each of its leaves, in one transaction or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from collections.abc import Sequence

from django.db import IntegrityError
from django.db import transaction

from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.flows.steps.anchoring.accounts import lock
from openedx_verifiable_credentials.flows.steps.anchoring.means import AnchorMeans
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import InclusionProof
from openedx_verifiable_credentials.models.anchor import AnchorState

_AT_ONCE = 1000


def prepare(means: AnchorMeans, account: AnchorAccount, *, flush: bool) -> Iterator[AnchorBatch]:
    """
    Each batch that is due, as soon as it is there: of as many leaves as fill one, of those that have waited for long
    enough and whatever waits beside them, or with ``flush`` of all there are. Raises TransientError ``busy``.
    """
    busy = "Another worker takes the leaves that wait; try again."
    while (batch := until_settled(lambda: _prepare(means, account, flush=flush), busy)) is not None:
        yield batch


@transaction.atomic(durable=True)
def _prepare(means: AnchorMeans, account: AnchorAccount, *, flush: bool) -> AnchorBatch | None:
    # Workers on the same chain take leaves one after the other.
    lock(account)
    now = means.now()
    rows = list(
        AnchorLeaf.objects.filter(batch=None).order_by("pk").values_list("pk", "leaf", "created")[: means.leaves]
    )
    if not rows or not (flush or len(rows) == means.leaves or rows[0][2] <= now - means.every):
        return None
    tree = merkle.tree(bytes.fromhex(leaf) for _, leaf, _ in rows)
    batch = AnchorBatch.objects.create(
        uuid=uuid.uuid4(),
        network=means.network_name,
        chain_id=means.ledger.chain_id,
        root=tree.root.hex(),
        leaf_count=len(rows),
        state=AnchorState.PREPARED,
        created=now,
        changed=now,
    )
    pks = {leaf: pk for pk, leaf, _ in rows}
    InclusionProof.objects.bulk_create(
        (
            InclusionProof(leaf_id=pks[leaf.hex()], path=path)
            for leaf, path in zip(tree.leaves, tree.paths(), strict=True)
        ),
        batch_size=_AT_ONCE,
    )
    # Late, because it may keep others from writing leaves until all is committed.
    _take(batch, list(pks.values()))
    append_event("anchor.prepared", now, batch=batch.uuid)
    return batch


def _take(batch: AnchorBatch, pks: Sequence[int]) -> None:
    """Raises IntegrityError where a worker on another chain has one of the leaves: nothing is taken then."""
    for start in range(0, len(pks), _AT_ONCE):
        some = pks[start : start + _AT_ONCE]
        if AnchorLeaf.objects.filter(pk__in=some, batch=None).update(batch=batch) != len(some):
            raise IntegrityError("A leaf was taken meanwhile.")


def is_held_up(means: AnchorMeans) -> bool:
    """
    Whether a batch waits that was never signed, and there is no full one beside it: what comes meanwhile had better
    wait for one transaction than for one each.
    """
    if not AnchorBatch.objects.filter(state=AnchorState.PREPARED).exists():
        return False
    return AnchorLeaf.objects.filter(batch=None)[: means.leaves].count() < means.leaves
