"""Places in status lists and bits of them, when many processes want them at once and some are killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db import transaction
from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.flows.steps import status_lists
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import StatusList
from tests.concurrency.list_worker import PROFILE
from tests.concurrency.test_claims import at_once

ROOT = Path(__file__).resolve().parents[2]
Places = list[tuple[int, int]]


class Worker:
    """A process of list_worker.py."""

    def __init__(self, shared: Shared, **plan: Any):
        environment = {
            **os.environ,
            **shared.environment,
            "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
        }
        plan["isolation"] = shared.isolation
        command = [sys.executable, "-m", "tests.concurrency.list_worker", json.dumps(plan)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._errors: list[str] = []
        # Pipes are emptied all the time, or the process would wait.
        self._readers = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip("\n"))
            if self.lines[0] == "ready":
                self._ready.set()

    def _read_errors(self) -> None:
        self._errors += self.process.stderr or ()

    def start(self) -> None:
        """When every other one is ready, too."""
        assert self._ready.wait(60), self.errors
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def wait_until_ready(self) -> None:
        """Connected, and waiting for the others."""
        assert self._ready.wait(60), self.errors

    def kill(self) -> None:
        """-9."""
        self.process.send_signal(signal.SIGKILL)
        self.end(-signal.SIGKILL)

    def end(self, status: int = 0) -> None:
        """When it is done."""
        assert self.process.wait(240) == status, (self.errors, [line for line in self.lines if "rror" in line])
        for reader in self._readers:
            reader.join(30)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    @property
    def errors(self) -> str:
        """The end of stderr."""
        return "".join(self._errors)[-2000:]

    def said(self, word: str) -> Places:
        """What it said of ``word``; a line that was cut off by a signal was not said."""
        split = [line.split() for line in self.lines]
        return [(int(words[1]), int(words[2])) for words in split if len(words) == 3 and words[0] == word]


def together(shared: Shared, processes: int, **plan: Any) -> list[Worker]:
    """The same in several processes at once; when they are done."""
    with started(shared, processes, **plan) as workers:
        for worker in workers:
            worker.end()
    return workers


@contextlib.contextmanager
def started(shared: Shared, processes: int, **plan: Any) -> Iterator[list[Worker]]:
    """Several processes that began together; afterwards none of them runs any more."""
    workers = [Worker(shared, seed=number, **plan) for number in range(processes)]
    try:
        for worker in workers:
            worker.wait_until_ready()
        for worker in workers:
            worker.start()
        yield workers
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.wait(30)


def rates(workers: list[Worker]) -> str:
    """For the log of the run."""
    seconds = max(float(line.split()[1]) for worker in workers for line in worker.lines if line.startswith("done "))
    places, revoked = (sum(len(worker.said(word)) for worker in workers) for word in ("place", "revoked"))
    return f"{places} places and {revoked} revocations in {seconds:.1f} s"


def set_bits(bits: bytes) -> set[int]:
    """The indices whose bits are set."""
    return {index for index in range(len(bits) * 8) if bits[index >> 3] and core.get_bit(bits, index)}


class Row:
    """A list as the database has it."""

    def __init__(self, pk: int, allocated: int, capacity: int, open_key: str | None, bits: bytes):
        self.pk, self.allocated, self.capacity, self.open_key = pk, allocated, capacity, open_key
        self.bits = set_bits(bytes(bits))


def require_every_place_once(rows: list[Row], places: Places) -> None:
    """Nobody got what another got, nothing was lost on the way, and lists were filled one after the other."""
    assert Counter(places).most_common(1)[0][1] == 1
    counts = Counter(pk for pk, _ in places)
    assert {row.pk: row.allocated for row in rows} == counts
    *closed, last = sorted(rows, key=lambda row: row.pk)
    assert [(row.allocated, row.open_key) for row in closed] == [(row.capacity, None) for row in closed]
    assert last.open_key is not None
    assert last.allocated <= last.capacity


def require_just_these_bits(rows: list[Row], revoked: Places) -> None:
    """Of the revoked and of no other."""
    chosen: dict[int, set[int]] = defaultdict(set)
    for pk, index in revoked:
        chosen[pk].add(index)
    assert {row.pk: row.bits for row in rows if row.bits} == chosen


def require_consistent_after_kills(rows: list[Row], workers: list[Worker]) -> None:
    """What was confirmed stands; what was on its way at the end may stand or not; nothing else is there."""
    said = {word: [one for worker in workers for one in worker.said(word)] for word in ("place", "revoking", "revoked")}
    assert Counter(said["place"]).most_common(1)[0][1] == 1
    counts = Counter(pk for pk, _ in said["place"])
    for row in rows:
        assert counts[row.pk] <= row.allocated <= row.capacity
        confirmed = {index for pk, index in said["revoked"] if pk == row.pk}
        asked_for = {index for pk, index in said["revoking"] if pk == row.pk}
        assert confirmed <= row.bits <= asked_for
    assert sum(row.open_key is not None for row in rows) == 1


class Shared:
    """A database that several processes use: the MariaDB of this run, or a file with what its SQLite holds."""

    def __init__(self, directory: Path, mode: str):
        self.isolation = mode if connection.vendor == "mysql" else ""
        chosen = connection.settings_dict
        self.environment = {f"DB_{name}": str(chosen[name]) for name in ("ENGINE", "NAME", *_SERVER)}
        self._file: Path | None = None
        if connection.vendor == "sqlite":
            self._file = directory / "shared.sqlite3"
            self.environment["DB_NAME"] = str(self._file)
            with contextlib.closing(sqlite3.connect(self._file)) as copy:
                connection.ensure_connection()
                connection.connection.backup(copy)
                copy.execute(f"PRAGMA journal_mode={mode}")

    def rows(self) -> list[Row]:
        """Its lists."""
        if self._file is None:
            return [Row(*values) for values in StatusList.objects.order_by("pk").values_list(*_COLUMNS)]
        with contextlib.closing(sqlite3.connect(self._file)) as file:
            table, columns = StatusList._meta.db_table, ", ".join(_COLUMNS)
            return [Row(*values) for values in file.execute(f"SELECT {columns} FROM {table} ORDER BY id")]


_SERVER = ("USER", "PASSWORD", "HOST", "PORT")
_COLUMNS = ("id", "allocated", "capacity", "open_key", "bits")
# As a server isolates transactions, or as a file keeps them.
if connection.vendor == "mysql":
    MODES = [pytest.param(level, marks=pytest.mark.mariadb) for level in ("read committed", "repeatable read")]
else:
    MODES = [pytest.param(journal) for journal in ("delete", "wal")]
on_each_database = pytest.mark.parametrize("mode", MODES)
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(issuer: Any, mode: str, tmp_path: Path) -> Shared:
    """With an issuer in it."""
    return Shared(tmp_path, mode)


@committed
@pytest.mark.slow
@on_each_database
def test_sixteen_threads_of_two_processes_get_places_and_revoke(shared, mode, capsys):
    # At the stricter level thirty lists are filled, closed and followed by the next while all want a place.
    count, fill = (5000, 2) if mode == "repeatable read" else (1000, 1)
    workers = together(shared, 2, threads=8, count=count, fill=fill)
    places = [place for worker in workers for place in worker.said("place")]
    revoked = [place for worker in workers for place in worker.said("revoked")]
    rows = shared.rows()
    assert len(places) == 16 * count
    assert 0.4 < len(revoked) / len(places) < 0.9
    require_every_place_once(rows, places)
    require_just_these_bits(rows, revoked)
    assert len(rows) == -(-16 * count // int(core.MIN_LENGTH * fill / 100))
    with capsys.disabled():
        print(f"\n{mode}: {rates(workers)}")


@committed
@pytest.mark.slow
@on_each_database
def test_processes_that_are_killed_leave_every_list_as_it_must_be(shared):
    everyone: list[Worker] = []
    enough = 20_000 if connection.vendor == "mysql" else 2000
    for _ in range(3):
        with started(shared, 2, threads=4, count=100_000, fill=1) as workers:
            while sum(len(worker.lines) for worker in workers) < enough:
                assert [worker.process.poll() for worker in workers] == [None, None], workers[0].errors
                time.sleep(0.05)
            for worker in workers:
                worker.kill()
        everyone += workers
        require_consistent_after_kills(shared.rows(), everyone)
    assert len(shared.rows()) > 1
    # Whoever comes afterwards gets what nobody got.
    later = together(shared, 1, threads=1, count=2000, fill=1)
    require_consistent_after_kills(shared.rows(), everyone + later)


# One process that is killed before each statement, before its commit and after it. What others see is all or nothing.

OPEN = {"open": True, "bits": 0, "version": 0, "waits": False}
CLOSED = {**OPEN, "open": False}
CAPACITY = int(core.MIN_LENGTH * 0.01)
DEATHS: dict[str, tuple[dict[str, Any], list[str], list[dict[str, Any]], list[dict[str, Any]]]] = {
    # name: (plan, where it dies, the lists before, the lists after)
    "places": (
        {"lists": 1, "allocated": 7, "allocate": 5},
        ["UPDATE", "SELECT", "before COMMIT"],
        [{**OPEN, "allocated": 7}],
        [{**OPEN, "allocated": 12}],
    ),
    "more places than the list has": (
        {"lists": 1, "allocated": CAPACITY - 2, "allocate": 5},
        ["UPDATE", "SELECT", "UPDATE", "INSERT", "before COMMIT"],
        [{**OPEN, "allocated": CAPACITY - 2}],
        [{**CLOSED, "allocated": CAPACITY}, {**OPEN, "allocated": 3}],
    ),
    "a revocation in two lists": (
        {"lists": 2, "allocated": 7, "revoke": [3, 71]},
        ["UPDATE", "SELECT", "UPDATE", "UPDATE", "SELECT", "UPDATE", "before COMMIT"],
        [{**CLOSED, "allocated": 7}, {**OPEN, "allocated": 7}],
        [
            {"allocated": 7, "open": False, "bits": 2, "version": 1, "waits": True},
            {"allocated": 7, "open": True, "bits": 2, "version": 1, "waits": True},
        ],
    ),
}


def deaths(shared: Shared, plan: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Where it died and what was left, for each point."""
    worker = Worker(shared, fill=1, **plan)
    worker.end()
    said = [json.loads(line) for line in worker.lines]
    return [(at["at"], left["lists"]) for at, left in zip(said[::2], said[1::2], strict=True) if at["at"] != "BEGIN"]


