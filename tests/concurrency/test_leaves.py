"""Killed anywhere, or several at once: every credential has its leaf as soon as it is there, and it has one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import seed
from tests.concurrency.test_batches import environment
from tests.concurrency.test_batches import in_each_mode
from tests.concurrency.test_batches import in_one_mode
from tests.concurrency.test_status_lists import ROOT
from tests.concurrency.test_status_lists import Shared

committed = pytest.mark.django_db(transaction=True)
COUNT = 3


@pytest.fixture(name="certificates")
def make_certificates(site, switched_on, web_issuer) -> list[str]:
    """Of learners of one course, as hexadecimal digits."""
    course = seed.make_course(site)
    made = [seed.make_learner(f"learner{number}", f"Learner {number}") for number in range(COUNT)]
    return sorted(seed.backdate(seed.award(one, course), days=1).uuid.hex for one in made)


@pytest.fixture(name="shared")
def make_shared(certificates: list[str], mode: str, tmp_path: Path) -> Shared:
    """With the certificates in it."""
    return Shared(tmp_path, mode)


def started(shared: Shared, what: str, **plan: Any) -> subprocess.Popen[str]:
    """A process of leaf_worker.py."""
    command = [sys.executable, "-m", "tests.concurrency.leaf_worker"]
    command.append(json.dumps({"what": what, "isolation": shared.isolation, **plan}))
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(shared), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def done(process: subprocess.Popen[str]) -> list[Any]:
    """What it says until its end."""
    said, complained = process.communicate("go\n", timeout=300)
    assert process.returncode == 0, complained[-3000:]
    return [json.loads(line) for line in said.splitlines()]


@committed
@in_one_mode
@pytest.mark.parametrize("kill", ["issuing", "backfill"])
def test_killed_anywhere_the_next_one_leaves_no_credential_without_its_leaf(shared, certificates, kill):
    said = done(started(shared, "die", kill=kill))[1:]
    deaths = list(zip(said[::3], said[1::3], said[2::3], strict=True))
    assert deaths[-1][0]["at"] == "lived"
    assert len(deaths) > 10
    for where, before, after in deaths:
        if kill == "issuing":
            assert before["leaves"] == before["issued"], where
        assert after == {"issued": certificates, "leaves": certificates}, where
    left = {len(before["leaves"]) for _, before, _ in deaths}
    assert left == ({0, COUNT} if kill == "issuing" else {0, 2, COUNT})


@committed
@in_each_mode
def test_two_that_fill_in_at_once_write_each_leaf_once(shared, certificates):
    done(started(shared, "issue"))
    both = [started(shared, "backfill") for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert json.loads(one.stdout.readline()) == "ready"
    # Neither waits for the other one's end.
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    written = [done(one)[-1]["written"] for one in both]
    assert sum(written) == COUNT
    assert done(started(shared, "tell")) == [{"issued": certificates, "leaves": certificates}]
