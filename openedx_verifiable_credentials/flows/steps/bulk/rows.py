"""
Many rows of a table with one statement, or few, when most of their columns are alike.

A batch spends more time on turning objects into SQL than on signing. On MySQL and MariaDB what is alike is turned once,
by the driver's own escaping; elsewhere Django's own way is quick enough. Both write the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db import models
from django.db import router

_AT_ONCE = 500
# Of one statement, but for its last row: far below the max_allowed_packet of any server, which is 16 MiB or more.
_MAX_BYTES = 4 * 1024 * 1024


def insert_alike(
    model: type[models.Model], alike: Mapping[str, Any], names: Sequence[str], rows: Sequence[tuple[Any, ...]], *,
    ignore_conflicts: bool = False,
) -> None:  # fmt: skip
    """
    Insert ``rows``: each the values of the columns ``names`` (by attribute: ``learner_id``), the others as in ``alike``
    or by default; with ``ignore_conflicts``, those that no unique column keeps out. Raises DatabaseError.
    """
    connection: Any = connections[router.db_for_write(model)]
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        if connection.vendor == "mysql":
            verb = b"INSERT IGNORE" if ignore_conflicts else b"INSERT"
            with connection.cursor() as cursor:
                for statement in _statements(connection, model, alike, names, part):
                    cursor.execute(verb + statement)
        else:
            made = [model(**alike, **dict(zip(names, row, strict=True))) for row in part]
            model._default_manager.bulk_create(made, ignore_conflicts=ignore_conflicts)


def _statements(
    connection: Any, model: type[models.Model], alike: Mapping[str, Any], names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> Iterator[bytes]:  # fmt: skip
    columns = [field for field in model._meta.concrete_fields if not field.primary_key]
    by_name = {field.attname: field for field in columns}
    varying = [by_name[name] for name in names]
    others = [field for field in columns if field.attname not in names]
    connection.ensure_connection()
    literal = connection.connection.literal
    fixed = [
        literal(field.get_db_prep_save(alike.get(field.attname, field.get_default()), connection)) for field in others
    ]
    each = b"(" + b", ".join([b"%b"] * len(varying) + [one.replace(b"%", b"%%") for one in fixed]) + b")"
    prepare = [field.get_db_prep_save for field in varying]
    written = [
        each % tuple([literal(one(value, connection)) for one, value in zip(prepare, row, strict=True)]) for row in rows
    ]
    quote = connection.ops.quote_name
    named = ", ".join(quote(field.column) for field in (*varying, *others))
    start = f" INTO {quote(model._meta.db_table)} ({named}) VALUES ".encode("ascii")
    for some in _in_parts(written):
        yield start + b", ".join(some)


def _in_parts(written: Sequence[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for row in written:
        part.append(row)
        size += len(row)
        if size >= _MAX_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
