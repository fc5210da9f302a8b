"""The contract of the learner-record MFE, shape by shape: what it reads, what it sends, how it logs in."""

import base64
import io
import urllib.parse

import pytest
import zxingcpp
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from django.test import Client
from PIL import Image
from waffle.models import Switch

from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import many
from tests import seed

MFE = "https://apps.learner.example.edu"
CERTIFICATE = {
    "uuid": str,
    "status": str,
    "username": str,
    "credential_id": int,
    "credential_uuid": str,
    "credential_title": str,
    "credential_org": str,
    "modified_date": str,
}
MADE = {"deeplink": str, "qrcode": str, "offer": str, "expires_at": str}
OFFER = {**MADE, "app_link_android": str, "app_link_ios": str}
OFFER_ON_PAGE = {**MADE, "redirect": bool}


def shape(value):
    """Keys and types."""
    return {name: type(member) for name, member in value.items()}


def lists(client):
    """The two lists."""
    response = client.get(asking.LIST)
    assert response.status_code == 200, response.content
    return response.json()


def decoded_qr(png_base64):
    """What a phone reads."""
    image = Image.open(io.BytesIO(base64.b64decode(png_base64, validate=True)))
    assert image.format == "PNG"
    return zxingcpp.read_barcode(image.convert("L")).text


def test_certificates_have_exactly_the_members_of_the_contract(ada_client, course_certificate, program_certificate):
    body = lists(ada_client)
    assert body.keys() == {"program_credentials", "course_credentials"}
    [course], [program] = body["course_credentials"], body["program_credentials"]
    assert shape(course) == shape(program) == CERTIFICATE
    run = course_certificate.credential.course_run
    assert course == {
        "uuid": course_certificate.uuid.hex,
        "status": "awarded",
        "username": "ada",
        "credential_id": course_certificate.credential_id,
        "credential_uuid": run.key,
        "credential_title": run.title,
        "credential_org": "Example University",
        "modified_date": course_certificate.modified.date().isoformat(),
    }
    assert program["credential_uuid"] == program_certificate.credential.program_uuid.hex
    assert program["credential_title"] == "Everything, in Depth"


def test_both_lists_are_there_for_a_learner_without_certificates(ready, bob, client):
    client.force_login(bob)
    assert lists(client) == {"program_credentials": [], "course_credentials": []}


def test_certificates_are_not_paginated(ready, ada, ada_client):
    for _ in range(25):
        seed.award(ada, seed.make_course(ready))
    assert len(lists(ada_client)["course_credentials"]) == 25


def test_the_newest_certificate_comes_first(ready, ada, ada_client):
    rows = [seed.backdate(seed.award(ada, seed.make_course(ready)), days=days) for days in (9, 1, 5)]
    shown = [row["uuid"] for row in lists(ada_client)["course_credentials"]]
    assert shown == [rows[1].uuid.hex, rows[2].uuid.hex, rows[0].uuid.hex]


def test_one_unreadable_certificate_hides_only_itself(ready, ada, ada_client, course_certificate, program_certificate):
    broken_course = seed.make_course(ready)
    seed.award(ada, broken_course)
    CourseCertificate.objects.filter(pk=broken_course.pk).update(course_run=None, course_id="no course key")
    broken_program = seed.make_program(ready, [course_certificate.credential])
    seed.award(ada, broken_program)
    ProgramCertificate.objects.filter(pk=broken_program.pk).update(program=None)
    body = lists(ada_client)
    assert [row["uuid"] for row in body["course_credentials"]] == [course_certificate.uuid.hex]
    assert [row["uuid"] for row in body["program_credentials"]] == [program_certificate.uuid.hex]


def test_a_certificate_without_a_run_is_shown_by_its_key(ready, ada, ada_client):
    configuration = seed.make_course(ready)
    CourseCertificate.objects.filter(pk=configuration.pk).update(course_run=None)
    seed.award(ada, configuration)
    [course] = lists(ada_client)["course_credentials"]
    assert course["credential_title"] == course["credential_uuid"] == configuration.course_id
    assert course["credential_org"] == "ExampleX"


