"""The learner's page as the server makes it: without a script it is forms and links, and those work."""

from __future__ import annotations

import datetime
import re
import types
import urllib.parse
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from waffle.models import Switch

from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.pages import learner
from tests import asking
from tests import lists
from tests import policies
from tests import rows
from tests import seed
from tests import sharing
from tests.conftest import MadeOffer
from tests.many import award_courses
from tests.pages.test_credential_page import policy_of
from tests.pages.test_offer_page import HOSTILE
from tests.pages.test_offer_page import deep_link
from tests.pages.test_offer_page import read

OFFERS = f"{asking.ROOT}offers/"
LOGIN = f"/login/?next={asking.ROOT}"


def text_of(response):
    """What it says, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def form_of(response):
    """What a browser sends of the form with the certificates, when all of them are ticked."""
    fields = [one for one in read(response).all("input") if one["name"] != "csrfmiddlewaretoken"]
    chosen = [one for one in fields if one["type"] != "radio" or "checked" in one]
    return {name: [one["value"] for one in chosen if one["name"] == name] for name in {one["name"] for one in chosen}}


def path(credential, what):
    """The address of one of its forms."""
    return f"{asking.ROOT}issued/{credential.uuid}/{what}/"


@pytest.fixture(name="claimed")
def make_claimed(ada_client, make_offer, course_certificate, wallet):
    """Ada's credential, in a wallet."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return Credential.objects.get()


@pytest.fixture(name="switched_off")
def make_switched_off(ready):
    """Turns the switch off."""

    def turn() -> None:
        switch = Switch.objects.get()
        switch.active = False
        switch.save()
        switch.flush()

    return turn


# What it shows


def test_nothing_yet(ready, ada_client):
    response = ada_client.get(asking.ROOT)
    assert response.status_code == 200
    assert "You have no certificates yet." in text_of(response)
    assert "You have claimed nothing yet." in text_of(response)
    assert read(response).all("form") == []


def test_certificates_that_are_ready_can_be_ticked(ada_client, course_certificate, program_certificate):
    response = ada_client.get(asking.ROOT)
    found = read(response)
    ticked = [one["value"] for one in found.all("input") if one["name"] == "certificate"]
    assert ticked == [program_certificate.uuid.hex, course_certificate.uuid.hex], "newest first"
    assert [one["action"] for one in found.all("form")] == [OFFERS]
    assert "Introduction to Everything" in text_of(response)
    assert len(found.all("h1")) == 1


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_day_of_the_award_is_that_of_the_credential_wherever_the_service_is(
    ada_client, course_certificate, settings, zone
):
    settings.TIME_ZONE = zone
    timezone.deactivate()
    for hour in (0, 23):
        awarded = datetime.datetime(2026, 3, 1, hour, 30, tzinfo=datetime.UTC)
        type(course_certificate).objects.filter(pk=course_certificate.pk).update(created=awarded)
        assert "Awarded on March 1, 2026" in text_of(ada_client.get(asking.ROOT))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("revoked", "This certificate has been revoked"),
        ("embargoed", "You can claim this certificate from 08:30 (UTC) on Jan. 5, 2099."),
        ("inactive", "This certificate is not offered"),
        ("policy", "This certificate is not offered"),
    ],
)
def test_others_say_why_they_cannot(ada_client, course_certificate, state, sentence):
    if state == "revoked":
        course_certificate.revoke()
    elif state == "policy":
        ClaimPolicy.objects.create(scope="course_run", key=course_certificate.credential.course_id, issuing=False)
    else:
        changed = {
            "embargoed": {"certificate_available_date": datetime.datetime(2099, 1, 5, 8, 30, tzinfo=datetime.UTC)},
            "inactive": {"is_active": False},
        }
        configuration = course_certificate.credential
        type(configuration).objects.filter(pk=configuration.pk).update(**changed[state])
    response = ada_client.get(asking.ROOT)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert not [one for one in read(response).all("input") if one["name"] == "certificate"]
    assert not read(response).all("button")


def test_what_may_be_left_out_is_asked(ada_client, course_certificate):
    assert form_of(ada_client.get(asking.ROOT))["show"] == ["name"]
    ClaimPolicy.objects.create(scope="organization", key="ExampleX", grade=True, name=False)
    assert form_of(ada_client.get(asking.ROOT))["show"] == ["grade"]
    ClaimPolicy.objects.update(grade=False)
    assert "show" not in form_of(ada_client.get(asking.ROOT))


