"""``vc_issue``: what is named, what is asked, what is said."""

from __future__ import annotations

import datetime
import io
import os
import signal
import uuid

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from tests import ledgers
from tests import rows
from tests import seed
from tests.commands.run import run
from tests.issuing import certificates
from tests.issuing import issued_for
from tests.issuing import refused
from tests.issuing import uuids

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(name="course")
def make_course(ready):
    """A course without certificates."""
    return seed.make_course(ready)


@pytest.fixture(name="elsewhere")
def make_elsewhere(ready):
    """A certificate of another course, organisation and site."""
    return certificates(1, seed.make_course(seed.make_site("else.example"), seed.CourseOptions(organization="OtherX")))


WAYS = {
    "a course run": ("--course", lambda course: course.course_id),
    "all runs of a course": ("--course", lambda course: course.course_run.course.key),
    "an organisation": ("--organization", lambda course: "ExampleX"),
    "a site": ("--site", lambda course: course.site_id),
}


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("way", WAYS)
def test_certificates_are_named_by_facts(course, way):
    made = certificates(2, course)
    option, value = WAYS[way]
    said = run("vc_issue", option, str(value(course)))
    assert "2 certificates: of 1 courses and 0 programs." in said
    assert "2 of 2 certificates: 2 credentials issued, 0 had theirs already, 0 refused; " in said
    assert issued_for() == uuids(made)
    ledgers.require_sound()


def test_a_program_is_named_and_not_its_courses(course):
    program = seed.make_program(course.site, [course])
    (of_course,) = certificates(1, course)
    learner = User.objects.get(username=of_course.username)
    made = [seed.backdate(seed.award(learner, program), days=1)]
    assert "1 certificates: of 0 courses and 1 programs." in run("vc_issue", "--program", str(program.program_uuid))
    assert issued_for() == uuids(made)


def test_facts_are_combined(course, elsewhere):
    certificates(1, course)
    said = run("vc_issue", "--organization", "OtherX", "--site", str(elsewhere[0].credential.site_id))
    assert "1 credentials issued" in said
    assert "no such certificate" in refused("vc_issue", "--organization", "OtherX", "--course", course.course_id)[1]
    assert issued_for() == uuids(elsewhere)


def test_all_are_named(course, elsewhere):
    made = certificates(2, course)
    assert "3 certificates: of 2 courses and 0 programs." in run("vc_issue", "--all")
    assert issued_for() == uuids([*made, *elsewhere])


def test_certificates_are_named_by_ids(course, tmp_path):
    first, second, third, _ = certificates(4, course)
    assert "2 credentials issued" in run("vc_issue", "--certificate", str(first.uuid), str(second.uuid))
    file = tmp_path / "ids.txt"
    file.write_text(f"{third.uuid}\n\nurn:uuid:{second.uuid}\n{third.uuid}\n", encoding="utf-8")
    assert "1 credentials issued, 1 had theirs already, 0 refused" in run("vc_issue", "--file", str(file))
    assert issued_for() == uuids([first, second, third])


def test_unknown_ids_are_told_and_the_others_issued(course):
    good, revoked = certificates(2, course)
    UserCredential.objects.filter(pk=revoked.pk).update(status="revoked")
    said, sentence = refused("vc_issue", "--certificate", good.uuid, revoked.uuid, uuid.uuid4(), code=3)
    assert "1 credentials issued" in said
    assert sentence == "2 ids are unknown, or of certificates that were not awarded."
    assert issued_for() == [good.uuid]


def test_only_what_is_as_new_as_that(course):
    old, new = certificates(2, course)
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=30)
    UserCredential.objects.filter(pk=old.pk).update(created=then, modified=then)
    since = (then + datetime.timedelta(days=1)).date().isoformat()
    assert "1 certificates: of 1 courses" in run("vc_issue", "--all", "--since", since)
    assert issued_for() == [new.uuid]


def test_no_more_than_the_limit(course):
    certificates(5, course)
    assert "2 of 2 certificates: 2 credentials issued" in run("vc_issue", "--all", "--limit", "2")
    assert len(issued_for()) == 2


