"""
Random schedules of what may happen to workers, chain and endpoint. In the end, by the chain itself: every leaf is in
exactly one final anchor, no root was paid twice, and nothing cost more than it may.
"""

from __future__ import annotations

import contextlib
import os
import random
from typing import Any

import pytest

from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.anchor import FeeCaps
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorLeaf
from tests import parts
from tests.anchoring import GWEI
from tests.anchoring import Died
from tests.anchoring import World
from tests.anchoring import require_sound
from tests.chain.node import ETHER
from tests.chain.node import FINALIZED_AFTER
from tests.chain.node import Node
from tests.chain.node import NodeError

ALL = bool(os.environ.get("OVC_THOROUGH")) or "anvil" in parts.required()
SCHEDULES = 300 if ALL else 60
STEPS = 14
# So that some schedules meet them: a transaction at 1 gwei can cost 75,000 gwei.
CAPS = FeeCaps(batch=800_000 * GWEI, day=3_000_000 * GWEI)
pytestmark = [pytest.mark.anvil, pytest.mark.django_db]


class Schedule:
    """One, by its number. Each step has a name that starts with ``do_``."""

    def __init__(self, node: Node, number: int):
        self.random = random.Random(number)
        self.world = World(node, caps=CAPS, leaves=self.random.choice((2, 3, 100)))
        self.node = node
        self.leaves = 0
        self.log: list[str] = []

    def play(self) -> None:
        steps = [name for name in dir(self) if name.startswith("do_")]
        self.do_leaves()
        self.node.automine(self.random.random() < 0.4)
        for _ in range(STEPS):
            # A schedule is mostly workers.
            name = self.random.choice([*steps, "do_run", "do_run", "do_mine"])
            self.log.append(name)
            getattr(self, name)()

    def run(self, **changes: Any) -> None:
        self.world.run(flush=self.random.random() < 0.7, only_follow=self.random.random() < 0.1, **changes)

    def do_leaves(self) -> None:
        count = self.random.randint(1, 4)
        self.world.add_leaves(count)
        self.leaves += count

    def do_run(self) -> None:
        self.run()

    def do_killed(self) -> None:
        left = self.random.randint(0, 30)

        def reached(what: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                self.log.append(f"killed {what}")
                raise Died

        with contextlib.suppress(Died):
            self.run(reached=reached)

    def do_second_worker(self) -> None:
        left = self.random.randint(0, 20)

        def reached(what: str) -> None:
            nonlocal left
            left -= 1
            if left <= 0 and not what.endswith(" sign"):  # it holds the account
                left = 10**6
                self.log.append(f"second {what}")
                self.run()

        self.run(reached=reached)

    def do_lost_reply(self) -> None:
        self._failing("after send")

    def do_node_down(self) -> None:
        self._failing(f"before {self.random.choice(('send', 'receipt', 'block', 'nonces', 'fees', 'transaction'))}")

    def _failing(self, at: str) -> None:
        def reached(what: str) -> None:
            if what == at:
                raise TransientError("chain_unavailable", "The chain does not answer.")

        self.run(reached=reached)

    def do_mine(self) -> None:
        self.node.mine(self.random.randint(1, 3))

    def do_reorg(self) -> None:
        self.node.reorg(self.random.randint(1, FINALIZED_AFTER))

    def do_drop(self) -> None:
        for waiting in self.node.waiting():
            self.node.drop(waiting)

    def do_no_automine(self) -> None:
        self.node.automine(False)

    def do_automine(self) -> None:
        self.node.automine(True)

    def do_spike(self) -> None:
        self.node.set_next_block_base_fee(self.random.randint(2, 20) * GWEI)
        self.node.mine()

    def do_cheap(self) -> None:
        self.node.set_next_block_base_fee(GWEI)
        self.node.mine()

    def do_stuck(self) -> None:
        """What waits is too cheap for the next block."""
        self.do_rich()
        self.run()
        self.do_spike()
        self.world.wait(minutes=4)
        self.run()

    def do_wait(self) -> None:
        self.world.wait(minutes=self.random.randint(1, 20))

    def do_poor(self) -> None:
        self.node.set_balance(self.world.signer.address, self.random.choice((0, 100_000 * GWEI)))

    def do_rich(self) -> None:
        self.node.set_balance(self.world.signer.address, ETHER)

    def do_foreign(self) -> None:
        """The account is used elsewhere, perhaps under a number that a batch has that was not sent yet."""
        self.do_rich()
        if self.random.random() < 0.5:
            self._failing("before send")
        with contextlib.suppress(NodeError):
            self.node.transact(self.world.signer.address, to="0x" + "b2" * 20, maxFeePerGas=hex(200 * GWEI))

    def settle(self) -> None:
        """Everything is well again; a day later there is money to spend, too."""
        self.node.automine(True)
        self.do_rich()
        for turn in range(60):
            self.do_cheap()
            self.world.run()
            if self.world.is_settled():
                return
            self.world.wait(hours=25 if turn % 10 == 9 else 0.1)
            if AnchorBatch.objects.filter(problem="nonce_gap").exists():
                self.do_leaves()
        raise AssertionError(list(AnchorBatch.objects.values("state", "problem", "nonce")))


@pytest.mark.parametrize("number", range(SCHEDULES))
def test_whatever_happens_every_leaf_ends_in_one_final_anchor(node: Node, number: int) -> None:
    schedule = Schedule(node, number)
    try:
        schedule.play()
        schedule.settle()
        require_sound(schedule.world, schedule.leaves)
    except BaseException:
        print("\n".join(schedule.log))
        raise
    assert AnchorLeaf.objects.count() == schedule.leaves
