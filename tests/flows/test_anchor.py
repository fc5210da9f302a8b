"""Leaves go into batches, their roots onto a chain, and the chain decides what became of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openedx_verifiable_credentials.core import merkle
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows import anchor
from openedx_verifiable_credentials.flows.anchor import FeeCaps
from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorKey
from openedx_verifiable_credentials.models import AnchorLeaf
from openedx_verifiable_credentials.models import AnchorTransaction
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import InclusionProof
from openedx_verifiable_credentials.models.anchor import AnchorState
from tests.anchoring import ADDRESS
from tests.anchoring import NETWORK
from tests.anchoring import RandomKey
from tests.anchoring import World
from tests.anchoring import require_sound
from tests.chain.node import ETHER
from tests.chain.node import FINALIZED_AFTER
from tests.chain.node import Node

pytestmark = [pytest.mark.anvil, pytest.mark.django_db]


@pytest.fixture(name="world")
def make_world(node: Node) -> World:
    return World(node)


def states() -> list[str]:
    return list(AnchorBatch.objects.order_by("pk").values_list("state", flat=True))


def codes(done: Any) -> list[str]:
    return [problem.code for problem in done.problems]


def test_leaves_end_in_one_final_anchor(world: World) -> None:
    world.add_leaves(5)
    seen = []
    for _ in range(6):
        run = world.run()
        assert run.problems == []
        seen += states()
        world.node.mine()
    assert seen == ["broadcast", "mined", "safe", "safe", "finalized", "finalized"]
    require_sound(world, 5)
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["anchor.prepared", "anchor.signed", "anchor.mined", "anchor.finalized"]
    account = AnchorAccount.objects.get()
    assert (account.key.address, account.next_nonce) == (world.signer.address, 1)
    assert account.key.public_key_multibase.startswith("zQ3s")
    assert account.key.created < AnchorBatch.objects.get().block_time


def test_events_hold_ids_and_nothing_else(world: World) -> None:
    world.add_leaves(2)
    world.settle()
    batch = AnchorBatch.objects.get()
    for event in Event.objects.all():
        assert event.ids.pop("batch") == str(batch.uuid)
        assert set(event.ids) <= {"transaction"}
        assert set(event.ids.values()) <= {batch.transaction.hash}


def test_the_transaction_carries_the_root_and_transfers_nothing(world: World) -> None:
    world.add_leaves(2)
    world.run()
    world.node.mine()
    (sent,) = world.anchors()
    assert (sent["to"], sent["value"], sent["type"]) == (ADDRESS, "0x0", "0x2")
    assert sent["input"] == "0x" + AnchorBatch.objects.get().root
    assert len(sent["input"]) == 66
    # EIP-7623: a byte that is zero counts as one, every other one as four.
    zeros = bytes.fromhex(sent["input"][2:]).count(0)
    assert int(sent["receipt"]["gasUsed"], 16) == 21_000 + 10 * (4 * (32 - zeros) + zeros)


def test_one_leaf_is_a_batch_whose_root_it_is(world: World) -> None:
    (leaf,) = world.add_leaves(1)
    world.settle()
    assert AnchorBatch.objects.get().root == leaf.leaf
    assert bytes(InclusionProof.objects.get().path) == b""
    require_sound(world, 1)


def test_paths_have_the_shape_of_their_place_in_the_order_of_leaves(world: World) -> None:
    world.add_leaves(7)
    world.run()
    rows = list(AnchorLeaf.objects.order_by("leaf").select_related("inclusion"))
    for position, row in enumerate(rows):
        assert merkle.position_of(bytes(row.inclusion.path), 7) == position


# --- When


def test_leaves_wait_for_others_until_there_are_enough_or_one_has_waited_for_long(world: World) -> None:
    world.add_leaves(3)
    assert world.run(flush=False, leaves=4).waiting == 3
    assert states() == []
    world.add_leaves(1)
    assert world.run(flush=False, leaves=4).waiting == 0
    assert states() == ["broadcast"]
    world.add_leaves(1)
    world.wait(minutes=14)
    world.add_leaves(1)
    assert world.run(flush=False, leaves=4).waiting == 2
    world.wait(minutes=1)
    assert world.run(flush=False, leaves=4).waiting == 0
    world.settle()
    require_sound(world, 6)


def test_a_batch_has_so_many_leaves_at_most_and_the_oldest_go_first(world: World) -> None:
    leaves = world.add_leaves(7)
    assert world.run(flush=False, leaves=3).waiting == 1
    counts = list(AnchorBatch.objects.order_by("pk").values_list("leaf_count", flat=True))
    assert counts == [3, 3]
    assert AnchorLeaf.objects.get(batch=None).pk == max(AnchorLeaf.objects.values_list("pk", flat=True))
    world.run(leaves=3)
    assert list(AnchorBatch.objects.order_by("pk").values_list("leaf_count", flat=True)) == [3, 3, 1]
    world.settle()
    require_sound(world, len(leaves))


def test_nothing_that_waits_is_no_batch(world: World) -> None:
    assert world.run().happened == {}
    assert states() == []
    assert world.node.transactions() == []


def test_while_one_batch_is_held_up_few_leaves_wait_for_it(world: World) -> None:
    world.add_leaves(2)
    poor = FeeCaps(1, 1)
    world.run(caps=poor)
    assert states() == ["prepared"]
    world.add_leaves(2)
    world.wait(hours=1)
    assert world.run(flush=False, caps=poor).waiting == 2
    assert states() == ["prepared"]
    assert world.run(flush=False, caps=poor, leaves=2).waiting == 0, "it is full"
    world.settle()
    require_sound(world, 4)


def test_only_following_prepares_and_signs_nothing(world: World) -> None:
    world.add_leaves(2)
    world.run(caps=FeeCaps(1, 1))
    world.add_leaves(2)
    assert world.run(only_follow=True).happened == {}
    assert states() == ["prepared"]
    assert not AnchorTransaction.objects.exists()


def test_only_following_sends_again_what_was_sent_before_and_sees_it_final(world: World) -> None:
    world.add_leaves(2)
    world.node.automine(False)
    world.run()
    (waiting,) = world.node.waiting()
    world.node.drop(waiting)
    world.run(only_follow=True)
    assert world.node.waiting() == {waiting}
    for _ in range(FINALIZED_AFTER + 1):
        world.node.mine()
    world.run(only_follow=True)
    assert states() == ["finalized"]


def test_each_event_is_told_as_it_happens(world: World) -> None:
    world.add_leaves(2)
    told = []
    anchor.run(world.means(), flush=True, progress=lambda kind, batch: told.append((kind, batch)))
    uuid = AnchorBatch.objects.get().uuid
    assert told == [("anchor.prepared", uuid), ("anchor.signed", uuid)]


# --- Keys and networks


def test_a_retired_key_signs_nothing_new_but_what_it_sent_is_followed(world: World) -> None:
    world.add_leaves(2)
    world.run()
    AnchorKey.objects.update(retired_at=world.now())
    world.add_leaves(2)
    assert codes(world.run()) == ["key_retired"]
    world.node.mine(FINALIZED_AFTER)
    world.run()
    assert states() == ["finalized"]
    world.signer = RandomKey()
    world.node.set_balance(world.signer.address, ETHER)
    world.settle()
    assert AnchorBatch.objects.latest("pk").account.key.address == world.signer.address
    assert AnchorKey.objects.count() == 2


def test_a_signer_whose_address_is_not_its_keys_is_refused(world: World) -> None:
    world.add_leaves(1)
    world.signer.address = "0x" + "ab" * 20
    assert codes(world.run()) == ["key_mismatch"]
    assert states() == []
    assert not AnchorKey.objects.exists()


def test_a_batch_goes_on_where_it_was_sent_when_new_ones_go_elsewhere(world: World) -> None:
    world.add_leaves(2)
    world.run()
    world.add_leaves(1)
    world.run(network_name="elsewhere", others={NETWORK: world.ledger})
    assert list(AnchorBatch.objects.order_by("pk").values_list("network", flat=True)) == [NETWORK, "elsewhere"]
    assert states() == ["mined", "broadcast"]


def test_a_batch_is_not_looked_for_on_another_chain_that_has_its_networks_name_now(world: World) -> None:
    world.add_leaves(2)
    world.run()
    before = states()
    AnchorBatch.objects.update(chain_id=7)
    run = world.run()
    assert [(problem.code, problem.network) for problem in run.problems] == [("no_endpoint", NETWORK)]
    assert states() == before
    AnchorBatch.objects.update(chain_id=world.ledger.chain_id)
    world.settle()
    assert states() == ["finalized"]


def test_a_batch_on_a_network_without_an_endpoint_is_told_of(world: World) -> None:
    world.add_leaves(2)
    world.run()
    run = world.run(network_name="elsewhere")
    assert [(problem.code, problem.network) for problem in run.problems] == [("no_endpoint", NETWORK)]
    assert codes(world.run()) == []


def test_a_batch_that_nobody_signed_goes_where_new_ones_go(world: World) -> None:
    world.add_leaves(2)
    world.run(caps=FeeCaps(1, 1))
    world.run(network_name="elsewhere")
    assert AnchorBatch.objects.get().network == "elsewhere"


# --- What it would cost, and how things stand


def test_an_estimate_says_what_all_that_waits_would_cost_and_writes_nothing(world: World) -> None:
    world.add_leaves(7)
    found = anchor.estimate(world.means(leaves=3))
    assert (found.title, found.is_test, found.address) == ("Base Sepolia", True, world.signer.address)
    assert (found.leaves, found.batches, found.problems) == (7, 3, [])
    assert found.most == 3 * found.most_each > 0
    assert (found.balance, found.spent) == (ETHER, 0)
    assert not AnchorKey.objects.exists()
    assert states() == []
    world.run(leaves=3)
    assert sum(int(each.most) for each in AnchorTransaction.objects.all()) <= found.most
    assert anchor.estimate(world.means()).spent > 0


def test_nothing_that_waits_is_held_up_by_nothing(world: World) -> None:
    world.add_leaves(2)
    world.run()
    found = anchor.estimate(world.means(caps=FeeCaps(1, 1)))
    assert (found.batches, found.problems) == (0, [])
    assert found.spent > 1


def test_leaves_are_taken_after_all_that_takes_long_so_that_those_who_write_some_need_not_wait(world: World) -> None:
    world.add_leaves(3)
    with CaptureQueriesContext(connection) as queries:
        world.run()
    writes = [one["sql"] for one in queries.captured_queries if one["sql"].startswith(("INSERT", "UPDATE"))]
    [path] = [number for number, sql in enumerate(writes) if InclusionProof._meta.db_table in sql]
    [taken] = [number for number, sql in enumerate(writes) if sql.startswith("UPDATE") and "anchorleaf" in sql]
    assert path < taken


def test_an_estimate_says_what_would_hold_it_up(world: World) -> None:
    world.add_leaves(2)
    assert codes(anchor.estimate(world.means(caps=FeeCaps(1, 10**18)))) == ["fee_cap"]
    assert codes(anchor.estimate(world.means(caps=FeeCaps(10**18, 1)))) == ["fee_cap"]
    world.node.set_balance(world.signer.address, 1)
    assert codes(anchor.estimate(world.means())) == ["balance"]
    world.node.stop()
    with pytest.raises(TransientError) as caught:
        anchor.estimate(world.means())
    assert caught.value.code == "chain_unavailable"


def test_the_status_says_what_waits_where_batches_are_and_what_holds_them_up(world: World) -> None:
    first = world.now()
    world.add_leaves(2)
    world.run()
    world.node.mine()
    world.run()
    world.add_leaves(2)
    world.run(caps=FeeCaps(1, 1))
    world.add_leaves(3)
    found = anchor.status(world.means())
    assert found.batches == {AnchorState.MINED: 1, AnchorState.PREPARED: 1}
    assert found.leaves == 3
    assert found.oldest is not None
    assert first < found.oldest <= world.now()
    assert found.balance is not None
    assert 0 < found.balance < ETHER
    assert found.spent == int(AnchorTransaction.objects.get().most)
    (problem,) = found.problems
    held_up = AnchorBatch.objects.get(state=AnchorState.PREPARED)
    assert (problem.code, problem.batch, problem.network) == ("fee_cap", held_up.uuid, NETWORK)
    assert problem.sentence == anchor.estimate(world.means(caps=FeeCaps(1, 1))).problems[0].sentence


def test_the_status_can_be_had_without_the_chain(world: World) -> None:
    world.add_leaves(2)
    world.node.stop()
    found = anchor.status(world.means())
    assert (found.balance, found.leaves, codes(found)) == (None, 2, ["chain_unavailable"])


# --- What cannot be


def test_a_signer_that_fails_leaves_no_trace_of_its_number(world: World) -> None:
    world.add_leaves(2)

    def fail(what: str) -> None:
        if what == "before sign":
            raise TransientError("signing_unavailable", "The signing service does not answer.")

    assert codes(world.run(reached=fail)) == ["signing_unavailable"]
    assert AnchorAccount.objects.get().next_nonce == 0
    assert (states(), AnchorBatch.objects.get().nonce) == (["prepared"], None)
    world.settle()
    require_sound(world, 2)


def test_a_leaf_that_is_none_stops_its_batch_and_nothing_is_written(world: World) -> None:
    world.add_leaves(2)
    AnchorLeaf.objects.filter(pk=AnchorLeaf.objects.latest("pk").pk).update(leaf="ab" * 31)
    assert codes(world.run()) == ["bad_leaf"]
    assert states() == []
    assert AnchorLeaf.objects.filter(batch=None).count() == 2


def test_the_sound_is_told_from_the_unsound(world: World) -> None:
    """The check that the other tests trust in."""
    world.add_leaves(4)
    world.settle()
    require_sound(world, 4)
    one = InclusionProof.objects.latest("pk")
    path = bytes(one.path)
    InclusionProof.objects.filter(pk=one.pk).update(path=path[:-1] + bytes([path[-1] ^ 1]))
    with pytest.raises((AssertionError, AnchoringError)):
        require_sound(world, 4)
    InclusionProof.objects.filter(pk=one.pk).update(path=path)
    batch = AnchorBatch.objects.get()
    world.node.transact(world.signer.address, to=ADDRESS, input="0x" + batch.root)
    world.node.mine(FINALIZED_AFTER + 1)
    with pytest.raises(AssertionError, match="paid twice"):
        require_sound(world, 4)
