"""A transaction that is in no block: sent, sent again byte for byte, or replaced by one that offers more."""

from __future__ import annotations

import datetime
import functools

from django.db import transaction

from openedx_verifiable_credentials.data import Nonces
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.flows.steps.anchoring import fees
from openedx_verifiable_credentials.flows.steps.anchoring import problems
from openedx_verifiable_credentials.flows.steps.anchoring import signing
from openedx_verifiable_credentials.flows.steps.anchoring.finding import find
from openedx_verifiable_credentials.flows.steps.anchoring.finding import is_in_a_block
from openedx_verifiable_credentials.flows.steps.anchoring.following import release
from openedx_verifiable_credentials.flows.steps.anchoring.means import AnchorMeans
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import Ledger

# Nodes may forget which block a transaction is in after some weeks.
_REMEMBERED = datetime.timedelta(days=14)
_TAKEN = (Sent.TAKEN, Sent.KNOWN)


class Chain:
    """A ledger, with what one run asks of it once."""

    def __init__(self, ledger: Ledger):
        self.ledger = ledger

    @functools.cached_property
    def quote(self) -> fees.Quote:
        """What a transaction offers now."""
        return fees.quote(self.ledger)


def send(means: AnchorMeans, chain: Chain, batch: AnchorBatch, signed: AnchorTransaction) -> Sent:
    """
    Hand it over. Raises as the ledger does: whether it arrived is not known then, and it is sent again.
    """
    answer = chain.ledger.send(bytes(signed.raw))
    if answer in _TAKEN:
        _record(means, batch, signed, taken=answer is Sent.TAKEN)
    return answer


@transaction.atomic(durable=True)
def _record(means: AnchorMeans, batch: AnchorBatch, signed: AnchorTransaction, *, taken: bool) -> None:
    now = means.now()
    waiting = (AnchorState.SIGNED, AnchorState.BROADCAST)
    rows = AnchorBatch.objects.filter(pk=batch.pk, state__in=waiting, account=batch.account_id, nonce=batch.nonce)
    rows.update(state=AnchorState.BROADCAST, problem="", changed=now)
    # A node that had it took it before; when, we know of the first time only.
    sent = AnchorTransaction.objects.filter(pk=signed.pk)
    (sent if taken else sent.filter(sent_at=None)).update(sent_at=now)


def urge(means: AnchorMeans, chain: Chain, batch: AnchorBatch, *, may_sign: bool) -> list[str]:
    """
    See to it that a batch that has a number and is in no block gets into one; the kinds of the events that this made.
    With ``may_sign`` a transaction that is stuck is replaced. Raises AnchoringError with what holds the batch up, and
    what ledger and signer raise.
    """
    assert batch.account is not None and batch.nonce is not None
    nonces = chain.ledger.nonces(batch.account.key.address)
    if nonces.latest > batch.nonce:
        return _give_up(means, chain, batch, nonces)
    newest = batch.transactions.order_by("-pk")[0]
    answer = None
    if newest.sent_at is None or chain.ledger.transaction(bytes.fromhex(newest.hash)) is None:
        answer = send(means, chain, batch, newest)
    if answer is Sent.UNAFFORDABLE:
        raise problems.balance()
    is_old = (newest.sent_at or newest.created) <= means.now() - means.stuck
    if may_sign and is_old and (answer is Sent.UNDERPRICED or chain.quote.above(newest)):
        return _raise(means, chain, batch, newest)
    if answer is Sent.UNDERPRICED:
        raise problems.underpriced()
    _require_no_gap(batch, nonces)
    return []


def _raise(means: AnchorMeans, chain: Chain, batch: AnchorBatch, newest: AnchorTransaction) -> list[str]:
    balance = chain.ledger.balance(means.signer.address)
    replacement = signing.replace(means, batch, newest, chain.quote, balance=balance)
    if replacement is None:
        return []
    answer = send(means, chain, batch, replacement)
    if answer is Sent.UNAFFORDABLE:
        raise problems.balance()
    if answer is Sent.UNDERPRICED:
        raise problems.underpriced()
    return ["anchor.replaced"]


def _give_up(means: AnchorMeans, chain: Chain, batch: AnchorBatch, nonces: Nonces) -> list[str]:
    """
    Something with the batch's number is in a block. Only where that is final, and none of ours was it when we looked
    and after a while, is it not: an endpoint may know the one and not yet the other.
    """
    assert batch.nonce is not None
    if find(chain.ledger, batch) is not None:
        return []  # the next run tells
    if is_in_a_block(chain.ledger, batch):
        raise problems.contradiction()
    is_known = batch.problem == problems.nonce_used().code and batch.changed <= means.now() - means.stuck
    if is_known and nonces.finalized > batch.nonce:
        if batch.transactions.filter(created__lt=means.now() - _REMEMBERED).exists():
            raise problems.too_old()
        return release(means, batch)
    raise problems.nonce_used()


def _require_no_gap(batch: AnchorBatch, nonces: Nonces) -> None:
    assert batch.account is not None and batch.nonce is not None
    before = batch.account.batches.filter(nonce__gte=nonces.latest, nonce__lt=batch.nonce)
    if before.exclude(state=AnchorState.FINALIZED).count() < batch.nonce - nonces.latest:
        raise problems.nonce_gap()
