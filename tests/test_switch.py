"""While the switch is off nothing new is offered or issued; what was issued goes on. Read at every request."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from waffle.models import Switch

from openedx_verifiable_credentials.api import certificates
from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api import own_certificates
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows
from tests import sharing
from tests.wallet import make_wallet


def turn(active):
    """As an operator does, in the admin or with ``manage.py waffle_switch``."""
    switch = Switch.objects.get(name="openedx_verifiable_credentials.enabled")
    switch.active = active
    switch.save()
    switch.flush()  # what its save does once the transaction, here the test's, is committed


@pytest.fixture(name="offered")
def make_offered(make_offer, web_issuer, course_certificate):
    """An offer that was made, and one that was claimed, before the switch went off."""
    used = make_offer(course_certificate)
    assert used.claim(make_wallet()).status_code == 201
    return make_offer(course_certificate)


def paths():
    """Every learner's address with its method."""
    offer = Offer.objects.latest("pk").uuid
    return {
        "list": ("get", asking.LIST),
        "certificates": ("get", asking.CERTIFICATES),
        "storages": ("get", asking.STORAGES),
        "init": ("post", asking.INIT),
        "offer": ("get", f"{asking.API}offers/{offer}/"),
        "page": ("get", f"{asking.ROOT}offers/{offer}/"),
        "download": ("post", f"{asking.ROOT}offers/{offer}/download/"),
        "files": ("post", f"{asking.API}offers/{offer}/download/"),
        "renewal": ("post", f"{asking.ROOT}offers/{offer}/renew/"),
        "share": ("put", f"{asking.API}issued/{Credential.objects.latest('pk').uuid}/share/"),
    }


@pytest.mark.parametrize("who", ["owner", "anonymous"])
@pytest.mark.parametrize(
    "name", ["list", "certificates", "storages", "init", "offer", "page", "download", "files", "renewal", "share"]
)
def test_learners_addresses_are_not_there(ada, offered, course_certificate, name, who):
    browser = Client()
    if who == "owner":
        browser.force_login(ada)
    turn(False)
    before = rows.snapshot()
    method, path = paths()[name]
    data = {"credential_uuid": course_certificate.uuid.hex, "storage_id": "lc_wallet"}
    response = getattr(browser, method)(path, *([data] if method == "post" else []), content_type="application/json")
    assert response.status_code == 404
    if path.startswith(asking.API):
        assert asking.refusal(response) == (404, "switched_off")
    else:
        assert "switched_off" in response.content.decode()
    assert rows.changed(before) == []


def test_what_is_shared_stays_shared_until_its_learner_ends_it(ada_client, offered):
    page = sharing.share(ada_client)
    turn(False)
    assert sharing.get(page).status_code == sharing.get(page, **sharing.JSON).status_code == 200
    [listed] = ada_client.get(sharing.ISSUED).json()["credentials"]
    assert listed["share"].endswith(page)
    assert sharing.delete(ada_client, listed["uuid"]).status_code == 204
    assert sharing.get(page).status_code == 404
    assert asking.refusal(sharing.put(ada_client, listed["uuid"])) == (404, "switched_off")


def test_wallets_get_nothing_and_lose_nothing(offered, wallet):
    turn(False)
    before = rows.snapshot()
    assert asking.refusal(offered.claim(wallet)) == (404, "switched_off")
    assert rows.changed(before) == []
    turn(True)
    assert offered.claim(wallet).status_code == 201


def test_the_python_api_refuses_as_well(ready, ada, offered, course_certificate, wallet):
    caller = {"user_id": ada.pk, "site_id": ready.pk}
    offer = Offer.objects.latest("pk").uuid
    turn(False)
    # Outside of requests a process keeps what it saw of the switch; every request looks again.
    Client().get(asking.STORAGES)
    for ask in (
        lambda: certificates.list_claimable(**caller),
        lambda: offers.make_offer(certificate_uuids=[course_certificate.uuid], wallet_id="lc_wallet", **caller),
        lambda: offers.get_offer(offer_uuid=offer, user_id=ada.pk),
        lambda: claims.claim_with_presentation(offer, wallet.present("x")),
        lambda: claims.claim_for_download(offer, user_id=ada.pk),
        lambda: claims.claim_own(offer, user_id=ada.pk),
        lambda: own_certificates.page_of_certificates(number=1, **caller),
    ):
        with pytest.raises(OfferError) as caught:
            ask()
        assert caught.value.code == "switched_off"


@pytest.mark.parametrize("active", [True, False])
def test_addresses_inside_documents_answer(offered, course_certificate, active):
    turn(active)
    run = course_certificate.credential.course_run.key
    documents = {
        f"{asking.ROOT}achievements/course/{run}/": "Achievement",
        f"{asking.ROOT}issuers/default/": "Profile",
        f"{asking.ROOT}issuers/academy/": "Profile",
        "/.well-known/did.json": "did:web:credentials.example.edu",
    }
    for path, says in documents.items():
        response = Client().get(path, HTTP_HOST="credentials.example.edu")
        assert response.status_code == 200, path
        assert says in response.content.decode()
        assert response["Access-Control-Allow-Origin"] == "*"


def test_the_achievement_of_a_credential_is_served_under_its_id(make_offer, course_certificate, wallet):
    document = make_offer(course_certificate).claim(wallet).json()
    achievement = document["credentialSubject"]["achievement"]
    turn(False)
    served = Client().get(achievement["id"].removeprefix("https://credentials.example.edu")).json()
    assert served["id"] == achievement["id"]
    assert {name: served[name] for name in ("type", "name", "criteria")} == {
        name: achievement[name] for name in ("type", "name", "criteria")
    }


def test_revocations_go_on(offered, course_certificate):
    turn(False)
    course_certificate.revoke()
    call_command("vc_reconcile", stdout=io.StringIO())
    assert list(Credential.objects.values_list("state", flat=True)) == ["revoked"]


def test_a_process_notices_at_its_next_request(ada_client, course_certificate):
    seen = []
    for active in (True, False, True, False):
        turn(active)
        seen.append(ada_client.get(asking.LIST).status_code)
    assert seen == [200, 404, 200, 404]


def test_the_switch_is_off_until_somebody_turns_it_on(site, issuer):
    assert not Switch.objects.exists()
    assert asking.refusal(Client().get(asking.LIST)) == (404, "switched_off")
