"""The keys that pay for anchors: those that issuers publish, another one, one that is in other hands."""

from __future__ import annotations

import datetime

from django.db.models import Count
from django.db.models import Max
from django.db.models import Q
from django.utils import timezone

from openedx_verifiable_credentials.core.anchoring_keys import AnchoringKey
from openedx_verifiable_credentials.flows import anchor_keys as flow
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import LedgerSigner

# Dates are written, and blocks dated, in whole seconds; and at the moment of its end a key is believed no more.
_AFTER = datetime.timedelta(seconds=1)


def list_anchor_keys() -> list[AnchoringKey]:
    """
    Every key that has been used for anchors, or is to be, newest first, as issuers publish it.

    A key that was retired ends with its newest block, so that whatever it sent before counts; and only once all of it
    is final, since until then a block may still take another's place.
    """
    rows = list(AnchorKey.objects.order_by("-created", "-pk"))
    if not rows:
        return []
    chains: dict[int, set[int]] = {row.pk: set() for row in rows}
    for key_id, chain_id in AnchorAccount.objects.values_list("key_id", "chain_id"):
        chains.setdefault(key_id, set()).add(chain_id)
    ends = _ends([row for row in rows if row.retired_at is not None])
    return [
        AnchoringKey(
            address=row.address,
            public_key_multibase=row.public_key_multibase,
            created=row.created,
            expires=ends.get(row.pk),
            revoked=row.revoked_at,
            chain_ids=frozenset(chains[row.pk]),
        )
        for row in rows
    ]


def _ends(retired: list[AnchorKey]) -> dict[int, datetime.datetime]:
    """When each of these keys ended, by its number; those are left out whose anchors are not all final."""
    if not retired:
        return {}
    sent = (
        AnchorBatch.objects.filter(account__key__in=retired)
        .values("account__key")
        .annotate(newest=Max("block_time"), unsettled=Count("pk", filter=~Q(state=AnchorState.FINALIZED)))
        .order_by()
        .values_list("account__key", "newest", "unsettled")
    )
    found = {key_id: (newest, unsettled) for key_id, newest, unsettled in sent}
    ends = {}
    for row in retired:
        assert row.retired_at is not None
        newest, unsettled = found.get(row.pk, (None, 0))
        if not unsettled:
            ends[row.pk] = max(row.retired_at, newest or row.retired_at) + _AFTER
    return ends


def publish_anchor_key(signer: LedgerSigner, chain_id: int) -> str:
    """
    Publish the key of ``signer``, and its account on the chain; nothing changes where that was done. Its address.

    Raises AnchoringError ``key_mismatch``, ``key_retired``.
    """
    return flow.publish(signer, chain_id, timezone.now()).address


def rotate_anchor_key(signer: LedgerSigner, chain_id: int) -> list[str]:
    """
    The key of ``signer`` pays from now on, and no other; the addresses of those that it takes the place of. What they
    have sent is still followed, and counts; where it is stuck, they alone could replace it.

    Raises AnchoringError ``key_mismatch``, ``key_retired``.
    """
    return flow.rotate(signer, chain_id, timezone.now())


def revoke_anchor_key(address: str, since: datetime.datetime) -> None:
    """
    Others have had the key of ``address`` since then: what is in later blocks is not to be believed.

    It pays for nothing more. An earlier date takes the place of a later one, never the other way round.

    Raises AnchoringError ``no_such_key``; ``bad_date`` where the date is in the future.
    """
    flow.revoke(address, since, timezone.now())
