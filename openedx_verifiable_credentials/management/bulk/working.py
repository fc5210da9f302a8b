"""How a command works: in its own process, or with several; once, or again and again."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections.abc import Callable
from uuid import UUID

from django.core.management.base import CommandParser
from django.db import DatabaseError

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import switch
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk.draining import Drain
from openedx_verifiable_credentials.management.bulk.orders import above_zero
from openedx_verifiable_credentials.management.bulk.patience import Patience
from openedx_verifiable_credentials.management.bulk.processes import Crew

_NICE = 10
_NICEST = 19


def add_arguments(parser: CommandParser) -> None:
    """``--processes`` and ``--nice``."""
    parser.add_argument(
        "--processes", type=above_zero, default=1, metavar="N", help="Work with so many processes (default 1)."
    )
    parser.add_argument(
        "--nice",
        type=int,
        choices=range(_NICEST + 1),
        default=_NICE,
        metavar="N",
        help=f"How much the processes give way to others, 0 to {_NICEST} (default {_NICE}): claims go first.",
    )


@dataclasses.dataclass(frozen=True)
class Working:
    """
    ``batch``: only this one; None: all there are, and whatever else is to be done. ``every``: go on for ever, and look
    so often (seconds) whether there is something; None: until nothing is left. ``nice``: None leaves the command's own
    process as it is.
    """

    command: str
    batch: UUID | None = None
    every: float | None = None
    processes: int = 1
    nice: int | None = None

    def run(self, look: Callable[[], object], every: float, stopping: running.Stopping) -> None:
        """
        ``look`` is called every so many seconds. Raises CommandError where that is given up, and what workers raise
        that another try would not change.
        """
        if self.processes > 1:
            Crew(self._work, self.processes, nice=self.nice or 0, stopping=stopping).run(look, every)
            return
        if self.nice is not None:
            os.nice(self.nice)
        self._work(batches.worker_name(), stopping, _seldom(look, every))

    def _work(self, name: str, stopping: running.Stopping, each: Callable[[], object] = lambda: None) -> None:
        drain = Drain(name, self.batch, stopping, each)
        try:
            if self.every is not None:
                running.repeat(self.command, lambda: _while_enabled(drain.some, stopping), self.every, stopping)
            else:
                patience = Patience(self.command, stopping)
                _until_nothing(lambda: patience.ask(drain.some), stopping)
        finally:
            # Where that cannot be written, the leases run out.
            with contextlib.suppress(DatabaseError):
                drain.let_go()


def _while_enabled(some: Callable[[], float | None], stopping: running.Stopping) -> None:
    if switch.is_enabled_now():
        _until_nothing(some, stopping)


def _until_nothing(some: Callable[[], float | None], stopping: running.Stopping) -> None:
    while not stopping:
        seconds = some()
        if seconds is None:
            return
        stopping.wait(seconds)


def _seldom(look: Callable[[], object], every: float) -> Callable[[], None]:
    at = 0.0

    def looking() -> None:
        nonlocal at
        if time.monotonic() >= at:
            look()
            at = time.monotonic() + every

    return looking
