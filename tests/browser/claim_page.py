"""The claim element on a page of its own, against a service that answers as it is told: what its tests do there."""

from __future__ import annotations

from typing import Any

from tests.browser.claim_service import ORIGIN
from tests.browser.claim_service import ClaimService
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
