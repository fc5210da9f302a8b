"""
The keys that pay for anchors: one is published, takes the place of another, is said to be in other hands.

What a key has anchored stays good when it pays no more: verifiers compare the time of the block with what the issuer's
Profile says of the key (:mod:`..core.anchoring_keys`).
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F

from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.flows.steps.anchoring import accounts
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.ports import LedgerSigner


@transaction.atomic
def publish(signer: LedgerSigner, chain_id: int, now: datetime.datetime) -> AnchorKey:
    """
    The row of the key, and of its account on the chain, made where there are none. Raises AnchoringError
    ``key_mismatch``, ``key_retired``.
    """
    return accounts.get_account(signer, chain_id, now).key


@transaction.atomic(durable=True)
def rotate(signer: LedgerSigner, chain_id: int, now: datetime.datetime) -> list[str]:
    """
    The key of ``signer`` is published, and all others are retired; their addresses. What they have sent is still
    followed, and still theirs when it gets into a block. Raises AnchoringError ``key_mismatch``, ``key_retired``.
    """
    _hold_accounts()
    key = publish(signer, chain_id, now)
    others = AnchorKey.objects.exclude(pk=key.pk).filter(retired_at=None)
    addresses = sorted(others.values_list("address", flat=True))
    AnchorKey.objects.filter(address__in=addresses, retired_at=None).update(retired_at=now)
    append_event("anchor_key.rotated", now, key=key.address, before=addresses)
    return addresses


@transaction.atomic(durable=True)
def revoke(address: str, since: datetime.datetime, now: datetime.datetime) -> AnchorKey:
    """
    The key is retired, and none of its transactions since then is to be believed. An earlier date takes the place of a
    later one, never the other way round.

    Raises AnchoringError ``no_such_key``, ``bad_date``.
    """
    _hold_accounts()
    key = AnchorKey.objects.filter(address=address.lower()).first()
    if key is None:
        raise AnchoringError("no_such_key", "No anchoring key has this address; vc_anchor keys lists them.")
    if since > now:
        raise AnchoringError("bad_date", "A key cannot be in other hands since a date in the future.")
    key.revoked_at = min(since, key.revoked_at or since)
    key.retired_at = key.retired_at or now
    key.save(update_fields=["revoked_at", "retired_at"])
    append_event("anchor_key.revoked", now, key=key.address, since=key.revoked_at.isoformat())
    return key


def _hold_accounts() -> None:
    """A write, before anything is read: whoever wants to sign waits for us, and then finds its key retired."""
    AnchorAccount.objects.update(next_nonce=F("next_nonce"))
