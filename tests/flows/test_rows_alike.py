"""Many rows with one statement are the rows that were given: whatever they hold, and however much that is."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from openedx_verifiable_credentials.flows.steps.bulk.rows import insert_alike
from openedx_verifiable_credentials.models import DocumentShape

pytestmark = pytest.mark.django_db(transaction=True)
NASTY = [
    bytes(range(256)) * 2,
    b"'); DROP TABLE students; -- ",
    b"\\' OR 1=1 \\",
    b"%s %b %% %(name)s",
    b"\x00\x1a\n\r\t\"'`\\",
    "Zoë 🎓 \u2028".encode(),
    b"\xff\xfe\xf0\x9f",
    b"",
]


def stored(outlines: list[bytes], terms: dict[str, Any]) -> None:
    """They are read as they were written."""
    rows = [(f"{number:064}", outline) for number, outline in enumerate(outlines)]
    insert_alike(DocumentShape, {"terms": terms, "created": timezone.now()}, ("digest", "outline"), rows)
    found = DocumentShape.objects.order_by("digest").values_list("digest", "outline", "terms")
    assert [(digest, bytes(outline), said) for digest, outline, said in found] == [(*row, terms) for row in rows]


@pytest.fixture(name="modes", params=["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"])
def make_modes(request: pytest.FixtureRequest) -> Any:
    """How some operators set MySQL up; other databases have no such thing."""
    if connection.vendor != "mysql" or not request.param:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',', %s)", [request.param])
    yield
    connection.close()


def test_bytes_and_texts_that_mean_something_in_sql(modes):
    stored(NASTY, {"says": 'it\'s 100% "good" \\ 🎓 %s', "number": 1})


def test_more_than_a_database_takes_at_once(db):
    """16 MiB is what MariaDB takes by default: a part with the largest documents may have more."""
    stored([os.urandom(48 * 1024) for _ in range(450)], {})
