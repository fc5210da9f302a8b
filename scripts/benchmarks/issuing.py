"""
Batches end to end: certificates in the service's tables → credentials in ours, committed and readable. By one worker,
and in turns with it by two at once, on the same batch.

The database is the one that the environment names; it is made here and goes again.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID

from scripts.benchmarks import places
from scripts.benchmarks.rows import peak_mb
from scripts.benchmarks.rows import row_of
from scripts.benchmarks.rows import told

PROFILE = "obv3-vc2"
COURSES = 4
# Of a batch: so many of its parts warm a worker up, so many are a turn.
WARM_UP_SHARE, TURN_SHARE, PART = 20, 24, 500
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclasses.dataclass
class Turn:
    """What a worker did when it was asked to: seconds by the clock and of its own CPU, microseconds of one, by part."""

    began: float
    ended: float
    cpu: float
    issued: int
    micros: list[float]


class Workers:
    """Processes, each with a worker that stays; none of them does anything unless asked to."""

    def __init__(self, batch: UUID, count: int):
        from django.db import connections  # noqa: PLC0415  (settings are named by the environment)

        connections.close_all()
        gc.freeze()
        fork = multiprocessing.get_context("fork")
        pairs = [fork.Pipe() for _ in range(count)]
        self._pipes = [ours for ours, _ in pairs]
        self._processes = [fork.Process(target=_child, args=(theirs, batch)) for _, theirs in pairs]
        for process in self._processes:
            process.start()

    def work(self, numbers: Sequence[int], parts: int) -> list[Turn]:
        """These workers, at once, so many parts each."""
        for number in numbers:
            self._pipes[number].send(parts)
        return [self._pipes[number].recv() for number in numbers]

    def memory(self) -> list[tuple[float, float]]:
        """What each holds, and the most it ever held, in MB."""
        return [self._ask(pipe) for pipe in self._pipes]

    def end(self) -> None:
        """All of them."""
        for pipe in self._pipes:
            pipe.send(-1)
        for process in self._processes:
            process.join()

    @staticmethod
    def _ask(pipe: Connection) -> tuple[float, float]:
        pipe.send(0)
        answer: tuple[float, float] = pipe.recv()
        return answer


def _child(pipe: Connection, batch: UUID) -> None:
    from openedx_verifiable_credentials.api import batches  # noqa: PLC0415  (settings are named by the environment)

    work = batches.Worker().work(batch)
    while (parts := pipe.recv()) >= 0:
        pipe.send(_turn(work, parts) if parts else (_resident(), peak_mb()))


def _turn(work: Any, parts: int) -> Turn:
    turn = Turn(time.monotonic(), 0.0, 0.0, 0, [])
    cpu = time.process_time()
    # Parts of which nothing can be issued tell nothing.
    while len(turn.micros) < parts:
        since = time.perf_counter()
        done = next(work, None)
        if done is None or isinstance(done, float):
            break
        assert not done.problem, done.problem
        if done.issued:
            turn.micros.append((time.perf_counter() - since) * 1e6 / done.issued)
            turn.issued += done.issued
    turn.ended, turn.cpu = time.monotonic(), time.process_time() - cpu
    return turn


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 2**20


def seed(certificates: int, courses: int = COURSES) -> dict[str, Any]:
    """In another process, which takes the memory of it along."""
    command = [sys.executable, "scripts/seed_many.py", "--count", str(certificates), "--courses", str(courses)]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def warm_up(certificates: int) -> int:
    """How many parts a worker does before it is measured: it compiles what it needs for the first ones."""
    return min(4, max(1, certificates // PART // WARM_UP_SHARE))


def order() -> UUID:
    """A batch of everything, of credentials with name and hashed e-mail address."""
    from django.contrib.sites.models import Site  # noqa: PLC0415  (settings are named by the environment)
    from waffle.models import Switch  # noqa: PLC0415

    from openedx_verifiable_credentials.api import issuers  # noqa: PLC0415
    from openedx_verifiable_credentials.models import ClaimPolicy  # noqa: PLC0415
    from tests import bulk  # noqa: PLC0415

    Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=True)
    issuers.create_issuer(issuers.NewIssuer(name="Bench"))
    ClaimPolicy.objects.create(scope="site", key=str(Site.objects.get(domain="example.com").pk), email=True)
    return bulk.order(PROFILE)


def buffer_pool_mb() -> float | None:
    """How much the server keeps in memory; None: SQLite."""
    from django.db import connection  # noqa: PLC0415  (settings are named by the environment)

    if connection.vendor != "mysql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@innodb_buffer_pool_size")
        return float(cursor.fetchone()[0] / 2**20)


def require_readable(count: int) -> None:
    """All of them are there, and some of them, opened, are what verifiers accept."""
    from openedx_verifiable_credentials.api import verifying  # noqa: PLC0415  (settings are named by the environment)
    from openedx_verifiable_credentials.models import Credential  # noqa: PLC0415
    from tests import bulk  # noqa: PLC0415

    rows = Credential.objects.filter(state="issued", batch__isnull=False)
    assert rows.count() == count, (rows.count(), count)
    for row in rows.select_related("learner", "shape").order_by("certificate_uuid")[:20]:
        raw = bulk.document(row)
        assert len(json.loads(raw)["credentialSubject"]["identifier"]) in (1, 2)
        report = verifying.verify(raw, offline=True)
        assert report.verdict != "invalid", report


def _measure(name: str, certificates: int) -> None:
    seed(certificates)
    workers, in_a_turn = Workers(order(), 3), max(1, certificates // PART // TURN_SHARE)
    first = workers.work((0, 1, 2), warm_up(certificates))
    alone: list[Turn] = []
    together: list[list[Turn]] = []
    while not together or together[-1][-1].issued:
        alone += workers.work((0,), in_a_turn)
        together.append(workers.work((1, 2), in_a_turn))
    peaks = [peak for _, peak in workers.memory()]
    workers.end()
    pair = [turn for turns in together for turn in turns]
    issued = sum(turn.issued for turn in (*first, *alone, *pair))
    require_readable(issued)
    more = {"certificates": certificates, "course_runs": COURSES, "buffer_pool_mb": buffer_pool_mb()}
    _tell(name, alone, sum(turn.ended - turn.began for turn in alone), peaks[0], more)
    seconds = sum(max(one.ended for one in turns) - min(one.began for one in turns) for turns in together)
    _tell(name, pair, seconds, max(peaks[1:]), {"processes": 2, **more})


def _tell(name: str, turns: Sequence[Turn], seconds: float, peak: float, more: dict[str, Any]) -> None:
    issued = sum(turn.issued for turn in turns)
    micros = [one for turn in turns for one in turn.micros]
    cpu = round(sum(turn.cpu for turn in turns) / issued * 1e6, 1)
    said = {"issued": issued, "client_cpu_us": cpu, "wall_us": round(seconds / issued * 1e6, 1), **more}
    told(row_of(name, micros, peak, rate=issued / seconds, **said))


def main() -> None:
    """Rows for one worker and for two."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--certificates", type=int, default=40_000)
    options = parser.parse_args()
    with places.database_of_its_own():
        _measure(options.name, options.certificates)


if __name__ == "__main__":
    main()
