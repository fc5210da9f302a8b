"""
Who retired, or asks for it, is erased: key, documents, offers. What they were given stays valid, and a rename is none.
"""

import contextlib
import datetime

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.db import connection
from django.db import transaction
from django.test import Client
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials import tasks
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.status_list import get_bit
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import faults
from tests import ledgers
from tests import retiring
from tests import rows
from tests import seed
from tests import sources
from tests.commands.run import run
from tests.conftest import MadeOffer
from tests.wallet import make_wallet

TABLE = f"{rows.OURS}_"
WRITES = ('UPDATE "', 'DELETE FROM "', 'INSERT INTO "')
RENAMES = ("ada2", "xretired__user_1", "Retired__User_1", "retired_user_1", "ada_retired__user_1")


@pytest.fixture(name="claim")
def make_claim(make_offer):
    """Takes a certificate into a fresh wallet."""

    def claim(certificate):
        response = make_offer(certificate).claim(make_wallet())
        assert response.status_code == 201, response.content
        return response.json()

    return claim


@pytest.fixture(name="claimed")
def make_claimed(claim, course_certificate, program_certificate):
    """Ada's two certificates in wallets, the first in two; and an offer that nobody took."""
    documents = [claim(course_certificate), claim(course_certificate), claim(program_certificate)]
    return documents


def erase_retired(**options):
    """What one run did."""
    *_, result = list(erasing.erase_retired(**options)) or [erasing.Erased()]
    return (result.learners, result.credentials, result.offers)


def facts():
    """What must survive of every credential."""
    names = (
        "uuid certificate_uuid issuer key kind achievement_key organization_key site_id profile_id state live_key "
        "status_list status_index suspended created issued_at ended_at end_reason terms"
    )
    return list(Credential.objects.order_by("pk").values(*names.split()))


def lists():
    """Bits, and what is served."""
    return (
        list(StatusList.objects.order_by("pk").values()),
        list(PublishedList.objects.order_by("pk").values()),
    )


def require_erased(count):
    """Nothing personal is left in ``count`` credentials, nor anywhere else."""
    assert Credential.objects.filter(erased_at__isnull=False).count() == count == Credential.objects.count()
    assert not Credential.objects.exclude(sealed_document=None, learner=None, offer=None).exists()
    assert not Learner.objects.exists()
    assert not Offer.objects.exists()


@pytest.mark.parametrize("username", RENAMES)
def test_a_rename_erases_nothing(settings, claimed, username):
    before = {table: held for table, held in rows.snapshot().items() if table.startswith(TABLE)}
    assert retiring.rename(settings, {"ada": username}).status_code == 200
    assert erase_retired() == (0, 0, 0)
    now = rows.snapshot()
    assert {table: now[table] for table in before} == before


def test_a_retired_learner_is_erased_and_what_they_were_given_stays(settings, claimed):
    kept, served, offers = facts(), lists(), Offer.objects.count()
    retiring.retire(settings, "ada")
    assert erase_retired() == (1, 3, offers)
    require_erased(3)
    assert facts() == kept
    assert lists() == served
    assert {row["state"] for row in kept} == {"issued"}


def test_a_second_run_is_a_no_op(settings, claimed):
    retiring.retire(settings, "ada")
    erase_retired()
    before = rows.snapshot()
    assert erase_retired() == (0, 0, 0)
    assert erasing.erase_by_username("retired__user_" + f"{1:040x}").learners == 0
    assert rows.changed(before) == []


@pytest.mark.parametrize("first", ["ada2", "retired__user_0"])
def test_renamed_or_retired_twice(settings, claimed, first):
    retiring.rename(settings, {"ada": first})
    erased_at_once = erase_retired()[0]
    retiring.rename(settings, {first: "retired__user_2"})
    assert erased_at_once + erase_retired()[0] == 1
    require_erased(3)


