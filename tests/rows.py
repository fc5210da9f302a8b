"""Every row there is: to tell whether something changed one, and what stands in our tables."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db import connection

OURS = "openedx_verifiable_credentials"
# What the service itself may write at any request: sessions, log-ins, CSRF.
_OF_THE_HOST = ("credentials", "catalog", "records")


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """The rows of our tables and of the host's, by table."""
    models = [model for label in (OURS, *_OF_THE_HOST) for model in apps.get_app_config(label).get_models()]
    return {model._meta.db_table: list(model.objects.order_by("pk").values()) for model in models}


def changed(before: dict[str, list[dict[str, Any]]]) -> list[str]:
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


def _bytes(cell: Any) -> bytes:
    if isinstance(cell, bytes | memoryview | bytearray):
        return bytes(cell)
    # JSON columns hold escapes; the text they stand for counts.
    if isinstance(cell, str) and cell[:1] in ("{", "["):
        return json.dumps(json.loads(cell), ensure_ascii=False).encode()
    return str(cell).encode()
