"""
Processes that work, and the one that has started them: it passes on signals, and where one dies it ends that one's
leases and starts the next.

They are forked from a process that has closed its connections and never signs: DIDKit cannot be used after a fork.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.connection import wait
from typing import Any

from django.core.management.base import CommandError

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk.patience import Patience

logger = logging.getLogger(__name__)

# A fork has Django loaded and the settings as they are here.
_FORK = multiprocessing.get_context("fork")
_SAID_WHY = 3
_MOST_DEATHS = 20
# Called with the worker's name, and what says when to end.
Work = Callable[[str, running.Stopping], None]


class _Told(running.Stopping):
    """In a child: by a signal of its own, by one that came while it was forked, or because its parent is gone."""

    def __init__(self, parents: running.Stopping, parent: int):
        super().__init__()
        self._parents, self._parent = parents, parent

    def __bool__(self) -> bool:
        return super().__bool__() or bool(self._parents) or os.getppid() != self._parent


class Crew:
    """``count`` processes that each do ``work`` until it returns, or ``stopping``; ``nice``: how much they give way."""

    def __init__(self, work: Work, count: int, *, nice: int, stopping: running.Stopping):
        self._work, self._nice, self._stopping = work, nice, stopping
        self._alive: dict[Any, tuple[str, Connection]] = {}
        self._deaths, self._is_ending, self._problem = 0, False, ""
        self._seen: object = None
        self._patience = Patience("Workers", stopping)
        stopping.at_the_second = self._kill
        self._count, self._look_at = count, 0.0

    def run(self, look: Callable[[], object], every: float) -> None:
        """
        ``look`` is called every so many seconds; what it returns differs as long as work is done. Raises CommandError
        where a process gave up, or they die again and again.
        """
        try:
            for _ in range(self._count):
                self._start()
            while self._alive:
                self._look_after(look, every)
        finally:
            self._end()
            for process in list(self._alive):
                process.join()
        if self._problem:
            raise CommandError(self._problem)

    def _look_after(self, look: Callable[[], object], every: float) -> None:
        # Woken at once where one ends; a signal to this process is seen at the next turn.
        wait([process.sentinel for process in self._alive], timeout=min(every, 0.5))
        if self._stopping or self._problem:
            self._end()
        for process in [one for one in self._alive if not one.is_alive()]:
            self._bury(process)
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + every
            seen = self._patience.ask(look)
            if seen is not None and seen != self._seen:
                self._seen, self._deaths = seen, 0

    def _start(self) -> None:
        running.close_connections()
        name = batches.worker_name()
        hears, tells = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=self._child, args=(name, tells, os.getpid()), daemon=True)
        process.start()
        tells.close()
        self._alive[process] = (name, hears)

    def _bury(self, process: Any) -> None:
        name, hears = self._alive.pop(process)
        process.join()
        if process.exitcode == 0:
            return
        self._patience.ask(lambda: batches.free(name))
        if process.exitcode == _SAID_WHY:
            self._problem = self._problem or hears.recv()
        elif not self._is_ending:
            logger.error("A worker died (%s); another takes its place.", process.exitcode)
            self._replace()

    def _replace(self) -> None:
        self._deaths += 1
        if self._deaths >= _MOST_DEATHS:
            self._problem = f"Given up: {_MOST_DEATHS} workers died one after the other; the log says more."
        else:
            self._start()

    def _end(self) -> None:
        """Each finishes the part in hand."""
        if not self._is_ending:
            self._is_ending = True
            for process in self._alive:
                process.terminate()

    def _kill(self) -> None:
        for process in self._alive:
            process.kill()

    def _child(self, name: str, tells: Connection, parent: int) -> None:
        """In the new process."""
        told = _Told(self._stopping, parent)
        # From a terminal both come to all its processes; the parent passes on the one that counts.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with told.listening(signal.SIGTERM):
            os.nice(self._nice)
            try:
                self._work(name, told)
            except (VerifiableCredentialsError, ConfigurationError, CommandError) as error:
                tells.send(str(error))
                os._exit(_SAID_WHY)
            except Exception:
                logger.exception("A worker failed")
                os._exit(1)
