"""
Workers of a batch that are killed: at every statement, around every commit, at every signature. Whoever comes next goes
on, and there is what there must be, once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests import seed
from tests.concurrency.test_status_lists import ROOT
from tests.concurrency.test_status_lists import Shared

committed = pytest.mark.django_db(transaction=True)
COUNT = 3
SQLITE = connection.vendor == "sqlite"
_LEVELS = [pytest.param(level, marks=pytest.mark.mariadb) for level in ("read committed", "repeatable read")]
# As a server isolates transactions; a file has readers and one writer.
in_each_mode = pytest.mark.parametrize("mode", ["wal"] if SQLITE else _LEVELS)
in_one_mode = pytest.mark.parametrize("mode", ["wal"] if SQLITE else _LEVELS[1:])


def environment(shared: Shared) -> dict[str, str]:
    """That of a process on the shared database."""
    return {
        **os.environ,
        **shared.environment,
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
    }


def run(shared: Shared, what: str, tmp_path: Path, **plan: Any) -> list[Any]:
    """What a process of batch_worker.py says."""
    plan |= {"what": what, "isolation": shared.isolation, "signatures": str(tmp_path / "signatures")}
    command = [sys.executable, "-m", "tests.concurrency.batch_worker", json.dumps(plan)]
    done = subprocess.run(command, cwd=ROOT, env=environment(shared), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(name="certificates")
def make_certificates(ready) -> list[str]:
    """Of learners of one course, as hexadecimal digits."""
    course = seed.make_course(ready)
    made = [seed.make_learner(f"learner{number}", f"Learner {number}") for number in range(COUNT)]
    return sorted(seed.backdate(seed.award(one, course), days=1).uuid.hex for one in made)


@pytest.fixture(name="shared")
def make_shared(certificates: list[str], mode: str, tmp_path: Path) -> Shared:
    """With the certificates in it."""
    return Shared(tmp_path, mode)


def deaths(shared: Shared, tmp_path: Path, **plan: Any) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Where it died, what was left, and what there was when the next one was done."""
    said = run(shared, "die", tmp_path, **plan)[1:]
    return [(at["at"], *left) for at, *left in zip(said[::3], said[1::3], said[2::3], strict=True)]


def require_done(left: dict[str, Any], certificates: list[str]) -> None:
    assert left["batches"] == ["done"]
    assert set(left["parts"]) == {"done"}
    assert left["listed"] == left["issued"] == certificates
    assert left["keys"] == COUNT


def places_of(left: dict[str, Any]) -> int:
    """How many places of lists the parts say are taken."""
    return sum(how_many for _, _, how_many in left["places"])


@committed
@in_each_mode
def test_killed_anywhere_the_next_worker_issues_exactly_what_is_missing(shared, certificates, tmp_path):
    found = deaths(shared, tmp_path, kill="working")
    points = [where for where, *_ in found]
    assert points[-1] == "lived"
    # Some are signed twice, by their template and by the whole way that it is held to.
    assert points.count("signature") == points.count("signed") >= COUNT
    assert points.count("after COMMIT") >= 2, "places, credentials"
    assert len(points) > 30
    seen: dict[str, set[int]] = {}
    for where, before, after in found:
        assert before["issued"] in ([], certificates), where
        if not before["issued"]:
            assert set(before["parts"]) <= {"waiting", "leased"}, where
        # Nothing is signed whose place is not written down, by the one that died nor by the next one.
        assert before["signed"] <= places_of(before), where
        assert COUNT <= after["signed"] <= places_of(after) <= 2 * COUNT, where
        require_done(after, certificates)
        for name, first, how_many in after["places"]:
            numbers = set(range(first, first + how_many))
            assert not numbers & seen.setdefault(name, set()), "handed out twice"
            seen[name] |= numbers
    signed = [before["signed"] for _, before, _ in found]
    assert set(signed) == set(range(COUNT + 1))
    assert {tuple(before["parts"]) for _, before, _ in found} == {
        (state,) for state in ("waiting", "leased", "inserted", "done")
    }


@committed
@in_one_mode
def test_killed_while_it_lists_the_next_one_lists_every_certificate_once(shared, certificates, tmp_path):
    found = deaths(shared, tmp_path, kill="listing", chunk=1)
    points = [where for where, *_ in found]
    assert points[-1] == "lived"
    assert points.count("after COMMIT") >= 3, "some parts, some more, ready"
    for where, before, after in found:
        assert before["issued"] == [], where
        require_done(after, certificates)
        assert len(after["parts"]) == COUNT
    assert {len(before["parts"]) for _, before, _ in found} >= {0, 2, COUNT}