def test_shared_credentials_still_verify(settings, claimed):
    retiring.retire(settings, "ada")
    erase_retired()
    for document, row in zip(claimed, Credential.objects.order_by("pk"), strict=True):
        profile = get_profile(row.profile_id)
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        public = row.key.public_key_multibase
        method = VerificationMethod(f"{row.issuer.did}#{public}", row.issuer.did, public)
        self_check.require_good_release(json_text.write(document), unsigned=unsigned, profile=profile, method=method)
        entry = document["credentialStatus"]
        entry = entry[0] if isinstance(entry, list) else entry
        assert int(entry["statusListIndex"]) == row.status_index
        assert not get_bit(bytes(row.status_list.bits), row.status_index)


def test_a_later_revocation_still_reaches_what_was_erased(settings, claimed, course_certificate):
    retiring.retire(settings, "ada")
    erase_retired()
    course_certificate.refresh_from_db()
    course_certificate.revoke()
    assert reconciling.reconcile_changes().revoked == 2
    ended = Credential.objects.filter(certificate_uuid=course_certificate.uuid)
    assert {(row.state, row.live_key, row.learner_id) for row in ended} == {("revoked", None, None)}
    for row in Credential.objects.select_related("status_list"):
        assert get_bit(bytes(row.status_list.bits), row.status_index) is (row.state == "revoked")
    assert Credential.objects.filter(state="issued").count() == 1


def test_it_leaves_ids_behind_and_no_more(settings, claimed):
    retiring.retire(settings, "ada")
    erase_retired()
    events = Event.objects.filter(kind="credential.erased")
    assert {event.ids["credential"] for event in events} == {str(row.uuid) for row in Credential.objects.all()}
    assert {tuple(sorted(event.ids)) for event in events} == {("certificate", "credential", "reason")}
    assert {event.ids["reason"] for event in events} == {"retired"}


def test_others_are_left_alone(settings, claimed, ready, bob):
    browser = Client()
    browser.force_login(bob)
    other = seed.backdate(seed.award(bob, seed.make_course(ready)), days=1)
    assert MadeOffer(asking.init(browser, other).json()).claim(make_wallet()).status_code == 201
    retiring.retire(settings, "ada")
    assert erase_retired()[:2] == (1, 3)
    row = Credential.objects.get(certificate_uuid=other.uuid)
    assert row.sealed_document and row.erased_at is None
    assert Learner.objects.get() == row.learner
    assert Learner.objects.get().user_id == bob.pk
    assert Offer.objects.get().learner == row.learner


def test_certificates_on_two_sites_go_together(settings, ready, claimed, ada):
    second = seed.make_site("second.example.org")
    certificate = seed.backdate(seed.award(ada, seed.make_course(second)), days=1)
    browser = Client(HTTP_HOST="second.example.org")
    browser.force_login(ada)
    made = MadeOffer(asking.init(browser, certificate).json())
    assert made.claim(make_wallet()).status_code == 201
    assert sorted(Credential.objects.values_list("site_id", flat=True).distinct()) == sorted([ready.pk, second.pk])
    retiring.retire(settings, "ada")
    assert erase_retired()[:2] == (1, 4)
    require_erased(4)


@pytest.mark.parametrize("when", ["before the erasure", "after it"])
def test_who_gets_the_old_username_sees_nothing_and_is_not_erased(settings, claimed, ready, when):
    """Another person, another account; the name is all they share."""
    retired = retiring.retire(settings, "ada")
    if when == "after it":
        erase_retired()
    newcomer = seed.make_learner("ada", "Ada Newcomer")
    browser = Client()
    browser.force_login(newcomer)
    assert browser.get(asking.LIST).json() == {"program_credentials": [], "course_credentials": []}
    for offer in Offer.objects.all():
        assert browser.get(f"{asking.API}offers/{offer.uuid}/").status_code == 404
    old = UserCredential.objects.filter(username=retired).first()
    assert asking.refusal(asking.init(browser, old)) == (404, "unknown_certificate")
    own = seed.backdate(seed.award(newcomer, seed.make_course(ready)), days=1)
    assert MadeOffer(asking.init(browser, own).json()).claim(make_wallet()).status_code == 201
    erase_retired()
    assert erase_retired() == (0, 0, 0)
    row = Credential.objects.get(learner__isnull=False)
    assert (row.certificate_uuid, row.learner.user_id) == (own.uuid, newcomer.pk)
    assert Credential.objects.filter(erased_at__isnull=False).count() == 3
    result = erasing.erase_by_username("ada")
    assert (result.learners, result.credentials) == (1, 1)


