"""A certificate claimed again: for another wallet, a new phone, as a file; and how often."""

import json
import uuid

import pytest
from django.utils import timezone

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows
from tests.conftest import MadeOffer
from tests.wallet import make_wallet


def states():
    """How many credentials are in which state, oldest first."""
    return list(Credential.objects.order_by("pk").values_list("state", flat=True))


def download(browser, offer_uuid=None):
    """The response to our page's button."""
    offer_uuid = offer_uuid or Offer.objects.latest("pk").uuid
    return browser.post(f"{asking.ROOT}offers/{offer_uuid}/download/")


def over():
    """Every offer has ended."""
    Offer.objects.update(expires_at=timezone.now())


def test_a_further_claim_makes_a_further_credential(make_offer, course_certificate, wallet):
    first = make_offer(course_certificate)
    one = first.claim(wallet)
    second = make_offer(course_certificate)
    assert second.url != first.url
    other = second.claim(make_wallet())
    assert (one.status_code, other.status_code) == (201, 201)
    assert one.json()["id"] != other.json()["id"]
    assert states() == ["issued", "issued"]
    assert first.claim(wallet).content == one.content


def test_the_same_wallet_may_claim_again_and_gets_a_credential_of_its_own(make_offer, course_certificate, wallet):
    ids = {make_offer(course_certificate).claim(wallet).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_the_sixth_live_credential_is_refused(make_offer, course_certificate):
    for _ in range(5):
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    offer = make_offer(course_certificate)
    before = rows.snapshot()
    assert asking.refusal(offer.claim(make_wallet())) == (409, "too_many_credentials")
    assert rows.changed(before) == []


@pytest.mark.parametrize("limit", [1, 2])
def test_how_many_live_is_a_setting(settings, make_offer, course_certificate, limit):
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = limit
    statuses = [make_offer(course_certificate).claim(make_wallet()).status_code for _ in range(limit + 1)]
    assert statuses == [201] * limit + [409]


def test_the_limit_is_each_certificates_own(ready, settings, make_offer, course_certificate, program_certificate):
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert make_offer(program_certificate).claim(make_wallet()).status_code == 201


def test_what_has_ended_makes_room(settings, make_offer, course_certificate):
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    Credential.objects.update(state="revoked", live_key=None)
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201


def test_an_intent_that_nobody_came_back_for_makes_room_when_its_offer_is_over(
    settings, make_offer, course_certificate
):
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 1
    settings.OPENEDX_VC_DIDKIT_SECURER = "tests.securers.Refusing"
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 503
    del settings.OPENEDX_VC_DIDKIT_SECURER
    assert asking.refusal(make_offer(course_certificate).claim(make_wallet())) == (409, "too_many_credentials")
    over()
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert states() == ["abandoned", "issued"]


def test_superseding_ends_the_earlier_credentials(settings, make_offer, course_certificate, program_certificate):
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    first = make_offer(course_certificate)
    holder = make_wallet()
    assert first.claim(holder).status_code == 201
    assert make_offer(program_certificate).claim(make_wallet()).status_code == 201
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert states() == ["superseded", "issued", "issued"]
    assert asking.refusal(first.claim(holder)) == (410, "credential_ended")


@pytest.mark.parametrize("limit", [1, 5])
def test_superseding_is_never_stopped_by_what_it_would_end(settings, make_offer, course_certificate, limit):
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = limit
    for _ in range(limit):
        assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert states() == ["superseded"] * limit + ["issued"]


def test_a_refused_signature_supersedes_nothing(settings, make_offer, course_certificate):
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    settings.OPENEDX_VC_DIDKIT_SECURER = "tests.securers.Refusing"
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 503
    assert states() == ["issued", "intended"]


def test_a_download_is_bound_to_no_wallet(ada_client, ada, course_certificate):
    made = asking.init(ada_client, course_certificate, wallet="download").json()
    assert made["redirect"] is True
    first = download(ada_client)
    assert first.status_code == 200
    assert first["Content-Type"] == "application/json"
    assert first["Content-Disposition"].startswith("attachment; filename=")
    document = json.loads(first.content)
    subject = document["credentialSubject"]
    assert uuid.UUID(subject["id"].removeprefix("urn:uuid:")).version == 4
    assert subject["id"] != document["id"]
    [identifier] = subject["identifier"]
    assert (identifier["identityHash"], identifier["hashed"]) == ("Ada Lovelace", False)
    assert isinstance(document["proof"], list)
    row = Credential.objects.get()
    assert (row.is_bound, row.profile_id, row.wallet_id) == (False, "obv3-vc2", "download")
    assert download(ada_client).content == first.content


def test_after_a_download_the_offer_is_closed_to_wallets(ada_client, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    first = download(ada_client)
    assert first.status_code == 200
    assert asking.refusal(offer.claim(wallet)) == (409, "taken_by_another_holder")
    assert download(ada_client).content == first.content


def test_after_a_wallet_the_offer_is_closed_to_downloads(ada_client, make_offer, course_certificate, wallet):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    before = rows.snapshot()
    response = download(ada_client)
    assert response.status_code == 409
    assert "taken_by_another_holder" in response.content.decode()
    assert rows.changed(before) == []


def test_a_wallet_claims_what_our_claim_page_shows(ada_client, course_certificate, wallet):
    """The page of a "download" offer shows the first wallet's link, so it gets the credential that wallet verifies."""
    import html
    import re

    asking.init(ada_client, course_certificate, wallet="download")
    page = ada_client.get(f"{asking.ROOT}offers/{Offer.objects.get().uuid}/").content.decode()
    offer = MadeOffer({"deeplink": html.unescape(re.search(r'href="(dccrequest:[^"]+)"', page)[1])})
    assert offer.claim(wallet).status_code == 201
    row = Credential.objects.get()
    assert (row.is_bound, row.profile_id, row.wallet_id) == (True, "obv3-vc1", "lc_wallet")


def test_an_offer_holds_at_most_so_many_certificates(settings, ada_client, course_certificate, program_certificate):
    settings.OPENEDX_VC_MAX_CERTIFICATES_PER_OFFER = 1
    before = rows.snapshot()
    response = asking.init(ada_client, course_certificate, program_certificate)
    assert asking.refusal(response) == (400, "too_many_certificates")
    assert rows.changed(before) == []


def test_an_offer_that_is_half_over_is_not_shown_again(ada_client, course_certificate):
    first = asking.init(ada_client, course_certificate).json()
    offer = Offer.objects.get()
    half = (offer.expires_at - offer.created) / 2
    Offer.objects.update(created=offer.created - half, expires_at=offer.expires_at - half)
    second = asking.init(ada_client, course_certificate).json()
    assert first["deeplink"] != second["deeplink"]
    assert Offer.objects.count() == 2
