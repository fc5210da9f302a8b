"""
A template, or the whole way that it is held to, does something wrong: that is found before anything is released. A
database that fails: the part waits, and goes on later.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.db import connection

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.core.templates.outline import Outline
from openedx_verifiable_credentials.core.templates.template import Press
from openedx_verifiable_credentials.flows.steps.bulk import listing
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import bulk
from tests import faults
from tests import ledgers
from tests import rows
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 4
INSERT = f'INSERT INTO "{rows.OURS}_credential"'


@pytest.fixture(name="certificates")
def make_certificates(ready: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """In parts of two."""
    monkeypatch.setattr(listing, "CHUNK", 2)
    course = seed.make_course(ready)
    made = [seed.make_learner(f"learner{number}", f"Learner Number {number}") for number in range(COUNT)]
    return [seed.backdate(seed.award(one, course), days=1) for one in made]


def another_message(patch: pytest.MonkeyPatch) -> None:
    """What is signed is not what the document says."""
    fill = Press.fill

    def fill_wrongly(press: Press, values: Any) -> Any:
        message, *others = fill(press, values)
        return bytes(64 - len(message[:63])) + message[:63], *others

    patch.setattr(Press, "fill", fill_wrongly)


def another_document(patch: pytest.MonkeyPatch) -> None:
    """What the document says is not what was signed."""
    write = Outline.write
    patch.setattr(Outline, "write", lambda outline, values: write(outline, values).replace(b"Learner", b"Teacher"))


def another_spelling(patch: pytest.MonkeyPatch) -> None:
    """The document means the same, and its signature is good: but it is not what the whole way writes."""
    write = Outline.write
    patch.setattr(
        Outline, "write", lambda outline, values: write(outline, values).replace(b"Learner", b"\\u004cearner")
    )


def values_of_another(patch: pytest.MonkeyPatch) -> None:
    """Signed as it should be, of the learner before."""
    fill, before = Press.fill, []

    def fill_late(press: Press, values: Any) -> Any:
        before.append(values)
        return fill(press, before[0])

    patch.setattr(Press, "fill", fill_late)


def require_nothing_released() -> None:
    assert not Credential.objects.exists()
    assert not Event.objects.filter(kind="batch.issued").exists()


@pytest.mark.parametrize("profile_id", ["obv3-vc1", "obv3-vc2"])
@pytest.mark.parametrize("break_it", [another_message, another_document, another_spelling])
def test_a_broken_template_releases_nothing_and_repaired_it_goes_on(certificates, profile_id, break_it, caplog):
    batch = bulk.order(profile_id=profile_id)
    with pytest.MonkeyPatch.context() as patch:
        break_it(patch)
        done = bulk.work(batch)
        assert [one.problem for one in done] == ["template_mismatch"]
        require_nothing_released()
        progress = batches.look(batch)
        assert (progress.state, progress.problem, progress.issued) == ("stopped", "template_mismatch", 0)
        assert bulk.work() == []
        assert "Learner Number" not in caplog.text
    batches.resume(batch)
    bulk.work_patiently(batch)
    assert (batches.look(batch).state, Credential.objects.count()) == ("done", COUNT)
    ledgers.require_sound()


def test_a_template_that_breaks_later_is_found_by_the_sample(certificates, settings):
    """The first of each is right; every one after it is checked, or every second."""
    settings.OPENEDX_VC_BULK_SAMPLE = 1
    for more in range(8):
        learner = seed.make_learner(f"more{more}", f"Learner More {more}")
        seed.backdate(seed.award(learner, certificates[0].credential), days=1)
    batch = bulk.order()
    with pytest.MonkeyPatch.context() as patch:
        values_of_another(patch)
        bulk.work_patiently(batch)
        assert batches.look(batch).problem == "template_mismatch"
        assert Credential.objects.count() <= 2


def test_another_batch_goes_on_while_one_is_stopped(certificates):
    broken, good = bulk.order(profile_id="obv3-vc2"), bulk.order(profile_id="obv3-vc1")
    fill = Press.fill

    def fill_wrongly(press: Press, values: Any) -> Any:
        message, *others = fill(press, values)
        is_broken = Credential.objects.count() == 0 and batches.look(broken).state == "ready"
        return (bytes(64) if is_broken else message), *others

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Press, "fill", fill_wrongly)
        bulk.work_patiently(None)
    assert (batches.look(broken).state, batches.look(good).state) == ("stopped", "done")
    assert set(Credential.objects.values_list("profile_id", flat=True)) == {"obv3-vc1"}
    assert Credential.objects.count() == COUNT


@pytest.mark.parametrize("securer", ["WithAnotherKey", "InAnotherKeysName"])
def test_a_broken_whole_way_releases_nothing_either(certificates, settings, securer):
    batch = bulk.order()
    settings.OPENEDX_VC_SECURER = f"tests.securers.{securer}"
    done = bulk.work(batch)
    assert done[-1].problem in ("self_check_failed", "template_mismatch")
    require_nothing_released()
    assert batches.look(batch).state == "stopped"


def full() -> OperationalError:
    """What MySQL and MariaDB say."""
    return OperationalError(1114, "The table is full")


@contextlib.contextmanager
def says_full() -> Iterator[None]:
    """At the first credential."""
    with faults.at_statement(INSERT, make_error=full):
        yield


@contextlib.contextmanager
def without_space() -> Iterator[None]:
    """A table that takes nothing more, after the first row of a part or at once."""
    if connection.vendor != "mysql":

        def guard(execute: Any, sql: str, *args: Any) -> Any:
            if str(sql).startswith(INSERT):
                raise OperationalError("database or disk is full")
            return execute(sql, *args)

        with connection.execute_wrapper(guard):
            yield
        return
    signal = "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER ovc_full AFTER INSERT ON {rows.OURS}_credential FOR EACH ROW {signal}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER ovc_full")


@pytest.mark.parametrize("fault", [says_full, without_space])
def test_without_space_the_part_waits_and_goes_on_later(
    certificates, fault: Callable[[], contextlib.AbstractContextManager[None]], caplog
):
    batch = bulk.order()
    with fault():
        [first, *_] = bulk.work(batch)
        assert first.problem == "database_failed"
        assert not Credential.objects.filter(certificate_uuid__in=listing.unpacked(_waiting().certificates)).exists()
        assert _waiting().problem == first.problem
    assert "Learner" not in caplog.text
    bulk.work_patiently(batch)
    assert (batches.look(batch).state, Credential.objects.count()) == ("done", COUNT)
    ledgers.require_sound()


def _waiting() -> BatchChunk:
    return BatchChunk.objects.filter(state="waiting").exclude(problem="").latest("attempts")


def test_a_database_that_stays_full_stops_nothing_for_good(certificates):
    batch = bulk.order()
    with without_space():
        for _ in range(10):
            bulk.work(batch)
            BatchChunk.objects.update(leased_until=None)
    assert max(BatchChunk.objects.values_list("attempts", flat=True)) >= 10
    assert (batches.look(batch).state, Credential.objects.count()) == ("ready", 0)
    bulk.work_patiently(batch)
    assert batches.look(batch).state == "done"


def test_what_was_good_before_a_mismatch_is_checked_again_by_the_same_worker(certificates, settings, monkeypatch):
    """Gone on with, and no better: the next credential of all is checked, not the next one of the sample."""
    monkeypatch.setattr(listing, "CHUNK", 1)
    settings.OPENEDX_VC_BULK_SAMPLE = 1
    worker, batch = batches.Worker(), bulk.order()
    next(iter(worker.work(batch)))
    with pytest.MonkeyPatch.context() as patch:
        another_message(patch)
        settings.OPENEDX_VC_BULK_SAMPLE = 1_000_000
        bulk.work_patiently(batch, worker)
        assert batches.look(batch).problem == "template_mismatch"
        before = Credential.objects.count()
        batches.resume(batch)
        bulk.work_patiently(batch, worker)
        assert (batches.look(batch).problem, Credential.objects.count()) == ("template_mismatch", before)
