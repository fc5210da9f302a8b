"""A database that is away for a while is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db import InterfaceError
from django.db import OperationalError

from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.management import running

logger = logging.getLogger(__name__)

_MOST_SECONDS = 600.0
_LONGEST_PAUSE = 15.0
_Result = TypeVar("_Result")


class Patience:
    """What may work at the next try is tried again, for ten minutes, or until ``stopping``."""

    def __init__(self, name: str, stopping: running.Stopping):
        self._name, self._stopping = name, stopping

    def ask(self, work: Callable[[], _Result]) -> _Result | None:
        """
        What ``work`` returns; None where it was stopped before that. Raises CommandError after ten minutes, and what
        waiting does not change.
        """
        since, pause = time.monotonic(), 0.5
        while True:
            try:
                return work()
            except Exception as error:
                why = _may_pass(error)
                if why is None:
                    raise
                if time.monotonic() - since > _MOST_SECONDS:
                    raise CommandError(f"{why} Given up after {_MOST_SECONDS / 60:.0f} minutes.") from error
            if self._stopping:
                return None
            logger.warning("%s: %s Again in %g s.", self._name, why, pause)
            running.close_connections()
            self._stopping.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _may_pass(error: Exception) -> str | None:
    """A sentence, where the next try may succeed."""
    if isinstance(error, TransientError):
        return str(error)
    known: DatabaseError | None = running.database_error(error)
    if isinstance(known, OperationalError | InterfaceError):
        return f"The database could not be used ({running.short(known)})."
    return None
