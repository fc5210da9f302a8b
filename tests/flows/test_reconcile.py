"""What the host revokes or deletes ends its credentials, sooner or later, whatever happens in between."""

import io

import pytest
from credentials.apps.credentials.models import UserCredential
from django.core import serializers
from django.core.management import call_command
from django.db import transaction
from waffle.models import Switch

from openedx_verifiable_credentials import tasks
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import faults
from tests import rows
from tests import seed
from tests import sources
from tests.wallet import make_wallet

REVOKE = 'UPDATE "openedx_verifiable_credentials_credential" SET "state" ='
MARK = 'UPDATE "openedx_verifiable_credentials_statuslist" SET "bits" ='
APPEND = 'INSERT INTO "openedx_verifiable_credentials_event"'


def reconcile(**options):
    """What the command says."""
    out = io.StringIO()
    call_command("vc_reconcile", stdout=out, **options)
    return out.getvalue()


def states(certificate=None):
    """Of a certificate's credentials, or of all, oldest first."""
    found = Credential.objects.filter(certificate_uuid=certificate.uuid) if certificate else Credential.objects.all()
    return list(found.order_by("pk").values_list("state", flat=True))


@pytest.fixture(name="claim")
def make_claim(make_offer):
    """Takes a certificate into a wallet."""

    def claim(certificate, wallet=None):
        response = make_offer(certificate).claim(wallet or make_wallet())
        assert response.status_code == 201, response.content
        return response

    return claim


@pytest.fixture(name="claimed")
def make_claimed(claim, course_certificate):
    """Ada's course certificate, taken into two wallets."""
    for _ in range(2):
        claim(course_certificate)
    return course_certificate


def test_a_revocation_ends_every_credential_of_the_certificate(claim, claimed, program_certificate):
    claim(program_certificate)
    claimed.revoke()
    assert [row.certificate_uuid for row in HostChange.objects.all()] == [claimed.uuid]
    assert "2 credentials ended" in reconcile()
    assert (states(claimed), states(program_certificate)) == (["revoked", "revoked"], ["issued"])
    assert not HostChange.objects.exists()
    ended = Credential.objects.filter(certificate_uuid=claimed.uuid)
    assert all(row.live_key is None and row.ended_at for row in ended)
    assert {tuple(sorted(event.ids)) for event in Event.objects.filter(kind="credential.revoked")} == {
        ("certificate", "credential", "reason")
    }
    assert Event.objects.filter(kind="credential.revoked").count() == 2


def test_running_again_changes_nothing(claimed):
    claimed.revoke()
    reconcile()
    before = rows.snapshot()
    assert "0 credentials ended" in reconcile()
    assert "0 credentials ended" in reconcile(all=True)
    assert rows.changed(before) == []


def test_a_revocation_that_sent_no_signal_is_found_by_comparing_all(claimed):
    UserCredential.objects.filter(pk=claimed.pk).update(status="revoked")
    assert not HostChange.objects.exists()
    assert "0 credentials ended" in reconcile()
    assert states() == ["issued", "issued"]
    assert "2 credentials ended" in reconcile(all=True)
    assert states() == ["revoked", "revoked"]


@pytest.mark.parametrize("silently", [False, True])
def test_a_deleted_certificate_is_over(claimed, silently):
    if silently:
        UserCredential.objects.filter(pk=claimed.pk)._raw_delete("default")
    else:
        claimed.delete()
    reconcile(all=silently)
    assert states() == ["revoked", "revoked"]


def test_deleting_the_hosts_configuration_is_never_in_our_way(claimed):
    claimed.credential.delete()
    assert not UserCredential.objects.filter(pk=claimed.pk).exists()
    reconcile()
    assert states() == ["revoked", "revoked"]


@pytest.mark.parametrize("everything", [False, True])
def test_a_dry_run_only_counts(claimed, everything):
    claimed.revoke()
    before = rows.snapshot()
    said = reconcile(dry_run=True, all=everything)
    assert "would end" in said
    assert rows.changed(before) == []
    if not everything:
        assert "1 certificates looked at, 2 credentials would end" in said


def test_a_dry_run_counts_more_than_one_chunk(claimed):
    HostChange.objects.bulk_create(
        [HostChange(certificate_uuid=f"{number:032x}", created="2026-01-01T00:00:00Z") for number in range(501)]
    )
    claimed.revoke()
    assert "502 certificates looked at, 2 credentials would end" in reconcile(dry_run=True)
    assert HostChange.objects.count() == 502


@pytest.mark.parametrize("state", ["intended", "superseded"])
def test_what_is_not_issued_any_more_or_not_yet_ends_too(claimed, state):
    Credential.objects.update(state=state)
    Offer.objects.update(expires_at="2099-01-01T00:00:00Z")
    claimed.revoke()
    reconcile()
    assert states() == ["revoked", "revoked"]


def test_an_intent_is_not_signed_after_the_revocation(settings, make_offer, course_certificate, wallet):
    settings.OPENEDX_VC_DIDKIT_SECURER = "tests.securers.Refusing"
    offer = make_offer(course_certificate)
    offer.claim(wallet)
    del settings.OPENEDX_VC_DIDKIT_SECURER
    course_certificate.revoke()
    reconcile()
    UserCredential.objects.update(status="awarded")
    assert asking.refusal(offer.claim(wallet)) == (410, "credential_ended")
    assert states() == ["revoked"]


def test_awarding_again_revives_nothing(claimed, claim, make_offer):
    holder = make_wallet()
    offer = make_offer(claimed)
    offer.claim(holder)
    claimed.revoke()
    reconcile()
    claimed.status = "awarded"
    claimed.save()
    reconcile(all=True)
    assert states() == ["revoked"] * 3
    assert asking.refusal(offer.claim(holder)) == (410, "credential_ended")
    claim(claimed)
    assert states() == ["revoked"] * 3 + ["issued"]


