"""What a wallet is handed for its presentation, and when it is not."""

import datetime
import html
import json
import re
import urllib.parse

import pytest
from django.contrib.sites.models import Site
from django.utils import timezone

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows
from tests import seed
from tests.conftest import MadeOffer
from tests.wallet import CONTEXTS
from tests.wallet import make_wallet
from tests.wallet import read_reply

VC = "application/vc+ld+json"
LD = "application/ld+json"
JSON = "application/json"


def expire(**ago):
    """Every offer is over."""
    Offer.objects.update(expires_at=timezone.now() - datetime.timedelta(**(ago or {"seconds": 1})))


def verified(raw, issuer):
    """The credential in ``raw`` where our second pipeline, and for VC 1.1 DIDKit, find its proof good."""
    document = json.loads(raw)
    profile = next(profile for profile in PROFILES.values() if list(profile.contexts) == document["@context"])
    unsigned, _ = profile.detach(document)
    key = issuer.keys.get().public_key_multibase
    method = VerificationMethod(f"{issuer.did}#{key}", issuer.did, key)
    self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=method)
    if profile.id == "obv3-vc1" and issuer.did.startswith("did:key:"):
        assert didkit.verify(document) == []
    return document


@pytest.mark.parametrize(("context", "suite"), CONTEXTS)
def test_a_wallet_gets_the_credential(issuer, make_offer, course_certificate, wallet, context, suite):
    response = make_offer(course_certificate).claim(wallet, context=context, suite=suite)
    assert (response.status_code, response["Content-Type"]) == (201, JSON)
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store", "nosniff")
    document = verified(response.content, issuer)
    assert document["credentialSubject"]["id"] == wallet.did
    assert document["issuer"]["id"] == issuer.did
    row = Credential.objects.get()
    assert (row.uuid.urn, row.state, row.profile_id, row.is_bound) == (document["id"], "issued", "obv3-vc1", True)
    assert row.certificate_uuid == course_certificate.uuid
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "issuer.created",
        "offer.created",
        "credential.issued",
    ]


@pytest.mark.parametrize("issuer_fixture", ["issuer", "web_issuer"])
@pytest.mark.parametrize("certificate", ["course_certificate", "program_certificate"])
def test_courses_and_programs_of_both_kinds_of_issuer(request, issuer_fixture, certificate, make_offer, wallet):
    certificate = request.getfixturevalue(certificate)
    chosen = request.getfixturevalue(issuer_fixture)
    response = make_offer(certificate).claim(wallet)
    assert response.status_code == 201
    assert verified(response.content, chosen)["issuer"]["id"] == chosen.did


@pytest.mark.parametrize("domain", ["https://credentials.example.edu", "credentials.example.edu"])
def test_a_proof_may_name_our_domain(make_offer, course_certificate, wallet, domain):
    assert make_offer(course_certificate).claim(wallet, domain=domain).status_code == 201


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("", JSON),
        (JSON, JSON),
        (LD, LD),
        (VC, VC),
        (f"{VC}, {LD};q=0.9, */*;q=0.1", VC),
        ("text/html, */*", JSON),
        (f"text/html,{LD}", LD),
        ("APPLICATION/VC+LD+JSON", VC),
        ("no media type at all \u00ff", JSON),
    ],
)
def test_the_reply_has_the_media_type_that_was_asked_for(make_offer, course_certificate, wallet, accept, given):
    offer = make_offer(course_certificate)
    headers = {} if accept is None else {"HTTP_ACCEPT": accept}
    response = offer.post(wallet.present(offer.challenge), **headers)
    assert (response.status_code, response["Content-Type"]) == (201, given)


@pytest.mark.parametrize(
    "sent",
    [JSON, LD, "application/vp+ld+json", "application/vp", "application/json; charset=utf-8", "Application/VP+LD+JSON"],
)
def test_presentations_come_in_these_media_types(make_offer, course_certificate, wallet, sent):
    offer = make_offer(course_certificate)
    assert offer.post(wallet.present(offer.challenge), sent).status_code == 201


@pytest.mark.parametrize("sent", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "junk"])
@pytest.mark.parametrize("accept", [JSON, "text/html"])
def test_other_media_types_are_refused_in_json(make_offer, course_certificate, wallet, sent, accept):
    offer = make_offer(course_certificate)
    before = rows.snapshot()
    response = offer.post(wallet.present(offer.challenge), sent, HTTP_ACCEPT=accept)
    assert asking.refusal(response) == (415, "unsupported_media_type")
    assert rows.changed(before) == []


