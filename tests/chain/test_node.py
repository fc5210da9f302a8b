"""The node that tests run against does to its chain what its methods say."""

from __future__ import annotations

import pytest

from tests.chain.node import CHAIN_ID
from tests.chain.node import ETHER
from tests.chain.node import Node
from tests.chain.node import NodeError
from tests.chain.node import running

pytestmark = pytest.mark.anvil
PAYER, OTHER = "0x" + "a1" * 20, "0x" + "b2" * 20


def sent(node: Node, **members: str) -> str:
    node.set_balance(PAYER, ETHER)
    return node.transact(PAYER, to=OTHER, **members)


def test_its_chain_is_base_sepolia_and_has_safe_and_finalized_blocks(node: Node) -> None:
    node.mine(9)
    assert int(node.call("eth_chainId"), 16) == CHAIN_ID == int(node.call("net_version"))
    numbers = {tag: int(node.block(tag)["number"], 16) for tag in ("latest", "safe", "finalized")}
    assert numbers == {"latest": 9, "safe": 7, "finalized": 5}


def test_a_transaction_waits_while_no_block_is_made(node: Node) -> None:
    node.automine(False)
    transaction = sent(node)
    assert node.waiting() == {transaction}
    assert node.receipt(transaction) is None
    assert (node.nonce(PAYER), node.nonce(PAYER, "pending")) == (0, 1)
    node.mine()
    receipt = node.receipt(transaction)
    assert receipt is not None
    assert receipt["blockHash"] == node.block(1)["hash"]
    assert [each["hash"] for each in node.transactions(PAYER)] == [transaction]
    assert node.waiting() == set()


def test_one_that_is_dropped_is_gone(node: Node) -> None:
    node.automine(False)
    transaction = sent(node)
    node.drop(transaction)
    node.mine()
    assert node.transaction(transaction) is None
    assert node.transactions() == []


@pytest.mark.parametrize("depth", [1, 3, 5])
def test_a_reorganisation_takes_away_what_was_in_the_blocks(node: Node, depth: int) -> None:
    node.mine(6)
    transaction = sent(node)
    node.mine(depth - 1)
    before = [node.block(number)["hash"] for number in range(node.height() + 1)]
    node.reorg(depth)
    after = [node.block(number)["hash"] for number in range(node.height() + 1)]
    assert len(after) == len(before)
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == depth
    assert before[:-depth] == after[:-depth]
    assert node.transaction(transaction) is None
    assert node.nonce(PAYER) == 0


def test_balance_fees_and_nonces_are_what_they_are_set_to(node: Node) -> None:
    node.set_balance(PAYER, 7)
    node.set_nonce(PAYER, 3)
    node.set_next_block_base_fee(10**12)
    node.mine()
    assert node.balance(PAYER) == 7
    assert node.nonce(PAYER) == 3
    assert int(node.block()["baseFeePerGas"], 16) == 10**12
    with pytest.raises(NodeError):
        node.transact(PAYER, to=OTHER, value="0x1")


def test_a_snapshot_brings_the_chain_back(node: Node) -> None:
    node.mine(2)
    remembered, newest = node.snapshot(), node.block()["hash"]
    sent(node)
    node.revert(remembered)
    assert node.block()["hash"] == newest
    assert node.balance(PAYER) == 0


def test_two_nodes_know_nothing_of_each_other_and_end_with_their_test(node: Node) -> None:
    with running(chain_id=1) as other:
        other.mine(3)
        assert (node.height(), other.height()) == (0, 3)
        assert int(other.call("eth_chainId"), 16) == 1
    assert other.process.poll() is not None
    with pytest.raises(OSError):
        other.height()
