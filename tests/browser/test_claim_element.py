"""The claim element in Chromium, against a service that answers as it is told: the states that are hard to reach."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.claim_service import LINK
from tests.browser.claim_service import ORIGIN
from tests.browser.claim_service import ClaimService
from tests.browser.claim_service import certificate
from tests.browser.claim_service import credential
from tests.browser.visits import Visit

LISTS = ["GET certificates/?page=1", "GET issued/?page=1"]
INIT, PREVIEW = "POST credentials/init/", "POST certificates/preview/"
OFFER = "GET offers/00000000-0000-4000-9000-000000000000/"
DOWNLOAD = "POST offers/00000000-0000-4000-9000-000000000000/download/"
ELEMENT = (
    '<openedx-vc-claim api="/verifiable_credentials/api/v1/" csrf-token="token" login-url="/login/?x=1"{more}>'
    "{inside}</openedx-vc-claim>"
)
PAGE = """<!doctype html>
<html lang="{lang}"{dir}>
<head><title>Credentials</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/pages.css"></head>
<body><main><h1>Credentials</h1>{elements}</main>{script}</body></html>"""
SCRIPT = '<script src="/static/claim.js"></script>'


class Claim:
    """The element on a page, and the service behind it."""

    def __init__(self, visit: Visit, service: ClaimService):
        self.visit = visit
        self.page = visit.page
        self.service = service

    def open(self, *, lang: str = "en", more: str = "", elements: str | None = None, script: str = SCRIPT) -> None:
        """And wait until both lists are there."""
        self.load(lang=lang, more=more, elements=elements, script=script)
        self.page.wait_for_selector("openedx-vc-claim")
        self.settled()

    def load(self, *, lang: str = "en", more: str = "", elements: str | None = None, script: str = SCRIPT) -> None:
        """A page with it."""
        made = ELEMENT.format(more=f' lang="{lang}"{more}', inside="<p>Without scripts</p>")
        direction = ' dir="rtl"' if lang == "ar" else ""
        self.service.html = PAGE.format(lang=lang, dir=direction, elements=elements or made, script=script)
        self.page.goto(f"{ORIGIN}/page")

    def settled(self) -> None:
        """Nothing is at work."""
        self.page.wait_for_function("() => !document.querySelector('.ovc-claim [aria-busy]')")

    def press(self, key: str) -> None:
        """The control of this name, the first that can be seen."""
        self.page.locator(f'[data-ovc-key="{key}"]:visible').first.click()

    def choose(self, *numbers: int) -> None:
        """Certificates."""
        for number in numbers:
            self.press(f"choose-{number:032x}")

    def review(self, *numbers: int) -> None:
        """The step in which one sees what will be shared."""
        self.choose(*numbers)
        self.press("continue")
        self.page.wait_for_selector(".ovc-preview:not([aria-busy])")

    def offer(self, *numbers: int) -> None:
        """The step with the QR code."""
        self.review(*numbers)
        self.press("make")
        self.page.wait_for_selector(".ovc-way")

    def download(self, *numbers: int) -> None:
        """Up to the button that makes files."""
        self.review(*numbers)
        self.press("wallet-download")
        self.previewed(2)

    def previewed(self, times: int) -> None:
        """What will be shared was asked for so often, and is shown."""
        self.page.wait_for_selector(".ovc-preview:not([aria-busy])")
        self.page.wait_for_selector('[data-ovc-key="make"]:not([aria-disabled])')
        assert self.service.count(PREVIEW) == times

    def pass_seconds(self, seconds: int) -> None:
        """On the page's clock, which stands still otherwise."""
        self.page.clock.run_for(seconds * 1000)

    def more_of(self, number: int) -> Any:
        """The card of a credential, opened."""
        card = self.page.locator(f'[data-ovc-credential="{credential(number)["uuid"]}"]')
        card.locator("summary").click()
        return card

    @property
    def text(self) -> str:
        """All that can be seen of it."""
        return " ".join(str(self.page.inner_text("openedx-vc-claim")).split())

    def says(self, sentence: str) -> None:
        """Wait until a screen reader is told this."""
        self.page.wait_for_function(
            "(wanted) => document.querySelector('.ovc-claim > [role=status]').textContent.includes(wanted)",
            arg=sentence,
        )

    def shows(self, sentence: str) -> None:
        """Wait until it can be seen."""
        self.page.wait_for_function(
            "(wanted) => document.querySelector('openedx-vc-claim').innerText.includes(wanted)", arg=sentence
        )

    @property
    def focused(self) -> str:
        """The name of what has the focus."""
        return str(self.page.evaluate("document.activeElement.dataset.ovcKey ?? document.activeElement.tagName"))


