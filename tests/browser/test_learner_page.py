"""The learner's page in Chromium: a learner's whole way, every state by eye and ear, and with keys alone."""

from __future__ import annotations

import io
import json
import urllib.parse

import pytest

from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from tests.browser.claiming import card
from tests.browser.claiming import choose
from tests.browser.claiming import go_on
from tests.browser.claiming import key
from tests.browser.claiming import look_again
from tests.browser.claiming import offer_of
from tests.browser.claiming import open_card
from tests.browser.claiming import scanned
from tests.browser.claiming import scanned_offer
from tests.browser.claiming import spoken
from tests.browser.expecting import expect
from tests.browser.learners import EMBARGOED
from tests.browser.learners import NOBODY
from tests.browser.learners import REVOKED
from tests.browser.learners import TITLES
from tests.servers import running
from tests.wallet import make_wallet

FORMS = ("json", "png", "svg", "pdf")


def test_from_three_certificates_to_a_wallet_a_profile_and_files(at_page, campus, visitor, visit, tmp_path):
    page = at_page("walker")
    choose(page, *TITLES[:2])
    go_on(page)
    assert "Walker Lovelace" in page.inner_text(".ovc-flow")
    page.locator(".ovc-flow input[value=name]").uncheck()
    expect(page.locator(".ovc-flow")).not_to_contain_text("Walker Lovelace")
    offer_of(page)
    wallet = make_wallet()
    status, body = running.claim(scanned_offer(page), wallet)
    assert status == 201
    given = json.loads(body)["verifiableCredential"]
    assert sorted(one["credentialSubject"]["achievement"]["name"] for one in given) == sorted(TITLES[:2])
    assert {one["credentialSubject"]["id"] for one in given} == {wallet.did}
    assert b"Walker" not in body
    spoken(page, "Done: the wallet has fetched 2 credentials.")
    key(page, "back").click()
    first = card(page, TITLES[0])
    expect(first).to_contain_text(f"In Learner Credential Wallet, wallet ending in {wallet.did[-8:]}")
    assert wallet.did not in page.content()
    public = share(page, visitor)
    add_to_linkedin(page, public)
    [one] = [one for one in given if one["credentialSubject"]["achievement"]["name"] == TITLES[0]]
    save_every_file(page, tmp_path, one)
    revoke(page, campus)
    assert visit.origins == {campus.service["base_url"]}, "nobody else is asked"


def share(page, visitor):
    """The address of the public page, which a stranger opens."""
    opened = open_card(page, TITLES[0])
    opened.get_by_role("switch").click()
    spoken(page, "The page is public now.")
    public = opened.locator("[data-ovc-key$='-open']").get_attribute("href")
    assert scanned(opened.locator(".ovc-code-frame")) == public
    stranger = visitor()
    stranger.open(public)
    assert stranger.headline == "This credential is valid"
    assert TITLES[0] in stranger.text
    assert "Walker" not in stranger.text
    return public


def add_to_linkedin(page, public):
    link = card(page, TITLES[0]).get_by_role("link", name="Add to LinkedIn")
    assert link.get_attribute("rel") == "noopener"
    address = urllib.parse.urlsplit(link.get_attribute("href"))
    asked = urllib.parse.parse_qs(address.query)
    assert (address.scheme, address.netloc, address.path) == ("https", "www.linkedin.com", "/profile/add")
    assert asked["startTask"] == ["CERTIFICATION_NAME"]
    assert asked["name"] == [TITLES[0]]
    assert asked["organizationName"] == ["Example University"]
    assert asked["certUrl"] == [public]
    assert int(asked["issueYear"][0]) >= 2026
    assert 1 <= int(asked["issueMonth"][0]) <= 12


def save_every_file(page, folder, given):
    """Each form carries the credential of the wallet, byte for byte."""
    opened = card(page, TITLES[0])
    saved = {}
    for form in FORMS:
        with page.expect_download() as download:
            opened.locator(f"[data-ovc-form={form}]").click()
        assert download.value.suggested_filename.endswith(f".{form}")
        path = folder / f"saved.{form}"
        download.value.save_as(path)
        saved[form] = path.read_bytes()
    assert json.loads(saved["json"]) == given
    assert png.read(saved["png"]) == saved["json"]
    assert svg.read(saved["svg"]) == saved["json"]
    assert attached_to(saved["pdf"]) == saved["json"]


def attached_to(pdf):
    """The one file in it."""
    from pypdf import PdfReader

    [[attached]] = PdfReader(io.BytesIO(pdf)).attachments.values()
    return attached


def revoke(page, campus):
    opened = open_card(page, TITLES[1])
    opened.get_by_role("button", name=f"Revoke {TITLES[1]}").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke for good").click()
    spoken(page, "The credential is revoked.")
    expect(card(page, TITLES[1])).to_have_attribute("data-ovc-state", "revoked")
    assert campus.count("credential", "walker", "state = 'revoked' AND end_reason = 'holder'") == 1
    assert campus.count("credential", "walker") == 2