def test_it_goes_on_while_the_switch_is_off(claimed):
    Switch.objects.update(active=False)
    claimed.revoke()
    assert HostChange.objects.count() == 1
    reconcile()
    assert states() == ["revoked", "revoked"]


def test_it_needs_no_issuer_key(claimed):
    IssuerKey.objects.update(signs=None, sealed_seed=b"")
    claimed.revoke()
    reconcile()
    assert states() == ["revoked", "revoked"]


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("where", [REVOKE, MARK, APPEND])
def test_after_a_power_cut_it_goes_on(claimed, where, everything):
    claimed.revoke()
    with pytest.raises(faults.PowerCut), faults.at_statement(where):
        reconcile(all=everything)
    assert states() == ["issued", "issued"]
    assert not Event.objects.filter(kind="credential.revoked").exists(), "rows, bits and events, or nothing"
    assert not any(StatusList.objects.get().bits)
    assert HostChange.objects.exists(), "the work goes after it was done"
    reconcile(all=everything)
    assert states() == ["revoked", "revoked"]
    assert Event.objects.filter(kind="credential.revoked").count() == 2


def test_a_power_cut_before_the_work_is_struck_off(claimed):
    claimed.revoke()
    with pytest.raises(faults.PowerCut), faults.at_statement('DELETE FROM "openedx_verifiable_credentials_hostchange"'):
        reconcile()
    transaction.set_rollback(False)  # of the test around it: the command has none
    assert states() == ["revoked", "revoked"]
    assert "0 credentials ended" in reconcile()
    assert not HostChange.objects.exists()


def test_while_the_host_cannot_be_asked_nothing_ends(settings, claimed):
    claimed.revoke()
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = sources.PATH + "Down"
    with pytest.raises(ConnectionError):
        reconcile()
    assert (states(), HostChange.objects.count()) == (["issued", "issued"], 1)
    del settings.OPENEDX_VC_CERTIFICATE_SOURCE
    reconcile()
    assert states() == ["revoked", "revoked"]


def test_the_task_does_what_the_command_does(claimed):
    claimed.revoke()
    assert (tasks.reconcile(), states()) == (2, ["revoked", "revoked"])


def test_many_certificates_are_compared_with_few_queries(ready, ada, claimed):
    with asking.capture() as captured:
        reconcile(all=True)
    few = len(captured)
    template = Credential.objects.first()
    for number in range(30):
        certificate = seed.award(ada, seed.make_course(ready))
        template.pk, template.uuid, template.offer = None, certificate.uuid, None
        template.certificate_uuid, template.live_key = certificate.uuid, f"x:{number}"
        template.status_index = None
        template.save(force_insert=True)
    with asking.capture() as captured:
        assert "31 certificates compared" in reconcile(all=True)
    assert len(captured) == few


class TestReceivers:
    """The host's signals: one row of work, and never in the host's way."""

    @pytest.mark.parametrize("change", ["created", "awarded again", "a fixture"])
    def test_what_ends_nothing_is_not_noted(self, ready, ada, change):
        certificate = seed.award(ada, seed.make_course(ready))
        if change == "awarded again":
            certificate.save()
        elif change == "a fixture":
            certificate.status = "revoked"
            [loaded] = serializers.deserialize("json", serializers.serialize("json", [certificate]))
            loaded.save()
        assert not HostChange.objects.exists()

    def test_a_revocation_while_a_claim_is_on_its_way_is_noted(self, course_certificate):
        """Whether the certificate has credentials is looked at later: another transaction may be writing one."""
        assert not Credential.objects.exists()
        course_certificate.revoke()
        assert HostChange.objects.get().certificate_uuid == course_certificate.uuid
        assert "0 credentials ended" in reconcile()
        assert not HostChange.objects.exists()

    def test_a_refused_row_is_not_in_the_hosts_way(self, claimed, caplog):
        with (
            transaction.atomic(),
            faults.at_statement(
                'INSERT INTO "openedx_verifiable_credentials_hostchange"', make_error=faults.locked
            ) as reached,
        ):
            claimed.revoke()
            assert UserCredential.objects.get(pk=claimed.pk).status == "revoked", "the transaction is usable"
        assert len(reached) == 1
        assert "vc_reconcile --all" in caplog.text
        assert UserCredential.objects.get(pk=claimed.pk).status == "revoked"
        assert not HostChange.objects.exists()
        reconcile(all=True)
        assert states() == ["revoked", "revoked"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["revoke", "delete"])
def test_what_the_host_takes_back_was_never_noted(change):
    """The row of work belongs to the host's own transaction."""
    certificate = seed.award(seed.make_learner("eve", "Eve Ning"), seed.make_course(seed.make_site()))
    with pytest.raises(RuntimeError), transaction.atomic():
        getattr(certificate, change)()
        assert HostChange.objects.count() == 1
        raise RuntimeError("the host changed its mind")
    assert (HostChange.objects.count(), UserCredential.objects.get().status) == (0, "awarded")


@pytest.mark.django_db(transaction=True)
def test_without_our_tables_the_host_saves_and_deletes(caplog):
    """As between an upgrade and its migration; not in one transaction with the test, as in the service."""
    site = seed.make_site()
    learner = seed.make_learner("eve", "Eve Ning")
    kept, gone = (seed.award(learner, seed.make_course(site)) for _ in range(2))
    with faults.without_table(HostChange):
        kept.revoke()
        gone.delete()
        assert list(UserCredential.objects.values_list("status", flat=True)) == ["revoked"]
    assert caplog.text.count("vc_reconcile --all") == 2
