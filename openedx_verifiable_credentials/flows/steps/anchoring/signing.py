"""
A batch → a signed transaction with its root, stored before anybody is told of it.

The account's number is given, the transaction signed and its bytes stored in one database transaction, in which the
account's row is locked: a number is given to one batch, and whoever restarts finds what may have been sent.
"""

from __future__ import annotations

import itertools

from django.db import transaction

from openedx_verifiable_credentials.data import AnchorCall
from openedx_verifiable_credentials.flows.steps.anchoring import fees
from openedx_verifiable_credentials.flows.steps.anchoring import problems
from openedx_verifiable_credentials.flows.steps.anchoring.accounts import lock
from openedx_verifiable_credentials.flows.steps.anchoring.means import AnchorMeans
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import AnchorState


@transaction.atomic(durable=True)
def sign(
    means: AnchorMeans, account: AnchorAccount, batch: AnchorBatch, network: str, quote: fees.Quote, *,
    balance: int, used: int,
) -> AnchorTransaction | None:  # fmt: skip
    """
    The first transaction of ``batch`` under a number that it keeps; None where another worker signed it.

    ``network``: where it goes, of which nothing may be signed for another one. ``balance`` and ``used``, how many
    transactions of the account are in blocks, were read before. Raises AnchoringError ``fee_cap``, ``balance``,
    ``key_retired``, and what the signer raises: nothing is stored then.
    """
    account, now = lock(account), means.now()
    mine = AnchorBatch.objects.filter(pk=batch.pk, state=AnchorState.PREPARED, nonce=None)
    nonce = _free_number(account, used)
    # The row is locked before a transaction refers to it.
    if not mine.update(
        state=AnchorState.SIGNED,
        problem="",
        network=network,
        chain_id=account.chain_id,
        account=account,
        nonce=nonce,
        changed=now,
    ):
        return None
    _require_affordable(means, account, batch, quote, balance)
    if used > account.next_nonce:
        append_event("anchor.numbers_skipped", now, account=str(account), next=str(used))
    AnchorAccount.objects.filter(pk=account.pk).update(next_nonce=max(account.next_nonce, nonce + 1))
    signed = _signed(means, account, batch, nonce, quote)
    append_event("anchor.signed", now, batch=batch.uuid, transaction=signed.hash)
    return signed


@transaction.atomic(durable=True)
def replace(
    means: AnchorMeans, batch: AnchorBatch, sent: AnchorTransaction, quote: fees.Quote, *, balance: int
) -> AnchorTransaction | None:  # fmt: skip
    """
    Another transaction of the same number and root in place of ``sent``, at higher fees; None where another worker was
    faster. Raises as :func:`sign`, and AnchoringError ``other_key``.
    """
    assert batch.account is not None and batch.nonce is not None
    if batch.account.key.address != means.signer.address:
        raise problems.other_key()
    account, now = lock(batch.account), means.now()
    waiting = (AnchorState.SIGNED, AnchorState.BROADCAST)
    mine = AnchorBatch.objects.filter(pk=batch.pk, state__in=waiting, account=account, nonce=batch.nonce)
    if not mine.update(problem="", changed=now) or batch.transactions.filter(pk__gt=sent.pk).exists():
        return None
    raised = quote.instead_of(sent)
    _require_affordable(means, account, batch, raised, balance)
    signed = _signed(means, account, batch, batch.nonce, raised)
    append_event("anchor.replaced", now, batch=batch.uuid, transaction=signed.hash, instead_of=sent.hash)
    return signed


def _free_number(account: AnchorAccount, used: int) -> int:
    """
    The lowest that no block and no batch has: one that a reorganisation freed comes before new ones, or the chain would
    wait for it.
    """
    taken = set(account.batches.filter(nonce__gte=used).values_list("nonce", flat=True))
    return next(number for number in itertools.count(used) if number not in taken)


def _require_affordable(
    means: AnchorMeans, account: AnchorAccount, batch: AnchorBatch, quote: fees.Quote, balance: int
) -> None:  # fmt: skip
    if not fees.is_within(means.caps, quote.most, account.chain_id, means.now(), batch):
        raise problems.fee_cap()
    if balance < fees.promised(account, batch) + quote.most:
        raise problems.balance()


def _signed(
    means: AnchorMeans, account: AnchorAccount, batch: AnchorBatch, nonce: int, quote: fees.Quote
) -> AnchorTransaction:  # fmt: skip
    call = AnchorCall(
        chain_id=account.chain_id,
        nonce=nonce,
        to=means.address,
        data=bytes.fromhex(batch.root),
        gas=fees.GAS,
        max_fee_per_gas=quote.max_fee_per_gas,
        max_priority_fee_per_gas=quote.max_priority_fee_per_gas,
    )
    signed = means.signer.sign(call)
    return AnchorTransaction.objects.create(
        batch=batch,
        hash=signed.hash.hex(),
        raw=signed.raw,
        gas=call.gas,
        max_fee_per_gas=call.max_fee_per_gas,
        max_priority_fee_per_gas=call.max_priority_fee_per_gas,
        most=quote.most,
        created=means.now(),
    )
