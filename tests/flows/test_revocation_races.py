"""The host revokes a certificate while a claim of it is under way: nothing leaves that no revocation would find."""

from __future__ import annotations

from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.host.certificates import CredentialsService
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models.credential import CredentialState

pytestmark = pytest.mark.django_db(transaction=True)


def _revoke_everything() -> None:
    from credentials.apps.credentials.models import UserCredential

    for certificate in UserCredential.objects.all():
        certificate.revoke()


class RevokesWhileSigning(DidkitSecurer):
    """The certificate is revoked, and the revocation worked off, between the intent and the signature."""

    def secure(self, *args: Any, **kwargs: Any) -> Any:
        _revoke_everything()
        reconciling.reconcile_changes()
        return super().secure(*args, **kwargs)


class RevokesAfterTheFirstLook(CredentialsService):
    """The same, between the first look at the certificate and the intent."""

    def get_awards(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_awards(*args, **kwargs)
        _revoke_everything()
        reconciling.reconcile_changes()
        return found


@pytest.mark.parametrize(
    ("setting", "fake", "code", "state"),
    [
        ("OPENEDX_VC_DIDKIT_SECURER", "RevokesWhileSigning", "credential_ended", CredentialState.REVOKED),
        ("OPENEDX_VC_CERTIFICATE_SOURCE", "RevokesAfterTheFirstLook", "certificate_revoked", CredentialState.ABANDONED),
    ],
)
def test_nothing_is_released_once_the_host_has_revoked(
    settings, make_offer, course_certificate, wallet, setting, fake, code, state
):
    offer = make_offer(course_certificate)
    setattr(settings, setting, f"{__name__}.{fake}")
    response = offer.claim(wallet)
    assert response.status_code in (409, 410)
    assert response.json()["code"] == code
    assert [row.state for row in Credential.objects.all()] == [state]
    assert not Event.objects.filter(kind="credential.issued").exists()
    assert not HostChange.objects.exists()


def test_without_a_revocation_the_same_claim_is_released(make_offer, course_certificate, wallet):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
