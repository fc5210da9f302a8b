"""Staff with one permission order batches, look at them, stop them, and let them go on; others cannot."""

from __future__ import annotations

import csv
import datetime
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchRefusal
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import bulk
from tests import forms
from tests import policies
from tests import rows
from tests import seed
from tests.staff import APP
from tests.staff import CREDENTIALS
from tests.staff import ask
from tests.staff import staff
from tests.staff import told

pytestmark = pytest.mark.django_db(transaction=True)
BATCHES = f"{APP}batch/"
ORDER = f"{BATCHES}order/"
STILL = "no worker has worked for 10 minutes"


@pytest.fixture
def course(ready):
    return seed.make_course(ready)


@pytest.fixture(name="browser")
def make_browser(ready):
    """Staff who may do all of it, and nothing else."""
    return staff("view_batch", "issue_batch", "view_credential")[0]


def awarded(course, count):
    """Certificates of this many learners."""
    learners = [seed.make_learner(f"learner{number}", f"Secret Name {number}") for number in range(count)]
    return [seed.backdate(seed.award(one, course), days=1) for one in learners]


def page_of(row):
    """Of a batch."""
    return f"{BATCHES}{row.pk}/change/"


def age(minutes=11):
    """As if all of it had happened before."""
    before = timezone.now() - datetime.timedelta(minutes=minutes)
    Batch.objects.update(created=before)
    Event.objects.update(at=before)


def test_a_preview_tells_what_would_be_issued_and_changes_nothing(browser, course):
    certificates = awarded(course, 3)
    type(certificates[0]).objects.filter(pk=certificates[0].pk).update(username="nobody")
    before = rows.snapshot()
    page = forms.send(browser, ORDER, "_preview", course=course.course_id)
    assert "3 awarded certificates are meant." in page.text
    assert "2 would be issued, 0 have theirs already." in page.text
    assert "no_account" in page.text and "_order" in page.buttons
    assert rows.changed(before) == []


def test_an_order_is_one_row_that_workers_work_on(browser, course):
    awarded(course, 3)
    page = forms.send(browser, ORDER, "_preview", course=course.course_id, mail="on", profile="obv3-vc1")
    answer = forms.post(browser, page, "_order")
    row = Batch.objects.get()
    assert (answer.status, answer.response["Location"]) == (302, page_of(row))
    assert (row.origin, row.state, row.profile_id, row.mail) == ("admin", "requested", "obv3-vc1", True)
    assert row.selection == {"course": course.course_id}
    assert row.ordered_by == int(browser.session["_auth_user_id"])
    assert not Credential.objects.exists()
    assert "its certificates are not listed yet" in told(browser, page_of(row)).lower()
    list(batches.list_certificates(row.uuid, "lister"))
    bulk.work()
    text = told(browser, page_of(row))
    assert "Issued: 3" in text and "Looked at: 3 of 3" in text and "Waiting: 3" in text
    assert "Secret Name" not in text and "learner0" not in text


def test_an_order_that_is_sent_twice_is_one_batch(browser, course):
    awarded(course, 1)
    page = forms.send(browser, ORDER, "_preview", course=course.course_id)
    answers = [forms.post(browser, page, "_order") for _ in range(2)]
    row = Batch.objects.get()
    assert [answer.response["Location"] for answer in answers] == [page_of(row)] * 2
    assert Event.objects.filter(kind="batch.ordered").count() == 1
    # Another look is another order.
    forms.post(browser, forms.send(browser, ORDER, "_preview", course=course.course_id), "_order")
    assert Batch.objects.count() == 2


@pytest.mark.parametrize("change", [{"course": "ExampleX+Other"}, {"mail": "on"}, {"seen": "forged:by:nobody"}])
def test_what_no_preview_has_shown_is_looked_at_and_not_ordered(browser, course, change):
    awarded(course, 1)
    page = forms.send(browser, ORDER, "_preview", course=course.course_id)
    answer = forms.post(browser, page, "_order", **change)
    assert answer.status == 200 and "nothing is ordered yet" in answer.text
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, "__all__"),
        ({"since_0": "2026-01-01", "since_1": "00:00"}, "__all__"),
        ({"course": "ExampleX"}, "course"),
        ({"course": "course-v1:ExampleX+<script>+1"}, "course"),
        ({"program": "not-a-uuid"}, "program"),
        ({"program": str(uuid.uuid4()), "course": "ExampleX+CS101"}, "program"),
        ({"organization": "Example X"}, "organization"),
        ({"site": "999999"}, "site"),
        ({"course": "ExampleX+CS101", "profile": "obv2"}, "profile"),
        ({"course": "ExampleX+CS101", "since_0": "soon", "since_1": ""}, "since"),
    ],
)
def test_what_makes_no_sense_is_told_and_not_ordered(browser, ready, given, at):
    data = {"profile": "obv3-vc2", **given, "_order": "1"}
    response = browser.post(ORDER, data)
    assert response.status_code == 200
    assert at in response.context["form"].errors
    assert not Batch.objects.exists()


def test_nothing_is_ordered_while_the_switch_is_off_or_nobody_signs(browser, course, switched_on):
    awarded(course, 1)
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    response = browser.post(ORDER, {"course": course.course_id, "profile": "obv3-vc2", "_order": "1"}, follow=True)
    assert "Verifiable credentials are not available here." in response.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize("permission", ["view_batch", "view_credential", "change_claimpolicy"])