def test_fifty_certificates_take_as_many_queries_as_one(ready, ada, ada_client):
    def count():
        lists(ada_client)  # caches of the service warm up
        with asking.capture() as captured:
            body = lists(ada_client)
        return sum(map(len, body.values())), len(captured)

    course = seed.make_course(ready)
    seed.award(ada, course)
    seed.award(ada, seed.make_program(ready, [course]))
    one = count()
    courses = [seed.make_course(ready) for _ in range(25)]
    for course in courses:
        seed.award(ada, course)
        seed.award(ada, seed.make_program(ready, [course]))
    assert (one[0], count()) == (2, (52, one[1]))


def test_ten_thousand_certificates_take_as_many_queries_as_twenty(ready, ada, ada_client):
    def count():
        with asking.capture() as captured:
            body = lists(ada_client)
        return sum(map(len, body.values())), len(captured)

    many.award_courses(ready, ada, 20)
    count()
    few = count()
    many.award_courses(ready, ada, 9_980)
    assert (few[0], count()) == (20, (10_000, few[1]))


def test_two_wallets_are_advertised(ada_client, ready):
    # With one the MFE shows a link that keyboards do not reach.
    response = ada_client.get(asking.STORAGES)
    assert response.status_code == 200
    assert response.json() == [
        {"id": "lc_wallet", "name": "Learner Credential Wallet"},
        {"id": "download", "name": "Download or other wallet"},
    ]


def test_an_offer_to_the_learner_credential_wallet(ada_client, issuer, course_certificate):
    response = asking.init(ada_client, course_certificate)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert shape(body) == OFFER
    start, _, query = body["deeplink"].partition("?")
    assert start == "dccrequest://request"
    offer = Offer.objects.get()
    values = urllib.parse.parse_qs(query, strict_parsing=True)
    challenge = values.pop("challenge")[0]
    assert len(challenge) == 43
    assert values == {
        "issuer": [issuer.did],
        "auth_type": ["bearer"],
        "vc_request_url": [f"https://credentials.example.edu{asking.API}credentials/issue/{offer.uuid}/"],
    }
    assert "play.google.com" in body["app_link_android"]
    assert "apps.apple.com" in body["app_link_ios"]


def test_the_download_leads_to_our_claim_page(ada_client, course_certificate):
    body = asking.init(ada_client, course_certificate, wallet="download").json()
    assert shape(body) == OFFER_ON_PAGE
    assert body["redirect"] is True
    offer = Offer.objects.get()
    assert body["deeplink"] == f"https://credentials.example.edu{asking.ROOT}offers/{offer.uuid}/"
    assert ada_client.get(urllib.parse.urlsplit(body["deeplink"]).path).status_code == 200


@pytest.mark.parametrize("wallet_id", ["lc_wallet", "download"])
def test_the_qr_code_reads_as_the_link(ada_client, course_certificate, wallet_id):
    body = asking.init(ada_client, course_certificate, wallet=wallet_id).json()
    assert decoded_qr(body["qrcode"]) == body["deeplink"]


def test_a_double_click_makes_one_offer(ada_client, course_certificate):
    first, second = (asking.init(ada_client, course_certificate).json() for _ in range(2))
    assert first == second
    assert (Offer.objects.count(), Learner.objects.count()) == (1, 1)


def test_another_wallet_or_certificate_makes_another_offer(ready, ada, ada_client, course_certificate):
    other = seed.award(ada, seed.make_course(ready))
    made = [
        asking.init(ada_client, course_certificate),
        asking.init(ada_client, course_certificate, wallet="download"),
        asking.init(ada_client, other),
        asking.init(ada_client, course_certificate, other),
    ]
    assert len({response.json()["deeplink"] for response in made}) == 4


