"""Two requests at once: what the database says when it resolves that against one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError
from django.db import IntegrityError
from django.db import OperationalError

from openedx_verifiable_credentials.exceptions import TransientError

_T = TypeVar("_T")
ATTEMPTS = 8
# A row that changed since it was read, lock wait, deadlock; SQLite says "database is locked" instead of a number.
_NUMBERS = (1020, 1205, 1213)


def is_race(error: DatabaseError) -> bool:
    """A duplicate key, a deadlock or a lock wait: trying again, or looking again, may succeed."""
    if isinstance(error, IntegrityError):
        return True
    if not isinstance(error, OperationalError) or not error.args:
        return False
    return error.args[0] in _NUMBERS or "locked" in str(error.args[0])


def said(error: DatabaseError) -> str:
    """Its kind and number, for the log; not its sentence, which may quote what was to be written."""
    number = error.args[0] if error.args and isinstance(error.args[0], int) else ""
    return f"{type(error).__name__} {number}".strip()


def until_settled(change: Callable[[], _T], busy: str) -> _T:
    """
    What ``change`` answers: it is done again where the database resolved a race against it, so it does all or nothing.

    Raises TransientError ``busy`` with the sentence ``busy``, and what ``change`` raises.
    """
    for _ in range(ATTEMPTS):
        try:
            return change()
        except DatabaseError as error:
            if not is_race(error):
                raise
    raise TransientError("busy", busy)
