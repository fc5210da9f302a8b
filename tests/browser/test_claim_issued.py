"""The credentials of the claim element: what they say, sharing and revoking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.claim_page import LISTS
from tests.browser.claim_page import Claim
from tests.browser.claim_service import ORIGIN
from tests.browser.claim_service import credential


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


def test_a_page_that_became_public_is_said_to_be_though_the_card_was_closed(claiming: Callable[..., Claim]) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open()
    card = claim.more_of(1)
    share = f"PUT issued/{credential(1)['uuid']}/share/"
    claim.service.hold(share)
    claim.press(f"share-{credential(1)['uuid']}")
    claim.page.wait_for_selector(f'[data-ovc-key="share-{credential(1)["uuid"]}"][aria-disabled="true"]')
    card.locator("summary").click()
    claim.page.wait_for_selector("details:not([open])")
    claim.service.release(share)
    claim.says("The page is public now")
    assert claim.page.locator("[data-ovc-credential] .ovc-state").all_inner_texts() == ["Valid", "Shared"]
    claim.more_of(1)
    assert claim.page.locator('[role="switch"]').get_attribute("aria-checked") == "true"
    claim.page.locator('[data-ovc-key$="-linkedin"]').wait_for()


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
    # How often it is claimed has changed.
    claim.settled()
    assert claim.service.count(LISTS[0]) == 2


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


@pytest.mark.parametrize("way", ["keep", "escape"])
def test_a_revocation_that_was_sent_is_seen_though_the_dialog_was_closed(
    claiming: Callable[..., Claim], way: str
) -> None:
    claim = claiming(credentials=[credential(1)])
    claim.open()
    claim.more_of(1)
    revoke = f"POST issued/{credential(1)['uuid']}/revoke/"
    claim.service.hold(revoke)
    key = f"revoke-{credential(1)['uuid']}"
    claim.press(key)
    claim.press(f"{key}-yes")
    claim.page.wait_for_selector(f'[data-ovc-key="{key}-yes"][aria-disabled="true"]')
    if way == "keep":
        claim.press(f"{key}-yes-keep")
    else:
        claim.page.keyboard.press("Escape")
    claim.page.wait_for_selector("dialog", state="detached")
    assert "Valid" in claim.page.inner_text("[data-ovc-credential]")
    claim.service.release(revoke)
    claim.says("The credential is revoked")
    assert claim.page.get_attribute("[data-ovc-credential]", "data-ovc-state") == "revoked"
    assert claim.service.count(revoke) == 1


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