@pytest.mark.parametrize(("locale", "direction"), [("en-GB", "ltr"), ("ar", "rtl")])
def test_every_state_can_be_used(campus, visitor, locale, direction):
    """By the names that the element gives: what it says is another language's."""
    visit = campus.sign_in(visitor(locale=locale), "arabist")
    page = visit.page
    page.goto(campus.page)
    page.locator("[data-ovc-certificate]").first.wait_for()
    assert page.get_attribute("html", "dir") == page.get_attribute("openedx-vc-claim", "dir") == direction
    visit.require_usable(f"learner-lists-{direction}")
    key(page, "continue").click()
    page.locator(".ovc-hint[role=alert]").wait_for()
    choose(page, *TITLES)
    go_on(page)
    visit.require_usable(f"learner-review-{direction}")
    offer_of(page)
    visit.require_usable(f"learner-offer-{direction}")
    campus.expire_offers("arabist")
    look_again(page)
    key(page, "renew").wait_for()
    visit.require_usable(f"learner-expired-{direction}")
    key(page, "renew").click()
    page.locator(".ovc-way-code img").wait_for()
    assert running.claim(scanned_offer(page), make_wallet())[0] == 201
    look_again(page)
    page.locator(".ovc-flow .ovc-names").wait_for()
    expect(page.locator(".ovc-way-code")).to_have_count(0)
    visit.require_usable(f"learner-done-{direction}")
    key(page, "back").click()
    opened = page.locator("[data-ovc-credential]").first
    opened.locator("summary").click()
    opened.get_by_role("switch").click()
    opened.locator(".ovc-code-frame img").wait_for()
    visit.require_usable(f"learner-shared-{direction}")
    opened.get_by_role("switch").click()
    page.get_by_role("dialog").wait_for()
    visit.require_usable(f"learner-unshare-{direction}")
    page.keyboard.press("Escape")
    page.locator("[data-ovc-key^='revoke-']").first.click()
    page.get_by_role("dialog").wait_for()
    visit.require_usable(f"learner-revoke-{direction}")
    page.locator("dialog [data-ovc-key$='-yes']").click()
    page.locator("[data-ovc-credential][data-ovc-state=revoked]").wait_for()
    visit.require_usable(f"learner-revoked-{direction}")
    visit.settle()


def test_a_beginner_is_told_what_to_do(at_page, visit):
    page = at_page(NOBODY)
    assert "There is nothing to claim yet." in visit.text
    assert page.locator("button").count() == 0
    visit.require_usable("learner-nothing")


def test_what_cannot_be_claimed_says_why(at_page, visit):
    page = at_page("doubter")
    embargoed = page.locator("[data-ovc-certificate]", has_text=EMBARGOED)
    expect(embargoed).to_contain_text("It can be claimed from")
    expect(embargoed).to_contain_text("UTC")
    expect(page.locator("[data-ovc-certificate]", has_text=REVOKED)).to_contain_text("This certificate was taken back")
    assert embargoed.locator("input").count() == 0


def test_on_a_phone_the_link_comes_first(campus, visitor):
    phone = visitor(
        user_agent="Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page = campus.sign_in(phone, "doubter").page
    page.goto(campus.page)
    choose(page, TITLES[0])
    go_on(page)
    offer_of(page)
    ways = page.locator(".ovc-way").evaluate_all("(all) => all.map((each) => each.className)")
    assert ["link" in each for each in ways] == [True, False]
    assert key(page, "open-wallet").get_attribute("href") == scanned_offer(page)
    phone.picture("learner-offer-phone")
    phone.settle()


def press(page, name):
    """Reaches it with the Tab key."""
    expect(key(page, name)).to_be_visible()
    for _ in range(80):
        if page.evaluate("(name) => document.activeElement.dataset.ovcKey === name", name):
            return
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement !== null")
    raise AssertionError(f"{name} cannot be reached with the Tab key.")


def focus_of(page):
    """Where the focus is: never nowhere, once the page was used."""
    name = page.evaluate("document.activeElement === document.body ? '' : document.activeElement.outerHTML")
    assert name, "the focus is lost"
    return name


def test_with_keys_alone(at_page, campus):
    page = at_page("typist")
    first = page.locator(".ovc-ready input[value]").first.get_attribute("value")
    press(page, f"choose-{first}")
    page.keyboard.press("Space")
    focus_of(page)
    press(page, "continue")
    page.keyboard.press("Enter")
    assert "What will be shared" in focus_of(page)
    press(page, "claim-name")
    page.keyboard.press("Space")
    expect(page.locator(".ovc-left-out")).to_be_visible()
    focus_of(page)
    expect(key(page, "make")).not_to_have_attribute("aria-disabled", "true")
    press(page, "make")
    page.keyboard.press("Enter")
    page.locator(".ovc-way-code img").wait_for()
    focus_of(page)
    press(page, "copy-offer")
    page.keyboard.press("Enter")
    assert running.claim(key(page, "open-wallet").get_attribute("href"), make_wallet())[0] == 201
    spoken(page, "Done: the wallet has fetched 1 credential.")
    focus_of(page)
    press(page, "back")
    page.keyboard.press("Enter")
    focus_of(page)
    uuid = page.locator("[data-ovc-credential]").get_attribute("data-ovc-credential")
    press(page, f"more-{uuid}")
    page.keyboard.press("Enter")
    focus_of(page)
    press(page, f"share-{uuid}")
    page.keyboard.press("Space")
    spoken(page, "The page is public now.")
    focus_of(page)
    press(page, f"revoke-{uuid}")
    page.keyboard.press("Enter")
    assert f"revoke-{uuid}-yes-keep" in focus_of(page), "the harmless answer has the focus"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert f"revoke-{uuid}" in focus_of(page)
    page.keyboard.press("Enter")
    press(page, f"revoke-{uuid}-yes")
    page.keyboard.press("Enter")
    spoken(page, "The credential is revoked.")
    focus_of(page)
    assert campus.count("credential", "typist", "state = 'revoked'") == 1