@pytest.fixture
def claiming(visitor: Callable[..., Visit]) -> Iterator[Callable[..., Claim]]:
    """Makes pages; at the end nothing has gone wrong on them."""
    visits = []

    def make(*certificates: dict[str, Any], credentials: Any = (), clock: bool = False, **options: Any) -> Claim:
        visit = visitor(**options)
        visits.append(visit)
        if clock:
            visit.page.clock.install(time="2026-11-22T10:00:00Z")
        found = list(certificates) or [certificate(1), certificate(2), certificate(3)]
        return Claim(visit, ClaimService(visit.page, certificates=found, credentials=list(credentials)))

    yield make
    for visit in visits:
        visit.settle()


# The lists


def test_certificates_are_listed_with_what_can_be_done_with_each(claiming: Callable[..., Claim]) -> None:
    claim = claiming(
        certificate(1, title="<img src=x onerror=alert(1)> & co", claimed=2),
        certificate(2, state="not_yet", available_from="2026-12-24T18:00:00Z", wallets=[]),
        certificate(3, state="revoked", wallets=[]),
        certificate(4, state="not_offered", wallets=[]),
        certificate(5, state="a_new_state", wallets=[]),
        timezone_id="America/Mexico_City",
    )
    claim.open()
    assert "<img src=x onerror=alert(1)> & co" in claim.text
    assert "Without scripts" not in claim.text
    assert "Awarded on March 1, 2026" in claim.text
    assert "2 credentials of it claimed" in claim.text
    assert "It can be claimed from December 24, 2026 at 12:00 PM" in claim.text
    assert "This certificate was taken back" in claim.text
    assert "Your organization does not offer this certificate" in claim.text
    assert claim.page.locator(".ovc-ready input[type=checkbox]").count() == 1
    assert claim.page.locator("openedx-vc-claim img").count() == 0
    assert "You have not claimed a credential yet" in claim.text
    times = claim.page.evaluate("[...document.querySelectorAll('.ovc-ready time')].map((each) => each.dateTime)")
    assert "2026-12-24T18:00:00Z" in times


