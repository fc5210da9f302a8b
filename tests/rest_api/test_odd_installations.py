"""Installations and accounts that are out of the ordinary: two issuers, two sites, keys lost, names missing."""

from __future__ import annotations

import urllib.parse
from typing import Any

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState
from tests import seed

pytestmark = pytest.mark.django_db(transaction=True)
API = "/verifiable_credentials/api/v1/"


def init(client: Any, certificate: Any, wallet_id: str = "lc_wallet", **headers: Any) -> Any:
    return client.post(
        f"{API}credentials/init/",
        {"credential_uuid": certificate.uuid.hex, "storage_id": wallet_id},
        content_type="application/json",
        **headers,
    )


def test_a_single_live_credential_can_be_superseded_by_another_wallet(settings, make_offer, course_certificate, wallet):
    from tests.wallet import make_wallet

    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert sorted(Credential.objects.values_list("state", flat=True)) == ["issued", "superseded"]


def test_each_base_url_serves_its_own_achievement(make_offer, course_certificate, wallet):
    first = make_offer(course_certificate).claim(wallet).json()["credentialSubject"]["achievement"]["id"]
    issuers.create_issuer(issuers.NewIssuer(name="Other", slug="other", base_url="https://other.example.org"))
    Offer.objects.update(reuse_key=None)
    second = make_offer(course_certificate).claim(wallet).json()["credentialSubject"]["achievement"]["id"]
    assert urllib.parse.urlsplit(first).path == urllib.parse.urlsplit(second).path
    for address in (first, second):
        parts = urllib.parse.urlsplit(address)
        assert Client(HTTP_HOST=parts.netloc).get(parts.path).json()["id"] == address
    assert Client(HTTP_HOST="renamed.internal").get(parts.path).json()["id"] in (first, second)


def test_a_learner_of_a_second_site_can_download(ready, ada_client, ada):
    second = seed.make_site("second.example.org")
    certificate = seed.backdate(seed.award(ada, seed.make_course(second)), days=1)
    made = init(ada_client, certificate, "download", HTTP_HOST="second.example.org")
    assert made.status_code == 200
    page = urllib.parse.urlsplit(made.json()["deeplink"]).path
    assert ada_client.get(page).status_code == 200
    assert ada_client.post(page + "download/").status_code == 200


def test_revocations_and_the_list_go_on_when_keys_are_lost(
    settings, ada_client, make_offer, course_certificate, wallet
):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {}
    settings.OPENEDX_VC_OFFER_KEY = "nonsense"
    assert len(ada_client.get(f"{API}credentials/").json()["course_credentials"]) == 1
    course_certificate.revoke()
    assert reconciling.reconcile_changes().revoked == 1
    assert Credential.objects.get().state == CredentialState.REVOKED


def test_a_title_of_spaces_is_none(ready, ada, make_offer, wallet):
    course = seed.make_course(ready, seed.CourseOptions(title="   ", run_title="A Good Title"))
    certificate = seed.backdate(seed.award(ada, course), days=1)
    assert make_offer(certificate).claim(wallet).json()["name"] == "A Good Title"


def test_what_cannot_be_composed_is_told_at_the_offer(ready, ada, ada_client):
    course = seed.make_course(ready, seed.CourseOptions(title="\u200e", run_title="\u200e"))
    certificate = seed.backdate(seed.award(ada, course), days=1)
    response = init(ada_client, certificate)
    assert (response.status_code, response.json()["code"]) == (409, "missing_text")
    assert not Offer.objects.exists()


def test_a_file_that_would_name_nobody_is_refused_and_a_wallet_is_not(
    ada, ada_client, make_offer, course_certificate, wallet
):
    type(ada).objects.filter(pk=ada.pk).update(full_name="", first_name="", last_name="")
    page = urllib.parse.urlsplit(init(ada_client, course_certificate, "download").json()["deeplink"]).path
    response = ada_client.post(page + "download/")
    assert response.status_code == 409
    assert b"names_nobody" in response.content
    credential = make_offer(course_certificate).claim(wallet).json()
    assert "identifier" not in credential["credentialSubject"]


def test_an_offer_whose_credential_ended_is_not_open(ada_client, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    assert offer.claim(wallet).status_code == 201
    course_certificate.revoke()
    reconciling.reconcile_changes()
    assert ada_client.get(f"{API}offers/{Offer.objects.get().uuid}/").json()["state"] == "revoked"
    assert offer.claim(wallet).json()["code"] == "certificate_revoked"