def test_nobody_elses_is_shown(ada_client, course_certificate, bob, ready):
    other = seed.backdate(seed.award(bob, seed.make_course(ready, seed.CourseOptions(run_title="Bob's alone"))), days=1)
    browser = Client()
    browser.force_login(bob)
    assert other.uuid.hex in browser.get(asking.ROOT).content.decode()
    assert other.uuid.hex not in ada_client.get(asking.ROOT).content.decode()


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_stay_text(ready, ada, ada_client, title, wallet):
    course = seed.make_course(ready, seed.CourseOptions(title=title, run_title=title, signatory=title))
    course.course_run.course.owners.set([seed.make_organization(ready, "X", title)])
    asking.init(ada_client, seed.award(ada, course))
    made = ada_client.get(f"{OFFERS}{Offer.objects.get().uuid}/")
    assert MadeOffer({"deeplink": deep_link(made)}).claim(wallet).status_code == 201
    for address in (asking.ROOT, path(Credential.objects.get(), "revoke")):
        response = ada_client.get(address)
        assert response.status_code == 200
        assert not read(response).all("img")
        assert all("src" in one for one in read(response).all("script"))
        assert title not in response.content.decode() or not re.search(r"[<>]", title)


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("es-419", "ltr"), ("en", "ltr")])
def test_it_speaks_the_language_of_the_service(ada_client, ready, language, direction):
    response = ada_client.get(asking.ROOT, headers={"Accept-Language": language})
    [page] = read(response).all("html")
    [element] = read(response).all("openedx-vc-claim")
    assert (page["lang"], page["dir"], element["lang"]) == (language, direction, language)


def test_the_element_is_told_where_to_ask(ada_client, ready, monkeypatch, tmp_path):
    monkeypatch.setattr(bundle, "_folder", lambda: tmp_path)
    without = read(ada_client.get(asking.ROOT))
    assert not without.all("script")
    (tmp_path / "claim.js").write_text("", encoding="utf-8")
    found = read(ada_client.get(asking.ROOT))
    assert [one["src"] for one in found.all("script")] == ["/static/openedx_verifiable_credentials/claim.js"]
    [element] = found.all("openedx-vc-claim")
    token = element.pop("csrf-token")
    assert len(token) == 64
    assert element == {"api": asking.API, "lang": "en", "login-url": LOGIN, "theme": "plain"}


