"""The rows of the key that pays for anchors, and of its account on a chain, which is locked while it signs."""

from __future__ import annotations

import datetime

from django.db.models import F

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.flows.steps.anchoring.problems import key_mismatch
from openedx_verifiable_credentials.flows.steps.anchoring.problems import key_retired
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.ports import LedgerSigner

# The first anchor may be in a block whose maker's clock is behind ours; a key that is younger would not count for it.
_CLOCK_SKEW = datetime.timedelta(hours=1)


def get_key(signer: LedgerSigner, now: datetime.datetime) -> AnchorKey:
    """The key's row, made on first use. Raises AnchoringError ``key_mismatch``, DocumentError ``unsupported_key``."""
    if accounts.address_of(signer.public_key) != signer.address:
        raise key_mismatch()
    key, _ = AnchorKey.objects.get_or_create(
        address=signer.address,
        defaults={"public_key_multibase": accounts.multikey(signer.public_key), "created": now - _CLOCK_SKEW},
    )
    return key


def get_account(signer: LedgerSigner, chain_id: int, now: datetime.datetime) -> AnchorAccount:
    """
    The key's account on the chain, made on first use. Raises AnchoringError ``key_mismatch``, ``key_retired``,
    DocumentError ``unsupported_key``.
    """
    key = get_key(signer, now)
    if key.retired_at is not None or key.revoked_at is not None:
        raise key_retired()
    account, _ = AnchorAccount.objects.select_related("key").get_or_create(key=key, chain_id=chain_id)
    return account


def lock(account: AnchorAccount, *, even_retired: bool = False) -> AnchorAccount:
    """
    The account as it is now; whoever else wants to lock it, or another one on its chain, waits until the transaction is
    over: they share the cap of a day, and the leaves that wait. Raises AnchoringError ``key_retired``, unless
    ``even_retired``.
    """
    # A write comes first, so that the rows are locked before they are read, on every database.
    AnchorAccount.objects.filter(chain_id=account.chain_id).update(next_nonce=F("next_nonce"))
    found = AnchorAccount.objects.select_related("key").get(pk=account.pk)
    if not even_retired and (found.key.retired_at is not None or found.key.revoked_at is not None):
        raise key_retired()
    return found
