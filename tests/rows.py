"""Every row there is: to tell whether something changed one, and what stands in our tables."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db import transaction

OURS = "openedx_verifiable_credentials"
# What the service itself may write at any request: sessions, log-ins, CSRF.
_OF_THE_HOST = ("credentials", "catalog", "records")


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """The rows of our tables and of the host's, by table, as the database holds them."""
    found = {}
    with connection.cursor() as cursor:
        for label in (OURS, *_OF_THE_HOST):
            for model in apps.get_app_config(label).get_models(include_auto_created=True):
                table, pk = model._meta.db_table, model._meta.pk.column
                name = connection.ops.quote_name
                cursor.execute(f"SELECT * FROM {name(table)} ORDER BY {name(pk)}")
                found[table] = cursor.fetchall()
    return found


def changed(before: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    """The tables whose rows differ from ``before``."""
    now = snapshot()
    return [table for table in now if now[table] != before[table]]


def our_bytes() -> bytes:
    """Every column of every row of our tables, as the database holds it."""
    cells = []
    with connection.cursor() as cursor:
        for table in our_tables():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            cells += [_bytes(cell) for row in cursor.fetchall() for cell in row]
    return b"\n".join(cells)


def our_tables() -> list[str]:
    """The names of our tables, those between rows included."""
    models = apps.get_app_config(OURS).get_models(include_auto_created=True)
    return sorted(model._meta.db_table for model in models)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards. As in a test case, what is durable may be inside."""
    with transaction.atomic():
        connection.atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)


def _bytes(cell: Any) -> bytes:
    if isinstance(cell, bytes | memoryview | bytearray):
        return bytes(cell)
    # JSON columns hold escapes; the text they stand for counts.
    if isinstance(cell, str) and cell[:1] in ("{", "["):
        return json.dumps(json.loads(cell), ensure_ascii=False).encode()
    return str(cell).encode()
