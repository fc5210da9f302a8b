"""The learner's page when something is in the way: each says what it is, and nothing is done twice."""

from __future__ import annotations

import json

import pytest

from tests import seed
from tests.browser.claiming import choose
from tests.browser.claiming import go_on
from tests.browser.claiming import key
from tests.browser.claiming import look_again
from tests.browser.claiming import offer_of
from tests.browser.claiming import open_card
from tests.browser.claiming import scanned_offer
from tests.browser.claiming import spoken
from tests.browser.claiming import to_wallet
from tests.browser.expecting import expect
from tests.browser.learners import MANY
from tests.browser.learners import TITLES
from tests.servers import running
from tests.wallet import make_wallet

API = "**/verifiable_credentials/api/v1/"
INIT = f"{API}credentials/init/"
PREVIEW = f"{API}certificates/preview/"
CERTIFICATES = f"{API}certificates/?page=*"


def sent(visit, path, method="POST"):
    """How often the page has sent that."""
    return len([one for one in visit.requests if one.method == method and one.url.endswith(path)])


def test_ten_thousand_certificates_come_a_page_at_a_time(at_page, visit):
    page = at_page(MANY)
    expect(page.locator(".ovc-ready")).to_contain_text("10,000 certificates")
    expect(page.locator(".ovc-ready")).to_contain_text("Page 1 of 500")
    assert page.locator(".ovc-ready li input").count() == 20
    page.locator(".ovc-ready li input").first.check()
    page.get_by_role("button", name="Next page").first.click()
    expect(page.locator(".ovc-ready")).to_contain_text("Page 2 of 500")
    assert page.evaluate("document.activeElement.tagName") == "H2", "reading goes on at the new page's beginning"
    page.locator(".ovc-ready li input").first.check()
    expect(page.locator(".ovc-onwards")).to_contain_text("2 certificates chosen")
    visit.require_usable("learner-many")
    assert len([one for one in visit.requests if "certificates/?page=" in one.url]) == 2


def test_a_double_click_makes_one_offer_and_one_revocation(at_page, visit, campus):
    page = at_page("clicker")
    choose(page, TITLES[0])
    go_on(page)
    to_wallet(page).dblclick()
    page.locator(".ovc-way-code img").wait_for()
    assert (sent(visit, "/credentials/init/"), campus.count("offer", "clicker")) == (1, 1)
    assert running.claim(scanned_offer(page), make_wallet())[0] == 201
    look_again(page)
    spoken(page, "Done: the wallet has fetched 1 credential.")
    key(page, "back").click()
    opened = open_card(page, TITLES[0])
    opened.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke for good").dblclick()
    spoken(page, "The credential is revoked.")
    assert sent(visit, "/revoke/") == 1
    assert campus.count("credential", "clicker", "state = 'revoked'") == 1
    assert campus.revocations("clicker") == 1


def test_two_tabs_show_the_same_offer(campus, visitor):
    links = []
    visit = campus.sign_in(visitor(), "tabber")
    tabs = [visit.page, visit.page.context.new_page()]
    for page in tabs:
        page.goto(campus.page)
        choose(page, *TITLES[:2])
        go_on(page)
    for page in tabs:
        page.bring_to_front()
        offer_of(page)
        links.append(scanned_offer(page))
    assert links[0] == links[1]
    assert campus.count("offer", "tabber") == 1
    assert running.claim(links[0], make_wallet())[0] == 201
    for page in tabs:
        page.bring_to_front()
        look_again(page)
        spoken(page, "Done: the wallet has fetched 2 credentials.")
    visit.settle()


def test_an_offer_that_ends_on_the_screen_is_renewed_and_the_old_one_is_worth_nothing(at_page, campus, visit):
    page = at_page("latecomer")
    choose(page, TITLES[2])
    go_on(page)
    offer_of(page)
    old = scanned_offer(page)
    campus.expire_offers("latecomer")
    look_again(page)
    expect(page.get_by_role("heading", name="This offer has expired")).to_be_focused()
    status, body = running.claim(old, make_wallet())
    assert (status, json.loads(body)["code"]) == (410, "offer_expired")
    key(page, "renew").dblclick()
    page.locator(".ovc-way-code img").wait_for()
    new = scanned_offer(page)
    assert new != old
    assert campus.count("offer", "latecomer") == 2
    assert running.claim(new, make_wallet())[0] == 201
    look_again(page)
    spoken(page, "Done: the wallet has fetched 1 credential.")


