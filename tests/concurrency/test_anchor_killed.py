"""
Workers that anchor and are killed: at statements, around commits, before and after each call of signer and chain. And
several of them at once.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from openedx_verifiable_credentials.models import AnchorAccount
from openedx_verifiable_credentials.models import AnchorBatch
from openedx_verifiable_credentials.models import AnchorTransaction
from tests import parts
from tests.anchoring import World
from tests.anchoring import require_sound
from tests.chain.node import Node
from tests.concurrency.test_batches import environment
from tests.concurrency.test_batches import in_each_mode
from tests.concurrency.test_batches import in_one_mode
from tests.concurrency.test_status_lists import ROOT
from tests.concurrency.test_status_lists import Shared

pytestmark = [pytest.mark.anvil, pytest.mark.django_db(transaction=True)]
ALL = bool(os.environ.get("OVC_THOROUGH")) or "anvil" in parts.required()
# Every point, or one in four, others each time a point comes or goes.
STEP = 1 if ALL else 4


def start(shared: Shared, **plan: Any) -> subprocess.Popen[str]:
    plan["isolation"] = shared.isolation
    return subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.anchor_worker", json.dumps(plan)],
        cwd=ROOT,
        env=environment(shared),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@in_one_mode
def test_killed_anywhere_the_next_worker_ends_with_one_final_anchor(node: Node, mode: str, tmp_path: Path) -> None:
    process = start(Shared(tmp_path, mode), what="die", url=node.url, secret="", first=0, step=STEP)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    said = [json.loads(line) for line in out.splitlines()]
    deaths = list(zip(said[::3], said[1::3], said[2::3], strict=True))
    assert deaths[-1][0] == {"at": "lived"}
    assert len(deaths) > 60 / STEP
    for at, before, after in deaths:
        # Nothing is on the chain that is not in the database.
        assert (before["unknown"], after["unknown"]) == (0, 0), at
        assert after == {"states": ["finalized"], "signed": 1, "chain": 1, "unknown": 0}, at
    points = {at["at"] for at, _, _ in deaths}
    assert {state for _, before, _ in deaths for state in before["states"]} >= {"prepared", "signed", "broadcast"}
    if STEP == 1:
        calls = {"before sign", "after sign", "before send", "after send", "after receipt", "after COMMIT"}
        assert calls <= points


@in_each_mode
@pytest.mark.parametrize("keys", [1, 3])
def test_several_workers_at_once_anchor_every_leaf_once(node: Node, mode: str, keys: int, tmp_path: Path) -> None:
    known = [secrets.token_hex(32) for _ in range(keys)]
    world = World(node, known[0])
    world.add_leaves(24)
    shared = Shared(tmp_path, mode)
    workers = [start(shared, what="work", url=node.url, secret=known[at % keys], turns=6) for at in range(3)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outs = [worker.communicate(timeout=120) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0], outs
    if connection.vendor == "sqlite":
        copy_back(shared)
    world.settle()
    require_sound(world, 24)
    assert AnchorBatch.objects.count() == AnchorTransaction.objects.count() == 12
    for account in AnchorAccount.objects.all():
        numbers = sorted(account.batches.values_list("nonce", flat=True))
        assert numbers == list(range(account.next_nonce))


def copy_back(shared: Shared) -> None:
    """What the file holds, into the database of this test."""
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(shared.environment["DB_NAME"])) as file:
        connection.ensure_connection()
        file.backup(connection.connection)
