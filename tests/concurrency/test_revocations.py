"""
Revocations while everything else goes on: claims, superseding, suspensions, publishing, rotation of the issuer's key,
the host's changes; in threads and in processes, some of which are killed. Whatever happens, in the end exactly what
ended has its bit, in the ledger and in what is served, and each revocation happened once.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError
from django.core.management import call_command
from django.db import OperationalError
from django.db import connection

from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import reissuing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.api.issuer_keys import NewKey
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.host.certificates import CredentialsService
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models import WorkCursor
from tests import faults
from tests import ledgers
from tests.concurrency.test_claims import at_once
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]


class Everything:
    """One course, one program, many credentials of each; and what people and machines do to them, over and over."""

    def __init__(self, make_offer: Any, course: Any, program: Any):
        self.course, self.program = course, program
        assert make_offer(program).claim(make_wallet()).status_code == 201
        self.rows = ledgers.multiply(Credential.objects.get(), 60)
        self.offers = []
        for _ in range(12):
            self.offers.append(make_offer(course))
            Offer.objects.update(reuse_key=None)
        self.presentations = [make_wallet().present(offer.challenge) for offer in self.offers]
        self.statuses: Counter[int] = Counter()
        self.credentials: list[bytes] = []

    def claim(self, number: int) -> None:
        """A wallet takes what one offer holds, and supersedes what others took."""
        for turn in range(3):
            index = (number + turn * 4) % len(self.offers)
            response = self.offers[index].post(self.presentations[index])
            self.statuses[response.status_code] += 1
            if response.status_code == 201:
                self.credentials.append(response.content)

    def revoke_some(self, number: int) -> None:
        """Staff revoke credentials, a few of which others revoke as well; what they revoked is served afterwards."""
        some = random.Random(number).sample(self.rows, 12)
        for part in (some[:4], some[4:8], some[8:]):
            *_, done = revoking.revoke_credentials([row.uuid for row in part], reason="staff", by=number)
            assert revoking.publish_at_once(done.lists) == 0
            assert all(ledgers.is_served_as(row) for row in part)

    def revoke_the_course(self, number: int) -> None:
        """Every credential of one certificate, whoever is claiming it."""
        for _ in range(3):
            *_, done = [revoking.Revocation(), *revoking.revoke_certificates([self.course.uuid], reason="holder")]
            revoking.publish_at_once(done.lists)

    def suspend_and_lift(self, number: int) -> None:
        """Of credentials that others may be revoking."""
        for row in self.rows[number % 3 : 30 : 3]:
            for lift in (False, True, False):
                try:
                    revoking.publish_at_once(revoking.suspend_credential(row.uuid, lift=lift))
                except LedgerError as error:
                    assert error.code == "credential_ended"

    def publish(self, number: int) -> None:
        """As cron does, and another cron."""
        for _ in range(4):
            publishing.publish_due(now=True, everything=number % 2 == 0)

    def change_the_host(self, number: int) -> None:
        """The certificate is revoked, that is worked off, and it is awarded again."""
        for _ in range(3):
            self.course.revoke()
            reconciling.reconcile_changes()
            self.course.status = "awarded"
            self.course.save()

    def reissue_the_course(self, number: int) -> None:
        """Every credential of one certificate is issued anew, whoever claims or revokes it."""
        for _ in range(3):
            chunks = reissuing.reissue_certificates([self.course.uuid], reason="content_updated", force=True)
            *_, done = [reissuing.Reissue(), *chunks]
            assert set(done.failed) <= {"busy"}, done.failed
            revoking.publish_at_once(done.lists)

    def rotate(self, number: int) -> None:
        """A new key for the issuer, again and again; one that is retired may still be asked for what it began."""
        for _ in range(3):
            issuer_keys.rotate_key("academy", NewKey())
            time.sleep(0.2)

    # Whatever is added here runs at the same time as all the others.
    actors: tuple[Callable[[Everything, int], None], ...] = (
        claim, claim, claim, claim, revoke_some, revoke_some, revoke_some, revoke_the_course, suspend_and_lift,
        suspend_and_lift, publish, publish, change_the_host, rotate, rotate, reissue_the_course, reissue_the_course,
    )  # fmt: skip

    def act(self, number: int) -> None:
        """One of them. To be told to try again is no failure."""
        try:
            self.actors[number](self, number)
        except TransientError as error:
            assert error.code == "busy"


@pytest.fixture(name="everything")
def make_everything(
    settings: Any, make_offer: Any, course_certificate: Any, program_certificate: Any, web_issuer: Any
) -> Everything:
    """Of an issuer whose keys can be rotated."""
    settings.OPENEDX_VC_SUSPENSION = True
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    return Everything(make_offer, course_certificate, program_certificate)


def require_sound_in_the_end() -> None:
    """After one more publication, which supersedings wait for."""
    publishing.publish_due(now=True)
    ledgers.require_sound()
    assert list(publishing.find_problems()) == []


def require_sound_keys(everything: Everything) -> None:
    """One key signs; whatever was handed out verifies with the key that the ledger names, retired or not."""
    keys = IssuerKey.objects.filter(issuer__slug="academy")
    assert keys.filter(signs=True).count() == 1
    assert keys.count() == 1 + Event.objects.filter(kind="key.rotated").count() > 1
    by_document = {}
    for raw in everything.credentials:
        document = json.loads(raw)
        row = Credential.objects.select_related("key__issuer").get(uuid=UUID(document["id"]))
        assert by_document.setdefault(row.pk, raw) == raw, "the same bytes, whoever asks"
        value = row.key.public_key_multibase
        method = VerificationMethod(f"{row.key.issuer.did}#{value}", row.key.issuer.did, value)
        profile = get_profile(row.profile_id)
        unsigned, _ = profile.detach(document)
        self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=method)


def test_all_at_once_in_threads(everything):
    failures = [one for one in at_once(everything.act, len(everything.actors)) if one is not None]
    assert failures == []
    assert set(everything.statuses) <= {201, 409, 410, 503}, everything.statuses
    require_sound_in_the_end()
    require_sound_keys(everything)
    assert Credential.objects.filter(state="revoked").count() >= 12


def command(*arguments: str) -> subprocess.Popen[str]:
    """A process of its own on the database of this test."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
        "DB_NAME": connection.settings_dict["NAME"],
    }
    return subprocess.Popen(
        [sys.executable, "-m", "django", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_all_at_once_in_threads_and_processes(everything):
    loops = [command("vc_reconcile", "--every", "0.1", "--all"), command("vc_reconcile", "--every", "0.1")]
    loops += [command("vc_publish_status", "--now", "--every", "0.1") for _ in range(2)]
    part = [str(row.uuid) for row in everything.rows[:40]]
    once = [command("vc_revoke", "--credential", *part[start:], "--yes") for start in (0, 10)]
    try:
        failures = [one for one in at_once(everything.act, len(everything.actors)) if one is not None]
        said = [process.communicate(timeout=120)[0] for process in once]
    finally:
        for process in loops:
            process.send_signal(signal.SIGTERM)
        ends = [process.communicate(timeout=120)[0] for process in loops]
    assert failures == []
    assert [process.returncode for process in once] == [0, 0], said
    assert [process.returncode for process in loops] == [0] * 4, ends
    assert not Credential.objects.filter(uuid__in=part, state="issued").exists()
    require_sound_in_the_end()
    require_sound_keys(everything)


@pytest.fixture(name="many")
def make_many(make_offer: Any, course_certificate: Any) -> list[Credential]:
    """Four thousand credentials of a certificate that the host revokes without a signal."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    rows = ledgers.multiply(Credential.objects.get(), 3999)
    type(course_certificate).objects.filter(pk=course_certificate.pk).update(status="revoked")
    return rows


def revoked() -> int:
    return Credential.objects.filter(state="revoked").count()


def kill_when(process: subprocess.Popen[str], is_time: Callable[[], bool]) -> None:
    """As the kernel does when memory runs out."""
    deadline = time.monotonic() + 60
    while process.poll() is None and not is_time() and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.communicate()


WORK = {
    "reconcile": ["vc_reconcile", "--all"],
    "revoke": ["vc_revoke", "--issuer", "default", "--yes"],
}


@pytest.mark.parametrize("work", WORK)
def test_killed_in_the_middle_again_and_again_nothing_is_lost_or_doubled(many, work):
    for number in itertools.count(1):
        reached = revoked()
        process = command(*WORK[work])
        # At every run a little later, so that every place of the work is hit.
        pause = number * 0.02
        kill_when(process, lambda at=reached, wait=pause: revoked() > at and (time.sleep(wait) or True))
        ledgers.require_sound(published=False)
        assert Event.objects.filter(kind="credential.revoked").count() == revoked() > reached
        if revoked() == 4000 or number == 5:
            break
    if work == "reconcile" and revoked() < 4000:
        assert WorkCursor.objects.exists()
    last = command(*WORK[work])
    said = last.communicate(timeout=120)[0]
    assert last.returncode == 0, said
    assert revoked() == 4000
    require_sound_in_the_end()
    assert not WorkCursor.objects.exists()


class CutsItsConnection(CredentialsService):
    """Somebody kills the connection while the third set of certificates is asked for."""

    asked = 0

    def statuses(self, certificate_uuids: Any) -> Any:
        type(self).asked += 1
        if self.asked == 3:
            cut_connection()
        return super().statuses(certificate_uuids)


def cut_connection() -> None:
    """As an administrator does, or a server that restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        [number] = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(f"KILL {number}")
    other.close()


def test_a_connection_that_is_killed_is_one_line_of_the_log(settings, caplog, many):
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.CutsItsConnection"
    CutsItsConnection.asked = 0
    with pytest.raises(CommandError, match="What was done is kept"):
        call_command("vc_reconcile", "--all", stdout=io.StringIO())
    assert "vc_reconcile stopped: the database could not be used (OperationalError 20" in caplog.text
    assert revoked() == 1000
    ledgers.require_sound(published=False)
    call_command("vc_reconcile", "--all", stdout=io.StringIO())
    assert revoked() == 4000
    require_sound_in_the_end()


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE "openedx_verifiable_credentials_credential" SET "created" =',
        'UPDATE "openedx_verifiable_credentials_credential" SET "state" =',
        'INSERT INTO "openedx_verifiable_credentials_event"',
        'UPDATE "openedx_verifiable_credentials_statuslist" SET "bits" =',
        "COMMIT",
    ],
)
def test_killed_inside_the_transaction_it_never_was(many, caplog, statement):
    with cut_at(statement), pytest.raises(CommandError, match="What was done is kept"):
        call_command("vc_revoke", "--issuer", "default", "--yes", stdout=io.StringIO())
    assert "vc_revoke stopped" in caplog.text
    assert (revoked(), Event.objects.filter(kind="credential.revoked").count()) == (0, 0)
    ledgers.require_sound()
    call_command("vc_revoke", "--issuer", "default", "--yes", stdout=io.StringIO())
    require_sound_in_the_end()