def test_the_profile_is_the_one_that_is_named_or_set(course, settings):
    certificates(1, course)
    settings.OPENEDX_VC_BULK_PROFILE = "obv3-vc1"
    run("vc_issue", "--all")
    run("vc_issue", "--all", "--profile", "obv3-vc2")
    assert sorted(Credential.objects.values_list("profile_id", flat=True)) == ["obv3-vc1", "obv3-vc2"]


def test_what_was_ordered_is_kept(course):
    staff = seed.make_learner("registrar", "", is_staff=True)
    certificates(1, course)
    run("vc_issue", "--course", course.course_id, "--throttle", "7", "--mail", "--by", "registrar")
    batch = Batch.objects.get()
    assert (batch.origin, batch.throttle, batch.mail, batch.ordered_by) == ("command", 7, True, staff.pk)
    assert batch.selection == {"course": course.course_id}


def test_given_twice_it_issues_once(course):
    certificates(3, course)
    run("vc_issue", "--all")
    assert "3 of 3 certificates: 0 credentials issued, 3 had theirs already" in run("vc_issue", "--all")
    assert len(issued_for()) == 3


BAD = {
    "nothing": ([], "Name certificates"),
    "only a date": (["--since", "2026-01-01"], "Name certificates"),
    "all and a course": (["--all", "--course", "x"], "in one way"),
    "all and ids": (["--all", "--certificate", uuid.UUID(int=1)], "in one way"),
    "ids and facts": (["--certificate", uuid.UUID(int=1), "--site", 1], "in one way"),
    "a course and a program": (["--course", "x", "--program", uuid.UUID(int=1)], "give one of"),
    "ids twice": (["--certificate", uuid.UUID(int=1), "--file", "x"], "not allowed with"),
    "a file that is none": (["--file", "/nowhere/ids"], "cannot be read"),
    "nobody's course": (["--course", "course-v1:No+Such+Run"], "no such certificate"),
    "no uuid": (["--certificate", "x"], "invalid UUID"),
    "no date": (["--all", "--since", "yesterday"], "invalid moment"),
    "no limit": (["--all", "--limit", 0], "above 0"),
    "no processes": (["--all", "--processes", 0], "above 0"),
    "a negative throttle": (["--all", "--throttle=-1"], "above 0"),
    "not nice": (["--all", "--nice", 20], "invalid choice"),
    "an unknown profile": (["--all", "--profile", "obv3-vc9"], "unknown_profile"),
    "somebody who is not of staff": (["--all", "--by", "ada"], "unknown_account"),
    "to go on with nothing": (["--resume"], "none to go on with"),
    "to go on with what is unknown": (["--resume", uuid.UUID(int=1)], "unknown_batch"),
    "to go on with no uuid": (["--resume", "x"], "uuid of a batch"),
    "to go on with something else": (["--resume", "--all", "--limit", 1, "--mail"], "with --all, --limit, --mail"),
    "a file that cannot be written": (["--all", "--refusals", "/nowhere/x.csv"], "cannot be written"),
    "a moment before all time": (["--all", "--since", "0001-01-01T00:00:00+14:00"], "invalid moment"),
    "more than there is room for": (["--all", "--throttle", 10**10], "nine digits"),
    "a file of a dry run": (["--all", "--dry-run", "--refusals", "x.csv"], "not go with --dry-run"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_call_does_nothing(course, what):
    certificates(1, course)
    arguments, sentence = BAD[what]
    before = rows.snapshot()
    assert sentence in refused("vc_issue", *arguments)[1]
    assert rows.changed(before) == []


def test_a_file_that_cannot_be_written_lets_no_batch_go_on(course):
    certificates(1, course)
    batch = batches.create(batches.Order(batches.Selection(), "obv3-vc2"))
    batches.cancel(batch)
    before = rows.snapshot()
    assert "Nothing was done" in refused("vc_issue", "--resume", batch, "--refusals", "/nowhere/x.csv")[1]
    assert rows.changed(before) == []


def interrupted():
    """As Ctrl-C at the prompt does."""
    os.kill(os.getpid(), signal.SIGINT)
    return "yes"


def test_interrupted_while_it_asks_it_orders_nothing(monkeypatch, course):
    certificates(25, course)
    monkeypatch.setattr("builtins.input", interrupted)
    before = rows.snapshot()
    # What is started in the background may ignore it.
    found = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert "Nothing was done." in refused("vc_issue", "--all")[1]
    finally:
        signal.signal(signal.SIGINT, found)
    assert rows.changed(before) == []


def test_a_file_with_something_else_in_it_stops_before_anything_is_done(course, tmp_path):
    file = tmp_path / "ids.txt"
    file.write_text(f"{certificates(1, course)[0].uuid}\nnonsense\n", encoding="utf-8")
    before = rows.snapshot()
    assert "No uuid in line 2" in refused("vc_issue", "--file", file)[1]
    assert rows.changed(before) == []


def test_a_wrong_setting_is_told(course, settings):
    certificates(1, course)
    settings.OPENEDX_VC_BULK_PROFILE = "obv3"
    assert "OPENEDX_VC_BULK_PROFILE" in refused("vc_issue", "--all")[1]
    assert Batch.objects.count() == 0


def test_nothing_is_issued_while_the_switch_is_off(course, switched_on):
    certificates(1, course)
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    before = rows.snapshot()
    for arguments in (["--all"], ["--all", "--dry-run"], ["--resume"]):
        assert "switched_off" in refused("vc_issue", *arguments)[1]
    assert rows.changed(before) == []


def test_without_an_issuer_every_certificate_is_refused(course):
    certificates(2, course)
    Issuer.objects.update(is_default=None)
    said, sentence = refused("vc_issue", "--all")
    assert "2 refused: " in said and "[no_issuer]" in said
    assert sentence == "No credential was issued: every certificate was refused."
    assert Credential.objects.count() == 0


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(course):
    made = certificates(4, course)
    run("vc_issue", "--certificate", str(made[0].uuid))
    UserCredential.objects.filter(pk=made[1].pk).update(username="nobody-has-this-name")
    before = rows.snapshot()
    said = run("vc_issue", "--all", "--dry-run")
    assert "4 certificates: 2 credentials would be issued, 1 have theirs already, 1 would be refused." in said
    assert "1 refused: The service has no account of this certificate's learner. [no_account]" in said
    assert rows.changed(before) == []
    assert "2 credentials issued, 1 had theirs already, 1 refused" in run("vc_issue", "--all")


def test_a_dry_run_looks_at_no_more_than_the_limit(course):
    certificates(4, course)
    assert "3 certificates: 3 credentials would be issued" in run("vc_issue", "--all", "--limit", "3", "--dry-run")


@pytest.mark.parametrize(("answer", "goes_on"), [("yes\n", True), ("no\n", False), ("", False)])
def test_for_many_it_asks(monkeypatch, course, answer, goes_on):
    certificates(21, course)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    before = rows.snapshot()
    if goes_on:
        assert "Up to 21 credentials (obv3-vc2) will be issued." in run("vc_issue", "--all")
        assert len(issued_for()) == 21
    else:
        assert "--yes" in refused("vc_issue", "--all")[1]
        assert rows.changed(before) == []


def test_few_of_many_are_not_asked_about(monkeypatch, course):
    certificates(21, course)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "20 credentials issued" in run("vc_issue", "--all", "--limit", "20")


def test_the_newest_batch_is_gone_on_with(course):
    certificates(3, course)
    order = batches.Order(batches.Selection(), "obv3-vc2")
    older, newer = batches.create(order), batches.create(order)
    said = run("vc_issue", "--resume")
    assert f"Batch {newer}." in said and "3 credentials issued" in said
    assert "3 had theirs already" in run("vc_issue", "--resume", str(older))
    assert "batch_over" in refused("vc_issue", "--resume", newer)[1]


def test_a_batch_that_was_cancelled_is_gone_on_with(course):
    certificates(2, course)
    batch = batches.create(batches.Order(batches.Selection(), "obv3-vc2"))
    run("vc_work", "--cancel", str(batch))
    assert "2 credentials issued" in run("vc_issue", "--resume", str(batch))