class TestFindingThem:
    """By the account, and by certificates where the account says nothing."""

    def test_an_offer_is_enough(self, settings, make_offer, course_certificate):
        make_offer(course_certificate)
        retiring.retire(settings, "ada")
        assert erase_retired() == (1, 0, 1)
        require_erased(0)

    def test_certificates_alone(self, claimed, ada):
        UserCredential.objects.filter(username="ada").update(username="retired__user_1")
        User.objects.filter(pk=ada.pk).delete()
        assert erase_retired()[:2] == (1, 3)
        require_erased(3)

    def test_certificates_alone_while_an_account_stands(self, claimed):
        UserCredential.objects.filter(username="ada").update(username="retired__user_1")
        assert erase_retired()[:2] == (1, 3)
        require_erased(3)

    def test_the_account_alone(self, claimed, ada):
        UserCredential.objects.all().delete()
        User.objects.filter(pk=ada.pk).update(username="retired__user_1")
        assert erase_retired()[:2] == (1, 3)
        require_erased(3)

    def test_a_certificate_that_changed_hands_takes_nothing_else_with_it(
        self, claimed, course_certificate, program_certificate
    ):
        offered = Offer.objects.filter(certificate_uuids=[str(program_certificate.uuid)]).count()
        UserCredential.objects.filter(pk=course_certificate.pk).update(username="retired__user_1")
        assert erase_retired()[:2] == (1, 2)
        kept = Credential.objects.get(erased_at=None)
        assert kept.certificate_uuid == program_certificate.uuid
        assert kept.sealed_document and kept.learner
        assert Offer.objects.count() == offered
        UserCredential.objects.update(username="retired__user_1")
        assert erase_retired()[:2] == (1, 1)
        require_erased(3)

    @pytest.mark.parametrize(("prefix", "erased"), [("gone-", 1), ("retired__user_", 0), ("ada", 1), ("ADA", 0)])
    def test_the_prefix_is_a_setting(self, settings, claimed, prefix, erased):
        settings.OPENEDX_VC_RETIRED_USERNAME_PREFIX = prefix
        retiring.rename(settings, {"ada": "gone-1" if prefix != "ada" else "ada"})
        assert erase_retired()[0] == erased

    def test_every_one_of_many(self, settings, ready, claimed):
        """More than one chunk; each chunk takes a constant number of queries."""
        with asking.capture() as captured:
            erase_retired()
        few = len(captured)
        now = timezone.now()
        Learner.objects.bulk_create(
            Learner(uuid=f"{n:032x}", user_id=10_000 + n, sealed_key=b"x", sealed_with="k", created=now)
            for n in range(1, 1200)
        )
        with asking.capture() as captured:
            results = [result.looked_at for result in erasing.erase_retired()]
        assert results == [500, 1000, 1200]
        assert len(captured) <= 3 * few
        User.objects.create(pk=10_007, username="retired__user_7")
        User.objects.create(pk=11_100, username="retired__user_8")
        assert erase_retired() == (2, 0, 0)


def test_intents_that_were_not_signed_are_abandoned(settings, make_offer, course_certificate, claim, wallet):
    claim(course_certificate)
    settings.OPENEDX_VC_DIDKIT_SECURER = "tests.securers.Refusing"
    make_offer(course_certificate).claim(wallet)
    retiring.retire(settings, "ada")
    assert erase_retired()[:2] == (1, 2)
    issued, abandoned = Credential.objects.order_by("pk")
    assert (issued.state, issued.end_reason) == ("issued", "")
    assert (abandoned.state, abandoned.end_reason, abandoned.live_key) == ("abandoned", "never_signed", None)
    assert abandoned.ended_at and abandoned.erased_at
    require_erased(2)


