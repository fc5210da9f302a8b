"""
Many workers on the same certificates at the same time, and all that goes on meanwhile: each certificate gets one
credential, nothing is lost, and nobody waits long.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import bulk
from tests import ledgers
from tests import seed
from tests.concurrency.test_batches import environment
from tests.concurrency.test_batches import in_each_mode
from tests.concurrency.test_batches import run
from tests.concurrency.test_claims import at_once
from tests.concurrency.test_status_lists import ROOT
from tests.concurrency.test_status_lists import Shared
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

committed = pytest.mark.django_db(transaction=True)
COUNT, CHUNK = 36, 3
HOUR = 3600


@pytest.fixture(name="course")
def make_course(ready):
    return seed.make_course(ready)


@pytest.fixture(name="certificates")
def make_certificates(course) -> list[Any]:
    """Of a learner each."""
    made = [seed.make_learner(f"learner{number}", f"Learner {number}") for number in range(COUNT)]
    return [seed.backdate(seed.award(one, course), days=1) for one in made]


@pytest.fixture(name="shared")
def make_shared(certificates: list[Any], mode: str, tmp_path: Path) -> Shared:
    """With the certificates in it."""
    return Shared(tmp_path, mode)


@contextlib.contextmanager
def working(shared: Shared, tmp_path: Path, clocks: tuple[int, ...]) -> Iterator[list[Any]]:
    """Processes that begin together, each with its own idea of the time; at the end all of them are done."""
    command = [sys.executable, "-m", "tests.concurrency.batch_worker"]
    plan = {"what": "work", "isolation": shared.isolation, "signatures": str(tmp_path / "signatures")}
    workers = [
        subprocess.Popen(
            [*command, json.dumps({**plan, "clock": clock})], cwd=ROOT, env=environment(shared), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for clock in clocks
    ]  # fmt: skip
    said: list[Any] = []
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == '"ready"\n', worker.communicate()[1][-2000:]
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        yield said
        for worker in workers:
            out, errors = worker.communicate(timeout=120)
            assert worker.returncode == 0, errors[-2000:]
            said.append(json.loads(out))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def require_one_each(shared: Shared, certificates: list[Any], tmp_path: Path) -> dict[str, Any]:
    """Of an unbound one. What is told is told by another process: the database may be a file."""
    [left] = run(shared, "tell", tmp_path)
    assert set(left["batches"]) == {"done"}
    assert set(left["parts"]) == {"done"}
    assert left["issued"] == sorted(one.uuid.hex for one in certificates)
    assert left["keys"] == COUNT
    assert sum(how_many for *_, how_many in left["places"]) >= COUNT
    return dict(left)


@committed
@in_each_mode
def test_four_processes_issue_one_batch(shared, certificates, tmp_path):
    run(shared, "order", tmp_path, count=1, chunk=CHUNK)
    with working(shared, tmp_path, (0,) * 4) as said:
        pass
    left = require_one_each(shared, certificates, tmp_path)
    # Nobody did what another did.
    assert sum(one["parts"] for one in said) == COUNT // CHUNK
    assert sum(how_many for *_, how_many in left["places"]) == COUNT


@committed
@in_each_mode
def test_two_batches_of_the_same_certificates_at_once_issue_each_once(shared, certificates, tmp_path):
    run(shared, "order", tmp_path, count=2, chunk=CHUNK)
    with working(shared, tmp_path, (0,) * 4):
        pass
    left = require_one_each(shared, certificates, tmp_path)
    assert len(left["parts"]) == 2 * COUNT // CHUNK


@committed
@in_each_mode
def test_workers_whose_clocks_are_an_hour_apart_issue_each_once(shared, certificates, tmp_path):
    """They take one another's parts for left behind."""
    run(shared, "order", tmp_path, count=1, chunk=CHUNK)
    with working(shared, tmp_path, (0, HOUR, -HOUR)):
        pass
    require_one_each(shared, certificates, tmp_path)


class Slowest:
    """How long the slowest statement of this process's threads took: their waits for locks, and nothing of Python's."""

    def __init__(self) -> None:
        self.seconds, self.sql = 0.0, ""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.monotonic()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.monotonic() - began
            if seconds > self.seconds:
                self.seconds, self.sql = seconds, sql[:200]


@committed
@pytest.mark.mariadb
@pytest.mark.parametrize("mode", ["read committed", "repeatable read"])
def test_claims_publications_and_revocations_go_on_meanwhile(shared, certificates, tmp_path):
    """A third of the learners claim, a third of the certificates are revoked, lists are published all the time."""
    run(shared, "order", tmp_path, count=1, chunk=CHUNK)
    revoked = certificates[::3]
    claims = [_offered(one) for one in certificates[1::3]]
    over, slowest = threading.Event(), Slowest()

    def do(number: int) -> Any:
        with connection.execute_wrapper(slowest):
            if number == 0:
                return _claim_all(claims, over)
            while not over.is_set():
                if number == 1:
                    publishing.publish_due(now=True)
                    time.sleep(0.2)
                elif revoked:
                    _revoke(revoked.pop())
                    time.sleep(0.05)
                else:
                    return None
            return None

    with working(shared, tmp_path, (0, 0)):
        results = at_once(do, 3)
    assert not [one for one in results if isinstance(one, Exception)], results
    for one in revoked:
        _revoke(one)
    assert Counter(results[0]) == {201: COUNT // 3}
    assert slowest.seconds < 1, slowest.sql
    publishing.publish_due(now=True)
    ledgers.require_sound()
    require_what_is_due(certificates)


def require_what_is_due(certificates: list[Any]) -> None:
    """Revoked certificates have no live credential; the others one without a wallet, and those claimed one with."""
    issued = Credential.objects.filter(state="issued").select_related("learner", "shape")
    unbound = Counter(row.certificate_uuid for row in issued if not row.is_bound)
    bound = Counter(row.certificate_uuid for row in issued if row.is_bound)
    assert unbound == Counter(one.uuid for number, one in enumerate(certificates) if number % 3)
    assert bound == Counter(one.uuid for one in certificates[1::3])
    assert all(bulk.document(row) for row in issued)
    places = Credential.objects.values_list("status_list", "status_index")
    assert len(set(places)) == len(places) <= sum(StatusList.objects.values_list("allocated", flat=True))


def _offered(certificate: Any) -> Any:
    browser = Client(raise_request_exception=False)
    browser.force_login(seed.User.objects.get(username=certificate.username))
    offer = MadeOffer(asking.init(browser, certificate).json())
    return offer, make_wallet().present(offer.challenge)


def _claim_all(claims: list[Any], over: threading.Event) -> list[int]:
    try:
        return [offer.post(presentation).status_code for offer, presentation in claims]
    finally:
        over.set()


def _revoke(certificate: Any) -> None:
    certificate.status = "revoked"
    certificate.save()
    reconciling.reconcile_changes()
