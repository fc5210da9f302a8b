"""Host and ledger compared as a whole: for some, stopped and gone on with, in whatever order the host's events come."""

import datetime
import io
import itertools
import os
import re
import signal
import uuid

import pytest
from credentials.apps.credentials.models import UserCredential
from django.core.management import CommandError
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.flows import reconcile as flow
from openedx_verifiable_credentials.flows.steps import selecting
from openedx_verifiable_credentials.host.certificates import CredentialsService
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models import WorkCursor
from tests import asking
from tests import ledgers
from tests import rows
from tests import securers
from tests import seed
from tests.wallet import make_wallet


def reconcile(*arguments):
    """What the command says."""
    out = io.StringIO()
    call_command("vc_reconcile", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def refused(*arguments):
    """What it says where it exits with status 1."""
    with pytest.raises(CommandError) as caught:
        reconcile(*arguments)
    assert caught.value.returncode == 1
    return str(caught.value)


def silently(certificate, status="revoked"):
    """As ``QuerySet.update`` in the host does: no signal."""
    UserCredential.objects.filter(pk=certificate.pk).update(status=status)


@pytest.fixture(name="claimed")
def make_claimed(make_offer, course_certificate):
    """Ada's course certificate, in a wallet."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return course_certificate


@pytest.fixture(name="many")
def make_many(ready, ada, claimed):
    """Forty more certificates with a credential each, in chunks of ten; every second is revoked without a signal."""
    certificates = [seed.award(ada, seed.make_course(ready)) for _ in range(40)]
    ledgers.multiply(Credential.objects.get(), 40, certificates)
    for certificate in certificates[::2]:
        silently(certificate)
    return certificates


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """So that few rows are several chunks."""
    monkeypatch.setattr(selecting, "CHUNK", 10)
    monkeypatch.setattr(flow, "_CHUNK", 10)


def test_revoked_and_deleted_are_told_apart_and_published(claimed, make_offer, program_certificate):
    assert make_offer(program_certificate).claim(make_wallet()).status_code == 201
    silently(claimed)
    UserCredential.objects.filter(pk=program_certificate.pk)._raw_delete("default")
    said = reconcile("--all")
    assert "2 credentials ended (1 certificate_deleted, 1 certificate_revoked)" in said
    assert "1 status lists published." in said
    told = dict(Credential.objects.values_list("kind", "end_reason"))
    assert told == {"course": "certificate_revoked", "program": "certificate_deleted"}
    assert set(Credential.objects.values_list("ended_by", flat=True)) == {None}
    ledgers.require_sound()


@pytest.mark.parametrize("arguments", [[], ["--all"]])
def test_publishing_can_be_left_to_the_next_run(claimed, arguments):
    claimed.revoke()
    assert "published" not in reconcile("--no-publish", *arguments)
    assert StatusList.objects.get().changed_at is not None
    ledgers.require_sound(published=False)


def test_what_cannot_be_published_is_told_and_the_revocation_stands(settings, claimed):
    settings.OPENEDX_VC_SECURER = securers.PATH + "Busy"
    claimed.revoke()
    said = reconcile()
    assert "1 credentials ended" in said
    assert "1 status lists wait for vc_publish_status" in said
    ledgers.require_sound(published=False)


def test_it_says_how_far_it_is(many):
    said = reconcile("--all").splitlines()
    assert [line.split(" (")[0] for line in said if line.startswith("…")] == [
        f"… {count} certificates compared" for count in (10, 20, 30, 40, 41)
    ]
    assert [line for line in said if line.startswith("…")][-1].endswith("/s), 20 credentials over")


class TestFilters:
    """The ledger's rows carry what is asked for."""

    @pytest.mark.parametrize(
        ("option", "value", "ended"),
        [
            ("--course", "its own", 1),
            ("--course", "course-v1:No+Such+Run", 0),
            ("--organization", "ExampleX", 2),
            ("--organization", "examplex", 0),
            ("--site", "its own", 2),
            ("--site", "999", 0),
            ("--issuer", "default", 2),
            ("--program", "its own", 1),
        ],
    )
    def test_only_those_are_compared(self, claimed, make_offer, program_certificate, option, value, ended):
        assert make_offer(program_certificate).claim(make_wallet()).status_code == 201
        for certificate in (claimed, program_certificate):
            silently(certificate)
        if value == "its own":
            row = Credential.objects.get(kind="program" if option == "--program" else "course")
            value = row.site_id if option == "--site" else row.achievement_key
        assert f", {ended} credentials ended" in reconcile("--all", option, value)
        assert Credential.objects.filter(state="revoked").count() == ended

    def test_an_unknown_issuer(self, claimed):
        assert "unknown_issuer" in refused("--all", "--issuer", "nobody")

    @pytest.mark.parametrize("arguments", [["--course", "x"], ["--restart"], ["--site", "1", "--dry-run"]])
    def test_noted_changes_know_no_filter(self, claimed, arguments):
        claimed.revoke()
        assert "go with --all" in refused(*arguments)
        assert Credential.objects.get().state == "issued"

    def test_a_course_is_no_program(self, db):
        assert "one of --course and --program" in refused(
            "--all", "--course", "x", "--program", "00000000-0000-0000-0000-000000000001"
        )

    def test_noted_changes_wait_for_a_run_without_filters(self, claimed):
        claimed.revoke()
        reconcile("--all", "--course", "course-v1:No+Such+Run")
        assert (HostChange.objects.count(), Credential.objects.get().state) == (1, "issued")
        reconcile()
        assert (HostChange.objects.count(), Credential.objects.get().state) == (0, "revoked")


class Unplugged(BaseException):
    """As if the process were gone."""


class StopsAtTheThirdChunk(CredentialsService):
    """Asked about a third set of certificates."""

    asked = 0

    def statuses(self, certificate_uuids):
        type(self).asked += 1
        if self.asked == 3:
            raise Unplugged
        return super().statuses(certificate_uuids)


class TestStopped:
    """What was stopped goes on where it was."""

    @pytest.fixture(name="stopped")
    def make_stopped(self, settings, many):
        settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.StopsAtTheThirdChunk"
        StopsAtTheThirdChunk.asked = 0
        with pytest.raises(Unplugged):
            reconcile("--all")
        del settings.OPENEDX_VC_CERTIFICATE_SOURCE
        return many

    def compared(self, *arguments):
        """How many certificates it looked at."""
        return int(re.search(r"^(\d+) certificates looked at", reconcile("--all", *arguments), re.MULTILINE)[1])

    def test_the_next_run_goes_on_there_and_forgets_it(self, stopped):
        assert self.compared() == 21
        assert not WorkCursor.objects.exists()
        assert Credential.objects.filter(state="revoked").count() == 20
        ledgers.require_sound()

    def test_it_can_begin_anew(self, stopped):
        assert self.compared("--restart") == 31, "41 but the ten that are over"
        assert not WorkCursor.objects.exists()

    def test_other_filters_are_another_piece_of_work(self, stopped):
        assert self.compared("--issuer", "default") == 31
        assert WorkCursor.objects.count() == 1
        assert "0 certificates looked at" not in reconcile("--all")

    def test_a_dry_run_begins_anew_and_remembers_nothing(self, stopped):
        before = rows.snapshot()
        assert self.compared("--dry-run") == 31
        assert self.compared("--dry-run", "--restart") == 31
        assert rows.changed(before) == []

    @pytest.mark.parametrize(
        ("hours", "goes_on"),
        [(0, True), (5.9, True), (6.1, False), (24 * 300, False), (-0.1, False), (-(10**5), False)],
    )
    def test_only_what_was_stopped_not_long_ago_goes_on(self, many, hours, goes_on):
        """As a restore brings one back, or a clock that was wrong."""
        last = Credential.objects.order_by("pk").last().pk
        updated = timezone.now() - datetime.timedelta(hours=hours)
        WorkCursor.objects.create(name="reconcile", position=last, updated=updated)
        said = reconcile("--all")
        assert ("going on there" in said) == goes_on
        assert ("beginning anew" in said) != goes_on
        assert Credential.objects.filter(state="revoked").count() == (0 if goes_on else 20)
        assert not WorkCursor.objects.exists()
        assert "beginning anew" not in reconcile("--all")
        assert Credential.objects.filter(state="revoked").count() == 20

    def test_a_signal_stops_between_two_chunks(self, settings, many):
        settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.SignalsItself"
        assert "goes on from there" in refused("--all")
        assert WorkCursor.objects.count() == 1
        assert Event.objects.filter(kind="credential.revoked").count() == 5
        ledgers.require_sound()
        del settings.OPENEDX_VC_CERTIFICATE_SOURCE
        assert self.compared() == 31


class SignalsItself(CredentialsService):
    """While the first chunk is looked at, somebody ends the process."""

    def statuses(self, certificate_uuids):
        os.kill(os.getpid(), signal.SIGTERM)
        return super().statuses(certificate_uuids)


def test_the_number_of_queries_does_not_depend_on_the_number_of_certificates(ready, ada, claimed):
    reconcile("--all")
    with asking.capture() as few:
        reconcile("--all")
    certificates = [seed.award(ada, seed.make_course(ready)) for _ in range(8)]
    ledgers.multiply(Credential.objects.get(), 8, certificates)
    for certificate in certificates:
        silently(certificate)
    with asking.capture() as many:
        reconcile("--all", "--no-publish")
    assert len(asking.data_statements(few)) + 8 >= len(asking.data_statements(many)), "one revocation for all"


# Threat 26


EVENTS = ("revoke", "update without a signal", "award again", "claim", "reconcile", "replay")


@pytest.mark.parametrize("order", range(0, 720, 19))
def test_in_whatever_order_events_come_nothing_revives_and_nothing_is_lost(
    ready, make_offer, course_certificate, order
):
    """A sample of the permutations: every nineteenth."""
    before, doomed, kept = {}, set(), set()
    for event in next(itertools.islice(itertools.permutations(EVENTS), order, None)):
        there = set(Credential.objects.values_list("pk", flat=True))
        noted = HostChange.objects.filter(certificate_uuid=course_certificate.uuid).count()
        happen(event, course_certificate, make_offer)
        if HostChange.objects.filter(certificate_uuid=course_certificate.uuid).count() > noted:
            doomed |= there
        kept |= set(Credential.objects.values_list("pk", flat=True)) - there
        if event in ("revoke", "update without a signal"):
            kept.clear()
        for row in Credential.objects.all():
            assert before.get(row.pk) != "revoked" or row.state == "revoked", "never back"
            before[row.pk] = row.state
    reconcile()
    reconcile("--all")
    course_certificate.refresh_from_db()
    if course_certificate.status != "awarded":
        assert not Credential.objects.filter(state="issued").exists()
    ended = set(Credential.objects.filter(state="revoked").values_list("pk", flat=True))
    assert doomed <= ended, "what was there when the host took the certificate away, awarded again or not"
    assert not kept & ended, "what was issued for the new award"
    ledgers.require_sound()
    assert not HostChange.objects.exists()


def happen(event, certificate, make_offer):
    """One event, as it may come: late, twice, or of something that is not there."""
    certificate.refresh_from_db()
    if event == "revoke":
        certificate.revoke()
    elif event == "update without a signal":
        silently(certificate)
    elif event == "award again":
        certificate.status = "awarded"
        certificate.save()
    elif event == "claim":
        if certificate.status == "awarded":
            assert make_offer(certificate).claim(make_wallet()).status_code == 201
    elif event == "replay":
        if certificate.status != "awarded":
            reconciling.note_certificate_change(certificate.uuid)
        reconciling.note_certificate_change(uuid.uuid4())
    else:
        reconcile()


def test_awarded_again_a_new_credential_can_be_had_and_the_old_one_stays_over(claimed, make_offer):
    old = Credential.objects.get()
    claimed.revoke()
    reconcile()
    claimed.status = "awarded"
    claimed.save()
    reconcile("--all")
    assert make_offer(claimed).claim(make_wallet()).status_code == 201
    assert list(Credential.objects.order_by("pk").values_list("state", flat=True)) == ["revoked", "issued"]
    assert ledgers.is_served_as(old)
    ledgers.require_sound()


class TestAwardedAgainBeforeTheNextRun:
    """The revocation was noted and is not lost."""

    def award_again(self, certificate):
        """As the host does."""
        certificate.status = "awarded"
        certificate.save()

    def told(self):
        """State and reason of every credential, oldest first."""
        return list(Credential.objects.order_by("pk").values_list("state", "end_reason"))

    @pytest.mark.parametrize("times", [1, 2])
    def test_the_old_credential_ends_and_the_new_one_stays(self, claimed, make_offer, times):
        for _ in range(times):
            claimed.revoke()
            self.award_again(claimed)
        assert make_offer(claimed).claim(make_wallet()).status_code == 201
        assert "1 credentials would end (1 certificate_revoked)" in reconcile("--dry-run")
        assert "1 credentials ended (1 certificate_revoked)" in reconcile()
        assert self.told() == [("revoked", "certificate_revoked"), ("issued", "")]
        assert "0 credentials ended" in reconcile("--all")
        assert self.told()[1] == ("issued", "")
        ledgers.require_sound()

    def test_between_two_revocations(self, claimed, make_offer):
        """The last one counts, in whatever order their rows are."""
        claimed.revoke()
        self.award_again(claimed)
        assert make_offer(claimed).claim(make_wallet()).status_code == 201
        claimed.revoke()
        self.award_again(claimed)
        first, last = HostChange.objects.order_by("pk")
        HostChange.objects.filter(pk=first.pk).update(created=last.created)
        HostChange.objects.filter(pk=last.pk).update(created=first.created)
        reconcile()
        assert self.told() == [("revoked", "certificate_revoked")] * 2

    def test_deleted_and_not_back(self, claimed):
        claimed.delete()
        reconcile()
        assert self.told() == [("revoked", "certificate_deleted")]

    def test_the_very_moment_counts_as_before(self, claimed):
        claimed.revoke()
        self.award_again(claimed)
        HostChange.objects.update(created=Credential.objects.get().created)
        reconcile()
        assert self.told() == [("revoked", "certificate_revoked")]


class TestLoop:
    """``--every``: a worker where there is no cron."""

    def test_until_a_signal(self, settings, claimed):
        settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.SignalsItself"
        claimed.revoke()
        assert "1 credentials ended" in reconcile("--every", "3600")
        ledgers.require_sound()

    @pytest.mark.parametrize("seconds", ["0", "-5"])
    def test_not_without_a_pause(self, db, seconds):
        assert "above 0" in refused(f"--every={seconds}")

    def test_a_database_that_is_away_comes_back(self, caplog, claimed, settings):
        settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.AwayTwice"
        AwayTwice.asked = 0
        claimed.revoke()
        assert "1 credentials ended" in reconcile("--every", "0.01")
        assert AwayTwice.asked == 3
        assert "vc_reconcile: the database could not be used (OperationalError 2013); again in 0.01 s" in caplog.text
        assert "vc_reconcile failed; again" in caplog.text

    def test_a_wrong_argument_ends_it(self, claimed):
        assert "unknown_issuer" in refused("--every", "0.01", "--all", "--issuer", "nobody")


class AwayTwice(CredentialsService):
    """The database is not there, then the host, then all is well; then the process is asked to stop."""

    asked = 0

    def statuses(self, certificate_uuids):
        type(self).asked += 1
        if self.asked == 1:
            raise OperationalError(2013, "Lost connection to server during query")
        if self.asked == 2:
            raise ConnectionError("the host is down")
        os.kill(os.getpid(), signal.SIGTERM)
        return super().statuses(certificate_uuids)


class Away(CredentialsService):
    """The database is not there."""

    def statuses(self, certificate_uuids):
        raise OperationalError(2006, "Server has gone away")


def test_without_its_database_it_says_so_in_one_line(settings, caplog, claimed):
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.Away"
    claimed.revoke()
    assert "What was done is kept" in refused()
    assert "vc_reconcile stopped: the database could not be used (OperationalError 2006)" in caplog.text
    assert HostChange.objects.count() == 1


def test_a_rate_is_told_from_the_first_moment():
    assert running.Rate().of(5).endswith("/s")


def test_a_cursor_of_other_work_is_not_taken_for_ours(claimed):
    WorkCursor.objects.create(name="something else", position=10**9, updated=timezone.now())
    silently(claimed)
    assert "1 credentials ended" in reconcile("--all")
    assert WorkCursor.objects.count() == 1


class TestTooManyDeleted:
    """A host that lost its certificates, or has only some of them back."""

    def lose(self, certificates):
        """As in a restore that is not complete: no signal."""
        UserCredential.objects.filter(pk__in=[one.pk for one in certificates])._raw_delete("default")

    def states(self):
        """How many credentials are revoked, and where a stopped comparison goes on."""
        cursor = WorkCursor.objects.values_list("position", flat=True).first()
        return Credential.objects.filter(state="revoked").count(), cursor

    def test_an_empty_table_ends_nothing(self, many):
        UserCredential.objects.all()._raw_delete("default")
        said = refused("--all")
        assert "too_many_deleted" in said
        assert "10 of 10 certificates" in said
        assert "--accept-deletions" in said
        assert self.states() == (0, None)
        assert "too_many_deleted" in refused("--all", "--restart")
        assert "41 credentials ended (41 certificate_deleted)" in reconcile("--all", "--accept-deletions")
        ledgers.require_sound()

    def test_it_stops_before_the_chunk_and_goes_on_there(self, many):
        """The first chunk is Ada's own certificate and nine more, five of them revoked."""
        self.lose(many[9:13])
        lists = io.StringIO()
        with pytest.raises(CommandError):
            call_command("vc_reconcile", "--all", stdout=lists)
        tenth = Credential.objects.order_by("pk")[9].pk
        assert self.states() == (5, tenth)
        assert "1 status lists published." in lists.getvalue(), "what ended before the refusal"
        ledgers.require_sound()
        assert "too_many_deleted" in refused("--all")
        assert self.states() == (5, tenth)
        reconcile("--all", "--accept-deletions")
        assert self.states() == (22, None)
        reasons = Credential.objects.filter(state="revoked").values_list("end_reason", flat=True)
        assert sorted(set(reasons)) == ["certificate_deleted", "certificate_revoked"]
        ledgers.require_sound()

    @pytest.mark.parametrize(
        ("chunk", "gone", "is_refused"), [(10, 3, False), (10, 4, True), (40, 4, False), (39, 4, True)]
    )
    def test_three_are_few_and_so_is_a_tenth(self, monkeypatch, many, chunk, gone, is_refused):
        monkeypatch.setattr(selecting, "CHUNK", chunk)
        self.lose(many[:gone])
        if is_refused:
            assert f"{gone} of {chunk} certificates" in refused("--all")
            assert self.states() == (0, None)
        else:
            assert f"{gone} certificate_deleted" in reconcile("--all")

    def test_a_certificate_is_counted_once(self, many, claimed):
        ledgers.multiply(Credential.objects.order_by("pk").first(), 9)
        Credential.objects.filter(pk__gt=Credential.objects.order_by("pk")[9].pk).delete()
        Credential.objects.update(certificate_uuid=claimed.uuid)
        self.lose([claimed])
        assert "10 certificate_deleted" in reconcile("--all")

    def test_revocations_are_not_held_up(self, many):
        UserCredential.objects.update(status="revoked")
        assert "41 certificate_revoked" in reconcile("--all")

    def test_deletions_that_were_noted_are_not_held_up(self, many):
        for certificate in many:
            certificate.delete()
        assert "40 credentials ended (40 certificate_deleted)" in reconcile()

    def test_a_dry_run_counts_and_refuses_nothing(self, many):
        UserCredential.objects.all()._raw_delete("default")
        before = rows.snapshot()
        assert "41 credentials would end (41 certificate_deleted)" in reconcile("--all", "--dry-run")
        assert rows.changed(before) == []

    def test_the_loop_says_so_and_goes_on(self, settings, caplog, many):
        self.lose(many)
        settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.SignalsTheSecondTime"
        SignalsTheSecondTime.asked = 0
        reconcile("--all", "--every", "0.01")
        assert SignalsTheSecondTime.asked == 2
        assert caplog.text.count("[too_many_deleted]; again in 0.01 s") == 2
        assert "Traceback" not in caplog.text
        assert self.states() == (0, None)

    def test_it_goes_with_a_comparison(self, db):
        assert "go with --all" in refused("--accept-deletions")


class SignalsTheSecondTime(CredentialsService):
    """Asked a second time, the process is to end."""

    asked = 0

    def statuses(self, certificate_uuids):
        type(self).asked += 1
        if self.asked == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().statuses(certificate_uuids)