def test_who_ended_a_credential_of_their_own_is_forgotten_and_staff_is_not(settings, claimed, ada):
    staff = seed.make_learner("root", "", is_staff=True)
    for row, number in zip(Credential.objects.order_by("pk"), (ada.pk, staff.pk, None), strict=True):
        Credential.objects.filter(pk=row.pk).update(ended_by=number)
    retiring.retire(settings, "ada")
    erase_retired()
    assert list(Credential.objects.order_by("pk").values_list("ended_by", flat=True)) == [None, staff.pk, None]


def test_who_suspended_a_credential_of_their_own_is_forgotten_and_staff_is_not(
    settings, make_offer, course_certificate, claim, ada
):
    settings.OPENEDX_VC_SUSPENSION = True
    claim(course_certificate)
    own = Credential.objects.get()
    other = ledgers.multiply(own, 1)[0]
    Credential.objects.filter(pk=other.pk).update(learner=None)
    staff = seed.make_learner("root", "", is_staff=True)
    for credential, lift, by in ((own, False, staff), (own, True, ada), (other, False, ada)):
        assert revoking.suspend_credential(credential.uuid, lift=lift, by=by.pk)
    retiring.retire(settings, "ada")
    erase_retired()
    events = Event.objects.filter(kind__startswith="credential.suspen").order_by("pk")
    assert [event.ids["staff"] for event in events] == [str(staff.pk), None, str(ada.pk)]
    assert [event.ids["credential"] for event in events] == [str(own.uuid)] * 2 + [str(other.uuid)]


def test_it_needs_no_key_and_no_switch(settings, claimed):
    retiring.retire(settings, "ada")
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {}
    settings.OPENEDX_VC_OFFER_KEY = "nonsense"
    Switch.objects.update(active=False)
    assert erase_retired()[:2] == (1, 3)
    require_erased(3)


def test_a_dry_run_counts_and_changes_nothing(settings, claimed):
    retiring.retire(settings, "ada")
    before, offers = rows.snapshot(), Offer.objects.count()
    assert erase_retired(dry_run=True) == (1, 3, offers)
    assert erasing.erase_by_username(f"retired__user_{1:040x}", dry_run=True).credentials == 3
    assert rows.changed(before) == []


def test_while_the_host_cannot_be_asked_nothing_is_erased(settings, claimed):
    retiring.retire(settings, "ada")
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = sources.PATH + "Down"
    before = rows.snapshot()
    with pytest.raises(ConnectionError):
        erase_retired()
    assert rows.changed(before) == []
    del settings.OPENEDX_VC_CERTIFICATE_SOURCE
    assert erase_retired()[0] == 1


class TestRetiredLearnersClaimNothing:
    """A session that is still open, an offer that is: both are over, before anything has been erased."""

    def test_no_list_no_offer_no_claim(self, settings, ada_client, make_offer, course_certificate, wallet):
        offer = make_offer(course_certificate)
        page = f"{asking.ROOT}offers/{Offer.objects.get().uuid}/"
        retiring.retire(settings, "ada")
        assert ada_client.get(asking.LIST).json() == {"program_credentials": [], "course_credentials": []}
        assert asking.refusal(asking.init(ada_client, course_certificate)) == (404, "unknown_certificate")
        assert asking.refusal(offer.claim(wallet)) == (404, "unknown_certificate")
        assert ada_client.post(f"{page}download/").status_code == 404
        assert not Credential.objects.exists()

    @pytest.mark.parametrize("username", RENAMES)
    def test_renamed_ones_do(self, settings, ada, ada_client, make_offer, course_certificate, wallet, username):
        offer = make_offer(course_certificate)
        retiring.rename(settings, {"ada": username})
        assert len(ada_client.get(asking.LIST).json()["course_credentials"]) == 1
        assert offer.claim(wallet).status_code == 201