@pytest.mark.parametrize("death", DEATHS)
@committed
@on_each_database
def test_a_process_that_is_killed_did_all_or_nothing(shared, death):
    plan, points, before, after = DEATHS[death]
    expected = [(point, before) for point in points] + [("after COMMIT", after), ("lived", after)]
    assert deaths(shared, plan) == expected


@committed
@on_each_database
def test_a_process_that_is_killed_at_the_first_place_of_all_leaves_an_empty_list_at_most(shared):
    none, empty, taken = [], [{**OPEN, "allocated": 0}], [{**OPEN, "allocated": 5}]
    assert deaths(shared, {"lists": 0, "allocated": 0, "allocate": 5}) == [
        *((point, none) for point in ("UPDATE", "before COMMIT", "after COMMIT", "INSERT")),
        *((point, empty) for point in ("UPDATE", "SELECT", "before COMMIT")),
        ("after COMMIT", taken),
        ("lived", taken),
    ]


# Transactions that have looked before they mark.


@pytest.fixture
def two_places(issuer: Any) -> list[Credential]:
    """Of one list."""
    places = status_lists.allocate(get_means(), issuer, PROFILE, 2)
    return [Credential(status_list=place.status_list, status_index=place.index) for place in places]


@pytest.mark.mariadb
@committed
@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_a_revocation_inside_a_transaction_that_saw_older_bits_loses_none(two_places, level):
    ours, theirs = two_places
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    try:
        with transaction.atomic():
            assert not set_bits(StatusList.objects.get().bits)
            assert at_once(lambda _: mark(theirs), 1) == [None]
            # At the second level this transaction sees nothing of that until it asks for the newest.
            seen = set_bits(StatusList.objects.get().bits)
            assert seen == (set() if level == "REPEATABLE READ" else {theirs.status_index})
            mark(ours)
    finally:
        connection.close()
    row = StatusList.objects.get()
    assert set_bits(row.bits) == {ours.status_index, theirs.status_index}
    assert row.bits_version == 2


