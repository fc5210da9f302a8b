"""Whatever happens between the intent of a re-issue and its release: there is one live credential, or the ended one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.host.certificates import CredentialsService
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Learner
from tests import faults
from tests import reissued
from tests.wallet import make_wallet

pytestmark = pytest.mark.django_db(transaction=True)


class Meanwhile(DidkitSecurer):
    """Something happens between the intent and the signature, once."""

    happens: Callable[[], Any] | None = None

    def secure(self, *args: Any, **kwargs: Any) -> Any:
        happens, Meanwhile.happens = Meanwhile.happens, None
        if happens is not None:
            happens()
        return super().secure(*args, **kwargs)


@pytest.fixture(name="old")
def make_old(make_offer, course_certificate, ada):
    """Issued, before the name was corrected."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    reissued.rename(ada)
    return Credential.objects.get()


def revoke_certificates():
    from credentials.apps.credentials.models import UserCredential

    for certificate in UserCredential.objects.all():
        certificate.revoke()
    reconciling.reconcile_changes()


def erase():
    erasing.erase_by_username("ada")


def erase_the_certificate_alone():
    """Its certificate is under a retired name, the account is active."""
    from credentials.apps.credentials.models import UserCredential

    UserCredential.objects.update(username="retired__user_1")
    list(erasing.erase_retired())


def suspend():
    Credential.objects.filter(state="issued").update(suspended=True)


def revoke_the_old_one():
    list(revoking.revoke_credentials([Credential.objects.get(state="issued").uuid], reason="staff"))


def revoke_the_certificates_credentials():
    certificate = Credential.objects.get(state="issued").certificate_uuid
    list(revoking.revoke_certificates([certificate], reason="staff"))


def compromise_the_key():
    key = Credential.objects.get(state="issued").key
    issuer_keys.retire_key("default", str(key.uuid), compromised_since=timezone.now())


def reissue_it():
    done = reissued.reissue(Credential.objects.get(state="issued"))
    assert reissued.counted(done) == (1, {}, {})


MEANWHILE: dict[str, tuple[Callable[[], Any], dict[str, int], dict[str, int], list[str]]] = {
    "the host revokes": (revoke_certificates, {"credential_ended": 1}, {}, ["revoked", "revoked"]),
    "staff revokes the old one": (revoke_the_old_one, {"credential_ended": 1}, {}, ["revoked", "abandoned"]),
    "staff revokes all of the certificate": (
        revoke_the_certificates_credentials, {"credential_ended": 1}, {}, ["revoked", "revoked"],
    ),
    "it is suspended": (suspend, {"credential_ended": 1}, {}, ["issued", "abandoned"]),
    "the learner is erased": (erase, {"credential_ended": 1}, {}, ["issued", "abandoned"]),
    "the certificate is erased": (erase_the_certificate_alone, {"credential_ended": 1}, {}, ["issued", "abandoned"]),
    "the key is compromised": (compromise_the_key, {}, {"key_compromised": 1}, ["issued", "abandoned"]),
    "another re-issues it": (reissue_it, {"credential_ended": 1}, {}, ["superseded", "abandoned", "issued"]),
}  # fmt: skip


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_comes_meanwhile_wins(settings, old, what):
    happens, skipped, failed, states = MEANWHILE[what]
    settings.OPENEDX_VC_DIDKIT_SECURER = f"{__name__}.Meanwhile"
    Meanwhile.happens = staticmethod(happens)
    done = reissued.reissue(old)
    assert Meanwhile.happens is None
    assert reissued.counted(done) == (0, skipped, failed)
    assert list(Credential.objects.order_by("pk").values_list("state", flat=True)) == states
    assert not Credential.objects.filter(learner=None, sealed_document__isnull=False).exists()
    reissued.require_sound()


def test_when_nothing_comes_it_is_issued_anew(settings, old):
    settings.OPENEDX_VC_DIDKIT_SECURER = f"{__name__}.Meanwhile"
    assert reissued.counted(reissued.reissue(old)) == (1, {}, {})


class RevokesAfterTheFirstLook(CredentialsService):
    """The host revokes, and that is worked off, between the first look at the certificate and the intent."""

    def get_awards(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_awards(*args, **kwargs)
        from credentials.apps.credentials.models import UserCredential

        for certificate in UserCredential.objects.all():
            certificate.revoke()
        return found


def test_a_revocation_before_the_intent_is_seen(settings, old):
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = f"{__name__}.RevokesAfterTheFirstLook"
    assert reissued.counted(reissued.reissue(old)) == (0, {"certificate_revoked": 1}, {})
    assert list(Credential.objects.order_by("pk").values_list("state", flat=True)) == ["issued", "abandoned"]


def dies(old, statement='UPDATE "openedx_verifiable_credentials_credential" SET "state"'):
    with pytest.raises(faults.PowerCut), faults.at_statement(statement):
        reissued.reissue(old)


def test_what_died_is_no_claims_business_and_the_next_run_finishes(old, make_offer, course_certificate):
    dies(old)
    [left] = Credential.objects.filter(state="intended")
    assert (left.replaces_id, left.offer_id) == (old.pk, None)
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert reissued.counted(reissued.reissue(old)) == (1, {}, {})
    left.refresh_from_db()
    assert (left.state, left.end_reason, left.live_key) == ("abandoned", "never_signed", None)
    reissued.require_sound()


@pytest.mark.parametrize(("minutes", "state"), [(50, "intended"), (70, "abandoned")])
def test_tidying_leaves_one_that_is_under_way_and_ends_one_that_died(old, minutes, state):
    dies(old)
    begun = timezone.now() - datetime.timedelta(minutes=minutes)
    Credential.objects.filter(state="intended").update(created=begun)
    reconciling.tidy()
    assert list(Credential.objects.order_by("pk").values_list("state", flat=True)) == ["issued", state]
    assert Learner.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO "openedx_verifiable_credentials_credential"',
        'UPDATE "openedx_verifiable_credentials_credential" SET "state"',
        'UPDATE "openedx_verifiable_credentials_statuslist" SET "bits"',
        'INSERT INTO "openedx_verifiable_credentials_event"',
    ],
)
def test_lost_races_are_run_again(old, statement):
    with faults.at_statement(statement, make_error=faults.locked) as seen:
        assert reissued.counted(reissued.reissue(old)) == (1, {}, {})
    assert len(seen) > 1
    reissued.require_sound()


def test_a_database_that_never_settles_is_told(old):
    def always(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO") and "_credential" in sql:
            raise faults.locked()
        return execute(sql, params, many, context)

    from django.db import connection

    with connection.execute_wrapper(always):
        assert reissued.counted(reissued.reissue(old)) == (0, {}, {"busy": 1})
    old.refresh_from_db()
    assert old.state == "issued"