class TestActiveAccounts:
    """``vc_erase``: the account stays, and its owner may claim anew."""

    def test_a_new_claim_begins_afresh(self, claimed, claim, course_certificate):
        before = Learner.objects.get()
        assert erasing.erase_by_username("ada").credentials == 3
        document = claim(course_certificate)
        learner = Learner.objects.get()
        assert learner.uuid != before.uuid
        assert bytes(learner.sealed_key) != bytes(before.sealed_key)
        row = Credential.objects.get(erased_at=None)
        assert (row.uuid.urn, row.learner) == (document["id"], learner)
        assert erasing.erase_by_username("ada").credentials == 1

    def test_what_is_still_live_counts(self, settings, claimed, claim, make_offer, course_certificate):
        settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 3
        erasing.erase_by_username("ada")
        claim(course_certificate)
        refused = make_offer(course_certificate).claim(make_wallet())
        assert asking.refusal(refused) == (409, "too_many_credentials")

    def test_what_supersedes_ends_what_was_erased(self, settings, claimed, claim, course_certificate):
        settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
        erasing.erase_by_username("ada")
        claim(course_certificate)
        own = Credential.objects.filter(certificate_uuid=course_certificate.uuid).order_by("pk")
        assert [row.state for row in own] == ["superseded", "superseded", "issued"]
        for row in own:
            assert get_bit(bytes(row.status_list.bits), row.status_index) is (row.state == "superseded")

    def test_an_offer_from_before_is_unknown(self, make_offer, course_certificate, wallet):
        offer = make_offer(course_certificate)
        erasing.erase_by_username("ada")
        assert asking.refusal(offer.claim(wallet)) == (404, "unknown_offer")

    def test_a_name_of_a_certificate_without_an_account(self, claimed, ada):
        ada.delete()
        assert erasing.erase_by_username("ada").credentials == 3
        require_erased(3)

    @pytest.mark.parametrize("username", ["Ada", "ada ", "nobody", "a%", ""])
    def test_nobody_else_is_meant(self, claimed, username):
        before = rows.snapshot()
        assert erasing.erase_by_username(username) is None
        assert rows.changed(before) == []

    def test_an_account_of_which_nothing_is_held(self, claimed, bob):
        assert erasing.erase_by_username("bob") == erasing.Erased()


def writes_of(work):
    """The statements of ``work`` that write to our tables, by how they start and how many started so before."""
    with asking.capture() as captured:
        work()
    starts = [sql.split(" SET ")[0].split(" (")[0].split(" WHERE ")[0] for sql in asking.data_statements(captured)]
    own = [
        start.replace("`", '"') for start in starts if start.replace("`", '"').startswith(WRITES) and rows.OURS in start
    ]
    return [(start, own[: place + 1].count(start)) for place, start in enumerate(own)]


def test_a_power_cut_anywhere_erases_one_learner_or_does_not(settings, claimed, ready, bob):
    browser = Client()
    browser.force_login(bob)
    other = seed.backdate(seed.award(bob, seed.make_course(ready)), days=1)
    assert MadeOffer(asking.init(browser, other).json()).claim(make_wallet()).status_code == 201
    retiring.rename(settings, {"ada": "retired__user_1", "bob": "retired__user_2"})
    with transaction.atomic():
        writes = writes_of(erase_retired)
        transaction.set_rollback(True)
    assert len(writes) > 10
    before = rows.snapshot()
    seen = set()
    for start, number in writes:
        with transaction.atomic():
            with pytest.raises(faults.PowerCut), faults.at_statement(start, number):
                erase_retired()
            transaction.set_rollback(False)
            erased = Credential.objects.filter(erased_at__isnull=False).count()
            seen.add(erased)
            assert erased in (0, 3), "nothing, or all of the first learner"
            assert Learner.objects.count() == (2 if erased == 0 else 1)
            assert Event.objects.filter(kind="credential.erased").count() == erased
            assert Credential.objects.filter(sealed_document=None).count() == erased
            left = Learner.objects.count()
            assert erase_retired()[0] == left
            require_erased(4)
            transaction.set_rollback(True)
        assert rows.changed(before) == []
    assert seen == {0, 3}


