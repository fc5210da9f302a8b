"""Where the chain has a batch's transaction, if it has one. What an endpoint says is held to what was signed."""

from __future__ import annotations

import dataclasses

from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import ChainBlock
from openedx_verifiable_credentials.data import ChainReceipt
from openedx_verifiable_credentials.data import ChainTransaction
from openedx_verifiable_credentials.flows.steps.anchoring import problems
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models.anchor import AnchorState
from openedx_verifiable_credentials.ports import Ledger


@dataclasses.dataclass(frozen=True)
class Depths:
    """The numbers of the newest blocks that are safe and final; -1 where none is."""

    safe: int
    finalized: int

    def state_of(self, block_number: int) -> AnchorState:
        """Of what is in a block of the canonical chain."""
        if block_number <= self.finalized:
            return AnchorState.FINALIZED
        return AnchorState.SAFE if block_number <= self.safe else AnchorState.MINED


@dataclasses.dataclass(frozen=True)
class Found:
    """A transaction of ours in a block of the canonical chain."""

    transaction: AnchorTransaction
    receipt: ChainReceipt
    block: ChainBlock


def depths(ledger: Ledger) -> Depths:
    """
    To be read before blocks are: a block that is final then is canonical for good. Raises as the ledger does.
    """
    return Depths(_number(ledger.block(BlockTag.SAFE)), _number(ledger.block(BlockTag.FINALIZED)))


def find(ledger: Ledger, batch: AnchorBatch) -> Found | None:
    """
    The one of the batch's transactions, all that were ever signed, that is in a block; None where none is.

    Raises AnchoringError ``contradiction``, and as the ledger does.
    """
    for sent in batch.transactions.order_by("-pk"):
        receipt = ledger.receipt(bytes.fromhex(sent.hash))
        if receipt is None:
            continue
        block = ledger.block(receipt.block_number)
        if block is None or block.hash != receipt.block_hash:
            continue  # of a branch that was given up
        seen = ledger.transaction(bytes.fromhex(sent.hash))
        if seen is None or not _is_ours(batch, sent, seen) or seen.block_hash != block.hash:
            raise problems.contradiction()
        return Found(sent, receipt, block)
    return None


def is_in_a_block(ledger: Ledger, batch: AnchorBatch) -> bool:
    """
    Whether one of the batch's transactions stands in a block of the canonical chain, receipts not asked: endpoints may
    have thrown those away, and kept that.
    """
    for sent in batch.transactions.order_by("-pk"):
        seen = ledger.transaction(bytes.fromhex(sent.hash))
        if seen is None or seen.block_number is None:
            continue
        block = ledger.block(seen.block_number)
        if block is not None and block.hash == seen.block_hash:
            return True
    return False


def is_still_there(ledger: Ledger, batch: AnchorBatch) -> bool | None:
    """
    Whether the block that a batch was found in is canonical; None where there is no block of that number, as when an
    endpoint lags behind.
    """
    assert batch.block_number is not None
    block = ledger.block(batch.block_number)
    return None if block is None else block.hash.hex() == batch.block_hash


def _is_ours(batch: AnchorBatch, sent: AnchorTransaction, seen: ChainTransaction) -> bool:
    assert batch.account is not None
    return (
        seen.hash.hex() == sent.hash
        and seen.data.hex() == batch.root
        and seen.sender == batch.account.key.address
        and seen.value == 0
        # The setting may have changed since; the bytes that were signed have not.
        and seen.to != ""
        and bytes.fromhex(seen.to.removeprefix("0x")) in bytes(sent.raw)
    )


def _number(block: ChainBlock | None) -> int:
    return -1 if block is None else block.number
