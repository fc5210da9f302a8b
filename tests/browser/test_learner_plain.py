"""The learner's page where no script runs, or where it does not come: forms and links do it all."""

from __future__ import annotations

import io
import json

import pytest
import zxingcpp
from PIL import Image

from tests import seed
from tests.browser.expecting import expect
from tests.browser.learners import NOBODY
from tests.browser.learners import TITLES
from tests.servers import running
from tests.wallet import make_wallet


def tick(page, *titles):
    for title in titles:
        page.get_by_label(title).check()


def scanned(page):
    """What a phone's camera reads off the screen."""
    shot = Image.open(io.BytesIO(page.locator(".ovc-qr").screenshot())).convert("L")
    return zxingcpp.read_barcode(shot).text


def test_it_claims_downloads_shares_and_revokes(campus, visitor, visit, tmp_path):
    plain = campus.sign_in(visitor(scripts=False), "printer")
    page = plain.page
    page.goto(campus.page)
    plain.require_usable("learner-plain")
    tick(page, *TITLES[:2])
    page.get_by_label("your name").uncheck()
    page.get_by_role("button", name="Continue").click()
    plain.require_usable("learner-plain-offer")
    wallet = make_wallet()
    status, body = running.claim(scanned(page), wallet)
    assert (status, len(json.loads(body)["verifiableCredential"])) == (201, 2)
    assert b"Printer" not in body
    page.reload()
    assert "has been claimed" in plain.text
    page.get_by_role("link", name="Back to my verifiable credentials").click()
    assert f"ends in {wallet.did[-8:]}" in plain.text
    plain.require_usable("learner-plain-claimed")
    found = page.locator("li", has=page.get_by_role("heading", name=TITLES[0]))
    with page.expect_download() as download:
        found.get_by_role("link", name="Credential (JSON)").click()
    download.value.save_as(tmp_path / "saved.json")
    assert json.loads((tmp_path / "saved.json").read_bytes()) in json.loads(body)["verifiableCredential"]
    found.get_by_role("button", name="Share").click()
    public = found.locator("a[href*='/c/']").get_attribute("href")
    visit.open(public)
    assert visit.headline == "This credential is valid"
    plain.require_usable("learner-plain-shared")
    found.get_by_role("button", name="Stop sharing").click()
    assert page.locator("a[href*='/c/']").count() == 0
    visit.open(public)
    assert visit.headline == "No such credential"
    found.get_by_role("link", name="Revoke…").click()
    plain.require_usable("learner-plain-revoke")
    page.get_by_role("link", name="Keep it").click()
    assert campus.revocations("printer") == 0
    found.get_by_role("link", name="Revoke…").click()
    page.get_by_role("button", name="Revoke for ever").dblclick()
    expect(found).to_contain_text("Revoked")
    assert campus.revocations("printer") == 1
    plain.settle()


def test_without_a_wallet_it_gives_a_file(campus, visitor, tmp_path):
    plain = campus.sign_in(visitor(scripts=False), "reader")
    page = plain.page
    page.goto(campus.page)
    page.get_by_role("button", name="Continue").click()
    assert "no_certificate" in plain.text
    plain.require_usable("learner-plain-problem")
    page.get_by_role("link", name="Back to my verifiable credentials").click()
    tick(page, TITLES[2])
    page.get_by_role("button", name="Continue").dblclick()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    download.value.save_as(tmp_path / "saved.json")
    given = json.loads((tmp_path / "saved.json").read_bytes())
    assert given["credentialSubject"]["achievement"]["name"] == TITLES[2]
    assert "Reader Lovelace" in json.dumps(given)
    assert campus.count("offer", "reader") == 1


def test_the_log_in_leads_back_and_a_session_that_ended_loses_nothing(campus, visitor):
    plain = campus.sign_in(visitor(scripts=False), "reader")
    page = plain.page
    page.goto(campus.page)
    tick(page, TITLES[0])
    page.context.clear_cookies(name="credentials_sessionid")
    page.get_by_role("button", name="Continue").click()
    assert "nothing is lost" in plain.text
    plain.require_usable("learner-plain-session-over")
    page.get_by_role("link", name="Log in").click()
    page.fill("input[name=username]", "reader")
    page.fill("input[name=password]", seed.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.get_by_role("heading", name="Your certificates").wait_for()
    assert page.url == campus.page


@pytest.mark.parametrize("name", [NOBODY, "doubter"])
def test_in_arabic_it_is_turned_round(campus, visitor, name):
    plain = campus.sign_in(visitor(scripts=False, locale="ar"), name)
    plain.page.goto(campus.page)
    assert plain.page.get_attribute("html", "dir") == "rtl"
    plain.require_usable(f"learner-plain-{name}-rtl")
    plain.settle()


def test_where_the_script_does_not_come_the_forms_show(campus, visit):
    page = campus.sign_in(visit, "doubter").page
    page.route("**/claim.js", lambda route: route.abort())
    page.goto(campus.page)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    tick(page, TITLES[0])
    page.get_by_role("button", name="Continue").click()
    assert running.claim(scanned(page), make_wallet())[0] == 201
