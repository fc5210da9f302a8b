"""What goes wrong between us and a real node: in the end there is one final anchor all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.base_chain import Web3Ledger
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.flows import anchor
from openedx_verifiable_credentials.flows.anchor import FeeCaps
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models.anchor import AnchorState
from tests.anchoring import ADDRESS
from tests.anchoring import GWEI
from tests.anchoring import RandomKey
from tests.anchoring import World
from tests.anchoring import cost
from tests.anchoring import require_sound
from tests.chain.node import CHAIN_ID
from tests.chain.node import FINALIZED_AFTER
from tests.chain.node import SAFE_AFTER
from tests.chain.node import Node
from tests.chain.node import NodeError
from tests.chain.relay import Lost
from tests.chain.relay import Relay
from tests.chain.relay import relayed

pytestmark = [pytest.mark.anvil, pytest.mark.django_db]


@pytest.fixture(name="relay")
def make_relay(node: Node) -> Iterator[Relay]:
    with relayed(node) as relay:
        yield relay


@pytest.fixture(name="world")
def make_world(node: Node, relay: Relay) -> World:
    """Three leaves wait; the worker asks through the relay."""
    world = World(node, ledger=Web3Ledger([Secret(relay.url.encode())], CHAIN_ID, 1))
    world.add_leaves(3)
    return world


def codes(run: Any) -> list[str]:
    return [problem.code for problem in run.problems]


def only() -> AnchorBatch:
    return AnchorBatch.objects.get()


def require_one_anchor(world: World, transactions: int = 1) -> None:
    world.settle()
    require_sound(world, 3)
    assert len(world.anchors()) == 1
    assert AnchorTransaction.objects.count() == transactions


# --- Between us and the endpoint


def test_a_lost_reply_to_what_was_sent_is_no_second_transaction(world: World, relay: Relay) -> None:
    def lose(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_sendRawTransaction":
            raise Lost
        return result

    world.node.automine(False)
    relay.change = lose
    assert codes(world.run()) == ["chain_unavailable"]
    assert only().state == AnchorState.SIGNED
    assert world.node.waiting() == {"0x" + AnchorTransaction.objects.get().hash}
    relay.change = lambda method, params, result: result
    assert codes(world.run()) == []
    assert only().state == AnchorState.BROADCAST
    world.node.automine(True)
    require_one_anchor(world)


def test_already_known_is_as_good_as_taken(world: World) -> None:
    world.node.automine(False)
    world.run()
    # As after a backup of the database.
    AnchorTransaction.objects.update(sent_at=None)
    AnchorBatch.objects.update(state=AnchorState.SIGNED)
    assert codes(world.run()) == []
    assert only().state == AnchorState.BROADCAST
    assert AnchorTransaction.objects.get().sent_at is not None
    world.node.automine(True)
    require_one_anchor(world)


def test_nonce_too_low_because_it_is_in_a_block_is_no_second_transaction(world: World, relay: Relay) -> None:
    def be_faster(method: str, params: list[Any]) -> None:
        if method == "eth_sendRawTransaction":
            world.node.call(method, *params)
            world.node.mine()

    relay.before = be_faster
    assert codes(world.run()) == []
    assert world.node.nonce(world.signer.address) == 1
    with pytest.raises(NodeError, match="nonce too low|already"):
        send_by_hand(world, AnchorTransaction.objects.get())
    world.run()
    assert only().state in (AnchorState.MINED, AnchorState.SAFE)
    require_one_anchor(world)


def test_a_number_used_elsewhere_is_given_up_only_when_that_is_final(world: World, relay: Relay) -> None:
    def refuse(method: str, params: list[Any]) -> None:
        if method == "eth_sendRawTransaction":
            raise Lost

    relay.before = refuse
    world.run()
    relay.before = lambda method, params: None
    elsewhere = world.node.transact(world.signer.address, to=ADDRESS)
    world.wait(hours=1)
    assert codes(world.run()) == ["nonce_used"]
    world.wait(hours=1)
    assert codes(world.run()) == ["nonce_used"], "not final yet"
    assert (only().nonce, only().state) == (0, AnchorState.SIGNED)
    world.node.mine(FINALIZED_AFTER)
    assert codes(world.run()) == []
    assert only().nonce == 1
    assert Event.objects.filter(kind="anchor.number_lost").count() == 1
    require_one_anchor(world, transactions=2)
    assert world.node.receipt(elsewhere) is not None


def test_a_number_that_is_final_elsewhere_is_not_given_up_at_first_sight(world: World, relay: Relay) -> None:
    def lag(method: str, params: list[Any], result: Any) -> Any:
        return None if method in ("eth_getTransactionReceipt", "eth_getTransactionByHash") else result

    world.run()
    world.node.mine(FINALIZED_AFTER + 1)
    relay.change = lag  # it does not know of the transaction that its own count has
    assert codes(world.run()) == ["nonce_used"]
    assert codes(world.run()) == ["nonce_used"]
    assert only().nonce == 0
    relay.change = lambda method, params, result: result
    require_one_anchor(world)


def test_a_transaction_that_a_node_may_have_forgotten_gets_no_other_number(world: World, relay: Relay) -> None:
    world.run()
    world.node.mine(FINALIZED_AFTER + 1)

    def forget(method: str, params: list[Any], result: Any) -> Any:
        return None if method in ("eth_getTransactionReceipt", "eth_getTransactionByHash") else result

    relay.change = forget
    world.wait(days=15)
    assert codes(world.run()) == ["nonce_used"]
    world.wait(hours=1)
    assert codes(world.run()) == ["too_old"]
    assert only().nonce == 0
    relay.change = lambda method, params, result: result
    require_one_anchor(world)


def test_a_transaction_whose_receipt_the_endpoint_threw_away_gets_no_other_number(world: World, relay: Relay) -> None:
    def forget(method: str, params: list[Any], result: Any) -> Any:
        return None if method == "eth_getTransactionReceipt" else result

    world.run()
    world.node.mine(FINALIZED_AFTER + 1)
    relay.change = forget
    for _ in range(3):
        assert codes(world.run()) == ["contradiction"]
        world.wait(hours=1)
    assert (only().state, only().nonce) == (AnchorState.BROADCAST, 0)
    relay.change = lambda method, params, result: result
    require_one_anchor(world)


def test_a_block_that_stands_while_its_transaction_is_not_found_takes_nothing_back(world: World, relay: Relay) -> None:
    world.run()
    world.node.mine()
    world.run()
    world.node.mine(FINALIZED_AFTER)
    before = only()

    def forget(method: str, params: list[Any], result: Any) -> Any:
        return None if method in ("eth_getTransactionReceipt", "eth_getTransactionByHash") else result

    relay.change = forget
    assert codes(world.run()) == ["contradiction"]
    assert (only().state, only().block_hash) == (before.state, before.block_hash)
    relay.change = lambda method, params, result: result
    require_one_anchor(world)


def test_a_number_used_elsewhere_and_freed_again_stays_the_batchs(world: World, relay: Relay) -> None:
    def refuse(method: str, params: list[Any]) -> None:
        if method == "eth_sendRawTransaction":
            raise Lost

    relay.before = refuse
    world.run()
    relay.before = lambda method, params: None
    world.node.transact(world.signer.address, to=ADDRESS)
    assert codes(world.run()) == ["nonce_used"]
    world.node.reorg(1)
    assert codes(world.run()) == []
    require_one_anchor(world)


def test_an_account_that_was_used_before_goes_on_with_its_next_number(world: World) -> None:
    for _ in range(3):
        world.node.transact(world.signer.address, to=ADDRESS)
    world.run()
    assert (only().nonce, AnchorAccount.objects.get().next_nonce) == (3, 4)
    assert Event.objects.get(kind="anchor.numbers_skipped").ids["next"] == "3"
    require_one_anchor(world)


def test_a_number_freed_by_a_reorganisation_is_filled(world: World) -> None:
    world.node.transact(world.signer.address, to=ADDRESS)
    world.node.automine(False)
    world.run()
    world.node.reorg(1)  # what was used elsewhere is gone; ours waits behind it
    assert codes(world.run()) == ["nonce_gap"]
    world.add_leaves(2)
    world.run()
    assert sorted(AnchorBatch.objects.values_list("nonce", flat=True)) == [0, 1]
    world.node.automine(True)
    world.node.mine()
    world.settle()
    require_sound(world, 5)


def test_a_dropped_transaction_is_sent_again_byte_for_byte(world: World) -> None:
    world.node.automine(False)
    world.run()
    (waiting,) = world.node.waiting()
    world.node.drop(waiting)
    assert world.node.waiting() == set()
    world.run()
    assert world.node.waiting() == {waiting}
    world.node.automine(True)
    world.node.mine()
    require_one_anchor(world)


def test_a_node_that_is_down_changes_nothing_and_says_so(world: World, node: Node) -> None:
    dead = World(node, ledger=Web3Ledger([Secret(b"http://127.0.0.1:9")], CHAIN_ID, 1))
    assert codes(dead.run()) == ["chain_unavailable"]
    assert not AnchorBatch.objects.exists()
    assert not AnchorKey.objects.exists()
    require_one_anchor(world)


def test_a_slow_node_costs_its_time_and_nothing_else(world: World, relay: Relay) -> None:
    relay.before = lambda method, params: time.sleep(1.5) if method == "eth_sendRawTransaction" else None
    assert codes(world.run()) == ["chain_unavailable"]
    assert only().state == AnchorState.SIGNED
    relay.before = lambda method, params: None
    time.sleep(1)  # what was slow arrives all the same
    require_one_anchor(world)


def test_another_chains_node_is_refused_before_anything_is_signed(world: World, relay: Relay) -> None:
    relay.change = lambda method, params, result: "0x1" if method == "eth_chainId" else result
    assert codes(world.run()) == ["wrong_chain"]
    assert not AnchorBatch.objects.exists()
    assert not AnchorTransaction.objects.exists()
    relay.change = lambda method, params, result: result
    require_one_anchor(world)


@pytest.mark.parametrize(
    ("method", "member", "value"),
    [
        ("eth_getTransactionReceipt", "blockHash", "0x" + "ab" * 32),
        ("eth_getTransactionReceipt", "blockNumber", "0x1"),
        ("eth_getTransactionByHash", "input", "0x" + "cd" * 32),
        ("eth_getTransactionByHash", "from", "0x" + "ef" * 20),
        ("eth_getTransactionByHash", "to", "0x" + "ef" * 20),
        ("eth_getTransactionByHash", "to", None),
        ("eth_getTransactionByHash", "value", "0x1"),
        ("eth_getTransactionByHash", "blockHash", "0x" + "ab" * 32),
        ("eth_getTransactionReceipt", "status", "0x0"),
    ],
)
def test_what_an_endpoint_makes_up_about_a_transaction_does_not_count(
    world: World, relay: Relay, method: str, member: str, value: str | None
) -> None:
    def lie(asked: str, params: list[Any], result: Any) -> Any:
        return {**result, member: value} if asked == method and result is not None else result

    world.run()
    world.node.mine()
    relay.change = lie
    run = world.run()
    assert codes(run) in (["contradiction"], ["nonce_used"], ["reverted"], ["bad_answer"])
    assert only().state == AnchorState.BROADCAST
    assert only().block_hash == ""
    relay.change = lambda asked, params, result: result
    require_one_anchor(world)


# --- Fees


def test_a_fee_above_the_cap_waits_until_it_is_below(world: World) -> None:
    world.node.set_next_block_base_fee(1000 * GWEI)
    world.node.mine()
    assert codes(world.run(caps=FeeCaps(10**14, 10**16))) == ["fee_cap"]
    assert (only().state, only().problem, only().nonce) == (AnchorState.PREPARED, "fee_cap", None)
    assert not AnchorTransaction.objects.exists()
    assert AnchorAccount.objects.get().next_nonce == 0
    world.node.set_next_block_base_fee(GWEI)
    world.node.mine()
    require_one_anchor(world)


def test_the_cap_of_a_day_counts_what_was_not_paid_yet_and_ends_with_the_day(world: World) -> None:
    each = anchor.estimate(world.means()).most_each
    caps = FeeCaps(10 * each, 2 * each + each // 4)
    world.node.automine(False)
    assert codes(world.run(leaves=1, caps=caps)) == ["fee_cap"]
    assert [batch.problem for batch in AnchorBatch.objects.order_by("pk")] == ["", "", "fee_cap"]
    assert [int(one.most) for one in AnchorTransaction.objects.all()] == [each, each]
    world.node.automine(True)
    world.node.mine(FINALIZED_AFTER + 1)
    # What two batches cost is known by now, and leaves room for the most that another one can.
    world.run(leaves=1, caps=caps)
    assert AnchorTransaction.objects.count() == 3
    assert codes(world.run(caps=FeeCaps(10 * each, each))) == []
    world.add_leaves(1)
    assert codes(world.run(caps=FeeCaps(10 * each, each))) == ["fee_cap"]
    world.node.mine(FINALIZED_AFTER)
    world.run(caps=FeeCaps(10 * each, each))
    world.wait(hours=25)
    world.node.mine()
    assert codes(world.run(caps=FeeCaps(10 * each, each))) == [], "it is another day"
    world.settle()
    require_sound(world, 4)


def test_an_empty_account_signs_nothing(world: World) -> None:
    world.node.set_balance(world.signer.address, 1000)
    assert codes(world.run()) == ["balance"]
    assert (only().state, only().problem) == (AnchorState.PREPARED, "balance")
    world.node.set_balance(world.signer.address, 10**18)
    require_one_anchor(world)


def test_an_account_that_is_emptied_after_it_signed_sends_when_it_has_coins(world: World, relay: Relay) -> None:
    def empty(method: str, params: list[Any]) -> None:
        if method == "eth_sendRawTransaction":
            world.node.set_balance(world.signer.address, 0)

    relay.before = empty
    assert codes(world.run()) == ["balance"]
    assert (only().state, only().problem) == (AnchorState.SIGNED, "balance")
    relay.before = lambda method, params: None
    world.node.set_balance(world.signer.address, 10**18)
    require_one_anchor(world)


def ask_more(relay: Relay, gwei: int) -> None:
    """It takes so much more than the base fee now to get into a block."""

    def change(method: str, params: list[Any], result: Any) -> Any:
        return hex(gwei * GWEI) if method == "eth_maxPriorityFeePerGas" else result

    relay.change = change


def stuck(world: World, relay: Relay) -> AnchorTransaction:
    """Waits at a node, and pays too little for the blocks that come."""
    world.node.automine(False)
    world.run()
    ask_more(relay, 5)
    world.wait(minutes=4)
    return AnchorTransaction.objects.get()


def send_by_hand(world: World, transaction: AnchorTransaction) -> None:
    world.node.call("eth_sendRawTransaction", "0x" + bytes(transaction.raw).hex())


def test_a_stuck_transaction_is_replaced_under_its_number_with_its_root(world: World, relay: Relay) -> None:
    first = stuck(world, relay)
    assert world.node.waiting() == {"0x" + first.hash}
    assert world.run().happened["anchor.replaced"] == 1
    second = AnchorTransaction.objects.latest("pk")
    assert second.max_fee_per_gas * 8 >= first.max_fee_per_gas * 9
    assert second.max_priority_fee_per_gas * 8 >= first.max_priority_fee_per_gas * 9
    assert world.node.waiting() == {"0x" + second.hash}
    seen = world.node.transaction("0x" + second.hash)
    assert seen is not None
    assert (seen["nonce"], seen["input"]) == ("0x0", "0x" + only().root)
    assert world.run().happened["anchor.replaced"] == 0, "not again at once"
    world.node.automine(True)
    world.node.mine()
    require_one_anchor(world, transactions=2)
    assert only().transaction == second


def test_both_fees_rise_by_an_eighth_where_the_market_asks_for_one_of_them(world: World, relay: Relay) -> None:
    first = stuck(world, relay)
    world.node.set_next_block_base_fee(12 * GWEI)
    ask_more(relay, 1)
    world.node.mine()
    world.run()
    second = AnchorTransaction.objects.latest("pk")
    assert second.max_fee_per_gas > first.max_fee_per_gas * 2
    assert second.max_priority_fee_per_gas * 8 >= first.max_priority_fee_per_gas * 9


@pytest.mark.parametrize(
    ("minutes", "gwei", "only_follow", "replaced"),
    [(4, 5, False, 1), (2, 5, False, 0), (4, 1, False, 0), (4, 5, True, 0)],
    ids=["stuck", "not for long", "pays enough", "only followed"],
)
def test_only_what_waits_for_long_and_pays_too_little_is_replaced(
    world: World, relay: Relay, minutes: int, gwei: int, only_follow: bool, replaced: int
) -> None:
    world.node.automine(False)
    world.run()
    ask_more(relay, gwei)
    world.wait(minutes=minutes)
    assert world.run(only_follow=only_follow).happened["anchor.replaced"] == replaced
    assert AnchorTransaction.objects.count() == 1 + replaced


def test_what_the_node_has_forgotten_and_takes_no_more_at_its_fee_is_replaced_when_it_is_stuck(world: World) -> None:
    world.node.automine(False)
    world.run()
    world.node.set_next_block_base_fee(12 * GWEI)
    world.node.mine()
    assert world.node.waiting() == set()
    assert codes(world.run()) == ["underpriced"]
    assert only().problem == "underpriced"
    world.wait(minutes=4)
    assert world.run().happened["anchor.replaced"] == 1
    assert only().problem == ""
    world.node.automine(True)
    world.node.mine()
    require_one_anchor(world, transactions=2)


def test_the_old_transaction_may_be_mined_after_it_was_replaced(world: World, relay: Relay) -> None:
    first = stuck(world, relay)
    world.run()
    second = AnchorTransaction.objects.latest("pk")
    # Whoever makes the block has not heard of the new one.
    world.node.drop("0x" + second.hash)
    send_by_hand(world, first)
    world.node.mine()
    world.run()
    assert only().transaction == first
    world.node.automine(True)
    require_one_anchor(world, transactions=2)


def test_a_reorganisation_may_put_the_other_one_of_two_into_a_block(world: World, relay: Relay) -> None:
    first = stuck(world, relay)
    world.run()
    world.node.mine()
    world.run()
    second = AnchorTransaction.objects.latest("pk")
    assert only().transaction == second
    world.node.reorg(1)
    send_by_hand(world, first)
    world.node.mine()
    run = world.run()
    assert only().transaction == first
    assert run.happened["anchor.reorganised"] == 1
    world.node.automine(True)
    require_one_anchor(world, transactions=2)


def test_no_replacement_is_signed_that_costs_more_than_the_cap(world: World, relay: Relay) -> None:
    first = stuck(world, relay)
    run = world.run(caps=FeeCaps(int(first.most) + 1, 10**16))
    assert codes(run) == ["fee_cap"]
    assert AnchorTransaction.objects.count() == 1
    assert only().problem == "fee_cap"


def test_a_stuck_transaction_of_a_key_that_is_not_at_hand_waits_and_says_so(world: World, relay: Relay) -> None:
    stuck(world, relay)
    run = world.run(signer=RandomKey())
    assert codes(run) == ["other_key"]
    assert world.run().happened["anchor.replaced"] == 1


# --- Reorganisations


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("is_safe", [False, True])
def test_a_reorganisation_takes_it_back_and_the_same_bytes_are_sent_again(
    world: World, depth: int, is_safe: bool
) -> None:
    world.run()
    world.node.mine(SAFE_AFTER if is_safe else 1)
    world.run()
    assert only().state == (AnchorState.SAFE if is_safe else AnchorState.MINED)
    before = only()
    blocks_since = world.node.height() - before.block_number
    world.node.reorg(depth)
    run = world.run()
    is_gone = depth > blocks_since
    assert run.happened["anchor.reorganised"] == int(is_gone)
    if is_gone:
        batch = only()
        assert (batch.state, batch.block_hash, batch.fee) == (AnchorState.BROADCAST, "", None)
        assert (batch.transaction, batch.block_number, batch.block_time) == (None, None, None)
    world.node.mine()
    world.run()
    after = only()
    assert after.transaction == before.transaction
    assert (after.block_hash != before.block_hash) is is_gone
    require_one_anchor(world)


def test_an_endpoint_that_lags_behind_takes_nothing_back(world: World, relay: Relay) -> None:
    world.run()
    world.node.mine()
    world.run()
    before = only()

    def lag(method: str, params: list[Any], result: Any) -> Any:
        if method in ("eth_getTransactionReceipt", "eth_getTransactionByHash"):
            return None
        if method == "eth_getBlockByNumber" and params[0] == hex(before.block_number):
            return None
        return result

    relay.change = lag
    world.run()
    assert (only().state, only().block_hash) == (before.state, before.block_hash)


def test_an_endpoint_that_knows_of_fewer_safe_blocks_makes_nothing_less_safe(world: World, relay: Relay) -> None:
    world.run()
    world.node.mine(SAFE_AFTER)
    world.run()
    assert only().state == AnchorState.SAFE

    def lag(method: str, params: list[Any], result: Any) -> Any:
        is_tag = method == "eth_getBlockByNumber" and params[0] in ("safe", "finalized")
        return world.node.block(0) if is_tag else result

    relay.change = lag
    assert codes(world.run()) == []
    assert only().state == AnchorState.SAFE


def test_two_workers_that_find_a_transaction_stuck_replace_it_once(world: World, relay: Relay) -> None:
    stuck(world, relay)
    runs = []

    def other(what: str) -> None:
        if what == "before balance" and not runs:
            runs.append(world.run())

    first = world.run(reached=other)
    assert [run.happened["anchor.replaced"] for run in (first, *runs)] == [0, 1]
    assert AnchorTransaction.objects.count() == 2


def test_a_reverted_transaction_is_no_anchor_and_the_batch_gets_another(world: World) -> None:
    world.node.set_code(ADDRESS, b"\xfe")
    world.run()
    assert codes(world.run()) == ["reverted"]
    assert (only().state, only().problem) == (AnchorState.BROADCAST, "reverted")
    world.node.set_code(ADDRESS, b"")
    world.node.mine(FINALIZED_AFTER)
    world.settle()
    require_sound(world, 3)
    assert only().nonce == 1
    assert [each["receipt"]["status"] for each in world.anchors()] == ["0x0", "0x1"]


def test_what_is_reverted_again_and_again_is_paid_up_to_the_cap_of_a_day(world: World) -> None:
    world.node.set_code(ADDRESS, b"\xfe")
    world.node.set_next_block_base_fee(GWEI)
    world.node.mine()
    caps = FeeCaps(10**18, 4 * anchor.estimate(world.means()).most_each)

    def until_the_cap() -> None:
        for _ in range(20):
            if "fee_cap" in codes(world.run(caps=caps)):
                return
            world.node.mine(FINALIZED_AFTER)
        raise AssertionError("It goes on paying.")

    until_the_cap()
    paid = world.anchors()
    assert len(paid) > 1
    assert {each["receipt"]["status"] for each in paid} == {"0x0"}
    assert sum(map(cost, paid)) <= caps.day
    world.wait(hours=25)
    until_the_cap()
    assert sum(map(cost, world.anchors()[len(paid) :])) <= caps.day
    world.node.set_code(ADDRESS, b"")
    world.wait(hours=25)
    world.settle()
    assert [each["receipt"]["status"] for each in world.anchors()][-1] == "0x1"


def test_a_second_worker_may_come_at_any_call_of_the_first(world: World) -> None:
    seen = []
    for number in range(40):
        left = number

        def other(what: str) -> None:
            nonlocal left
            left -= 1
            if left == 0 and not what.endswith(" sign"):
                seen.append(what)
                world.run()

        world.add_leaves(1)
        world.run(reached=other)
        world.node.mine()
    assert {"before nonces", "before send", "after send", "before receipt"} <= set(seen)
    world.settle()
    require_sound(world, 43)
