"""The claim element in Chromium: from the lists of certificates to the wallet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.claim_page import DOWNLOAD
from tests.browser.claim_page import INIT
from tests.browser.claim_page import LISTS
from tests.browser.claim_page import OFFER
from tests.browser.claim_page import PREVIEW
from tests.browser.claim_page import Claim
from tests.browser.claim_service import LINK
from tests.browser.claim_service import certificate
from tests.browser.claim_service import credential
from tests.browser.expecting import expect

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
    box = claim.page.locator(".ovc-ready .ovc-card input")
    heard = "Course Example Academy Awarded on March 1, 2026 2 credentials of it claimed"
    expect(box).to_have_accessible_description(heard)
    times = claim.page.evaluate("[...document.querySelectorAll('.ovc-ready time')].map((each) => each.dateTime)")
    assert "2026-12-24T18:00:00Z" in times


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_day_is_the_same_day_in_every_zone_and_a_moment_is_the_readers(
    claiming: Callable[..., Claim], zone: str
) -> None:
    late, early = "2026-03-01T23:30:00Z", "2026-03-01T00:30:00Z"
    claim = claiming(
        certificate(1, awarded_at=late),
        certificate(2, awarded_at=early),
        certificate(3, state="not_yet", available_from="2026-12-24T08:00:00Z", wallets=[]),
        credentials=[credential(1, valid_until=late, issued_at=early), credential(2, valid_until=early)],
        timezone_id=zone,
    )
    claim.open()
    assert claim.text.count("Awarded on March 1, 2026") == 2
    assert claim.text.count("Valid until March 1, 2026") == 2
    moment = {"Pacific/Kiritimati": "at 10:00 PM GMT+14", "America/Los_Angeles": "at 12:00 AM PST"}[zone]
    assert f"December 24, 2026 {moment}" in claim.text
    claim.review(1)
    assert "Awarded on March 1, 2026" in " ".join(claim.page.inner_text(".ovc-preview").split())


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
    claim = claiming(clock=True)
    claim.open()
    claim.offer(1)
    claim.service.expire()
    claim.pass_seconds(3)
    claim.shows("This offer has expired")
    assert claim.focused == "flow-title"
    assert claim.page.locator(".ovc-way").count() == 0
    claim.press("renew")
    claim.page.wait_for_selector(".ovc-way")
    claim.pass_seconds(1)
    claim.says("There is a new offer")
    assert claim.service.count(INIT) == 2
    claim.service.claim()
    claim.pass_seconds(3)
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
