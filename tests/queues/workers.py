"""Celery workers as operators start them, each a process that forks, on the test's database; and killing them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from django.db import connection

from tests.queues.brokers import Broker
from tests.queues.brokers import until
from tests.servers.running import ROOT
from tests.servers.running import workers_of

CELERY = [sys.executable, "-m", "celery", "-A", "openedx_verifiable_credentials"]


def environment(broker: Broker, **more: str) -> dict[str, str]:
    """That of a worker: the service's settings, the test's database, the test's broker."""
    names = {"NAME": "DB_NAME", "USER": "DB_USER", "PASSWORD": "DB_PASSWORD", "HOST": "DB_HOST", "PORT": "DB_PORT"}
    database = {ours: str(connection.settings_dict[theirs]) for theirs, ours in names.items()}
    return {
        **os.environ,
        **database,
        "DB_ENGINE": connection.settings_dict["ENGINE"],
        "DJANGO_SETTINGS_MODULE": "tests.queues.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
        "BROKER_URL": broker.url,
        "TASK_QUEUE": broker.queue,
        **more,
    }


class CeleryWorkers:
    """Processes of one machine. ``log`` is what all of them say."""

    def __init__(self, broker: Broker, folder: Path, **more: str):
        self._environment = environment(broker, **more)
        self.log = folder / "workers.log"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._started = 0

    def start(self, count: int = 1, *options: str) -> None:
        """``count`` more, of two processes each that work; ready or not."""
        for _ in range(count):
            self._started += 1
            name = f"worker{self._started}"
            command = [*CELERY, "worker", "--concurrency", "2", "--hostname", f"{name}@%h", "--loglevel", "INFO"]
            with self.log.open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    [*command, *options], cwd=ROOT, env=self._environment, stdout=log, stderr=log
                )

    def wait(self) -> None:
        """Until all that live are ready."""
        until(lambda: all(f"{name}@" in self._ready() for name, process in self._processes.items() if lives(process)))

    def _ready(self) -> str:
        return " ".join(one for one in self.said().splitlines() if one.endswith("ready."))

    def said(self) -> str:
        """Everything until now."""
        return self.log.read_text("utf-8", "replace")

    def pids(self) -> list[int]:
        """Of all that live: those that wait for messages, and those that work."""
        found = []
        for process in self._processes.values():
            if lives(process):
                found.append(process.pid)
                with contextlib.suppress(OSError):
                    found += workers_of(process.pid)
        return found

    def tend(self, count: int) -> None:
        """Start as many as are missing."""
        self._processes = {name: one for name, one in self._processes.items() if lives(one)}
        self.start(count - len(self._processes))

    def ask(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another of Celery's commands."""
        return subprocess.run(
            [*CELERY, *command], cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=30
        )

    def stop(self) -> None:
        """Nothing of them is left."""
        pids = self.pids()
        for pid in pids:
            kill(pid, signal.SIGKILL)
        for process in self._processes.values():
            process.wait()


def lives(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has not ended."""
    return process.poll() is None


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    """Send it a signal, where it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
