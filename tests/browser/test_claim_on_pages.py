"""The claim element as a part of others' pages, and for everybody who reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.claim_page import ELEMENT
from tests.browser.claim_page import LISTS
from tests.browser.claim_page import OFFER
from tests.browser.claim_page import PREVIEW
from tests.browser.claim_page import SCRIPT
from tests.browser.claim_page import Claim
from tests.browser.claim_service import ORIGIN
from tests.browser.claim_service import certificate
from tests.browser.claim_service import credential

# Life on a page


def test_it_stops_when_it_is_taken_from_the_page_and_goes_on_when_it_is_back(claiming: Callable[..., Claim]) -> None:
    claim = claiming(clock=True)
    claim.open()
    claim.choose(1)
    claim.press("continue")
    claim.pass_seconds(1)
    claim.page.wait_for_selector(".ovc-preview")
    claim.press("make")
    claim.page.wait_for_selector(".ovc-way")
    claim.page.evaluate("globalThis.kept = document.querySelector('openedx-vc-claim'); kept.remove()")
    claim.pass_seconds(300)
    assert claim.service.count(OFFER) == 0
    claim.page.evaluate("document.querySelector('main').append(kept)")
    assert claim.page.locator(".ovc-way").count() == 2
    claim.service.claim()
    claim.pass_seconds(3)
    claim.page.wait_for_selector('[data-ovc-shows="done"]')
    assert claim.service.count(OFFER) == 1


def test_a_list_that_was_asked_for_when_it_was_taken_away_is_asked_for_again(claiming: Callable[..., Claim]) -> None:
    claim = claiming(*[certificate(number) for number in range(1, 42)])
    claim.open()
    claim.service.hold("GET certificates/?page=2")
    claim.press("ready-next")
    claim.page.wait_for_selector(".ovc-ready[aria-busy]")
    claim.page.evaluate("globalThis.kept = document.querySelector('openedx-vc-claim'); kept.remove()")
    claim.service.mend("GET certificates/?page=2")
    claim.page.evaluate("document.querySelector('main').append(kept)")
    claim.shows("Page 2 of 3")


def test_it_can_be_moved_before_its_lists_are_there(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.service.hold(LISTS[0])
    claim.load()
    claim.page.wait_for_selector(".ovc-claim")
    claim.page.evaluate("document.body.append(document.querySelector('openedx-vc-claim'))")
    claim.service.mend(LISTS[0])
    claim.page.evaluate("document.querySelector('main').append(document.querySelector('openedx-vc-claim'))")
    claim.page.wait_for_selector(".ovc-card")
    assert claim.page.locator(".ovc-claim").count() == 1


def test_a_question_ends_when_it_is_taken_from_the_page(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open()
    claim.more_of(1)
    claim.press(f"revoke-{credential(1)['uuid']}")
    claim.page.get_by_role("dialog").wait_for()
    claim.page.evaluate("document.body.append(document.querySelector('openedx-vc-claim'))")
    claim.page.wait_for_selector("dialog", state="detached")
    claim.press(f"revoke-{credential(1)['uuid']}")
    claim.page.get_by_role("dialog").wait_for()


def test_what_was_not_seen_is_not_agreed_to_after_a_move(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1)
    claim.service.hold(PREVIEW)
    claim.press("claim-name")
    claim.page.wait_for_selector('.ovc-preview[aria-busy="true"]')
    move = "document.body.append(document.querySelector('openedx-vc-claim'))"
    claim.page.evaluate(move)
    assert claim.page.get_attribute('[data-ovc-key="make"]', "aria-disabled") == "true"
    claim.service.mend(PREVIEW)
    claim.page.evaluate(move)
    claim.page.wait_for_selector('[data-ovc-key="make"]:not([aria-disabled])')
    assert "Left out: Your name" in claim.text


def test_two_live_on_one_page_with_the_script_loaded_twice(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open(elements=2 * ELEMENT.format(more="", inside=""), script=2 * SCRIPT)
    claim.page.wait_for_function("() => document.querySelectorAll('[data-ovc-credential]').length === 2")
    ids = claim.page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    assert claim.page.locator('link[href$="claim.css"]').count() == 1
    claim.page.locator("openedx-vc-claim").nth(1).locator("input").nth(1).click()
    assert claim.page.locator("input:checked").count() == 1


def test_it_follows_its_attributes_and_the_language_around_it(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open(lang="es-MX", more=' heading-level="4"')
    assert claim.page.locator("openedx-vc-claim h4").count() == 2
    assert claim.page.locator("openedx-vc-claim :is(h1, h2, h3)").count() == 0
    spanish = claim.text
    claim.page.evaluate("document.querySelector('openedx-vc-claim').setAttribute('lang', 'ar')")
    assert claim.page.get_attribute("openedx-vc-claim", "dir") == "rtl"
    assert claim.text != spanish
    claim.page.evaluate("document.querySelector('openedx-vc-claim').setAttribute('lang', 'en')")
    assert claim.page.get_attribute("openedx-vc-claim", "dir") == "ltr"
    claim.page.evaluate("document.querySelector('openedx-vc-claim').setAttribute('theme', 'paragon')")
    assert claim.page.locator("openedx-vc-claim .btn").count() > 0
    assert [claim.service.count(name) for name in LISTS] == [1, 1]


def test_a_client_that_was_set_before_the_script_ran_is_the_one_that_asks(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.page.add_init_script(
        """
        document.addEventListener('readystatechange', () => {
          const element = document.querySelector('openedx-vc-claim');
          if (element && !globalThis.asked) {
            globalThis.asked = [];
            element.client = {get: async (url) => {
              asked.push(new URL(url).pathname);
              return {status: 200, data: {count: 0, page: 1, pages: 1, certificates: [], credentials: [], wallets: []}};
            }};
          }
        });
        """
    )
    claim.open(script='<script defer src="/static/claim.js"></script>')
    claim.shows("Finish a course or program")
    assert len(claim.page.evaluate("asked")) == 2
    assert claim.service.asked == []


def test_the_page_around_is_told_what_was_done(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open()
    claim.page.evaluate(
        """() => {
          globalThis.told = [];
          for (const name of ['ovc-claimed', 'ovc-shared', 'ovc-unshared', 'ovc-revoked']) {
            document.addEventListener(name, ({target, detail}) => told.push([target.localName, name, detail]));
          }
        }"""
    )
    uuid = credential(1)["uuid"]
    claim.more_of(1)
    claim.press(f"share-{uuid}")
    claim.says("The page is public now")
    claim.press(f"share-{uuid}")
    claim.press(f"share-{uuid}-stop")
    claim.says("not public any more")
    claim.press(f"revoke-{uuid}")
    claim.press(f"revoke-{uuid}-yes")
    claim.says("The credential is revoked")
    claim.download(2)
    claim.press("make")
    claim.page.wait_for_selector(".ovc-flow [data-ovc-file-of]")
    told = claim.page.evaluate("told")
    assert {element for element, _, _ in told} == {"openedx-vc-claim"}
    assert [(name, detail) for _, name, detail in told] == [
        ("ovc-shared", {"credential": uuid, "page": f"{ORIGIN}/verifiable_credentials/c/abc/"}),
        ("ovc-unshared", {"credential": uuid}),
        ("ovc-revoked", {"credential": uuid}),
        ("ovc-claimed", {"way": "downloaded", "certificates": [certificate(2)["uuid"]]}),
    ]


# For everybody


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_state_is_usable_by_everybody(claiming: Callable[..., Claim], lang: str) -> None:
    """Those that ``test_learner_page`` does not have from a real service: long words and lists, and failures."""
    claim = claiming(
        certificate(1, title="Pneumonoultramicroscopicsilicovolcanoconiosis_" * 3),
        certificate(2, claimed=1),
        *[certificate(number, state=state, wallets=[]) for number, state in ((3, "not_yet"), (4, "revoked"))],
        *[certificate(number) for number in range(5, 30)],
        credentials=[credential(1, share=f"{ORIGIN}/verifiable_credentials/c/abc/"), credential(2, state="revoked")],
    )
    claim.open(lang=lang)
    card = claim.more_of(1)
    card.locator('[data-ovc-key$="-linkedin"]').wait_for()
    claim.visit.require_usable(f"claim-lists-{lang}")
    claim.review(1, 2)
    claim.press("claim-name")
    claim.previewed(2)
    claim.visit.require_usable(f"claim-review-{lang}")
    claim.press("back")
    claim.page.wait_for_selector('[data-ovc-shows="lists"]')
    claim.settled()
    claim.service.fail("GET certificates/?page=2", 401, "not_authenticated")
    claim.press("ready-next")
    claim.page.wait_for_selector('[data-ovc-key="log-in"]')
    claim.visit.require_usable(f"claim-session-{lang}")
    claim.service.fail("GET certificates/?page=2", 500, "internal_error")
    claim.press("session-again")
    claim.page.wait_for_selector('[data-ovc-key="ready-again"]')
    claim.visit.require_usable(f"claim-failed-{lang}")


def test_the_keyboard_alone_is_enough(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    keyboard = claim.page.keyboard

    def to(key: str) -> None:
        for _ in range(60):
            if claim.focused == key:
                assert claim.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
                return
            keyboard.press("Tab")
        raise AssertionError(f"{key} cannot be reached")

    to(f"choose-{1:032x}")
    keyboard.press("Space")
    to("continue")
    keyboard.press("Enter")
    claim.page.wait_for_selector(".ovc-preview:not([aria-busy])")
    to("claim-email")
    keyboard.press("Space")
    claim.previewed(2)
    to("make")
    keyboard.press("Enter")
    claim.page.wait_for_selector(".ovc-way")
    to("copy-offer")
    claim.service.claim()
    claim.page.wait_for_selector('[data-ovc-shows="done"]')
    to("back")
    keyboard.press("Enter")
    claim.settled()
    to(f"more-{claim.service.credentials[0]['uuid']}")
    keyboard.press("Enter")
    key = f"revoke-{claim.service.credentials[0]['uuid']}"
    to(key)
    keyboard.press("Enter")
    to(f"{key}-yes")
    keyboard.press("Enter")
    claim.says("The credential is revoked")


def test_a_switch_can_be_seen_where_the_system_has_the_colours(claiming: Callable[..., Claim]) -> None:
    claim = claiming(
        credentials=[credential(1, share=f"{ORIGIN}/verifiable_credentials/c/abc/"), credential(2)],
        forced_colors="active",
    )
    claim.open()
    colours = "(each) => ['::after', null].map((part) => getComputedStyle(each, part).backgroundColor)"
    for number in (1, 2):
        claim.more_of(number)
    claim.page.locator('[data-ovc-key$="-linkedin"]').wait_for()
    switches = claim.page.locator(".ovc-switch").all()
    assert len(switches) == 2
    for switch in switches:
        dot, ground = switch.evaluate(colours)
        assert dot.startswith("rgb") and ground.startswith("rgb") and dot != ground


def test_who_wants_no_motion_gets_none(claiming: Callable[..., Claim]) -> None:
    claim = claiming(reduced_motion="reduce")
    claim.open()
    claim.offer(1)
    assert (
        claim.page.evaluate("getComputedStyle(document.querySelector('.ovc-waiting'), '::before').animationName")
        == "none"
    )