@pytest.mark.mariadb
@committed
def test_revocations_that_touch_the_same_lists_in_any_order_wait_for_each_other(issuer):
    """Locks are taken in one order: no deadlock, however the credentials are sorted."""
    credentials = []
    for _ in range(4):
        StatusList.objects.update(open_key=None)
        places = status_lists.allocate(get_means(), issuer, PROFILE, 40)
        credentials += [Credential(status_list=place.status_list, status_index=place.index) for place in places]

    def revoke_some(number: int) -> None:
        chosen = credentials[number::8]
        for start in range(0, len(chosen), 4):
            mark(*random.Random(number + start).sample(chosen, 8))

    assert at_once(revoke_some, 8) == [None] * 8


def mark(*credentials: Credential) -> None:
    """Revoke, without a second try."""
    with transaction.atomic():
        status_lists.mark_revoked(credentials, timezone.now())


@pytest.mark.mariadb
@committed
def test_those_who_want_the_first_place_of_all_at_once_open_one_list(issuer):
    """Without the retries that a deadlock would need."""
    means = get_means()
    for profile in ("obv3-vc1", "obv3-vc2"):
        got = at_once(lambda _, profile=profile: status_lists.allocate(means, issuer, profile)[0], 24)
        assert len({(place.status_list.pk, place.index) for place in got}) == 24
        assert {place.status_list.pk for place in got} == {StatusList.objects.get(profile_id=profile).pk}
