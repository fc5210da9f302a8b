"""A credential that is revoked is over for ever: in the ledger, in its status list, in what verifiers get."""

import datetime
import io
import logging
import uuid
from typing import ClassVar

import pytest
from django.core.management import call_command
from django.utils import timezone

from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.flows.steps import publishing
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import faults
from tests import ledgers
from tests import rows
from tests import securers
from tests.wallet import make_wallet


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate):
    """Issued, in a wallet."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


@pytest.fixture(name="suspendable")
def make_suspendable(settings, make_offer, course_certificate):
    """Issued while credentials could be suspended."""
    settings.OPENEDX_VC_SUSPENSION = True
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    settings.OPENEDX_VC_SUSPENSION = False
    return Credential.objects.get()


def revoke(*credentials, reason="staff", by=None, publish=True):
    """As staff do."""
    *_, done = revoking.revoke_credentials([one.uuid for one in credentials], reason=reason, by=by)
    if publish:
        assert revoking.publish_at_once(done.lists) == 0
    return done


def suspend(credential, *, lift=False, by=None):
    """As staff do; whether that changed something."""
    changed = revoking.suspend_credential(credential.uuid, lift=lift, by=by)
    assert revoking.publish_at_once(changed) == 0
    return bool(changed)


def told(credential):
    """What its row says of its end."""
    credential.refresh_from_db()
    return credential.state, credential.end_reason, credential.ended_at, credential.ended_by, credential.live_key


def test_a_revoked_credential_is_over_everywhere(credential):
    assert (ledgers.is_marked(credential), ledgers.is_served_as(credential)) == (False, False)
    done = revoke(credential, reason="holder", by=7)
    assert (done.revoked, done.over, done.unknown) == (1, 0, [])
    state, reason, ended_at, by, live_key = told(credential)
    assert (state, reason, by, live_key) == ("revoked", "holder", 7, None)
    assert abs(timezone.now() - ended_at) < datetime.timedelta(minutes=1)
    for form in ("revocation", "revocation-2021"):
        assert ledgers.is_served_as(credential, form)
    ledgers.require_sound()
    event = Event.objects.get(kind="credential.revoked")
    assert event.ids == {
        "credential": str(credential.uuid),
        "certificate": str(credential.certificate_uuid),
        "reason": "holder",
    }


# What was done before, what is done then → the state and reason afterwards. None: the row does not change.
HISTORIES = {
    "again with another reason": (["staff", "key_compromised"], ("revoked", "staff")),
    "by the host afterwards": (["staff", "host"], ("revoked", "staff")),
    "by the host first": (["host", "staff"], ("revoked", "certificate_revoked")),
    "an intent": (["intended", "staff"], ("revoked", "staff")),
    "superseded then revoked": (["superseded", "staff"], ("revoked", "staff")),
    "superseded then revoked twice": (["superseded", "holder", "staff"], ("revoked", "holder")),
    "abandoned": (["abandoned", "staff"], ("abandoned", "never_signed")),
    "suspend while revoked": (["staff", "suspend"], ("revoked", "staff")),
    "lift while revoked": (["suspend", "staff", "lift"], ("revoked", "staff")),
    "suspended then revoked": (["suspend", "key_compromised"], ("revoked", "key_compromised")),
    "suspended and lifted": (["suspend", "lift"], ("issued", "")),
    "suspended, lifted and revoked": (["suspend", "lift", "staff"], ("revoked", "staff")),
    "suspend while superseded": (["superseded", "suspend"], ("superseded", "superseded")),
}


def step(word, credential, certificate):
    """One thing that happens to a credential."""
    if word in ("intended", "superseded", "abandoned"):
        ended = {"superseded": "superseded", "abandoned": "never_signed"}.get(word, "")
        Credential.objects.update(state=word, end_reason=ended, ended_at=timezone.now() if ended else None)
        if ended:
            Credential.objects.update(live_key=None)
        if word == "superseded":
            status_list = StatusList.objects.get()
            bits = core.with_bits(bytes(status_list.bits), [credential.status_index])
            StatusList.objects.update(bits=bits, bits_version=9, changed_at=timezone.now())
    elif word in ("suspend", "lift"):
        try:
            suspend(credential, lift=word == "lift")
        except LedgerError as error:
            return error.code
    elif word == "host":
        certificate.revoke()
        reconciling.reconcile_changes()
    else:
        revoke(credential, reason=word)
    return None


@pytest.mark.parametrize("history", HISTORIES)
def test_what_is_over_stays_over_with_its_first_reason(suspendable, course_certificate, history):
    words, expected = HISTORIES[history]
    for word in words:
        before = told(suspendable)
        refused = step(word, suspendable, course_certificate)
        after = told(suspendable)
        if before[0] == "revoked":
            assert after == before
            assert refused == (None if word in revoking.REASONS or word == "host" else "credential_ended")
    assert told(suspendable)[:2] == expected
    is_over = expected[0] in ("revoked", "superseded")
    assert (ledgers.is_marked(suspendable), ledgers.is_served_as(suspendable)) == (is_over,) * 2 or history in (
        "suspend while superseded",  # nothing published what the test itself has set
        "abandoned",
    )
    assert Event.objects.filter(kind="credential.revoked").count() == (expected[0] == "revoked")
    suspension = core.get_bit(bytes(suspendable.status_list.suspension_bits), suspendable.status_index)
    assert suspension is suspendable.suspended


def test_an_intent_that_is_revoked_never_leaves(settings, make_offer, course_certificate, wallet):
    settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Refusing"
    offer = make_offer(course_certificate)
    assert offer.claim(wallet).status_code == 503
    del settings.OPENEDX_VC_DIDKIT_SECURER
    revoke(Credential.objects.get())
    assert asking.refusal(offer.claim(wallet)) == (410, "credential_ended")
    ledgers.require_sound()


def test_many_at_once_are_one_change_of_their_list(credential):
    others = ledgers.multiply(credential, 1200)
    spared = ledgers.multiply(credential, 3)
    version = StatusList.objects.get().bits_version
    with asking.capture() as captured:
        done = revoke(credential, *others, publish=False)
    assert done.revoked == 1201
    assert StatusList.objects.get().bits_version == version + 3, "once a chunk"
    assert len(asking.data_statements(captured)) <= 3 * 12
    assert revoking.publish_at_once(done.lists) == 0
    assert not any(ledgers.is_served_as(row) for row in spared)
    ledgers.require_sound()


def test_the_same_id_twice_is_one_credential_and_unknown_ones_are_told(credential):
    nobodys = [uuid.uuid4() for _ in range(2)]
    *_, done = revoking.revoke_credentials(
        [nobodys[0], credential.uuid, credential.uuid, *nobodys, nobodys[1]], reason="staff"
    )
    assert (done.revoked, done.unknown) == (1, nobodys)
    *_, again = revoking.revoke_credentials([credential.uuid], reason="staff")
    assert (again.revoked, again.over, again.lists) == (0, 1, set())


@pytest.mark.parametrize("dry_run", [False, True])
def test_it_counts_those_of_which_verifiers_cannot_learn(credential, dry_run):
    """Issued before there were status lists."""
    earlier = ledgers.multiply(credential, 2)
    Credential.objects.filter(pk__in=[row.pk for row in earlier]).update(status_list=None, status_index=None)
    wanted = [one.uuid for one in (credential, *earlier)]
    *_, done = revoking.revoke_credentials(wanted, reason="staff", dry_run=dry_run)
    assert (done.revoked, done.unlisted, done.over) == (3, 2, 0)
    *_, again = revoking.revoke_credentials(wanted, reason="staff", dry_run=dry_run)
    assert (again.revoked, again.unlisted) == ((3, 2) if dry_run else (0, 0))


def test_a_dry_run_changes_nothing(credential):
    before = rows.snapshot()
    *_, counted = revoking.revoke_credentials([credential.uuid], reason="staff", dry_run=True)
    assert counted.revoked == 1
    assert rows.changed(before) == []


@pytest.mark.parametrize("wrong", ["keys are gone", "key encryption keys are gone", "the signer is down", "a crash"])
def test_what_is_wrong_with_keys_does_not_stop_a_revocation(settings, caplog, credential, wrong):
    if wrong == "keys are gone":
        IssuerKey.objects.update(sealed_seed=b"")
    elif wrong == "key encryption keys are gone":
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = "nonsense"
    else:
        settings.OPENEDX_VC_SECURER = securers.PATH + ("Refusing" if wrong == "the signer is down" else "Crashing")
    served = bytes(PublishedList.objects.get(form="revocation").document)
    done = revoke(credential, publish=False)
    assert revoking.publish_at_once(done.lists) == 1
    assert (told(credential)[0], ledgers.is_marked(credential)) == ("revoked", True)
    assert bytes(PublishedList.objects.get(form="revocation").document) == served, "the last good one stays"
    assert StatusList.objects.get().changed_at is not None, "the next run finds it"
    said = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert any("publish" in record.getMessage() for record in said)


class PublishedByAnother(OwnSuites):
    """While one publisher signs, another is faster; and then one more credential is revoked."""

    others: ClassVar[list[Credential]] = []

    def secure(self, *args, **kwargs):
        if self.others:
            other = self.others.pop()
            assert publishing.publish(get_means(), other.status_list)
            revoke(other, publish=False)
        return super().secure(*args, **kwargs)


def test_who_loses_against_another_publisher_has_its_bit_served_all_the_same(settings, credential):
    settings.OPENEDX_VC_SECURER = f"{__name__}.PublishedByAnother"
    done = revoke(credential, publish=False)
    PublishedByAnother.others = ledgers.multiply(credential, 1)
    assert revoking.publish_at_once(done.lists) == 0
    assert ledgers.is_served_as(credential)
    assert StatusList.objects.get().changed_at is not None, "the other's is its revoker's to publish"
    assert revoking.publish_at_once(done.lists) == 0
    assert Credential.objects.filter(state="revoked").count() == 2
    ledgers.require_sound()


@pytest.mark.parametrize("damage", ["an index beyond the list", "bits that are too short"])
def test_a_damaged_place_stops_no_revocation(caplog, credential, damage):
    good = ledgers.multiply(credential, 2)
    if damage == "an index beyond the list":
        Credential.objects.filter(pk=credential.pk).update(status_index=9_000_000)
    else:
        StatusList.objects.update(bits=b"")
    done = revoke(good[0], credential, good[1], publish=False)
    assert done.revoked == 3
    assert set(Credential.objects.values_list("state", flat=True)) == {"revoked"}
    assert Event.objects.filter(kind="credential.revoked").count() == 3
    if damage == "an index beyond the list":
        assert "index_out_of_range" in caplog.text
        assert revoking.publish_at_once(done.lists) == 0
    else:
        assert "bits are damaged" in caplog.text
        assert revoking.publish_at_once(done.lists) == 1
        call_command("vc_publish_status", "--rebuild", stdout=io.StringIO())
    assert all(ledgers.is_served_as(row) for row in good)


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE "openedx_verifiable_credentials_credential" SET "state" =',
        'UPDATE "openedx_verifiable_credentials_statuslist" SET "bits" =',
        'INSERT INTO "openedx_verifiable_credentials_event"',
    ],
)
def test_rows_bits_and_events_or_nothing(credential, statement):
    before = rows.snapshot()
    with pytest.raises(faults.PowerCut), faults.at_statement(statement):
        revoke(credential)
    assert rows.changed(before) == []
    revoke(credential)
    ledgers.require_sound()


def test_a_lock_that_another_holds_is_waited_for(credential):
    with faults.at_statement(
        'UPDATE "openedx_verifiable_credentials_credential" SET "state" =', make_error=faults.locked
    ) as reached:
        revoke(credential)
    assert len(reached) == 2
    ledgers.require_sound()


class TestByFacts:
    """Which credentials, by what their rows say."""

    @pytest.fixture(name="both")
    def make_both(self, make_offer, course_certificate, program_certificate):
        """One of a course, one of a program."""
        for certificate in (course_certificate, program_certificate):
            assert make_offer(certificate).claim(make_wallet()).status_code == 201
        return Credential.objects.get(kind="course"), Credential.objects.get(kind="program")

    @pytest.mark.parametrize(
        ("fact", "meant"),
        [
            ("achievement", {"course"}),
            ("organization", {"course", "program"}),
            ("another organization", set()),
            ("the organization in other letters", set()),
            ("site_id", {"course", "program"}),
            ("another site", set()),
            ("issuer", {"course", "program"}),
            ("key", {"course", "program"}),
            ("since", {"program"}),
            ("achievement of another site", set()),
        ],
    )
    def test_exactly_those(self, both, fact, meant):
        course, program = both
        Credential.objects.filter(pk=course.pk).update(created=program.created - datetime.timedelta(days=9))
        facts = {
            "achievement": {"achievement": course.achievement_key},
            "organization": {"organization": course.organization_key},
            "another organization": {"organization": "SomebodyElse"},
            "the organization in other letters": {"organization": course.organization_key.swapcase()},
            "site_id": {"site_id": course.site_id},
            "another site": {"site_id": 999},
            "issuer": {"issuer": "default"},
            "key": {"key": course.key.uuid},
            "since": {"key": course.key.uuid, "since": program.created},
            "achievement of another site": {"achievement": course.achievement_key, "site_id": 999},
        }[fact]
        *_, counted = [revoking.Revocation(), *revoking.revoke_where(
            revoking.Facts(**facts), reason="key_compromised", dry_run=True
        )]  # fmt: skip
        *_, done = [revoking.Revocation(), *revoking.revoke_where(revoking.Facts(**facts), reason="key_compromised")]
        assert {row.kind for row in Credential.objects.filter(state="revoked")} == meant
        assert (counted.revoked, done.revoked) == (len(meant),) * 2

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({}, "nothing_selected"),
            ({"issuer": "nobody"}, "unknown_issuer"),
            ({"key": uuid.UUID(int=5)}, "unknown_key"),
        ],
    )
    def test_nothing_is_never_everything(self, both, facts, code):
        before = rows.snapshot()
        with pytest.raises(LedgerError) as caught:
            list(revoking.revoke_where(revoking.Facts(**facts), reason="staff"))
        assert caught.value.code == code
        assert rows.changed(before) == []

    def test_every_credential_of_a_certificate(self, both, make_offer, course_certificate):
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
        *_, done = revoking.revoke_certificates([course_certificate.uuid], reason="holder")
        assert done.revoked == 2
        both[1].refresh_from_db()
        assert both[1].state == "issued"

    def test_another_issuers_credentials_are_untouched(self, both):
        other = Issuer.objects.create(
            slug="other", did="did:web:other.example", name="O", base_url="https://o.example", created=timezone.now()
        )
        Credential.objects.filter(pk=both[0].pk).update(issuer=other)
        list(revoking.revoke_where(revoking.Facts(issuer="other"), reason="staff"))
        assert [row.pk for row in Credential.objects.filter(state="revoked")] == [both[0].pk]


class TestSuspension:
    """An optional second list. Only it is ever cleared."""

    def test_suspended_and_lifted(self, suspendable):
        for lift in (False, True, False):
            assert suspend(suspendable, lift=lift) is True
            suspendable.refresh_from_db()
            assert suspendable.suspended is not lift
            for form in ("suspension", "suspension-2021"):
                assert ledgers.is_served_as(suspendable, form) is not lift
            assert not ledgers.is_served_as(suspendable)
            before = rows.snapshot()
            assert suspend(suspendable, lift=lift) is False
            assert rows.changed(before) == []
        kinds = [event.kind for event in Event.objects.filter(kind__startswith="credential.susp").order_by("pk")]
        assert kinds == ["credential.suspended", "credential.suspension_lifted", "credential.suspended"]

    def test_others_bits_are_untouched(self, suspendable):
        [other] = ledgers.multiply(suspendable, 1)
        suspend(other)
        suspend(suspendable)
        suspend(suspendable, lift=True)
        assert ledgers.is_served_as(other, "suspension")
        assert not ledgers.is_served_as(suspendable, "suspension")

    def test_where_lists_do_not_suspend_it_says_which_setting(self, credential):
        before = rows.snapshot()
        with pytest.raises(LedgerError, match="OPENEDX_VC_SUSPENSION") as caught:
            revoking.suspend_credential(credential.uuid)
        assert caught.value.code == "cannot_suspend"
        assert rows.changed(before) == []

    def test_an_unknown_one(self, db):
        with pytest.raises(LedgerError) as caught:
            revoking.suspend_credential(uuid.uuid4())
        assert caught.value.code == "unknown_credential"

    def test_who_decided_is_kept_in_the_event(self, suspendable):
        suspend(suspendable, by=7)
        suspend(suspendable, by=8)
        suspend(suspendable, lift=True)
        assert [event.ids for event in Event.objects.filter(kind__startswith="credential.susp").order_by("pk")] == [
            {"credential": str(suspendable.uuid), "certificate": str(suspendable.certificate_uuid), "staff": staff}
            for staff in ("7", None)
        ]

    @pytest.mark.parametrize("lift", [False, True])
    def test_damaged_bits_stop_no_suspension_and_are_made_anew(self, caplog, suspendable, lift):
        [other] = ledgers.multiply(suspendable, 1)
        suspend(other)
        if lift:
            suspend(suspendable)
        StatusList.objects.update(suspension_bits=b"")
        changed = revoking.suspend_credential(suspendable.uuid, lift=lift)
        suspendable.refresh_from_db()
        assert suspendable.suspended is not lift, "the ledger says what must be"
        assert "bits are damaged" in caplog.text
        assert StatusList.objects.get().changed_at is not None, "its list waits"
        assert revoking.publish_at_once(changed) == 1
        assert ledgers.is_served_as(suspendable, "suspension") is lift, "the last good one stays"
        call_command("vc_publish_status", "--rebuild", stdout=io.StringIO())
        assert ledgers.is_served_as(suspendable, "suspension") is not lift
        assert ledgers.is_served_as(other, "suspension")
        ledgers.require_sound()

    def test_without_a_place_in_its_list_it_is_refused(self, suspendable):
        """No list could ever say it: what staff decided would be seen by nobody."""
        Credential.objects.update(status_index=9_000_000)
        before = rows.snapshot()
        with pytest.raises(StatusListError) as caught:
            revoking.suspend_credential(suspendable.uuid)
        assert caught.value.code == "index_out_of_range"
        assert rows.changed(before) == [], "row and bit, or nothing"


def test_a_revocation_makes_room_for_a_new_credential(settings, make_offer, course_certificate):
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    second = make_offer(course_certificate)
    assert asking.refusal(second.claim(make_wallet())) == (409, "too_many_credentials")
    revoke(Credential.objects.get())
    assert second.claim(make_wallet()).status_code == 201
    assert list(Credential.objects.order_by("pk").values_list("state", flat=True)) == ["revoked", "issued"]
    ledgers.require_sound()
