"""A database that fails where a test wants it to: at a statement, or because a table is not there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

from django.db import OperationalError
from django.db import connection


class PowerCut(BaseException):
    """Nothing that the code under test could catch by accident."""


@contextlib.contextmanager
def at_statement(
    starts: str, number: int = 1, make_error: Callable[[], BaseException] = PowerCut
) -> Iterator[list[str]]:
    """Raises at the ``number``th statement that starts so; yields what was executed of them."""
    seen: list[str] = []

    def guard(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        # What is inserted in bulk may be said in bytes.
        text = sql.decode("latin-1") if isinstance(sql, bytes) else sql
        if text.startswith(starts.replace('"', connection.ops.quote_name("x")[0])):
            seen.append(sql)
            if len(seen) == number:
                raise make_error()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield seen


@contextlib.contextmanager
def without_table(model: Any) -> Iterator[None]:
    """As after a deployment whose migrations were forgotten. Needs a transactional test: MySQL commits at DDL."""
    table = model._meta.db_table
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {quote(table)} RENAME TO {quote(table + '_away')}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {quote(table + '_away')} RENAME TO {quote(table)}")


def locked() -> OperationalError:
    """What SQLite says when another process writes for too long."""
    return OperationalError("database is locked")