def test_the_same_holder_gets_the_same_bytes_again(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    first, second = offer.claim(wallet), offer.claim(wallet, context="v1", suite="eddsa-rdfc-2022")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert Credential.objects.count() == Event.objects.filter(kind="credential.issued").count() == 1


def test_another_holder_comes_too_late(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    first = offer.claim(wallet)
    before = rows.snapshot()
    response = offer.claim(make_wallet())
    assert asking.refusal(response) == (409, "taken_by_another_holder")
    assert wallet.did not in response.content.decode()
    assert rows.changed(before) == []
    assert offer.claim(wallet).content == first.content


def test_an_expired_offer_is_gone_for_everybody(make_offer, course_certificate, wallet):
    used = make_offer(course_certificate)
    assert used.claim(wallet).status_code == 201
    untouched = make_offer(course_certificate)
    expire()
    before = rows.snapshot()
    for claimed, holder in ((used, wallet), (used, make_wallet()), (untouched, wallet)):
        assert asking.refusal(claimed.claim(holder)) == (410, "offer_expired")
    assert rows.changed(before) == []


def test_the_challenge_of_another_offer_opens_nothing(ready, ada, make_offer, course_certificate, wallet):
    one = make_offer(course_certificate)
    other = make_offer(seed.award(ada, seed.make_course(ready)))
    before = rows.snapshot()
    assert asking.refusal(one.post(wallet.present(other.challenge))) == (403, "wrong_challenge")
    assert rows.changed(before) == []
    assert one.claim(wallet).status_code == 201


def test_an_offer_that_is_not_there(ready, wallet, make_offer, course_certificate):
    offer = make_offer(course_certificate)
    Offer.objects.all().delete()
    assert asking.refusal(offer.claim(wallet)) == (404, "unknown_offer")


def test_a_certificate_that_is_revoked_after_it_was_offered_is_refused(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    course_certificate.revoke()
    assert asking.refusal(offer.claim(wallet)) == (409, "certificate_revoked")
    assert not Credential.objects.exists()


def test_a_certificate_that_is_revoked_after_the_claim_is_not_handed_out_again(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    assert offer.claim(wallet).status_code == 201
    type(course_certificate).objects.update(status="revoked")
    assert asking.refusal(offer.claim(wallet)) == (409, "certificate_revoked")


HOSTILE_HEADERS = {
    "HTTP_HOST": "evil.example",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "http",
    "HTTP_X_FORWARDED_SERVER": "evil.example",
    "HTTP_X_FORWARDED_PORT": "1",
    "HTTP_FORWARDED": "host=evil.example;proto=http",
    "HTTP_X_ORIGINAL_URL": "https://evil.example/",
    "HTTP_X_REWRITE_URL": "https://evil.example/",
    "HTTP_ORIGIN": "https://evil.example",
    "HTTP_REFERER": "https://evil.example/",
    "SERVER_NAME": "evil.example",
}


@pytest.mark.parametrize("wallet_id", ["lc_wallet", "download"])
def test_no_header_gets_into_links_or_credentials(ready, ada_client, settings, course_certificate, wallet, wallet_id):
    settings.USE_X_FORWARDED_HOST = settings.USE_X_FORWARDED_PORT = True
    # A site that answers to any name, as a service behind a careless proxy does.
    Site.objects.filter(pk=ready.pk).update(domain="evil.example")
    Site.objects.clear_cache()
    made = asking.init(ada_client, course_certificate, wallet=wallet_id, **HOSTILE_HEADERS)
    assert made.status_code == 200
    texts = [urllib.parse.unquote(made.content.decode())]
    assert "https://credentials.example.edu/verifiable_credentials/" in texts[0]
    offer = Offer.objects.get()
    shown = ada_client.get(f"{asking.API}offers/{offer.uuid}/", **HOSTILE_HEADERS)
    page = ada_client.get(f"{asking.ROOT}offers/{offer.uuid}/", **HOSTILE_HEADERS)
    assert (shown.status_code, page.status_code) == (200, 200)
    claimed = MadeOffer({"deeplink": _deep_link(ada_client, offer, **HOSTILE_HEADERS)})
    response = claimed.post(wallet.present(claimed.challenge), **HOSTILE_HEADERS)
    assert response.status_code == 201
    texts += [urllib.parse.unquote(answer.content.decode()) for answer in (shown, page, response)]
    assert [text for text in texts if "evil" in text] == []


def _deep_link(browser, offer, **headers):
    """The wallet's link, as our page shows it."""
    page = browser.get(f"{asking.ROOT}offers/{offer.uuid}/", **headers).content.decode()
    return html.unescape(re.search(r'href="(dccrequest:[^"]+)"', page)[1])


def test_several_certificates_come_in_a_bare_presentation(
    issuer, ada_client, course_certificate, program_certificate, wallet
):
    offer = MadeOffer(asking.init(ada_client, program_certificate, course_certificate).json())
    response = offer.claim(wallet)
    assert response.status_code == 201
    body = read_reply(response.content)
    assert body.keys() == {"@context", "type", "verifiableCredential"}
    assert body["type"] == ["VerifiablePresentation"]
    titles = []
    for document in body["verifiableCredential"]:
        verified(json.dumps(document).encode(), issuer)
        assert document["credentialSubject"]["id"] == wallet.did
        titles.append(document["name"])
    assert titles == ["Everything, in Depth", "Introduction to Everything"]
    assert Credential.objects.count() == 2
    assert offer.claim(wallet).content == response.content
    assert asking.refusal(offer.claim(make_wallet())) == (409, "taken_by_another_holder")


def test_of_several_certificates_one_bad_one_stops_all(ada_client, course_certificate, program_certificate, wallet):
    offer = MadeOffer(asking.init(ada_client, program_certificate, course_certificate).json())
    course_certificate.revoke()
    assert asking.refusal(offer.claim(wallet)) == (409, "certificate_revoked")
    assert not Credential.objects.exists()
    type(course_certificate).objects.update(status="awarded")
    assert offer.claim(wallet).status_code == 201