def test_who_may_not_issue_neither_orders_nor_stops(ready, course, permission):
    browser, _ = staff(permission)
    awarded(course, 1)
    batch = Batch.objects.get(uuid=bulk.order())
    before = rows.snapshot()
    assert browser.get(ORDER).status_code == 403
    assert browser.post(ORDER, {"course": course.course_id, "profile": "obv3-vc2", "_order": "1"}).status_code == 403
    for action in ("stop", "go_on", "delete_selected"):
        assert ask(browser, action, batch, address=BATCHES).status_code in (200, 302, 403)
    assert rows.changed(before) == []
    assert browser.get(f"{BATCHES}{batch.pk}/refusals.csv").status_code == (200 if permission == "view_batch" else 403)
    assert ("order/" in told(browser, BATCHES)) is False


@pytest.mark.parametrize("address", [ORDER, f"{BATCHES}1/refusals.csv", BATCHES])
def test_who_is_no_staff_is_asked_to_log_in(client, ready, address):
    assert client.get(address).status_code == 302
    assert client.get(address)["Location"].startswith("/admin/login/")


def test_a_batch_is_stopped_and_goes_on(browser, course):
    awarded(course, 2)
    batch = Batch.objects.get(uuid=bulk.order())
    assert ask(browser, "stop", batch, address=BATCHES).status_code == 302
    assert "1 batch was changed." in told(browser, BATCHES)
    batch.refresh_from_db()
    assert batch.state == "cancelled" and not bulk.work()
    ask(browser, "go_on", batch, address=BATCHES)
    bulk.work()
    batch.refresh_from_db()
    assert (batch.state, Credential.objects.count()) == ("done", 2)
    ask(browser, "stop", batch, address=BATCHES)
    assert "This batch is over already." in told(browser, BATCHES)


def test_what_was_not_issued_can_be_had_as_a_file_that_runs_no_formula(browser, course):
    [certificate] = awarded(course, 1)
    type(certificate).objects.update(username="nobody")
    batch = Batch.objects.get(uuid=bulk.order())
    bulk.work()
    BatchRefusal.objects.create(
        batch=batch, certificate_uuid=uuid.UUID(int=1), code="x", sentence='=HYPERLINK("http://x")'
    )
    text = told(browser, page_of(batch))
    assert "no_account" in text and "The service has no account" in text
    response = browser.get(f"{BATCHES}{batch.pk}/refusals.csv")
    found = list(csv.reader(io.StringIO(response.getvalue().decode())))
    assert found[0] == ["certificate", "code", "sentence"]
    assert found[1][:2] == [str(certificate.uuid), "no_account"]
    assert found[2][2] == '\'=HYPERLINK("http://x")'
    assert browser.get(f"{BATCHES}999/refusals.csv").status_code == 404


def test_the_ledger_shows_a_batchs_credentials_and_a_credential_its_batch(browser, course):
    awarded(course, 2)
    bulk.issue()
    awarded_elsewhere = seed.make_course(course.site)
    seed.backdate(seed.award(seed.make_learner("eve", "Eve"), awarded_elsewhere), days=1)
    bulk.issue(course=awarded_elsewhere.course_id)
    first, second = Batch.objects.order_by("pk")
    assert f"{CREDENTIALS}?batch={first.pk}" in told(browser, page_of(first))
    listed = told(browser, f"{CREDENTIALS}?batch={second.pk}")
    [row] = second.credentials.all()
    assert str(row.uuid) in listed
    assert not any(str(one.uuid) in listed for one in first.credentials.all())
    page = told(browser, f"{CREDENTIALS}{row.pk}/change/")
    assert str(second.uuid) in page and "Learner&#x27;s name" in page


def test_it_is_told_where_nobody_works(browser, course):
    awarded(course, 2)
    batch = Batch.objects.get(uuid=bulk.order())
    assert STILL not in told(browser, BATCHES), "not at once"
    age()
    for address in (BATCHES, ORDER, page_of(batch)):
        assert STILL in told(browser, address), address
    bulk.work()
    assert STILL not in told(browser, BATCHES)


def test_a_policys_page_leads_to_the_order_of_what_it_speaks_about(ready, course):
    browser = staff("view_claimpolicy", "issue_batch")[0]
    for scope, key, filled_in in (
        ("course_run", course.course_id, "course"), ("organization", "ExampleX", "organization"),
        ("site", ready.pk, "site"), ("program", uuid.UUID(int=7), "program"),
    ):  # fmt: skip
        policy = policies.make_policy(scope, key)
        response = browser.get(f"{APP}claimpolicy/{policy.pk}/change/")
        order = forms.get(browser, response.context["order_address"])
        assert order.fields[filled_in] == [str(key)], scope
    masters = policies.make_policy("program_type", "masters")
    assert "order/" not in told(browser, f"{APP}claimpolicy/{masters.pk}/change/")
    assert "order/" not in told(staff("view_claimpolicy", name="other")[0], f"{APP}claimpolicy/{policy.pk}/change/")


def test_pages_cost_the_same_however_much_was_issued(browser, course):
    def queries(address):
        told(browser, address)
        with CaptureQueriesContext(connection) as seen:
            told(browser, address)
        return len(seen)

    awarded(course, 2)
    bulk.issue()
    few = [queries(one) for one in (BATCHES, page_of(Batch.objects.get()), CREDENTIALS)]
    other = seed.make_course(course.site)
    for number in range(12):
        seed.backdate(seed.award(seed.make_learner(f"more{number}", "More"), other), days=1)
    bulk.issue()
    bulk.issue()
    newest = Batch.objects.order_by("pk")[1]
    assert [queries(one) for one in (BATCHES, page_of(newest), CREDENTIALS)] == few
