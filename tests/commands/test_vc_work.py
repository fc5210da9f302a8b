"""``vc_work``: whatever was ordered, wherever that was."""

from __future__ import annotations

import contextlib
import datetime
import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import NewAward
from tests import bulk
from tests import ledgers
from tests import rows
from tests import seed
from tests.commands.run import run
from tests.issuing import LISTING
from tests.issuing import at_insert
from tests.issuing import certificates
from tests.issuing import issued_for
from tests.issuing import refused
from tests.issuing import uuids

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(name="course")
def make_course(ready, monkeypatch):
    """A course without certificates; few certificates are several parts."""
    monkeypatch.setattr(f"{LISTING}.CHUNK", 5)
    return seed.make_course(ready)


def order(**selection):
    """A batch that nobody works on yet."""
    return batches.create(batches.Order(batches.Selection(**selection), "obv3-vc2", origin="admin"))


def test_what_was_ordered_is_listed_and_issued(course):
    made = certificates(7, course)
    batch = order()
    said = run("vc_work")
    assert f"{batch}: done; 7 of 7 certificates, 7 credentials issued, 0 had theirs already, 0 refused." in said
    assert issued_for() == uuids(made)
    ledgers.require_sound()
    before = rows.snapshot()
    assert run("vc_work") == ""
    assert rows.changed(before) == []


def test_every_refusal_is_told_by_code(course):
    (certificate,) = certificates(1, course)
    order()
    type(certificate).objects.update(username="nobody-has-this-name")
    assert "  1 refused: The service has no account of this certificate's learner. [no_account]" in run("vc_work")


def test_only_the_batch_that_is_named(course):
    certificates(1, course)
    first, second = order(), order(course="course-v1:No+Such+Run")
    assert f"{second}: done; 0 of 0 certificates" in run("vc_work", "--batch", str(second))
    assert (batches.look(first).state, Credential.objects.count()) == ("requested", 0)


def test_the_table_says_what_goes_on_and_changes_nothing(course):
    assert run("vc_work", "--status") == "No batch goes on.\n"
    certificates(7, course)
    batch = order()
    for _ in batches.list_certificates(batch, "somebody"):
        pass
    worker = batches.Worker("somebody")
    done = next(worker.work(batch))
    before = rows.snapshot()
    head, row = run("vc_work", "--status").splitlines()
    assert head.split() == [
        "batch",
        "ordered",
        "state",
        "profile",
        "done",
        "of",
        "issued",
        "held",
        "refused",
        "parts",
        "left",
    ]
    assert row.split()[0] == str(batch)
    assert row.split()[3:] == ["ready", "obv3-vc2", str(done.count), "7", str(done.issued), "0", "0", "1"]
    assert rows.changed(before) == []


def test_a_batch_is_cancelled_and_what_was_issued_stays(course):
    certificates(10, course)
    batch = order()
    for _ in batches.list_certificates(batch, "somebody"):
        pass
    next(batches.Worker("somebody").work(batch))
    assert "cancelled; what was issued stays." in run("vc_work", "--cancel", str(batch))
    assert run("vc_work") == ""
    assert (batches.look(batch).state, len(issued_for())) == ("cancelled", 5)
    assert "batch_over" in refused("vc_work", "--cancel", batch)[1]


def test_new_awards_do_not_wait_for_older_batches(course):
    certificates(10, course)
    older, newer = order(), order()
    for batch in (older, newer):
        list(batches.list_certificates(batch, "somebody"))
    Batch.objects.filter(uuid=newer).update(origin="award")
    worked = [one.batch_uuid for one in batches.Worker().work() if not isinstance(one, float)]
    assert worked == [newer, newer, older, older]


def test_a_batch_that_was_stopped_is_not_said_to_be_done(course):
    batch = order()
    Batch.objects.update(state="stopped", problem="template_mismatch")
    assert (
        f"stopped (template_mismatch); go on with: manage.py vc_issue --resume {batch}"
        in refused("vc_work", "--batch", batch)[1]
    )


def test_mails_that_cannot_be_sent_hold_up_no_others(course, settings, mailoutbox):
    made = certificates(4, course)
    settings.OPENEDX_VC_MAILS_AT_ONCE = 2
    get_user_model().objects.filter(username__in=[one.username for one in made[:2]]).update(email="no address")
    ordered_with_mail()
    run("vc_work")
    assert len(mailoutbox) == 2


