"""How long commands run: progress with a rate, an end between two chunks when asked, a loop where there is no cron."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db import connections

from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

logger = logging.getLogger(__name__)

_BOTH = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """
    Whether SIGTERM or SIGINT has come. A second one ends the process as it always would, after ``at_the_second``.
    """

    def __init__(self, at_the_second: Callable[[], object] = lambda: None) -> None:
        # No lock, no event: a handler runs between any two steps of what it interrupts.
        self._asked = False
        self.at_the_second = at_the_second

    def __bool__(self) -> bool:
        return self._asked

    def wait(self, seconds: float) -> None:
        """For ``seconds``, or until asked to stop."""
        until = time.monotonic() + seconds
        while not self and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))

    @contextmanager
    def listening(self, *numbers: signal.Signals) -> Iterator[None]:
        """These signals, or both, are heard inside; in a thread that is not the main one there are none."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self._hear) for number in numbers or _BOTH}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if self._asked:
            self.at_the_second()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self._asked = True


class Rate:
    """How many a second, since it was made."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def of(self, count: int) -> str:
        """As people read it."""
        seconds = time.monotonic() - self._since
        return f"{count / seconds:.0f}/s" if seconds > 0 else "–/s"

    def left(self, count: int, of: int) -> str:
        """How much longer it takes, at this rate."""
        seconds = (time.monotonic() - self._since) / max(count, 1) * max(of - count, 0)
        minutes = round(seconds / 60)
        return f"{seconds:.0f} s" if minutes < 2 else f"{minutes // 60} h {minutes % 60:02} min"


def repeat(name: str, work: Callable[[], object], seconds: float, stopping: Stopping) -> None:
    """
    ``work`` every so many seconds, until asked to stop. What goes wrong is logged and tried again: a database that is
    away comes back. A wrong setting (ConfigurationError) or a wrong argument (CommandError) ends it.
    """
    while not stopping:
        close_connections(only_old=True)
        try:
            work()
        except (ConfigurationError, CommandError):
            raise
        except TransientError as error:
            logger.warning("%s: %s; again in %g s", name, error, seconds)
        except VerifiableCredentialsError as error:
            logger.error("%s: %s; again in %g s", name, error, seconds)
        except Exception as error:
            known = database_error(error)
            if known is None:
                logger.exception("%s failed; again in %g s", name, seconds)
            else:
                logger.error("%s: the database could not be used (%s); again in %g s", name, short(known), seconds)
                close_connections()
        stopping.wait(seconds)


@contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """What may be gone at the next try, such as a database in the middle, or what the ledger refuses: exit status 1."""
    try:
        yield
    except TransientError as error:
        raise CommandError(f"{error} What was done is kept.") from error
    except LedgerError as error:
        raise CommandError(str(error)) from error
    except Exception as error:
        known = database_error(error)
        if known is None:
            raise
        logger.error("%s stopped: the database could not be used (%s); what was done is kept", name, short(known))
        close_connections()
        raise CommandError(
            "The database could not be used. What was done is kept; the same command goes on from there."
        ) from error


def database_error(error: BaseException | None) -> DatabaseError | None:
    """It, or what it came from: where a connection is gone, tidying up after the error may fail once more."""
    while error is not None and not isinstance(error, DatabaseError):
        error = error.__cause__ or error.__context__
    return error


def short(error: DatabaseError) -> str:
    """MySQL's number, or SQLite's sentence."""
    return f"{type(error).__name__} {error.args[0] if error.args else ''}".strip()


def close_connections(*, only_old: bool = False) -> None:
    """But one inside a transaction (a test's) is not ours to close."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            if only_old:
                connection.close_if_unusable_or_obsolete()
            else:
                connection.close()