def test_a_session_that_ends_in_the_middle_loses_nothing(at_page, campus, visit):
    page = at_page("leaver")
    choose(page, *TITLES[:2])
    go_on(page)
    page.locator(".ovc-flow input[value=name]").uncheck()
    made = to_wallet(page)
    campus.end_session("leaver")
    made.click()
    expect(page.get_by_role("alert")).to_contain_text("You are not logged in any more.")
    visit.require_usable("learner-session-over")
    with page.expect_popup() as popup:
        key(page, "log-in").click()
    log_in(popup.value, "leaver")
    assert popup.value.url == campus.page
    popup.value.close()
    page.bring_to_front()
    key(page, "session-again").click()
    page.locator(".ovc-way-code img").wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)
    status, body = running.claim(scanned_offer(page), make_wallet())
    assert (status, len(json.loads(body)["verifiableCredential"])) == (201, 2)
    assert b"Leaver" not in body, "what was left out is still left out"
    assert campus.count("offer", "leaver") == 1


def log_in(page, name):
    """By the service's own form."""
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", seed.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.locator(".ovc-ready").wait_for()


def test_while_the_service_is_slow_it_says_so_and_asks_once(campus, visit):
    page = campus.sign_in(visit, "waiter").page
    held = []

    def hold(route):
        held.append(route)

    page.route(CERTIFICATES, hold)
    page.goto(campus.page)
    expect(page.locator(".ovc-ready")).to_contain_text("Loading your certificates…")
    assert page.get_attribute(".ovc-ready", "aria-busy") == "true"
    visit.picture("learner-loading")
    held.pop().continue_()
    choose(page, TITLES[0])
    go_on(page)
    made = to_wallet(page)
    page.route(INIT, hold)
    made.click()
    expect(made).to_have_attribute("aria-disabled", "true")
    made.click(force=True)
    page.keyboard.press("Enter")
    [only] = held
    only.continue_()
    page.locator(".ovc-way-code img").wait_for()
    assert (sent(visit, "/credentials/init/"), campus.count("offer", "waiter")) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"status": 500, "body": "<h1>Server Error</h1>"}, "Something went wrong on our side."),
        ({"status": 429, "body": "{}", "headers": {"Retry-After": "120"}}, "There were too many requests."),
        (None, "The server could not be reached."),
    ],
    ids=["failing", "too many", "offline"],
)
def test_what_fails_is_told_and_tried_again(campus, visit, answer, sentence):
    page = campus.sign_in(visit, "unlucky").page

    def fail(route):
        if answer is None:
            route.abort("internetdisconnected")
        else:
            route.fulfill(content_type="application/json", **answer)

    page.route(CERTIFICATES, fail)
    page.goto(campus.page)
    trouble = page.locator(".ovc-ready [role=alert]")
    expect(trouble).to_contain_text("Your certificates could not be loaded.")
    expect(trouble).to_contain_text(sentence)
    visit.picture(f"learner-failing-{(answer or {}).get('status')}")
    page.unroute(CERTIFICATES)
    trouble.get_by_role("button", name="Try again").click()
    choose(page, TITLES[0])
    page.route(PREVIEW, fail)
    key(page, "continue").click()
    expect(page.locator(".ovc-flow [role=alert]")).to_contain_text("What will be shared could not be read.")
    expect(key(page, "make")).to_have_attribute("aria-disabled", "true")
    page.unroute(PREVIEW)
    key(page, "preview").click()
    made = to_wallet(page)
    page.route(INIT, fail)
    made.click()
    expect(page.locator(".ovc-flow [role=alert]")).to_contain_text("The offer could not be made.")
    visit.require_usable(f"learner-failed-{(answer or {}).get('status')}")
    page.unroute(INIT)
    page.locator(".ovc-flow [role=alert]").get_by_role("button", name="Try again").click()
    page.locator(".ovc-way-code img").wait_for()
    assert campus.count("offer", "unlucky") == 1, "the same for all that have tried here"


def test_offline_it_keeps_what_was_chosen(at_page, visit):
    page = at_page("doubter")
    choose(page, TITLES[1])
    page.context.set_offline(True)
    expect(page.locator(".ovc-top")).to_contain_text("You are offline.")
    key(page, "continue").click()
    expect(page.locator(".ovc-flow [role=alert]")).to_contain_text("The server could not be reached.")
    page.context.set_offline(False)
    spoken(page, "The connection is back.")
    expect(page.locator(".ovc-top")).not_to_contain_text("You are offline.")
    expect(page.locator(".ovc-flow")).to_contain_text(TITLES[1])