def test_several_certificates_go_into_one_offer(ada_client, course_certificate, program_certificate):
    response = asking.init(ada_client, course_certificate, program_certificate)
    assert shape(response.json()) == OFFER
    assert Offer.objects.get().certificate_uuids == [str(course_certificate.uuid), str(program_certificate.uuid)]


def test_an_offer_can_be_looked_at_again(ada_client, course_certificate):
    made = asking.init(ada_client, course_certificate).json()
    offer = Offer.objects.get()
    body = ada_client.get(f"{asking.API}offers/{offer.uuid}/").json()
    assert body == {
        "uuid": str(offer.uuid),
        "state": "open",
        "expires_at": offer.expires_at.isoformat(),
        "wallet": "lc_wallet",
        "credentials": [],
        "certificates": [course_certificate.uuid.hex],
        "deeplink": made["deeplink"],
        "qrcode": made["qrcode"],
        "claim_page": f"https://credentials.example.edu{asking.ROOT}offers/{offer.uuid}/",
        "ways": ["wallet", "download"],
        "claims": [
            {"claim": "name", "released": True, "can_be_left_out": True},
            {"claim": "email", "released": False, "can_be_left_out": False},
            {"claim": "grade", "released": False, "can_be_left_out": False},
            {"claim": "activity_dates", "released": False, "can_be_left_out": False},
            {"claim": "evidence", "released": False, "can_be_left_out": False},
            {"claim": "alignments", "released": True, "can_be_left_out": True},
            {"claim": "signatories", "released": True, "can_be_left_out": True},
        ],
    }


@pytest.mark.parametrize("logged_in", [True, False])
@pytest.mark.parametrize(("method", "path"), [("get", asking.LIST), ("get", asking.STORAGES), ("post", asking.INIT)])
def test_while_the_switch_is_off_there_is_nothing(ada, course_certificate, method, path, logged_in):
    Switch.objects.update(active=False)
    browser = Client()
    if logged_in:
        browser.force_login(ada)
    response = getattr(browser, method)(path, content_type="application/json")
    assert asking.refusal(response) == (404, "switched_off")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png", "*/*", None])
def test_answers_are_json_whatever_is_asked_for(ada_client, ready, accept):
    headers = {} if accept is None else {"HTTP_ACCEPT": accept}
    response = ada_client.get(asking.STORAGES, **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert asking.refusal(Client().get(asking.LIST, **headers)) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "path",
    [asking.LIST, asking.STORAGES, asking.INIT, f"{asking.API}credentials/issue/0c1f5f0e-52f0-4d60-86ab-2b4b8ab5b9a1/"],
)
def test_addresses_end_with_a_slash(ada_client, ready, path):
    # Django redirects what lacks its slash, and a redirected POST has lost its body.
    assert ada_client.options(path).status_code == 200
    assert ada_client.post(path.removesuffix("/")).status_code == 301


def test_a_session_needs_a_csrf_token_to_make_an_offer(ada, course_certificate):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert browser.get(asking.LIST).status_code == 200
    response = asking.init(browser, course_certificate)
    assert asking.refusal(response) == (403, "permission_denied")
    assert not Offer.objects.exists()
    token = browser.get("/csrf/api/v1/token").json()["csrfToken"]
    assert asking.init(browser, course_certificate, HTTP_X_CSRFTOKEN=token).status_code == 200


@pytest.mark.parametrize("path", [asking.LIST, asking.STORAGES, asking.INIT])
def test_the_mfe_may_call_from_its_own_origin(settings, ready, path):
    settings.CORS_ORIGIN_WHITELIST = [MFE]
    headers = {
        "HTTP_ORIGIN": MFE,
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": "use-jwt-cookie,x-csrftoken,content-type",
    }
    response = Client().options(path, **headers)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == MFE
    assert response["Access-Control-Allow-Credentials"] == "true"
    allowed = {name.strip() for name in response["Access-Control-Allow-Headers"].split(",")}
    assert allowed >= {"use-jwt-cookie", "x-csrftoken", "content-type"}
    stranger = Client().options(path, **{**headers, "HTTP_ORIGIN": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in stranger
