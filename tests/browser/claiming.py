"""What is done on the learner's page, by the names that the element gives its parts: words differ by language."""

from __future__ import annotations

import io
import json
from typing import Any

import zxingcpp
from PIL import Image

from tests.browser.expecting import expect


def key(page: Any, name: str) -> Any:
    """What can be pressed."""
    return page.locator(f"[data-ovc-key={json.dumps(name)}]")


def choose(page: Any, *titles: str) -> None:
    """Ticks certificates."""
    for title in titles:
        page.locator(".ovc-ready .ovc-card", has_text=title).locator("input").check()


def go_on(page: Any) -> None:
    """From the certificates to what will be shared."""
    key(page, "continue").click()
    expect(key(page, "make")).not_to_have_attribute("aria-disabled", "true")


def to_wallet(page: Any) -> Any:
    """The button that makes an offer to a wallet."""
    page.locator("input[type=radio][value=lc_wallet]").check()
    expect(key(page, "make")).not_to_have_attribute("aria-disabled", "true")
    return key(page, "make")


def offer_of(page: Any) -> None:
    """On from there, until the offer is on the screen."""
    to_wallet(page).click()
    page.locator(".ovc-way-code img").wait_for()


def scanned(place: Any) -> str:
    """What a phone's camera reads off the screen."""
    shot = Image.open(io.BytesIO(place.screenshot())).convert("L")
    found = zxingcpp.read_barcode(shot)
    assert found is not None, "no code can be read"
    return str(found.text)


def scanned_offer(page: Any) -> str:
    """The link of the offer on the screen."""
    return scanned(page.locator(".ovc-way-code .ovc-code-frame"))


def look_again(page: Any) -> None:
    """As who comes back to the tab: it asks at once."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def spoken(page: Any, sentence: str) -> None:
    """What assistive technology is told."""
    expect(page.locator(".ovc-heard[role=status]")).to_have_text(sentence)


def card(page: Any, title: str) -> Any:
    """Of what was claimed."""
    return page.locator("[data-ovc-credential]", has_text=title).first


def open_card(page: Any, title: str) -> Any:
    """With files, sharing and revoking."""
    found = card(page, title)
    found.locator("summary").click()
    expect(found.locator("details")).to_have_attribute("open", "")
    return found