BAD = {
    "an unknown batch": (["--batch", uuid.UUID(int=1)], "unknown_batch"),
    "an unknown batch to cancel": (["--cancel", uuid.UUID(int=1)], "unknown_batch"),
    "two things at once": (["--status", "--cancel", uuid.UUID(int=1)], "--status and --cancel do not go together"),
    "no time at all": (["--every", 0], "above 0"),
    "no end of time": (["--every", "nan"], "above 0"),
    "no processes": (["--processes", 0], "above 0"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_call_does_nothing(course, what):
    certificates(1, course)
    order()
    arguments, sentence = BAD[what]
    before = rows.snapshot()
    assert sentence in refused("vc_work", *arguments)[1]
    assert rows.changed(before) == []


def test_nothing_is_issued_while_the_switch_is_off(course, switched_on):
    certificates(1, course)
    order()
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    before = rows.snapshot()
    assert "switched_off" in refused("vc_work")[1]
    with asked_to_stop_after(0.5):
        run("vc_work", "--every", "0.1")
    assert rows.changed(before) == []


@contextlib.contextmanager
def asked_to_stop_after(seconds):
    """As a supervisor does."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_asked_to_stop_it_finishes_the_part_in_hand(course):
    certificates(10, course)
    batch = order()
    with at_insert(lambda: os.kill(os.getpid(), signal.SIGTERM)):
        assert "Stopped" in refused("vc_work")[1]
    assert (batches.look(batch).state, len(issued_for())) == ("ready", 5)
    assert not Batch.objects.get().chunks.filter(state="leased").exists()
    run("vc_work")
    assert len(issued_for()) == 10


def test_with_a_pause_it_goes_on_until_asked_to_stop(course):
    certificates(3, course)
    first = order()
    second = []

    def once_more():
        if not second:
            second.append(order())
            os.kill(os.getpid(), signal.SIGTERM)

    with at_insert(once_more):
        said = run("vc_work", "--every", "0.1")
    assert f"{first}: done" in said
    with asked_to_stop_after(1.5):
        began = time.monotonic()
        said = run("vc_work", "--every", "0.1")
    assert f"{second[0]}: done; 3 of 3 certificates, 0 credentials issued, 3 had theirs already" in said
    assert time.monotonic() - began < 10


def test_idle_it_asks_little(course):
    with asked_to_stop_after(1.0), CaptureQueriesContext(connection) as queries:
        call_command("vc_work", "--every", "0.2")
    # The switch, new awards, what is requested, what goes on; at the beginning and end a few more.
    assert 5 <= len(queries) <= 5 * 6 + 8
    assert all(one["sql"].startswith("SELECT") or "UPDATE" in one["sql"] for one in queries)
    writing = [one["sql"] for one in queries if not one["sql"].startswith("SELECT")]
    assert len(writing) <= 3


def test_what_is_awarded_is_issued_where_policies_want_it(course):
    (certificate,) = certificates(1, course)
    NewAward.objects.create(
        certificate_uuid=certificate.uuid, created=certificate.created, not_before=certificate.created
    )
    run("vc_work")
    # Nobody has set the policy: the row is done with, and nothing is issued.
    assert (NewAward.objects.count(), Credential.objects.count()) == (0, 0)


def ordered_with_mail():
    """A batch whose learners are told."""
    return batches.create(batches.Order(batches.Selection(), "obv3-vc2", mail=True))


def test_learners_are_told_once_when_all_is_issued(course, mailoutbox):
    made = certificates(7, course)
    ordered_with_mail()
    run("vc_work")
    assert sorted(one.to[0].partition("@")[0] for one in mailoutbox) == sorted(one.username for one in made)
    run("vc_work")
    assert len(mailoutbox) == 7


def test_a_mail_server_that_is_down_holds_up_nothing_else(course, settings):
    made = certificates(2, course)
    batch = ordered_with_mail()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2
    assert f"{batch}: done" in run("vc_work")
    assert issued_for() == uuids(made)
    assert set(BatchMail.objects.values_list("state", flat=True)) == {"waiting"}


def test_what_a_killed_worker_of_this_machine_held_is_worked_on_at_once(ready):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    for number in range(3):
        seed.backdate(seed.award(seed.make_learner(f"late{number}"), seed.make_course(ready)), days=1)
    batch = bulk.order()
    host = batches.worker_name().split(":")[0]
    later = timezone.now() + datetime.timedelta(seconds=100)
    held = {"state": "leased", "leased_until": later}
    parts = list(BatchChunk.objects.values_list("pk", flat=True))
    BatchChunk.objects.filter(pk=parts[0]).update(worker=f"{host}:{process.pid}:0123abcd", **held)
    BatchChunk.objects.filter(pk=parts[1]).update(worker=f"elsewhere:{process.pid}:0123abcd", **held)
    BatchChunk.objects.filter(pk=parts[2]).update(worker=f"{host}:{os.getpid()}:0123abcd", **held)
    assert batches.free_dead() == 1
    bulk.work(batch)
    assert dict(BatchChunk.objects.values_list("pk", "state")) == dict(
        zip(parts, ("done", "leased", "leased"), strict=True)
    )
