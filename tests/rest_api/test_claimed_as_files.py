"""``offers/<uuid>/download/``: a claim without a wallet, over JSON."""

import json
import uuid

import pytest
from django.test import Client

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import policies
from tests import rows
from tests import seed
from tests import sharing


def page(client, number=1):
    """One page."""
    response = client.get(sharing.ISSUED, {"page": number})
    assert response.status_code == 200, response.content
    return response.json()


def switch_off(switch):
    """Somebody does."""
    switch.active = False
    switch.save()
    switch.flush()


def download(client, offer):
    """The response to claiming an offer without a wallet."""
    return client.post(f"{asking.API}offers/{offer}/download/")


def offered(client, *certificates, wallet="download"):
    """The offer's uuid."""
    return asking.init(client, *certificates, wallet=wallet).json()["offer"]


def test_an_offer_is_claimed_without_a_wallet(ada_client, course_certificate, program_certificate):
    offer = offered(ada_client, program_certificate, course_certificate)
    response = download(ada_client, offer)
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    made = {str(row.uuid): row.certificate_uuid for row in Credential.objects.all()}
    given = response.json()["credentials"]
    assert [made[one] for one in given] == [program_certificate.uuid, course_certificate.uuid]
    files = {one["uuid"]: one["files"]["json"] for one in page(ada_client)["credentials"]}
    assert [json.loads(ada_client.get(files[one]).content)["id"] for one in given] == [
        f"urn:uuid:{one}" for one in given
    ]
    shown = ada_client.get(f"{asking.API}offers/{offer}/").json()
    assert (shown["state"], shown["credentials"]) == ("claimed", given)


def test_claimed_twice_is_once(ada_client, course_certificate):
    offer = offered(ada_client, course_certificate)
    first = download(ada_client, offer).json()
    before = rows.snapshot()
    assert download(ada_client, offer).json() == first
    assert rows.changed(before) == []
    assert Credential.objects.count() == 1


def test_what_a_wallet_took_is_not_had_as_files(ada_client, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    assert offer.claim(wallet).status_code == 201
    offer_uuid = offer.path.split("/")[-2]
    assert asking.refusal(download(ada_client, offer_uuid)) == (409, "taken_by_another_holder")
    shown = ada_client.get(f"{asking.API}offers/{offer_uuid}/").json()
    assert shown["credentials"] == [str(Credential.objects.get().uuid)]


def test_what_is_over_anothers_or_unknown_gives_nothing(ada_client, bob, course_certificate, switched_on):
    offer = offered(ada_client, course_certificate)
    other = Client()
    other.force_login(bob)
    before = rows.snapshot()
    answers = [download(other, offer), download(ada_client, uuid.uuid4())]
    assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_offer")}
    assert len({answer.content for answer in answers}) == 1
    assert asking.refusal(download(Client(), offer)) == (401, "not_authenticated")
    course_certificate.revoke()
    assert asking.refusal(download(ada_client, offer)) == (409, "certificate_revoked")
    switch_off(switched_on)
    assert asking.refusal(download(ada_client, offer)) == (404, "switched_off")
    assert Credential.objects.count() == 0
    assert "openedx_verifiable_credentials_credential" not in rows.changed(before)


def test_an_expired_offer_gives_nothing(ada_client, course_certificate):
    offer = offered(ada_client, course_certificate)
    Offer.objects.update(expires_at=Offer.objects.get().created)
    assert asking.refusal(download(ada_client, offer)) == (410, "offer_expired")
    assert ada_client.get(f"{asking.API}offers/{offer}/").json()["credentials"] == []


def test_where_only_wallets_are_offered_there_are_no_files(ada_client, course_certificate):
    policies.of_run(course_certificate, wallets=["lc_wallet"])
    offer = offered(ada_client, course_certificate, wallet="lc_wallet")
    assert asking.refusal(download(ada_client, offer)) == (403, "wallet_not_offered")


def test_what_would_name_nobody_is_not_had_as_a_file(ada_client, ready, ada):
    certificate = seed.award(ada, seed.make_course(ready))
    policies.of_run(certificate, name=False)
    offer = offered(ada_client, certificate, wallet="lc_wallet")
    assert asking.refusal(download(ada_client, offer)) == (409, "names_nobody")


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_no_other_method_claims(ada_client, course_certificate, method):
    offer = offered(ada_client, course_certificate)
    before = rows.snapshot()
    assert getattr(ada_client, method)(f"{asking.API}offers/{offer}/download/").status_code == 405
    assert rows.changed(before) == []


def test_a_claim_needs_the_csrf_token(ada, ada_client, course_certificate):
    offer = offered(ada_client, course_certificate)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert asking.refusal(download(browser, offer)) == (403, "permission_denied")
    assert not Credential.objects.exists()