def cut_at(statement: str) -> Any:
    """The connection is killed just before the first statement that starts so; a commit is none that can be seen."""
    if statement == "COMMIT":
        return _cut_before_commit()

    def cut() -> BaseException:
        cut_connection()
        return OperationalError(2013, "Lost connection to server during query")

    return faults.at_statement(statement, make_error=cut)


class _cut_before_commit:
    def __enter__(self) -> None:
        self._commit = connection._commit
        armed = iter([True])

        def commit() -> None:
            if next(armed, False):
                cut_connection()
            self._commit()

        connection._commit = commit

    def __exit__(self, *_: Any) -> None:
        connection._commit = self._commit


def test_a_loop_outlives_a_connection(settings, caplog, many):
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.CutsThenSignals"
    CutsThenSignals.asked = 0
    call_command("vc_reconcile", "--all", "--every", "0.01", stdout=io.StringIO())
    assert "vc_reconcile: the database could not be used (OperationalError 20" in caplog.text
    assert revoked() == 4000
    require_sound_in_the_end()


class CutsThenSignals(CutsItsConnection):
    """And when all is compared the process is asked to stop."""

    def statuses(self, certificate_uuids: Any) -> Any:
        if type(self).asked + 1 == 9:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().statuses(certificate_uuids)


def test_the_same_change_noted_and_worked_off_by_many_at_once_is_done_once(many, course_certificate):
    for _ in range(50):
        reconciling.note_certificate_change(course_certificate.uuid)

    def work(_: int) -> None:
        reconciling.reconcile_changes()

    assert [one for one in at_once(work, 6) if one is not None and not isinstance(one, TransientError)] == []
    reconciling.reconcile_changes()
    assert not HostChange.objects.exists()
    assert revoked() == 4000
    require_sound_in_the_end()
