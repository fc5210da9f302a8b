"""The claim element where it is slow, asked twice, or refused: the states that are hard to reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.claim_page import DOWNLOAD
from tests.browser.claim_page import INIT
from tests.browser.claim_page import LISTS
from tests.browser.claim_page import OFFER
from tests.browser.claim_page import PREVIEW
from tests.browser.claim_page import Claim
from tests.browser.claim_service import ORIGIN
from tests.browser.claim_service import certificate
from tests.browser.claim_service import credential

# Nothing happens twice


def test_a_double_click_is_one_request(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.download(1)
    claim.service.hold(INIT)
    claim.page.evaluate("for (const _ of [1, 2, 3]) document.querySelector('[data-ovc-key=make]').click()")
    claim.page.wait_for_selector('[data-ovc-key="make"][aria-disabled="true"]')
    claim.page.keyboard.press("Enter")
    claim.service.release(INIT)
    claim.page.wait_for_selector(".ovc-flow [data-ovc-file-of]")
    assert [claim.service.count(INIT), claim.service.count(DOWNLOAD)] == [1, 1]


def test_an_answer_that_comes_after_going_back_is_not_shown(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1)
    claim.service.hold(INIT)
    claim.press("make")
    claim.page.wait_for_selector('[data-ovc-key="make"][aria-disabled="true"]')
    claim.press("back")
    assert claim.page.get_attribute(".ovc-claim", "data-ovc-shows") == "lists"
    claim.service.release(INIT)
    claim.settled()
    assert claim.page.get_attribute(".ovc-claim", "data-ovc-shows") == "lists"
    assert claim.page.locator(".ovc-ready input:checked").count() == 1


def test_what_is_being_made_is_not_changed_any_more(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1)
    claim.service.hold(INIT)
    claim.press("make")
    claim.page.wait_for_selector('[data-ovc-key="make"][aria-disabled="true"]')
    assert claim.focused == "make"
    inputs = claim.page.locator(".ovc-flow input")
    assert inputs.count() == claim.page.locator(".ovc-flow input:disabled").count() > 2
    # Of a label, too.
    claim.page.locator(".ovc-flow label", has_text="Your name").click(force=True)
    assert "Ada" in claim.text
    claim.service.release(INIT)
    claim.page.wait_for_selector(".ovc-way")
    assert [each["leave_out"] for each in claim.service.bodies[INIT]] == [[]]


def test_what_could_not_be_made_can_be_changed(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1)
    claim.service.fail(INIT, 409, "wallet_not_offered")
    claim.press("make")
    claim.shows("This wallet is not offered")
    claim.press("wallet-download")
    claim.previewed(2)


_SLOW_CLIENT = """
document.addEventListener('DOMContentLoaded', () => {
  const element = document.createElement('openedx-vc-claim');
  element.setAttribute('api', '/verifiable_credentials/api/v1/');
  globalThis.asked = [];
  const answer = (url) => fetch(url).then(async (got) => ({status: got.status, data: await got.json(), headers: {}}));
  // One that knows no signals, as old ones do.
  element.client = {
    get: answer,
    post: (url, data) => new Promise((resolve) => asked.push({url, data, resolve})),
  };
  document.querySelector('main').append(element);
});
"""


def test_what_is_shown_is_what_was_asked_for_last(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.page.add_init_script(_SLOW_CLIENT)
    claim.load(elements="<p></p>")
    claim.page.wait_for_selector(".ovc-card")
    claim.choose(1)
    claim.press("continue")
    claim.page.wait_for_function("() => asked.length === 1")
    claim.press("claim-name")
    claim.page.wait_for_function("() => asked.length === 2")
    assert claim.page.evaluate("asked.map(({data}) => data.leave_out)") == [[], ["name"]]
    give = """(which) => asked[which].resolve({status: 200, headers: {}, data: {credentials: [{certificate: 'x',
      title: 'X', language: '', left_out: asked[which].data.leave_out,
      facts: [{fact: 'achievement', claim: null, value: `answer ${which}`, form: 'text'}]}]}})"""
    claim.page.evaluate(give, 1)
    claim.shows("answer 1")
    claim.page.evaluate(give, 0)
    claim.page.wait_for_timeout(0)
    assert "answer 0" not in claim.text


# When things go wrong


def test_a_session_that_is_over_loses_nothing(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1, 3)
    claim.press("claim-grade")
    claim.previewed(2)
    claim.service.fail(INIT, 401, "not_authenticated")
    claim.press("make")
    claim.shows("You are not logged in any more")
    login = claim.page.locator('[data-ovc-key="log-in"]')
    assert login.get_attribute("href") == f"{ORIGIN}/login/?x=1&next=%2Fpage"
    assert (login.get_attribute("target"), login.get_attribute("rel")) == ("_blank", "noopener")
    claim.service.mend(INIT)
    claim.press("session-again")
    claim.page.wait_for_selector(".ovc-way")
    assert "You are not logged in" not in claim.text
    assert claim.service.bodies[INIT][-1]["leave_out"] == ["grade"]
    assert len(claim.service.bodies[INIT][-1]["credential_uuids"]) == 2


def test_a_session_is_not_over_any_more_as_soon_as_anything_is_answered(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.service.fail(LISTS[1], 401, "not_authenticated")
    claim.open()
    assert "You are not logged in any more" in claim.text
    claim.service.mend(LISTS[1])
    claim.review(1)
    assert "You are not logged in any more" not in claim.text
    claim.press("back")
    claim.shows("You have not claimed a credential yet")


def test_a_session_that_was_over_from_the_start_is_said_once(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    for name in LISTS:
        claim.service.fail(name, 403, "permission_denied")
    claim.open()
    assert claim.text.count("You are not logged in any more") == 1
    for name in LISTS:
        claim.service.mend(name)
    claim.press("session-again")
    claim.page.wait_for_selector(".ovc-card")
    assert [claim.service.count(name) for name in LISTS] == [2, 2]


def test_a_list_that_fails_can_be_asked_for_again(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.service.fail(LISTS[0], 500, "internal_error")
    claim.open()
    assert "Your certificates could not be loaded" in claim.text
    assert "A sentence of the service" not in claim.text
    claim.service.mend(LISTS[0])
    claim.press("ready-again")
    claim.page.wait_for_selector(".ovc-card")
    assert "could not be loaded" not in claim.text
    # The button is gone, the focus is not.
    assert claim.page.evaluate("document.activeElement.textContent") == "Ready to claim"


def test_a_page_that_was_lost_on_the_way_is_the_one_that_comes(claiming: Callable[..., Claim]) -> None:
    claim = claiming(*[certificate(number) for number in range(1, 42)])
    claim.open()
    claim.service.answers["GET certificates/?page=2"] = lambda route: route.abort("internetdisconnected")
    claim.press("ready-next")
    claim.shows("The server could not be reached")
    claim.service.mend("GET certificates/?page=2")
    claim.page.evaluate("dispatchEvent(new Event('online'))")
    claim.shows("Page 2 of 3")


def test_an_offer_that_fails_can_be_asked_for_again(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1)
    claim.service.fail(INIT, 500, "internal_error")
    claim.press("make")
    claim.shows("The offer could not be made")
    claim.service.mend(INIT)
    claim.page.click(".ovc-notice button")
    claim.page.wait_for_selector(".ovc-way")
    assert claim.service.count(INIT) == 2


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (409, "names_nobody", "A file that names nobody would be anybody’s"),
        (409, "certificate_revoked", "One of these certificates was revoked"),
        (409, "a_new_code", "A sentence of the service."),
    ],
)
def test_what_the_service_refuses_is_said_and_nothing_goes_on(
    claiming: Callable[..., Claim], status: int, code: str, sentence: str
) -> None:
    claim = claiming()
    claim.open()
    claim.choose(1)
    claim.service.fail(PREVIEW, status, code)
    claim.press("continue")
    claim.shows(sentence)
    assert claim.page.get_attribute('[data-ovc-key="make"]', "aria-disabled") == "true"
    claim.page.evaluate("document.querySelector('[data-ovc-key=make]').click()")
    assert claim.service.count(INIT) == 0


def test_who_asks_too_often_waits_as_long_as_is_wanted(claiming: Callable[..., Claim]) -> None:
    claim = claiming(clock=True)
    claim.open()
    claim.service.fail(PREVIEW, 429, "throttled", headers={"Retry-After": "7"})
    claim.choose(1)
    claim.press("continue")
    claim.page.wait_for_function("() => document.querySelector('.ovc-flow').textContent.includes('Reading')")
    claim.pass_seconds(1)
    claim.says("Trying again in 7 seconds")
    claim.service.mend(PREVIEW)
    claim.pass_seconds(5)
    assert claim.service.count(PREVIEW) == 1
    claim.pass_seconds(3)
    claim.page.wait_for_selector(".ovc-preview")
    assert claim.service.count(PREVIEW) == 2


def test_offline_nothing_is_asked_and_everything_stays(claiming: Callable[..., Claim]) -> None:
    claim = claiming(clock=True)
    claim.open()
    claim.choose(1)
    claim.press("continue")
    claim.pass_seconds(1)
    claim.page.wait_for_selector(".ovc-preview")
    claim.press("make")
    claim.page.wait_for_selector(".ovc-way")
    claim.page.context.set_offline(True)
    claim.shows("You are offline")
    claim.pass_seconds(60)
    assert claim.service.count(OFFER) == 0
    claim.service.claim()
    claim.page.context.set_offline(False)
    claim.pass_seconds(3)
    claim.page.wait_for_selector('[data-ovc-shows="done"]')
    assert "You are offline" not in claim.text


def test_a_list_that_was_lost_on_the_way_comes_with_the_connection(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.service.answers[LISTS[0]] = lambda route: route.abort("internetdisconnected")
    claim.open()
    assert "The server could not be reached" in claim.text
    claim.service.mend(LISTS[0])
    claim.page.context.set_offline(True)
    claim.page.context.set_offline(False)
    claim.page.wait_for_selector(".ovc-card")


def test_switched_off_says_so_and_still_lists_what_was_claimed(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.service.fail(LISTS[0], 404, "switched_off")
    claim.open()
    assert "Verifiable credentials are switched off here" in claim.text
    assert claim.page.locator("[data-ovc-credential]").count() == 1


def test_what_the_wallet_has_done_cannot_be_seen_for_a_while(claiming: Callable[..., Claim]) -> None:
    claim = claiming(clock=True)
    claim.open()
    claim.offer(1)
    claim.service.fail(OFFER, 502)
    claim.pass_seconds(3)
    claim.shows("cannot be seen at the moment")
    assert claim.page.locator(".ovc-way").count() == 2
    claim.service.mend(OFFER)
    claim.service.claim()
    claim.pass_seconds(11)
    claim.page.wait_for_selector('[data-ovc-shows="done"]')


def test_a_session_that_was_over_is_not_said_any_more_once_the_offer_is_watched_again(
    claiming: Callable[..., Claim],
) -> None:
    claim = claiming(clock=True)
    claim.open()
    claim.offer(1)
    claim.service.fail(OFFER, 401, "not_authenticated")
    claim.pass_seconds(3)
    claim.shows("You are not logged in any more")
    claim.service.mend(OFFER)
    claim.page.evaluate("dispatchEvent(new Event('online'))")
    claim.pass_seconds(3)
    claim.page.wait_for_function("() => !document.querySelector('[data-ovc-key=log-in]')")
    assert "cannot be seen at the moment" not in claim.text


def test_without_an_address_it_says_that_it_is_set_up_wrongly(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open(elements="<openedx-vc-claim></openedx-vc-claim>")
    assert "not set up correctly" in claim.text
    assert claim.service.asked == []
