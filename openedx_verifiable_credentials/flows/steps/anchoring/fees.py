"""What a transaction costs, and whether that may be spent."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import io

from django.db.models import Max
from django.db.models import Q

from openedx_verifiable_credentials.flows.steps.anchoring.means import FeeCaps
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import IN_BLOCK_STATES
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import Ledger

# A transfer and 32 bytes of data are 22,280 at most (EIP-7623); what is not used is not paid.
GAS = 25_000
_DAY = datetime.timedelta(hours=24)
# The data fee follows another chain's prices until the transaction is in a block.
_DATA_FEE_MARGIN = 2
# Of both fees, or nodes keep the transaction that they have: an eighth more.
_BUMP = (9, 8)


@dataclasses.dataclass(frozen=True)
class Quote:
    """
    What a transaction offers for a unit of gas, and what its data costs at most, in wei. ``base_fee`` is what the
    newest block burns.
    """

    base_fee: int
    max_fee_per_gas: int
    max_priority_fee_per_gas: int
    data_fee: int

    @property
    def most(self) -> int:
        """What the transaction can cost."""
        return GAS * self.max_fee_per_gas + self.data_fee

    def above(self, sent: AnchorTransaction) -> bool:
        """Whether a transaction that was sent offers less than what gets one into the next block."""
        tip = self.max_priority_fee_per_gas
        return sent.max_priority_fee_per_gas < tip or sent.max_fee_per_gas < self.base_fee + tip

    def instead_of(self, sent: AnchorTransaction) -> Quote:
        """For the transaction that takes the place of ``sent``."""
        return dataclasses.replace(
            self,
            max_fee_per_gas=max(self.max_fee_per_gas, _raised(int(sent.max_fee_per_gas))),
            max_priority_fee_per_gas=max(self.max_priority_fee_per_gas, _raised(int(sent.max_priority_fee_per_gas))),
        )


def quote(ledger: Ledger) -> Quote:
    """By the newest block: the base fee may double before the transaction is in one. Raises as the ledger does."""
    fees = ledger.fees()
    return Quote(
        base_fee=fees.base_fee,
        max_fee_per_gas=2 * fees.base_fee + fees.priority_fee,
        max_priority_fee_per_gas=fees.priority_fee,
        data_fee=_DATA_FEE_MARGIN * ledger.data_fee(sample()),
    )


@functools.cache
def sample() -> bytes:
    """
    A transaction like ours, as long as one can be and as hard to compress: its numbers and its signature are noise
    (EIP-1559, in RLP).
    """
    noise = io.BytesIO(hashlib.shake_256(b"anchor").digest(256))
    chain_id, nonce, tip, most = (b"\xff" + noise.read(length) for length in (7, 4, 7, 7))
    gas = GAS.to_bytes(2, "big")
    address, root, r, s = noise.read(20), noise.read(32), b"\x7f" + noise.read(31), b"\x7f" + noise.read(31)
    no_value, no_list, parity = b"\x80", b"\xc0", b"\x01"
    before = b"".join(bytes([0x80 + len(item)]) + item for item in (chain_id, nonce, tip, most, gas, address))
    after = b"".join(bytes([0x80 + len(item)]) + item for item in (r, s))
    fields = before + no_value + bytes([0x80 + len(root)]) + root + no_list + parity + after
    return b"\x02\xf8" + bytes([len(fields)]) + fields


def is_within(caps: FeeCaps, most: int, chain_id: int, now: datetime.datetime, batch: AnchorBatch) -> bool:
    """Whether a transaction that can cost so much may be signed; ``batch``: as it was before."""
    # Without a number, what was signed for it today had another one: that may be reverted, and paid for all the same.
    lost = _signed_today(batch, now) if batch.nonce is None else 0
    return most <= caps.batch and spent(chain_id, now, batch) + lost + most <= caps.day


def spent(chain_id: int, now: datetime.datetime, without: AnchorBatch | None = None) -> int:
    """
    What the batches of twenty-four hours cost on a chain, but for one. Until a batch is final, what the dearest of its
    transactions can cost: a reorganisation may yet put that one into a block.
    """
    rows = AnchorBatch.objects.filter(chain_id=chain_id)
    rows = rows.filter(~Q(state=AnchorState.FINALIZED) | Q(block_time__gt=now - _DAY))
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    costs = rows.annotate(most=Max("transactions__most")).filter(most__isnull=False).values_list("state", "fee", "most")
    return sum(int((fee if state == AnchorState.FINALIZED else most) or 0) for state, fee, most in costs)


def promised(account: AnchorAccount, without: AnchorBatch) -> int:
    """What the account's transactions that are in no block can still cost, but for those of one batch."""
    rows = account.batches.exclude(state__in=IN_BLOCK_STATES).exclude(pk=without.pk)
    found = rows.annotate(most=Max("transactions__most")).filter(most__isnull=False)
    return sum(int(most) for most in found.values_list("most", flat=True))


def _signed_today(batch: AnchorBatch, now: datetime.datetime) -> int:
    found = batch.transactions.filter(created__gt=now - _DAY).values_list("most", flat=True)
    return sum(int(most) for most in found)


def _raised(fee: int) -> int:
    numerator, denominator = _BUMP
    return -(-fee * numerator // denominator) + 1
