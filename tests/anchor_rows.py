"""Rows of anchors, made without a chain: what was prepared, sent, and found in a block."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid
from typing import Any

from django.utils import timezone

from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models import Credential

RAW = b"\x02raw bytes of a signed transaction"
MOST = 4_456_000_000_000


def add_account() -> AnchorAccount:
    """On Base Sepolia."""
    key, _ = AnchorKey.objects.get_or_create(
        address="0x" + "ab" * 20, public_key_multibase="zQ3s" + "b" * 45, created=timezone.now()
    )
    return AnchorAccount.objects.create(key=key, chain_id=84_532, next_nonce=1)


def add_batch(state: str = "prepared", **more: Any) -> AnchorBatch:
    """A batch of one leaf, without its leaf; with a transaction once it is signed."""
    now = more.pop("created", timezone.now())
    batch = AnchorBatch.objects.create(
        uuid=uuid.uuid4(), network=more.pop("network", "base-sepolia"), chain_id=84_532, root=secrets.token_hex(32),
        leaf_count=1, state=state, created=now, changed=now, **more,
    )  # fmt: skip
    if state == "prepared":
        return batch
    account = AnchorAccount.objects.first() or add_account()
    AnchorBatch.objects.filter(pk=batch.pk).update(account=account, nonce=AnchorBatch.objects.count())
    sent = AnchorTransaction.objects.create(
        batch=batch, hash=secrets.token_hex(32), raw=RAW, gas=22_280, max_fee_per_gas=200_000_000,
        max_priority_fee_per_gas=1_000_000, most=MOST, created=now, sent_at=None if state == "signed" else now,
    )  # fmt: skip
    if state in ("mined", "safe", "finalized"):
        AnchorBatch.objects.filter(pk=batch.pk).update(
            transaction=sent, block_number=7, block_hash=secrets.token_hex(32), block_time=now, fee=22_280 * 2_000_000
        )
    batch.refresh_from_db()
    return batch


def add_leaf(credential: Credential, batch: AnchorBatch | None = None, *, ago: float = 0) -> AnchorLeaf:
    """It waits for so many seconds, or is in a batch."""
    created = timezone.now() - datetime.timedelta(seconds=ago)
    leaf = hashlib.sha256(credential.uuid.bytes).hexdigest()
    row, _ = AnchorLeaf.objects.update_or_create(
        credential=credential, defaults={"leaf": leaf, "covers": "proof", "batch": batch, "created": created}
    )
    return row
