"""
``vc_issue`` and ``vc_work`` with several processes that are killed, stopped and begun again: every certificate has its
credential once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from tests import ledgers
from tests import seed
from tests.commands.run import run
from tests.issuing import certificates
from tests.issuing import issued_for
from tests.issuing import uuids

pytestmark = [pytest.mark.mariadb, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
COUNT = 60
PART = 5
# Parts of 5 certificates, so that few certificates are many parts.
_START = (
    "import django; django.setup(); import openedx_verifiable_credentials.flows.steps.bulk.listing as listing; "
    f"listing.CHUNK = {PART}; "
    "from django.core.management import execute_from_command_line as go; import sys; go(['manage.py', *sys.argv[1:]])"
)


@pytest.fixture(name="made")
def make_certificates(ready: Any) -> list[UUID]:
    """Certificates of as many learners, awarded yesterday."""
    return uuids(certificates(COUNT, seed.make_course(ready)))


def command(*arguments: str) -> subprocess.Popen[str]:
    """A process of its own on the database of this test."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
        "DB_NAME": connection.settings_dict["NAME"],
    }
    return subprocess.Popen(
        [sys.executable, "-c", _START, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def done(*arguments: str) -> tuple[int, str]:
    """Exit status and what was said."""
    process = command(*arguments)
    said = process.communicate(timeout=120)[0]
    return process.returncode, said


def wait_until(is_time: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether it was, before that time was over."""
    until = time.monotonic() + seconds
    while not is_time() and time.monotonic() < until:
        time.sleep(0.01)
    return is_time()


def reached(count: int, process: subprocess.Popen[str]) -> None:
    """Wait until that many credentials are there, or the process is over."""
    assert wait_until(lambda: Credential.objects.count() >= count or process.poll() is not None)


def listen(process: subprocess.Popen[str]) -> list[str]:
    """The lines that it says, as it says them."""
    lines: list[str] = []
    assert process.stdout is not None
    threading.Thread(target=lines.extend, args=(process.stdout,), daemon=True).start()
    return lines


def catches(number: int, what: signal.Signals) -> bool:
    """Whether a process has got so far that it does something of its own about a signal."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{number}/status").read_text(encoding="ascii", errors="replace")
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught, 16) >> (what - 1) & 1)
    return False


def is_alive(number: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(process: subprocess.Popen[str]) -> list[int]:
    """The numbers of its workers."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(one) for one in listed.read_text(encoding="ascii").split()] if listed.exists() else []


def kill(number: int) -> None:
    """As the kernel does when memory runs out."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def require_all(made: list[UUID]) -> None:
    """Every certificate has its credential once, at a place of its own."""
    assert issued_for() == made
    places = list(Credential.objects.values_list("status_list_id", "status_index"))
    assert len(set(places)) == len(places) == COUNT
    assert not BatchChunk.objects.exclude(state="done").exists()
    ledgers.require_sound()


def test_several_processes_issue_for_every_certificate_once(made):
    status, said = done("vc_issue", "--all", "--yes", "--processes", "3")
    assert status == 0, said
    assert f"{COUNT} of {COUNT} certificates: {COUNT} credentials issued, 0 had theirs already, 0 refused; " in said
    require_all(made)
    # With its own hands, and once more.
    assert f"0 credentials issued, {COUNT} had theirs already" in run("vc_issue", "--all", "--yes")


def test_workers_that_are_killed_are_replaced(made):
    process = command("vc_issue", "--all", "--yes", "--processes", "2")
    killed: set[int] = set()
    for count in range(1, COUNT, 2 * PART):
        reached(count, process)
        for number in children(process)[:1]:
            killed.add(number)
            kill(number)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 0, said
    assert len(killed) > 2
    assert said.count("another takes its place") >= 2
    assert f"{COUNT} of {COUNT} certificates: {COUNT} credentials issued" in said
    require_all(made)


def test_killed_with_all_its_workers_it_is_gone_on_with(made):
    for count in (1, COUNT // 2):
        process = command("vc_issue", *(["--all", "--yes"] if count == 1 else ["--resume"]), "--processes", "2")
        reached(count, process)
        workers = children(process)
        process.kill()
        for number in workers:
            kill(number)
        process.communicate(timeout=60)
        # As after the two minutes for which they had taken their parts.
        BatchChunk.objects.exclude(state="done").update(leased_until=None)
        Batch.objects.update(leased_until=None)
    assert 0 < Credential.objects.count() < COUNT
    assert f"{COUNT} of {COUNT} certificates" in run("vc_issue", "--resume")
    assert Batch.objects.count() == 1
    require_all(made)


def test_workers_whose_parent_is_killed_end_by_themselves(made):
    process = command("vc_issue", "--all", "--yes", "--processes", "2", "--throttle", "20")
    reached(1, process)
    workers = children(process)
    assert len(workers) == 2
    process.kill()
    process.wait(timeout=60)
    assert wait_until(lambda: not any(map(is_alive, workers)), 30)
    process.communicate(timeout=60)
    assert not BatchChunk.objects.filter(state="leased").exists()
    assert 0 < Credential.objects.count() < COUNT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_every_worker_finishes_its_part(made, number):
    process = command("vc_issue", "--all", "--yes", "--processes", "2", "--throttle", "20")
    reached(1, process)
    process.send_signal(number)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 1, said
    batch = Batch.objects.get()
    assert f"Stopped; what was done is kept. Go on with: manage.py vc_issue --resume {batch.uuid}" in said
    assert not BatchChunk.objects.filter(state="leased").exists()
    assert 0 < Credential.objects.count() < COUNT
    Batch.objects.update(throttle=None)
    run("vc_issue", "--resume", str(batch.uuid))
    require_all(made)


def test_a_second_signal_ends_all_at_once(made):
    process = command("vc_issue", "--all", "--yes", "--processes", "2", "--throttle", "1")
    reached(1, process)
    workers = children(process)
    # While the workers stand still, nobody can finish anything.
    for number in workers:
        os.kill(number, signal.SIGSTOP)
    process.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert wait_until(lambda: not any(map(is_alive, workers)), 10)


def test_workers_of_several_commands_share_a_batch(made):
    batch = batches.create(batches.Order(batches.Selection(), "obv3-vc2"))
    loops = [command("vc_work", "--every", "0.2", "--processes", "2", "--nice", "0") for _ in range(2)]
    try:
        said = [listen(process) for process in loops]
        assert wait_until(lambda: all(catches(process.pid, signal.SIGTERM) for process in loops))
        assert wait_until(lambda: batches.look(batch).state == "done", 90)
        # Told in the round after, by one of them.
        over = f"{batch}: done; {COUNT} of {COUNT} certificates"
        assert wait_until(lambda: any(over in line for lines in said for line in lines), 30), said
    finally:
        for process in loops:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(timeout=60) for process in loops]
    assert ended == [0, 0], said
    require_all(made)


def test_workers_that_die_again_and_again_are_given_up(made):
    process = command("vc_issue", "--all", "--yes", "--processes", "2", "--throttle", "1")
    reached(1, process)
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        for number in children(process):
            kill(number)
        time.sleep(0.05)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 3, said
    assert "20 workers died one after the other" in said
    assert "vc_issue --resume" in said
