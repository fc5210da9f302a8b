"""``vc_issue`` while it works: how far it says it is, what stops it, what it writes at the end."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import signal
import time

import pytest
from credentials.apps.credentials.models import UserCredential
from django.core.management import call_command
from django.db import OperationalError
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.management.bulk import display
from openedx_verifiable_credentials.management.bulk import patience
from openedx_verifiable_credentials.management.bulk import summary
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchRefusal
from openedx_verifiable_credentials.models import Credential
from tests import faults
from tests import ledgers
from tests import securers
from tests import seed
from tests.commands.run import run
from tests.issuing import LISTING
from tests.issuing import at_insert
from tests.issuing import certificates
from tests.issuing import issued_for
from tests.issuing import refused
from tests.issuing import uuids

pytestmark = pytest.mark.django_db(transaction=True)
PART = 5


@pytest.fixture(name="course")
def make_course(ready, monkeypatch):
    """A course without certificates; few certificates are several parts."""
    monkeypatch.setattr(f"{LISTING}.CHUNK", PART)
    return seed.make_course(ready)


# How far it is


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_has_one_line_that_is_written_over(monkeypatch, course):
    monkeypatch.setattr(display, "_TERMINAL_SECONDS", 0)
    monkeypatch.setattr("openedx_verifiable_credentials.management.bulk.issuing._LOOK_SECONDS", 0)
    monkeypatch.setenv("COLUMNS", "200")
    certificates(15, course)
    out = Terminal()
    call_command("vc_issue", "--all", stdout=out)
    (line,) = [line for line in out.getvalue().splitlines(keepends=False) if "[####" in line][-1:]
    shown = [part.strip() for part in out.getvalue().split("\r")]
    assert any(re.match(r"\[#{6}\.{14}\] 5 of 15 certificates \(\d+/s, \d+ s left\); 0 refused", one) for one in shown)
    assert any(re.match(r"\[#{20}\] 15 of 15 certificates \(\d+/s, 0 s left\)", one) for one in shown)
    assert line
    assert out.getvalue().splitlines()[-1].startswith("15 of 15 certificates: 15 credentials issued")


def test_elsewhere_there_is_a_line_now_and_then(monkeypatch, course):
    certificates(15, course)
    assert "\r" not in run("vc_issue", "--all", "--limit", "5")
    monkeypatch.setattr(display, "_PLAIN_SECONDS", 0)
    monkeypatch.setattr("openedx_verifiable_credentials.management.bulk.issuing._LOOK_SECONDS", 0)
    said = run("vc_issue", "--all")
    assert re.search(r"^… 15 certificates listed \(\d+/s\)$", said, re.MULTILINE)
    assert re.findall(r"^… (\d+) of 15 certificates \(\d+/s, \d+ s left\); 0 refused$", said, re.MULTILINE)[0] == "5"
    assert "\r" not in said


@pytest.mark.parametrize(("count", "of", "bar"), [(0, 3, "." * 20), (1, 2, "#" * 10 + "." * 10), (9, 3, "#" * 20)])
def test_the_bar_is_as_full_as_the_work_is_done(count, of, bar):
    assert display._bar(count, of) == f"[{bar}]"


def test_a_throttle_is_kept(course):
    certificates(15, course)
    began = time.monotonic()
    run("vc_issue", "--all", "--throttle", "5")
    # Three parts of five: the second begins a second after the first, the third another second later.
    assert 1.9 < time.monotonic() - began < 15
    assert len(issued_for()) == 15


# What stops it


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_finishes_the_part_in_hand_and_says_how_to_go_on(course, number):
    made = certificates(15, course)
    with at_insert(lambda: os.kill(os.getpid(), number)):
        said, sentence = refused("vc_issue", "--all")
    batch = Batch.objects.get()
    assert "5 of 15 certificates: 5 credentials issued" in said
    assert sentence == f"Stopped; what was done is kept. Go on with: manage.py vc_issue --resume {batch.uuid}"
    assert len(issued_for()) == 5
    assert not batch.chunks.filter(state="leased").exists()
    said = run("vc_issue", "--resume")
    assert "15 of 15 certificates: 15 credentials issued" in said
    assert issued_for() == uuids(made)
    ledgers.require_sound()


def test_a_batch_whose_check_fails_is_stopped_and_told(course, settings):
    certificates(6, course)
    settings.OPENEDX_VC_SECURER = securers.PATH + "WithAnotherKey"
    said, sentence = refused("vc_issue", "--all", code=3)
    batch = Batch.objects.get()
    assert (batch.state, batch.problem) in [("stopped", "self_check_failed"), ("stopped", "template_mismatch")]
    assert "0 of 6 certificates: 0 credentials issued" in said
    assert sentence.startswith(f"The batch was stopped: {batch.problem}.")
    assert f"vc_issue --resume {batch.uuid}" in sentence
    assert Credential.objects.count() == 0
    del settings.OPENEDX_VC_SECURER
    assert "6 credentials issued" in run("vc_issue", "--resume")


def test_a_batch_that_somebody_cancels_ends(course):
    certificates(15, course)
    with at_insert(lambda: batches.cancel(Batch.objects.get().uuid)):
        said, sentence = refused("vc_issue", "--all", code=3)
    assert "The batch was cancelled. Go on with: manage.py vc_issue --resume" in sentence
    assert "5 of 15 certificates: 5 credentials issued" in said
    assert "15 of 15 certificates: 15 credentials issued" in run("vc_issue", "--resume")


def test_a_switch_that_is_turned_off_ends_it(course, switched_on):
    certificates(15, course)

    def turn_off():
        switched_on.active = False
        switched_on.save()

    with at_insert(turn_off):
        said, sentence = refused("vc_issue", "--all", code=3)
    switched_on.flush()
    assert "switched_off" in sentence and "vc_issue --resume" in sentence
    assert "5 of 15 certificates: 5 credentials issued" in said
    assert len(issued_for()) == 5


def power_cut():
    raise faults.PowerCut


def gone():
    raise OperationalError(2006, "Server has gone away")


def test_a_database_that_is_away_for_a_moment_is_waited_for(course):
    made = certificates(15, course)
    with at_insert(gone, number=2):
        assert "15 of 15 certificates: 15 credentials issued" in run("vc_issue", "--all")
    assert issued_for() == uuids(made)
    ledgers.require_sound()


def test_a_database_that_stays_away_is_given_up(monkeypatch, course):
    certificates(15, course)
    monkeypatch.setattr(patience, "_MOST_SECONDS", 0.1)

    def guard(execute, sql, params, many, context):
        if str(sql).startswith("UPDATE") and BatchChunk._meta.db_table in sql:
            gone()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        said, sentence = refused("vc_issue", "--all", code=3)
    assert "The database could not be used (OperationalError 2006). Given up after" in sentence
    assert f"Go on with: manage.py vc_issue --resume {Batch.objects.get().uuid}" in sentence
    assert "0 credentials issued" in said
    assert "15 credentials issued" in run("vc_issue", "--resume")


def test_what_waiting_does_not_change_is_not_waited_for(course):
    certificates(1, course)
    with faults.without_table(Batch):
        assert "The database could not be used" in refused("vc_issue", "--all")[1]
    assert Credential.objects.count() == 0


def test_what_was_killed_is_taken_up_when_its_lease_is_over(course):
    made = certificates(15, course)
    with contextlib.suppress(faults.PowerCut), at_insert(power_cut, number=2):
        run("vc_issue", "--all")
    batch = Batch.objects.get()
    # As a killed process leaves it: in hand, until the time is over.
    batch.chunks.filter(number=1).update(state="leased", worker="gone", leased_until="2020-01-01T00:00:00Z")
    assert "15 of 15 certificates: 15 credentials issued" in run("vc_issue", "--resume")
    assert issued_for() == uuids(made)
    ledgers.require_sound()


# What is written at the end


def read(file):
    with open(file, encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_every_refusal_is_in_the_file(course, tmp_path):
    good, gone_learner, other = certificates(3, course)
    UserCredential.objects.filter(pk__in=[gone_learner.pk, other.pk]).update(
        username=Concat(Value("nobody-"), "username")
    )
    file = tmp_path / "refused.csv"
    said = run("vc_issue", "--all", "--refusals", str(file))
    assert "1 credentials issued, 0 had theirs already, 2 refused" in said
    sentence = "The service has no account of this certificate's learner."
    assert f"  2 refused: {sentence} [no_account]" in said
    header, *lines = read(file)
    assert header == ["certificate", "code", "sentence"]
    assert sorted(lines) == sorted([str(one.uuid), "no_account", sentence] for one in (gone_learner, other))
    run("vc_issue", "--certificate", str(good.uuid), "--refusals", str(file))
    assert read(file) == [header]


def test_no_cell_of_the_file_is_a_formula(course, tmp_path):
    (certificate,) = certificates(1, course)
    with contextlib.suppress(faults.PowerCut), at_insert(power_cut):
        run("vc_issue", "--all")
    batch = Batch.objects.get()
    batch.chunks.update(leased_until=None)
    hostile = ['=HYPERLINK("http://evil.example","x")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", 'a,"b"\nc']
    for sentence in hostile:
        BatchRefusal.objects.create(batch=batch, certificate_uuid=certificate.uuid, code="=1", sentence=sentence)
    file = tmp_path / "refused.csv"
    run("vc_issue", "--resume", "--refusals", str(file))
    _, *lines = read(file)
    assert [line[1] for line in lines] == ["'=1"] * len(hostile)
    assert [line[2] for line in lines] == [f"'{one}" for one in hostile[:-1]] + [hostile[-1]]
    assert summary.cell("A sentence = a sentence.") == "A sentence = a sentence."


def test_a_stopped_run_writes_the_file_too(course, tmp_path):
    made = certificates(15, course)
    others = UserCredential.objects.filter(pk__in=[one.pk for one in made[::PART]])
    others.update(username=Concat(Value("nobody-"), "username"))
    file = tmp_path / "refused.csv"
    with at_insert(lambda: os.kill(os.getpid(), signal.SIGTERM)):
        refused("vc_issue", "--all", "--refusals", str(file))
    assert [line[1] for line in read(file)[1:]] == ["no_account"]
    run("vc_issue", "--resume", "--refusals", str(file))
    assert sorted(line[0] for line in read(file)[1:]) == sorted(str(one.uuid) for one in made[::PART])
