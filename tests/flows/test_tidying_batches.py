"""Batches that have long been over lose their parts, refusals and mails, and keep what they said."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.flows.steps.bulk import tidying
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import BatchRefusal
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import rows
from tests import seed
from tests.commands.run import run

pytestmark = pytest.mark.django_db(transaction=True)


def made(course, count):
    """Certificates awarded yesterday, the last one of somebody without an account."""
    certificates = [
        seed.backdate(seed.award(seed.make_learner(f"learner{number}", f"Learner {number}"), course), days=1)
        for number in range(count)
    ]
    type(certificates[-1]).objects.filter(pk=certificates[-1].pk).update(username="nobody-has-this-name")
    return certificates


@pytest.fixture
def course(ready):
    course = seed.make_course(ready)
    made(course, 4)
    return course


def over(batch, days):
    """It was over that long ago."""
    Batch.objects.filter(uuid=batch).update(finished_at=timezone.now() - datetime.timedelta(days=days))


def said(batch):
    return batches.look(batch), batches.refusals_by_code(batch), batch_mails.by_state(Batch.objects.get(uuid=batch).pk)


def left():
    return [table.objects.count() for table in (BatchChunk, BatchRefusal, BatchMail)]


def test_after_their_days_parts_refusals_and_mails_go_and_every_count_stays(course):
    old, young = bulk.issue(mail=True).uuid, bulk.issue().uuid
    over(old, 91)
    over(young, 89)
    before = said(old), said(young)
    assert left() == [2, 2, 3]
    assert "6 parts, refusals and mails" not in run("vc_reconcile", dry_run=True)
    assert left() == [2, 2, 3]
    assert "5 parts, refusals and mails of batches that have long been over deleted." in run("vc_reconcile")
    assert left() == [1, 1, 0]
    assert (said(old), said(young)) == before
    assert (before[0][0].looked_at, before[0][0].issued, before[0][0].refused) == (4, 3, 1)
    assert before[0][1][0] == {"no_account": 1} and before[0][2] == {"waiting": 3}
    assert not list(batches.refusals(old)) and len(list(batches.refusals(young))) == 1
    assert reconciling.tidy_batches() == 0
    assert Credential.objects.filter(batch__uuid=old, state="issued").count() == 3


def test_a_dry_run_counts_and_deletes_nothing(course):
    over(bulk.issue(mail=True).uuid, 91)
    before = rows.snapshot()
    assert reconciling.tidy_batches(dry_run=True) == 5
    assert rows.changed(before) == []


@pytest.mark.parametrize(("days", "gone"), [(30, 2), (31, 0)])
def test_how_long_they_stay_is_a_setting(settings, course, days, gone):
    settings.OPENEDX_VC_KEEP_BATCH_PARTS_DAYS = days
    over(bulk.issue().uuid, 30.5)
    assert reconciling.tidy_batches() == gone


@pytest.mark.parametrize("state", ["requested", "ready"])
def test_a_batch_that_goes_on_loses_nothing_however_old_it_is(course, state):
    batch = bulk.order()
    # A time of an end does not make it over.
    Batch.objects.filter(uuid=batch).update(state=state, finished_at=timezone.now() - datetime.timedelta(days=999))
    assert reconciling.tidy_batches() == 0
    assert BatchChunk.objects.count() == 1


def test_one_that_was_stopped_goes_on_before_and_not_after(course):
    batch = bulk.order()
    batches.cancel(batch)
    over(batch, 89)
    reconciling.tidy_batches()
    batches.resume(batch)
    batches.cancel(batch)
    over(batch, 91)
    assert reconciling.tidy_batches() == 1
    with pytest.raises(BatchError) as refused:
        batches.resume(batch)
    assert refused.value.code == "batch_over"
    assert batches.newest() is None
    assert (batches.look(batch).state, batches.look(batch).looked_at) == ("cancelled", 0)
    assert bulk.issue().issued == 3, "what it did not issue, the next one does"


@pytest.mark.parametrize("table", [BatchChunk, BatchRefusal])
def test_what_died_in_the_middle_is_gone_on_with_and_the_counts_are_the_first_ones(course, monkeypatch, table):
    batch = bulk.issue(mail=True).uuid
    over(batch, 91)
    before = said(batch)

    class Died(BaseException):
        pass

    def die(*_args, **_options):
        raise Died

    with monkeypatch.context() as broken:
        broken.setattr(table._default_manager.all().__class__, "delete", die)
        with pytest.raises(Died):
            reconciling.tidy_batches()
    assert said(batch) == before
    with pytest.raises(BatchError):
        batches.resume(batch)
    assert reconciling.tidy_batches() == 5
    assert left() == [0, 0, 0]
    assert said(batch) == before


def test_many_rows_go_in_small_statements(course, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(tidying, "_ROWS_AT_ONCE", 2)
    batch = bulk.issue().uuid
    row = Batch.objects.get(uuid=batch)
    BatchRefusal.objects.bulk_create(
        BatchRefusal(batch=row, certificate_uuid=row.uuid, code="erased", sentence="Gone.") for _ in range(9)
    )
    over(batch, 91)
    assert reconciling.tidy_batches() == 11
    counts, sentences = batches.refusals_by_code(batch)
    assert counts == {"erased": 9, "no_account": 1} and sentences["erased"] == "Gone."


def test_the_page_of_such_a_batch_has_its_counts_and_offers_no_file(admin_client, course):
    batch = bulk.issue().uuid
    page = f"/admin/openedx_verifiable_credentials/batch/{Batch.objects.get(uuid=batch).pk}/change/"
    assert "refusals.csv" in admin_client.get(page).content.decode()
    over(batch, 91)
    reconciling.tidy_batches()
    after = admin_client.get(page).content.decode()
    assert "refusals.csv" not in after
    assert "no_account" in after and "Issued: 3" in after and "Looked at: 4 of 4" in after
