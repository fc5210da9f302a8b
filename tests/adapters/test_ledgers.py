"""Every ledger does the same with the same chain: the adapter with a real node, and the one in memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.base_chain import Web3Ledger
from openedx_verifiable_credentials.data import BlockTag
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Sent
from openedx_verifiable_credentials.data import SignedTransaction
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.ports import Ledger
from tests.chain.accounts import GWEI
from tests.chain.accounts import NOBODY
from tests.chain.accounts import Payer
from tests.chain.node import CHAIN_ID
from tests.chain.node import ETHER
from tests.chain.node import running
from tests.fake_chain import FakeChain
from tests.fake_chain import FakeLedger

# Both read transactions with eth-account, which comes with web3.
pytestmark = pytest.mark.anvil
ROOT = bytes(range(32))


class Place:
    """A chain that a test handles, and a way to a ledger on it."""

    def __init__(self, chain: Any, open_ledger: Callable[[int], Ledger]):
        self.chain = chain
        self.open_ledger = open_ledger
        self.ledger = open_ledger(CHAIN_ID)
        self.payer = Payer()
        chain.set_balance(self.payer.address, ETHER)
        # A node makes the block a little later than it answers.
        chain.automine(False)

    def mine(self, signed: SignedTransaction) -> None:
        """Sends it, and makes a block with it."""
        assert self.ledger.send(signed.raw) is Sent.TAKEN
        self.chain.mine()


@pytest.fixture(params=["node", "memory"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "memory":
        chain = FakeChain()
        yield Place(chain, lambda chain_id: FakeLedger(chain, chain_id))
        return
    with running() as node:
        yield Place(node, lambda chain_id: Web3Ledger([Secret(node.url.encode())], chain_id, 10))


def test_a_transaction_is_sent_waits_and_is_mined(place: Place) -> None:
    ledger, payer = place.ledger, place.payer
    signed = payer.anchor(root=ROOT)
    assert ledger.transaction(signed.hash) is None
    assert ledger.send(signed.raw) is Sent.TAKEN

    waiting = ledger.transaction(signed.hash)
    assert waiting is not None
    assert (waiting.block_number, waiting.block_hash) == (None, None)
    assert ledger.receipt(signed.hash) is None
    nonces = ledger.nonces(payer.address)
    assert (nonces.latest, nonces.pending, nonces.finalized) == (0, 1, 0)

    place.chain.mine()
    mined, receipt, block = ledger.transaction(signed.hash), ledger.receipt(signed.hash), ledger.block(1)
    assert mined is not None
    assert receipt is not None
    assert block is not None
    assert (mined.hash, mined.sender, mined.to, mined.value) == (signed.hash, payer.address, NOBODY, 0)
    assert (mined.data, mined.nonce) == (ROOT, 0)
    assert (mined.block_number, mined.block_hash) == (1, block.hash) == (receipt.block_number, receipt.block_hash)
    assert receipt.succeeded
    assert receipt.fee == ETHER - ledger.balance(payer.address) > 22_000 * GWEI
    nonces = ledger.nonces(payer.address)
    assert (nonces.latest, nonces.pending, nonces.finalized) == (1, 1, 0)


def test_the_same_again_is_known_waiting_and_in_a_block(place: Place) -> None:
    signed = place.payer.anchor()
    assert place.ledger.send(signed.raw) is Sent.TAKEN
    assert place.ledger.send(signed.raw) is Sent.KNOWN
    place.chain.mine()
    assert place.ledger.send(signed.raw) is Sent.KNOWN


def test_another_one_with_a_nonce_that_is_used_is_not_taken(place: Place) -> None:
    place.mine(place.payer.anchor(root=b"1" * 32))
    other = place.payer.anchor(root=b"2" * 32, fee=90 * GWEI, tip=9 * GWEI)
    assert place.ledger.send(other.raw) is Sent.NONCE_USED
    assert place.ledger.transaction(other.hash) is None


def test_a_replacement_must_pay_more(place: Place) -> None:
    first = place.payer.anchor(fee=8 * GWEI, tip=2 * GWEI)
    assert place.ledger.send(first.raw) is Sent.TAKEN
    assert place.ledger.send(place.payer.anchor(fee=6 * GWEI, tip=GWEI).raw) is Sent.UNDERPRICED
    better = place.payer.anchor(fee=9 * GWEI, tip=9 * GWEI // 4)
    assert place.ledger.send(better.raw) is Sent.TAKEN
    place.chain.mine()
    assert place.ledger.receipt(better.hash) is not None
    assert place.ledger.receipt(first.hash) is None
    assert place.ledger.transaction(first.hash) is None


def test_what_the_account_cannot_pay_is_not_taken(place: Place) -> None:
    signed = place.payer.anchor()
    place.chain.set_balance(place.payer.address, 4 * GWEI * 25_000 - 1)
    assert place.ledger.send(signed.raw) is Sent.UNAFFORDABLE
    place.chain.set_balance(place.payer.address, 4 * GWEI * 25_000)
    assert place.ledger.send(signed.raw) is Sent.TAKEN


def test_a_fee_below_the_blocks_is_not_taken_or_waits(place: Place) -> None:
    place.chain.set_next_block_base_fee(10 * GWEI)
    place.chain.mine()
    assert place.ledger.fees().base_fee == 10 * GWEI
    assert place.ledger.fees().priority_fee > 0
    assert place.ledger.send(place.payer.anchor(fee=2 * GWEI).raw) is Sent.UNDERPRICED


def test_blocks_are_named_by_number_and_tag(place: Place) -> None:
    place.chain.mine(6 - place.chain.height())
    numbers = {}
    for tag in BlockTag:
        block = place.ledger.block(tag)
        assert block is not None
        assert place.ledger.block(block.number) == block
        numbers[tag] = block.number
    assert numbers == {BlockTag.LATEST: 6, BlockTag.SAFE: 4, BlockTag.FINALIZED: 2}
    assert place.ledger.block(7) is None
    first, second = place.ledger.block(5), place.ledger.block(6)
    assert first is not None
    assert second is not None
    assert first.time <= second.time
    assert first.time.utcoffset() == datetime.timedelta(0)


def test_what_is_final_is_counted_as_such(place: Place) -> None:
    place.mine(place.payer.anchor())
    assert place.ledger.nonces(place.payer.address).finalized == 0
    place.chain.mine(4)
    assert place.ledger.nonces(place.payer.address).finalized == 1


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_reorganisation_takes_it_away_and_the_same_bytes_bring_it_back(place: Place, depth: int) -> None:
    place.chain.mine(5)
    signed = place.payer.anchor()
    place.mine(signed)
    place.chain.mine(depth - 1)
    before = place.ledger.receipt(signed.hash)
    assert before is not None
    place.chain.reorg(depth)
    assert place.ledger.receipt(signed.hash) is None
    assert place.ledger.transaction(signed.hash) is None
    assert place.ledger.nonces(place.payer.address).latest == 0
    now = place.ledger.block(before.block_number)
    assert now is not None
    assert now.hash != before.block_hash
    place.mine(signed)
    after = place.ledger.receipt(signed.hash)
    assert after is not None
    assert after.block_hash != before.block_hash


def test_one_that_is_dropped_is_unknown_and_is_taken_again(place: Place) -> None:
    signed = place.payer.anchor()
    place.ledger.send(signed.raw)
    place.chain.drop("0x" + signed.hash.hex())
    assert place.ledger.transaction(signed.hash) is None
    assert place.ledger.nonces(place.payer.address).pending == 0
    assert place.ledger.send(signed.raw) is Sent.TAKEN


def test_one_of_another_chain_is_refused(place: Place) -> None:
    with pytest.raises(AnchoringError) as error:
        place.ledger.send(place.payer.anchor(chain_id=8453).raw)
    assert error.value.code == "refused_by_node"
    with pytest.raises(AnchoringError) as error:
        place.ledger.send(b"\x02no transaction")
    assert error.value.code == "refused_by_node"


def test_another_chain_is_told_at_once(place: Place) -> None:
    ledger = place.open_ledger(8453)
    signed = place.payer.anchor()
    questions: list[Callable[[], object]] = [
        lambda: ledger.balance(place.payer.address),
        lambda: ledger.nonces(place.payer.address),
        ledger.fees,
        lambda: ledger.data_fee(signed.raw),
        lambda: ledger.send(signed.raw),
        lambda: ledger.transaction(signed.hash),
        lambda: ledger.receipt(signed.hash),
        lambda: ledger.block(BlockTag.LATEST),
    ]
    for question in questions:
        with pytest.raises(AnchoringError) as error:
            question()
        assert error.value.code == "wrong_chain"
    assert place.ledger.transaction(signed.hash) is None
    assert (ledger.chain_id, place.ledger.chain_id) == (8453, CHAIN_ID)


def test_a_chain_without_an_oracle_asks_nothing_for_data(place: Place) -> None:
    assert place.ledger.data_fee(place.payer.anchor().raw) == 0
