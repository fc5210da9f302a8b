"""The public page of a credential: its issuer and its status, the same for everyone, nothing about its holder."""

import datetime
import html
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from tests import asking
from tests import rows
from tests.pages.test_offer_page import HOSTILE
from tests.pages.test_offer_page import read

ENDED = datetime.datetime(2026, 3, 4, 23, 30, tzinfo=datetime.UTC)


@pytest.fixture(name="page")
def make_page(make_offer, course_certificate, wallet):
    """The address of the page of Ada's credential."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return f"{asking.ROOT}credentials/{Credential.objects.get().uuid}/"


def text_of(page, **headers):
    """What anyone reads."""
    response = Client().get(page, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_names_the_issuer_and_says_that_it_is_valid(page, issuer):
    text = text_of(page)
    assert "This credential can be checked by whoever has it. Its holder has not published it." in text
    assert "Valid" in text
    assert issuer.name in text
    assert issuer.did in text
    assert Credential.objects.get().uuid.urn in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "revoked", "ended_at": ENDED}, "Revoked since March 4, 2026."),
        ({"state": "superseded", "ended_at": ENDED}, "Replaced by a newer credential on March 4, 2026"),
        ({"suspended": True}, "Suspended"),
        ({"suspended": True, "state": "revoked", "ended_at": ENDED}, "Revoked since March 4, 2026."),
        ({"state": "revoked"}, "Revoked."),
        ({"state": "superseded"}, "Replaced by a newer credential;"),
    ],
)
@pytest.mark.parametrize("erased", [False, True])
def test_it_says_what_became_of_it(page, change, said, erased):
    Credential.objects.update(**change)
    if erased:
        erasing.erase_by_username("ada")
    text = text_of(page)
    assert said in text
    assert "Valid" not in text
    assert ("withheld at the holder's request" in text.replace("&#x27;", "'")) is erased


@pytest.mark.parametrize(("since", "said"), [(-1, "Not to be relied on"), (1, "Valid")])
def test_a_key_that_was_compromised_when_it_signed(page, since, said):
    leaked = Credential.objects.get().created + datetime.timedelta(seconds=since)
    IssuerKey.objects.update(compromised_since=leaked)
    assert said in text_of(page)


def test_erased_it_is_withheld_and_keeps_its_status(page):
    erasing.erase_by_username("ada")
    text = text_of(page).replace("&#x27;", "'")
    assert "withheld at the holder's request" in text
    assert "has not published" not in text
    assert "Valid" in text


@pytest.mark.parametrize("state", ["intended", "abandoned", "revoked"])
def test_what_was_never_handed_out_does_not_exist(page, state):
    Credential.objects.update(state=state, issued_at=None, live_key=None)
    unknown = Client().get(f"{asking.ROOT}credentials/{uuid.uuid4()}/")
    never = Client().get(page)
    assert (unknown.status_code, never.status_code) == (404, 404)
    assert unknown.content == never.content
    assert "No credential with this identifier was issued here." in unknown.content.decode()


def test_it_is_the_same_for_everyone_and_needs_no_cookie(page, ada_client, bob):
    other = Client()
    other.force_login(bob)
    pages = [client.get(page) for client in (Client(), ada_client, other)]
    assert len({response.content for response in pages}) == 1
    assert not any(response.cookies for response in pages)
    assert not [response["Vary"] for response in pages if "cookie" in response.get("Vary", "").lower()]
    head = Client().head(page)
    assert (head.status_code, head.content) == (200, b"")


def test_it_shows_nothing_about_the_holder(page, ada, wallet, course_certificate):
    text = text_of(page) + str(Client().get(page).headers)
    row = Credential.objects.get()
    for secret in ("Ada", "Lovelace", ada.email, wallet.did, str(row.certificate_uuid), row.achievement_key):
        assert secret not in text
    assert course_certificate.credential.course_run.title not in text


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_can_only_be_read(page, method):
    before = rows.snapshot()
    assert getattr(Client(), method)(page).status_code == 405
    assert rows.changed(before) == []


def test_it_is_there_while_the_switch_is_off(page):
    Switch.objects.update(active=False)
    assert "Valid" in text_of(page)


@pytest.mark.parametrize("known", [True, False])
def test_no_page_may_run_scripts_be_framed_or_be_indexed(page, known):
    response = Client().get(page if known else f"{asking.ROOT}credentials/{uuid.uuid4()}/")
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "no-cache"
    found = read(response)
    assert {"name": "robots", "content": "noindex"} in found.all("meta")
    assert not found.all("script") and not found.all("form")
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_issuers_name_stays_text(page, name):
    harmless = read(Client().get(page)).tags
    Issuer.objects.update(name=name)
    response = Client().get(page)
    assert html.escape(name) in response.content.decode()
    assert read(response).tags == harmless


def test_an_address_has_a_limit(page, settings):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "2/min"
    answers = [Client().get(page, REMOTE_ADDR="192.0.2.1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert "too_many_requests" in answers[2].content.decode()
    assert answers[2]["X-Robots-Tag"] == "noindex"
    assert Client().get(page, REMOTE_ADDR="192.0.2.2").status_code == 200


@pytest.mark.parametrize(("name", "value"), [("THROTTLE_ADDRESS", "often"), ("NUM_PROXIES", "one")])
def test_a_limit_that_cannot_be_read_does_not_stop_it(page, settings, caplog, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    assert "Valid" in text_of(page)
    assert [record.message for record in caplog.records if name in record.message]


def test_it_takes_one_query_whatever_there_is(page):
    Client().get(page)
    with asking.capture() as captured:
        Client().get(page)
    ours = [query["sql"] for query in captured if rows.OURS in query["sql"]]
    assert len(ours) == 1
    assert "sealed_document" not in ours[0]


@pytest.mark.parametrize("path", ["not-a-uuid", "00000000", "../offers", "%00", "0" * 32])
def test_what_is_no_identifier_is_not_found(db, path):
    assert Client().get(f"{asking.ROOT}credentials/{path}/").status_code == 404


def test_the_date_is_that_of_the_service(page, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    timezone.deactivate()
    Credential.objects.update(state="revoked", ended_at=ENDED)
    assert "Revoked since March 5, 2026." in text_of(page)
