"""Connections of a worker that the database server ends, each statement in its turn: what there must be is there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InterfaceError
from django.db import OperationalError
from django.db import connection
from django.db import connections

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import bulk
from tests import ledgers
from tests import seed

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
COUNT = 2


@pytest.fixture(name="certificates")
def make_certificates(ready: Any) -> list[Any]:
    course = seed.make_course(ready)
    made = [seed.make_learner(f"learner{number}", f"Learner {number}") for number in range(COUNT)]
    return [seed.backdate(seed.award(one, course), days=1) for one in made]


@contextlib.contextmanager
def cut_at(number: int) -> Iterator[list[str]]:
    """The server ends this process's connection before the statement with this number; yields that statement."""
    cut: list[str] = []
    at = 0
    other = connections.create_connection("default")

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal at
        at += 1
        if at == number + 1:
            cut.append((sql.decode("latin-1") if isinstance(sql, bytes) else sql).split()[0])
            with other.cursor() as cursor:
                cursor.execute(f"KILL {connection.connection.thread_id()}")
        return execute(sql, params, many, context)

    connection.ensure_connection()
    with connection.execute_wrapper(guard):
        yield cut
    other.close()


def work_again_and_again(batch: Any) -> None:
    """As a command does: where the worker ends, another begins with a new connection."""
    for _ in range(3):
        worker = batches.Worker()
        try:
            bulk.work_patiently(batch, worker)
            if batches.look(batch).is_over:
                return
        except (OperationalError, InterfaceError):
            connection.close()
            batches.free(worker.name)
    raise AssertionError("a connection that is cut once ends one worker, no more")


def test_a_connection_that_is_cut_anywhere_costs_nothing(certificates):
    bulk.issue()  # the list of places is there, and published
    number, seen = 0, []
    while True:
        for model in (Credential, Batch, Event):
            model.objects.all().delete()
        batch = bulk.order()
        batches.look(batch)
        with cut_at(number) as cut:
            work_again_and_again(batch)
        assert (batches.look(batch).state, batches.look(batch).issued) == ("done", COUNT), (number, cut)
        assert Credential.objects.count() == COUNT
        ledgers.require_sound()
        if not cut:
            break
        seen += cut
        number += 1
    assert len(seen) > 25
    assert {"SELECT", "UPDATE", "INSERT"} <= set(seen)
