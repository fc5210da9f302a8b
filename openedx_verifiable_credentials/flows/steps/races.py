"""Two requests at once: what the database says when it resolves that against one of them."""

from __future__ import annotations

from django.db import DatabaseError
from django.db import IntegrityError
from django.db import OperationalError

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