def test_without_certificates_it_says_what_to_do(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.service.certificates = []
    claim.open()
    assert "Finish a course or program" in claim.text
    assert claim.page.locator('[data-ovc-key="continue"]').count() == 0


def test_a_choice_is_kept_over_pages_and_long_lists_do_not_grow_the_page(claiming: Callable[..., Claim]) -> None:
    claim = claiming(*[certificate(number) for number in range(1, 10_001)])
    claim.open()
    assert "10,000 certificates" in claim.text
    assert "Page 1 of 500" in claim.text
    claim.choose(3)
    claim.press("ready-next")
    claim.shows("Page 2 of 500")
    claim.settled()
    assert claim.focused == "H2"
    assert claim.page.locator(".ovc-ready li").count() == 20
    claim.choose(22)
    assert "2 certificates chosen" in claim.text
    claim.press("continue")
    claim.page.wait_for_selector(".ovc-preview")
    assert claim.service.bodies[PREVIEW][0]["credential_uuids"] == [certificate(3)["uuid"], certificate(22)["uuid"]]
    assert claim.service.count("GET certificates/?page=2") == 1


def test_all_of_a_page_are_chosen_at_once_and_nothing_goes_on_without_a_choice(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.press("continue")
    assert "Choose at least one certificate first" in claim.text
    assert claim.focused == "continue"
    claim.press("choose-all")
    assert claim.focused == "choose-all"
    assert claim.page.locator(".ovc-ready input:checked").count() == 4
    claim.choose(2)
    assert claim.page.evaluate("document.querySelector('[data-ovc-key=choose-all]').indeterminate") is True
    assert "2 certificates chosen" in claim.text


# From the choice to the wallet


def test_what_is_left_out_is_seen_before_the_offer_and_sent_with_it(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.review(1, 2)
    assert claim.focused == "flow-title"
    assert "Ada <b>Lovelace</b>" in claim.text
    assert "something new" in claim.text
    claim.press("claim-name")
    claim.previewed(2)
    claim.says("What will be shared has changed")
    assert claim.focused == "claim-name"
    assert "Ada" not in claim.text
    assert "Left out: Your name" in claim.text
    claim.press("make")
    claim.page.wait_for_selector(".ovc-way")
    wanted = {
        "credential_uuids": [certificate(1)["uuid"], certificate(2)["uuid"]],
        "storage_id": "lc_wallet",
        "leave_out": ["name"],
    }
    assert claim.service.bodies[INIT] == [wanted]
    assert claim.service.bodies[PREVIEW][-1] == wanted
    assert claim.service.headers[INIT]["x-csrftoken"] == "token"
    assert claim.focused == "flow-title"


def test_the_page_notices_that_the_wallet_has_fetched(claiming: Callable[..., Claim]) -> None:
    claim = claiming(clock=True)
    claim.open()
    claim.choose(1, 2)
    claim.press("continue")
    claim.pass_seconds(1)
    claim.page.wait_for_selector(".ovc-preview")
    claim.press("make")
    claim.page.wait_for_selector(".ovc-way")
    assert claim.service.count(OFFER) == 0
    claim.pass_seconds(2)
    claim.page.wait_for_timeout(0)
    claim.service.claim()
    claim.pass_seconds(5)
    claim.page.wait_for_selector('[data-ovc-shows="done"]')
    claim.pass_seconds(1)
    claim.says("the wallet has fetched 2 credentials")
    assert claim.focused == "flow-title"
    claim.settled()
    assert [claim.service.count(name) for name in LISTS] == [2, 2]
    asked = claim.service.count(OFFER)
    claim.pass_seconds(60)
    assert claim.service.count(OFFER) == asked
    claim.press("back")
    claim.settled()
    assert "0 certificates chosen" in claim.text
    assert "2 credentials" in claim.text


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({}, "code"),
        ({"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 800}}, "link"),
    ],
    ids=["desktop", "phone"],
)
def test_the_way_for_the_device_comes_first(
    claiming: Callable[..., Claim], options: dict[str, Any], first: str
) -> None:
    claim = claiming(**options)
    claim.open()
    claim.offer(1)
    ways = claim.page.evaluate("[...document.querySelectorAll('.ovc-way')].map((each) => each.className)")
    assert [way.rpartition("-")[2] for way in ways] == [first, "link" if first == "code" else "code"]
    assert claim.page.get_attribute('[data-ovc-key="open-wallet"]', "href") == LINK
    assert "link" in (claim.page.get_attribute(".ovc-way img", "alt") or "")
    assert claim.page.locator(".ovc-stores a").count() == 2
    assert claim.page.get_attribute(".ovc-stores a", "rel") == "noopener"


def test_the_link_can_be_copied(claiming: Callable[..., Claim]) -> None:
    claim = claiming(permissions=["clipboard-read", "clipboard-write"])
    claim.open()
    claim.offer(1)
    claim.press("copy-offer")
    claim.says("The link is copied")
    assert claim.page.evaluate("navigator.clipboard.readText()") == LINK


def test_where_nothing_can_be_copied_the_link_is_shown(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    claim.open()
    claim.offer(1)
    claim.press("copy-offer")
    assert claim.focused == "copy-offer-text"
    assert claim.page.input_value('[data-ovc-key="copy-offer-text"]') == LINK
    assert claim.page.evaluate("getSelection().toString()") == LINK


def test_an_offer_that_is_over_is_made_anew(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.offer(1)
    claim.service.expire()
    claim.shows("This offer has expired")
    assert claim.focused == "flow-title"
    assert claim.page.locator(".ovc-way").count() == 0
    claim.press("renew")
    claim.page.wait_for_selector(".ovc-way")
    claim.says("There is a new offer")
    assert claim.service.count(INIT) == 2
    claim.service.claim()
    claim.page.wait_for_selector('[data-ovc-shows="done"]')
    assert list(claim.service.offers) == [
        "00000000-0000-4000-9000-000000000000",
        "00000000-0000-4000-9000-000000000001",
    ]


def test_without_a_wallet_there_are_files(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.download(1, 2)
    claim.press("make")
    claim.page.wait_for_selector(".ovc-flow [data-ovc-file-of]")
    claim.says("2 credentials were created")
    assert claim.service.count(DOWNLOAD) == 1
    assert claim.page.locator(".ovc-flow [data-ovc-file-of]").count() == 2
    uuid = claim.page.get_attribute(".ovc-flow [data-ovc-file-of]", "data-ovc-file-of")
    for form in ("json", "png", "svg", "pdf"):
        with claim.page.expect_download() as saved:
            claim.page.locator(f'.ovc-flow [data-ovc-form="{form}"]').first.click()
        assert saved.value.suggested_filename.endswith(f".{form}")
        assert saved.value.path().read_text() == f"{uuid} credential.{form}"


def test_files_are_there_as_soon_as_the_list_is(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open()
    claim.download(1)
    claim.service.fail(LISTS[1], 500, "internal_error")
    claim.press("make")
    claim.shows("Your credentials could not be loaded")
    assert claim.page.locator(".ovc-flow [data-ovc-file-of]").count() == 0
    claim.service.mend(LISTS[1])
    claim.press("issued-again")
    claim.page.wait_for_selector(".ovc-flow [data-ovc-file-of]")
    assert claim.service.count(DOWNLOAD) == 1


def test_certificates_that_no_wallet_takes_together_are_told_so(claiming: Callable[..., Claim]) -> None:
    claim = claiming(certificate(1, wallets=["lc_wallet"]), certificate(2, wallets=["download"]))
    claim.open()
    claim.choose(1, 2)
    claim.press("continue")
    claim.shows("No wallet can take all of these together")
    assert claim.service.count(PREVIEW) == 0
    claim.press("back")
    assert claim.page.locator(".ovc-ready input:checked").count() == 3


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
    claim = claiming()
    claim.open()
    claim.offer(1)
    claim.service.fail(OFFER, 502)
    claim.shows("cannot be seen at the moment")
    assert claim.page.locator(".ovc-way").count() == 2
    claim.service.mend(OFFER)
    claim.service.claim()
    claim.page.wait_for_selector('[data-ovc-shows="done"]')


def test_without_an_address_it_says_that_it_is_set_up_wrongly(claiming: Callable[..., Claim]) -> None:
    claim = claiming()
    claim.open(elements="<openedx-vc-claim></openedx-vc-claim>")
    assert "not set up correctly" in claim.text
    assert claim.service.asked == []


# What was claimed


def test_credentials_say_where_they_are_and_whether_they_count(claiming: Callable[..., Claim]) -> None:
    claim = claiming(
        credentials=[
            credential(1),
            credential(2, state="revoked", can_revoke=False),
            credential(3, bound=False, valid_until="2020-01-01T00:00:00Z"),
            credential(4, state="superseded", can_revoke=False),
            credential(5, state="suspended"),
            credential(6, title="", withheld=True, files={}, can_revoke=False),
            credential(7, state="a_new_state"),
        ]
    )
    claim.open()
    cards = claim.page.locator("[data-ovc-credential]")
    words = [" ".join(card.split()) for card in cards.all_inner_texts()]
    assert "Valid Issued by Example Academy Claimed on November 20, 2026 at 03:04 PM UTC" in words[0]
    assert "In Learner Credential Wallet, wallet ending in 8PnAKTwx" in words[0]
    assert "Revoked" in words[1]
    assert "It does not count any more, wherever it is shown" in words[1]
    assert "Expired" in words[2]
    assert "As a file, not bound to a wallet" in words[2]
    assert "Replaced by a newer one" in words[3]
    assert "Suspended for now" in words[4]
    assert "What this credential said was erased" in words[5]
    assert cards.nth(5).locator("summary").count() == 0
    assert "State unknown" in words[6]


def test_a_credential_is_shared_and_taken_back(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)], permissions=["clipboard-read", "clipboard-write"])
    claim.open()
    card = claim.more_of(1)
    switch = card.get_by_role("switch", name="Public page of Computing 1")
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    claim.says("The page is public now")
    assert switch.get_attribute("aria-checked") == "true"
    page = f"{ORIGIN}/verifiable_credentials/c/abc/"
    assert card.get_by_label("Link", exact=True).input_value() == page
    card.get_by_role("button", name="Copy link").click()
    claim.says("The link is copied")
    assert claim.page.evaluate("navigator.clipboard.readText()") == page
    linkedin = card.get_by_role("link", name="Add to LinkedIn")
    assert (linkedin.get_attribute("href") or "").startswith("https://www.linkedin.com/profile/add?certUrl=http")
    assert (linkedin.get_attribute("target"), linkedin.get_attribute("rel")) == ("_blank", "noopener")
    assert card.get_by_role("img", name="QR code").count() == 1
    share = f"issued/{credential(1)['uuid']}/share/"
    switch.click()
    claim.page.get_by_role("button", name="Keep sharing").click()
    assert claim.service.count(f"DELETE {share}") == 0
    switch.click()
    claim.page.get_by_role("button", name="Take it back").click()
    claim.says("The page is not public any more")
    assert switch.get_attribute("aria-checked") == "false"
    assert card.get_by_role("link", name="Add to LinkedIn").count() == 0
    assert [claim.service.count(f"{method} {share}") for method in ("GET", "PUT", "DELETE")] == [0, 1, 1]


def test_what_is_shared_already_shows_its_page_when_it_is_opened(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1, share=f"{ORIGIN}/verifiable_credentials/c/abc/"), credential(2)])
    claim.open()
    assert not any(name.endswith("/share/") for name in claim.service.asked)
    card = claim.more_of(1)
    card.get_by_role("link", name="Add to LinkedIn").wait_for()
    assert [name for name in claim.service.asked if name.endswith("/share/")] == [
        f"GET issued/{credential(1)['uuid']}/share/"
    ]


def test_a_credential_is_revoked_only_after_a_question(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1), credential(2)])
    claim.open()
    card = claim.more_of(2)
    revoke = f"POST issued/{credential(2)['uuid']}/revoke/"
    key = f"revoke-{credential(2)['uuid']}"
    claim.press(key)
    dialog = claim.page.get_by_role("dialog", name="Revoke this credential?")
    assert "“Computing 2” will not count any more" in dialog.inner_text()
    assert claim.focused == f"{key}-yes-keep"
    claim.page.keyboard.press("Escape")
    assert dialog.count() == 0
    assert claim.focused == key
    assert claim.service.count(revoke) == 0
    claim.press(key)
    claim.service.hold(revoke)
    claim.page.evaluate(
        "(key) => { for (const _ of [1, 2]) document.querySelector(`[data-ovc-key='${key}']`).click(); }", f"{key}-yes"
    )
    claim.service.release(revoke)
    claim.says("The credential is revoked")
    assert claim.service.count(revoke) == 1
    assert card.get_attribute("data-ovc-state") == "revoked"
    assert claim.focused == f"title-{credential(2)['uuid']}"
    assert card.get_by_role("button", name="Revoke").count() == 0


def test_a_revocation_that_fails_says_so_in_the_dialog(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open()
    claim.more_of(1)
    revoke = f"POST issued/{credential(1)['uuid']}/revoke/"
    claim.service.fail(revoke, 503, "busy")
    key = f"revoke-{credential(1)['uuid']}"
    claim.press(key)
    claim.press(f"{key}-yes")
    dialog = claim.page.get_by_role("dialog")
    dialog.get_by_role("alert").wait_for()
    assert "This is being worked on in another place" in dialog.inner_text()
    claim.service.mend(revoke)
    dialog.get_by_role("button", name="Try again").click()
    claim.says("The credential is revoked")


def test_a_session_that_is_over_in_a_dialog_is_said_there(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open()
    claim.more_of(1)
    revoke = f"POST issued/{credential(1)['uuid']}/revoke/"
    claim.service.fail(revoke, 401, "not_authenticated")
    key = f"revoke-{credential(1)['uuid']}"
    claim.press(key)
    claim.press(f"{key}-yes")
    dialog = claim.page.get_by_role("dialog")
    assert "/login/" in (dialog.get_by_role("link", name="Log in again").get_attribute("href") or "")
    assert claim.text.count("You are not logged in any more") == 1
    claim.service.mend(revoke)
    dialog.get_by_role("button", name="Try again").click()
    claim.says("The credential is revoked")


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
def test_every_step_is_usable_by_everybody(claiming: Callable[..., Claim], lang: str) -> None:
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
    claim.press(f"revoke-{credential(1)['uuid']}")
    claim.visit.require_usable(f"claim-dialog-{lang}")
    claim.page.keyboard.press("Escape")
    claim.review(1, 2)
    claim.press("claim-name")
    claim.previewed(2)
    claim.visit.require_usable(f"claim-review-{lang}")
    claim.press("make")
    claim.page.wait_for_selector(".ovc-way")
    claim.visit.require_usable(f"claim-offer-{lang}")
    claim.service.expire()
    claim.page.wait_for_selector('[data-ovc-key="renew"]')
    claim.visit.require_usable(f"claim-expired-{lang}")
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


def test_who_wants_no_motion_gets_none(claiming: Callable[..., Claim]) -> None:
    claim = claiming(reduced_motion="reduce")
    claim.open()
    claim.offer(1)
    assert (
        claim.page.evaluate("getComputedStyle(document.querySelector('.ovc-waiting'), '::before').animationName")
        == "none"
    )
