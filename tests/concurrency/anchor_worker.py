"""
One process of several that anchor: ``python -m tests.concurrency.anchor_worker JSON``, on the database that DB_* names
and the node at ``url``. What it says goes to stdout, one JSON object a line.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING
from typing import Any

from tests.concurrency.dying import fork
from tests.concurrency.dying import killed_at
from tests.concurrency.dying import say

if TYPE_CHECKING:
    from tests.anchoring import World

LEAVES = 3


def set_up(plan: dict[str, Any]) -> None:
    """Django, with the isolation of ``plan``."""
    import django
    from django.conf import settings

    if plan.get("isolation"):
        settings.DATABASES["default"].setdefault("OPTIONS", {})["isolation_level"] = plan["isolation"]
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # Processes die here, not the machine: what they wrote needs no disk.
        options = {"timeout": 30, "init_command": "PRAGMA synchronous=OFF"}
        settings.DATABASES["default"].setdefault("OPTIONS", {}).update(options)
    django.setup()


def make_world(plan: dict[str, Any], secret: str = "") -> World:
    """On the node of ``plan``, with the key of ``plan`` or of this one."""
    from tests.anchoring import World
    from tests.chain.node import Node

    return World(Node(None, int(plan["url"].rpartition(":")[2])), secret or plan["secret"])  # type: ignore[arg-type]


def die_at_every_point(plan: dict[str, Any]) -> int:
    """
    Three leaves, anchored in forked processes: the first is killed at its first point, the second ``step`` later, and
    so on, until one lives. Each begins anew, with a key of its own; another process goes on with what it left. Three
    lines each: ``{"at": …}``, what was left, and what there was when the other one was done.
    """
    import secrets

    from django.db import connections

    number, killed = plan["first"], True
    while killed:
        _forget()
        world = make_world(plan, secrets.token_hex(32))
        world.add_leaves(LEAVES)
        connections.close_all()
        killed = fork(lambda world=world, number=number: _work_and_die(world, number))  # type: ignore[misc]
        assert not fork(lambda world=world: _go_on(world))  # type: ignore[misc]
        number += plan["step"]
    return 0


def _forget() -> None:
    from openedx_verifiable_credentials import models

    models.AnchorBatch.objects.update(transaction=None)
    for name in ("InclusionProof", "AnchorLeaf", "AnchorTransaction", "AnchorBatch", "AnchorAccount", "AnchorKey"):
        getattr(models, name).objects.all().delete()


def _work_and_die(world: World, number: int) -> None:
    from django.db import connection

    with killed_at(number) as reached:

        def called(what: str) -> None:
            assert what.endswith(" sign") or not connection.in_atomic_block, "the chain was asked in a transaction"
            reached(what)

        world.run(reached=called)
        world.node.mine()
        world.run(reached=called)


def _go_on(world: World) -> None:
    from tests.anchoring import require_sound
    from tests.chain.node import FINALIZED_AFTER

    _tell(world)
    world.settle(blocks=FINALIZED_AFTER + 1)
    require_sound(world, LEAVES)
    _tell(world)


def _tell(world: World) -> None:
    from openedx_verifiable_credentials.models import AnchorBatch
    from openedx_verifiable_credentials.models import AnchorTransaction

    stored = {"0x" + one for one in AnchorTransaction.objects.values_list("hash", flat=True)}
    sent = {each["hash"] for each in world.anchors()}
    left = {
        "states": list(AnchorBatch.objects.order_by("pk").values_list("state", flat=True)),
        "signed": len(stored),
        "chain": len(sent),
        "unknown": len(sent - stored),
    }
    say(json.dumps(left))


def work(plan: dict[str, Any]) -> int:
    """Turns of one worker of several, as soon as it is told so."""
    from django.db import connection

    connection.ensure_connection()
    world = make_world(plan)
    say("ready")
    sys.stdin.readline()
    for _ in range(plan["turns"]):
        run = world.run(leaves=2)
        say(json.dumps(dict(run.happened)), json.dumps([problem.code for problem in run.problems]))
    return 0


WORK = {"die": die_at_every_point, "work": work}

if __name__ == "__main__":
    chosen = json.loads(sys.argv[1])
    set_up(chosen)
    sys.exit(WORK[chosen["what"]](chosen))