@contextlib.contextmanager
def busy(learner):
    """Someone else holds this learner's row for longer than anyone waits."""
    table = connection.ops.quote_name(f"{TABLE}learner")

    def guard(execute, sql, params, many, context):
        if sql.startswith(f"UPDATE {table}") and learner.pk in params:
            raise faults.locked()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


def test_one_that_is_busy_waits_and_the_others_go_on(settings, claimed, ready, bob, caplog):
    browser = Client()
    browser.force_login(bob)
    other = seed.backdate(seed.award(bob, seed.make_course(ready)), days=1)
    assert MadeOffer(asking.init(browser, other).json()).claim(make_wallet()).status_code == 201
    retiring.rename(settings, {"ada": "retired__user_1", "bob": "retired__user_2"})
    with busy(Learner.objects.order_by("pk").first()):
        [result] = erasing.erase_retired()
        assert (result.learners, result.credentials, result.waiting) == (1, 1, 1)
        assert "busy" in caplog.text
        said = run("vc_reconcile")
        assert "1 retired learners are in use just now and wait for the next run." in said
    assert "1 retired ones erased with 3 credentials" in run("vc_reconcile")
    require_erased(4)


class TestTidying:
    """Learners' rows that hold nothing, and documents that nothing opens."""

    @pytest.fixture(name="idle")
    def make_idle(self, db):
        """A learner who once clicked, and whose offer is gone."""
        return Learner.objects.create(
            uuid="0" * 32, user_id=77, sealed_key=b"x" * 60, sealed_with="k", created="2026-01-01T00:00:00Z"
        )

    def test_they_go_after_a_day(self, idle):
        assert erasing.tidy_learners(dry_run=True) == 1
        assert Learner.objects.exists()
        assert erasing.tidy_learners() == 1
        assert not Learner.objects.exists()
        assert erasing.tidy_learners() == 0

    def test_not_before(self, idle):
        Learner.objects.update(created=timezone.now() - datetime.timedelta(hours=23))
        assert erasing.tidy_learners() == 0

    def test_who_has_an_offer_or_a_credential_stays(self, idle, claimed, make_offer, course_certificate):
        Learner.objects.update(created="2026-01-01T00:00:00Z")
        assert erasing.tidy_learners() == 1
        Offer.objects.update(expires_at="2026-01-01T00:00:00Z")
        Credential.objects.update(offer=None)
        Offer.objects.all().delete()
        assert erasing.tidy_learners() == 0
        assert Credential.objects.filter(learner=Learner.objects.get()).count() == 3

    def test_an_offer_that_nobody_took_goes_and_then_its_learner(self, make_offer, course_certificate):
        make_offer(course_certificate)
        past = timezone.now() - datetime.timedelta(days=3)
        Offer.objects.update(expires_at=past)
        Learner.objects.update(created=past)
        run("vc_reconcile")
        assert not Learner.objects.exists()

    def test_a_document_whose_key_is_gone(self, claimed):
        """As after a restore of one table and not of the other."""
        Credential.objects.update(learner=None)
        assert erasing.tidy_learners() == 0
        assert erasing.tidy_learners(everything=True, dry_run=True) == 3
        assert erasing.tidy_learners(everything=True) == 3
        assert {row.sealed_document for row in Credential.objects.all()} == {None}
        assert all(row.erased_at and row.state == "issued" for row in Credential.objects.all())
        assert erasing.tidy_learners(everything=True) == 0


def test_the_task_does_it_too(settings, claimed):
    retiring.retire(settings, "ada")
    assert tasks.reconcile() == 0
    require_erased(3)


def test_the_command_says_how_many(settings, claimed):
    retiring.retire(settings, "ada")
    offers = Offer.objects.count()
    said = run("vc_reconcile", dry_run=True)
    assert f"1 learners looked at, 1 retired ones would be erased with 3 credentials and {offers} offers" in said
    said = run("vc_reconcile")
    assert f"1 learners looked at, 1 retired ones erased with 3 credentials and {offers} offers; 0 rows" in said
    assert "0 learners looked at, 0 retired ones erased" in run("vc_reconcile", all=True)
    assert "retired__user_" not in said