@pytest.mark.parametrize("address", ["", "revoke"])
def test_it_runs_its_own_scripts_alone_is_not_framed_and_not_kept(ada_client, claimed, address):
    response = ada_client.get(path(claimed, address) if address else asking.ROOT)
    policy = policy_of(response)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    if not address:
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"]
        assert policy["script-src"] == ["'self'"]
        assert policy["img-src"] == ["'self'", "data:", "blob:"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    tags = read(response).tags
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"]


# Claiming


def test_what_is_ticked_is_offered_and_claimed(ada_client, course_certificate, program_certificate, wallet):
    form = form_of(ada_client.get(asking.ROOT))
    response = ada_client.post(OFFERS, {**form, "show": []})
    assert response.status_code == 302
    offer = Offer.objects.get()
    assert response["Location"] == f"{OFFERS}{offer.uuid}/"
    assert offer.left_out == ["name"]
    page = ada_client.get(response["Location"])
    assert f'href="{asking.ROOT}"' in page.content.decode()
    claim = MadeOffer({"deeplink": deep_link(page)}).claim(wallet)
    assert claim.status_code == 201
    assert "Lovelace" not in claim.content.decode()
    assert Credential.objects.filter(state=CredentialState.ISSUED).count() == 2
    assert "claimed once" in text_of(ada_client.get(asking.ROOT))


def test_a_double_click_makes_one_offer(ada_client, course_certificate):
    form = form_of(ada_client.get(asking.ROOT))
    first, second = ada_client.post(OFFERS, form), ada_client.post(OFFERS, form)
    assert first["Location"] == second["Location"]
    assert Offer.objects.count() == 1


def test_our_page_comes_first_among_the_wallets(ada_client, course_certificate):
    assert form_of(ada_client.get(asking.ROOT))["wallet"] == ["download"]
    ClaimPolicy.objects.create(scope="organization", key="ExampleX", wallets=["lc_wallet"])
    response = ada_client.get(asking.ROOT)
    assert form_of(response)["wallet"] == ["lc_wallet"]
    assert ada_client.post(OFFERS, form_of(response)).status_code == 302


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"certificate": []}, 400, "no_certificate"),
        ({"certificate": ["none"]}, 400, "invalid_request"),
        ({"certificate": [uuid.uuid4().hex]}, 404, "unknown_certificate"),
        ({"wallet": ["none"]}, 404, "unknown_wallet"),
        ({"wallet": []}, 404, "unknown_wallet"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_with_a_sentence(ada_client, course_certificate, changed, status, code):
    form = {**form_of(ada_client.get(asking.ROOT)), **changed}
    before = rows.snapshot()
    response = ada_client.post(OFFERS, form)
    assert response.status_code == status
    assert f"<code>{code}</code>" in response.content.decode()
    assert [one["href"] for one in read(response).all("a")] == [asking.ROOT]
    assert rows.changed(before) == []


def test_a_claim_that_is_unknown_is_left_out_of_nothing(ada_client, course_certificate):
    form = form_of(ada_client.get(asking.ROOT))
    ada_client.post(OFFERS, {**form, "asked": ["name", "anything"], "show": ["everything", "name"]})
    assert Offer.objects.get().left_out == []


def test_another_learners_certificate_does_not_exist(course_certificate, bob):
    browser = Client()
    browser.force_login(bob)
    before = rows.snapshot()
    form = {"certificate": course_certificate.uuid.hex, "wallet": "download"}
    assert browser.post(OFFERS, form).status_code == 404
    assert rows.changed(before) == []


# What was claimed


def test_what_was_claimed_is_listed_with_its_wallet_and_files(ada_client, claimed, wallet):
    response = ada_client.get(asking.ROOT)
    text = text_of(response)
    assert "Learner Credential Wallet" in text
    assert f"ends in {wallet.did[-8:]}" in text
    assert wallet.did not in response.content.decode()
    assert re.search(r"Claimed \w+\.? \d+, \d{4}, \d\d:\d\d \(UTC\)", text)
    files = [one["href"] for one in read(response).all("a") if "/credential." in one["href"]]
    assert [one.rpartition(".")[2] for one in files] == ["json", "png", "svg", "pdf"]
    for address in files:
        file = ada_client.get(address)
        assert (file.status_code, file["Content-Disposition"].partition(";")[0]) == (200, "attachment"), address


def test_what_is_over_by_its_date_says_so_and_goes_to_no_profile(
    monkeypatch, ada_client, make_offer, course_certificate, wallet
):
    policies.of_run(course_certificate, validity_days=365)
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    sharing.share(ada_client)
    seen = {}
    for days in (0, 366):
        later = timezone.now() + datetime.timedelta(days=days)
        # Of the page alone: sessions end, too.
        monkeypatch.setattr(learner, "timezone", types.SimpleNamespace(now=lambda later=later: later))
        response = ada_client.get(asking.ROOT)
        state = re.search(r"State (\w+) Claimed", text_of(response))[1]
        seen[state] = "/linkedin/" in response.content.decode()
    assert seen == {"Valid": True, "Expired": False}


def test_sharing_is_turned_on_and_off(ada_client, claimed):
    shared = ada_client.post(path(claimed, "share"))
    assert (shared.status_code, shared["Location"]) == (302, f"{asking.ROOT}#credentials")
    response = ada_client.get(asking.ROOT)
    [page] = [one["href"] for one in read(response).all("a") if "/c/" in one["href"]]
    page = urllib.parse.urlsplit(page).path
    assert sharing.get(page).status_code == 200
    ada_client.post(path(claimed, "unshare"))
    assert sharing.get(page).status_code == 404
    assert "/c/" not in ada_client.get(asking.ROOT).content.decode()


def test_what_is_shared_leads_to_linkedin(ada_client, claimed, bob):
    assert ada_client.get(path(claimed, "linkedin")).status_code == 404, "it is not shared"
    public = sharing.share(ada_client)
    [link] = [one for one in read(ada_client.get(asking.ROOT)).all("a") if one["href"].endswith("/linkedin/")]
    address = urllib.parse.urlsplit(ada_client.get(link["href"])["Location"])
    said = urllib.parse.parse_qs(address.query)
    assert (address.scheme, address.netloc, address.path) == ("https", "www.linkedin.com", "/profile/add")
    assert urllib.parse.urlsplit(said["certUrl"][0]).path == public
    assert said["name"] == ["Introduction to Everything"]
    browser = Client()
    browser.force_login(bob)
    assert browser.get(link["href"]).status_code == 404
    ada_client.post(path(claimed, "unshare"))
    assert ada_client.get(link["href"]).status_code == 404, "it is not shared any more"
    ada_client.post(path(claimed, "share"))
    assert public not in ada_client.get(link["href"])["Location"], "the page of then is gone for ever"
    ada_client.post(path(claimed, "revoke"))
    assert ada_client.get(link["href"]).status_code == 404, "it does not count any more"
    assert "/linkedin/" not in ada_client.get(asking.ROOT).content.decode()


def test_revoking_asks_first_and_is_once(ada_client, claimed):
    lists.publish(claimed.status_list)
    asked = ada_client.get(path(claimed, "revoke"))
    assert asked.status_code == 200
    assert "this is for ever" in text_of(asked)
    claimed.refresh_from_db()
    assert claimed.state == CredentialState.ISSUED
    done = ada_client.post(path(claimed, "revoke"))
    assert (done.status_code, done["Location"]) == (302, f"{asking.ROOT}#credentials")
    claimed.refresh_from_db()
    assert (claimed.state, claimed.end_reason) == (CredentialState.REVOKED, "holder")
    assert lists.served_indices(claimed.status_list) == {claimed.status_index}, "verifiers see it at once"
    before = rows.snapshot()
    assert ada_client.post(path(claimed, "revoke")).status_code == 302
    assert rows.changed(before) == []
    assert "there is nothing to revoke" in text_of(ada_client.get(path(claimed, "revoke")))
    found = read(ada_client.get(asking.ROOT))
    assert not [one for one in found.all("a") if one["href"].endswith("/revoke/")]


@pytest.mark.parametrize("what", ["share", "unshare", "revoke"])
def test_another_learners_credential_does_not_exist(claimed, bob, what):
    browser = Client()
    browser.force_login(bob)
    before = rows.snapshot()
    others = browser.post(path(claimed, what))
    assert others.status_code == 404
    assert "<code>unknown_credential</code>" in others.content.decode()
    assert browser.get(path(claimed, "revoke")).status_code == 404
    assert rows.changed(before) == []


@pytest.mark.parametrize("what", ["share", "unshare"])
def test_a_link_alone_does_nothing(ada_client, claimed, what):
    before = rows.snapshot()
    assert ada_client.get(path(claimed, what)).status_code == 405
    assert ada_client.get(OFFERS).status_code == 405
    assert rows.changed(before) == []


@pytest.mark.parametrize("what", ["offers", "share", "unshare", "revoke"])
def test_forms_need_the_token_that_stands_in_them(ada, claimed, what):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    page = browser.get(asking.ROOT)
    address = OFFERS if what == "offers" else path(claimed, what)
    tokens = {one["value"] for one in read(page).all("input") if one["name"] == "csrfmiddlewaretoken"}
    [token] = tokens
    form = form_of(page)
    before = rows.snapshot()
    assert browser.post(address, form, HTTP_ORIGIN="http://testserver").status_code == 403
    forged = {**form, "csrfmiddlewaretoken": token}
    assert browser.post(address, forged, HTTP_ORIGIN="https://elsewhere.example").status_code == 403
    assert rows.changed(before) == []
    assert browser.post(address, forged, HTTP_ORIGIN="http://testserver").status_code == 302


# Who, when, how often


@pytest.mark.parametrize("address", ["", "?page=2"])
def test_whoever_is_not_logged_in_is_led_to_the_log_in_and_back(ready, address):
    response = Client().get(asking.ROOT + address)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={urllib.parse.quote(asking.ROOT + address, safe='/')}"


@pytest.mark.parametrize("what", ["offers", "share", "unshare", "revoke"])
def test_a_form_sent_after_the_session_ended_changes_nothing_and_says_so(course_certificate, claimed, what):
    """No redirect: the log-in may be another host's, to which the page's policy lets no form lead."""
    address = OFFERS if what == "offers" else path(claimed, what)
    before = rows.snapshot()
    response = Client().post(address, {"certificate": course_certificate.uuid.hex, "wallet": "download"})
    assert response.status_code == 403
    assert "nothing is lost" in text_of(response)
    assert [one["href"] for one in read(response).all("a")] == [LOGIN]
    assert rows.changed(before) == []


def test_while_it_is_off_there_is_nothing(ada_client, course_certificate, switched_off):
    form = form_of(ada_client.get(asking.ROOT))
    switched_off()
    before = rows.snapshot()
    for response in (ada_client.get(asking.ROOT), ada_client.post(OFFERS, form)):
        assert response.status_code == 404
        assert "<code>switched_off</code>" in response.content.decode()
        assert not read(response).all("a")
    assert rows.changed(before) == []


def test_while_it_is_off_what_was_claimed_can_be_seen_fetched_unshared_and_revoked(ada_client, claimed, switched_off):
    page = sharing.share(ada_client)
    switched_off()
    response = ada_client.get(asking.ROOT)
    assert response.status_code == 200
    assert "Nothing new can be claimed here at the moment." in text_of(response)
    found = read(response)
    actions = [one["action"] for one in found.all("form")]
    assert actions == [path(claimed, "unshare")]
    assert not [one for one in found.all("input") if one["name"] == "certificate"]
    [*files] = [one["href"] for one in found.all("a") if "/credential." in one["href"]]
    assert files and all(ada_client.get(file).status_code == 200 for file in files)
    ada_client.post(actions[0])
    assert sharing.get(page).status_code == 404
    assert ada_client.post(path(claimed, "share")).status_code == 404
    assert path(claimed, "share") not in ada_client.get(asking.ROOT).content.decode()
    assert ada_client.post(path(claimed, "revoke")).status_code == 302
    claimed.refresh_from_db()
    assert claimed.state == CredentialState.REVOKED


@pytest.mark.parametrize("name", ["page", "claimed"])
@pytest.mark.parametrize("number", ["0", "-1", "2", "x", "", "1.0", "99999999999999999999", "١", "1%00"])
def test_a_page_that_is_none_is_refused(ada_client, claimed, name, number):
    response = ada_client.get(f"{asking.ROOT}?{name}={number}")
    assert response.status_code == 400
    assert "<code>invalid_request</code>" in response.content.decode()
    assert [one["href"] for one in read(response).all("a")] == [asking.ROOT]


def test_who_sends_too_much_waits(ada_client, claimed, settings):
    settings.OPENEDX_VC_THROTTLE_USER = "3/min"
    answers = [ada_client.post(path(claimed, "unshare")) for _ in range(3)]
    assert [one.status_code for one in answers] == [302, 302, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert "<code>too_many_requests</code>" in answers[2].content.decode()
    assert ada_client.get(asking.ROOT).status_code == 200, "reading is free"


# How much


def test_it_is_as_many_queries_for_one_as_for_10_000(ready, ada, ada_client, wallet):
    award_courses(ready, ada, 1)
    claim_first(ada_client, 1)
    few = queries(ada_client)
    award_courses(ready, ada, 9_999)
    claim_first(ada_client, 20)
    many = queries(ada_client)
    assert few == many
    assert queries(ada_client, "?page=500") == many


def test_pages_lead_to_each_other(ready, ada, ada_client):
    award_courses(ready, ada, 45)
    seen, address = [], asking.ROOT
    for _ in range(3):
        response = ada_client.get(address)
        seen.append([one["value"] for one in read(response).all("input") if one["name"] == "certificate"])
        following = [one["href"] for one in read(response).all("a") if one.get("rel") == "next"]
        address = asking.ROOT + following[0].partition("#")[0] if following else ""
    assert [len(page) for page in seen] == [20, 20, 5]
    assert len({one for page in seen for one in page}) == 45
    assert address == ""
    assert "Page 3 of 3" in text_of(response)


def claim_first(client, number):
    """As files."""
    form = form_of(client.get(asking.ROOT))
    for certificate in form["certificate"][:number]:
        made = client.post(OFFERS, {**form, "certificate": certificate})
        assert client.post(f"{made['Location']}download/").status_code == 200


def queries(client, address=""):
    """How many statements the page takes."""
    with asking.capture() as captured:
        assert client.get(asking.ROOT + address).status_code == 200
    return len(asking.data_statements(captured))
