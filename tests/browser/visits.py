"""A visit to a page: what the browser asked for, what the page's policy refused, what went wrong, what axe says."""

from __future__ import annotations

import json
import os
import re
import urllib.parse
from collections.abc import Sequence
from html import escape as html_escape
from pathlib import Path
from typing import Any

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WCAG = [*STANDARD, "best-practice"]
# Without them Chromium looks for its maker's hosts at every start; as root it runs without a sandbox only.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WATCH = """
globalThis.__violations = [];
addEventListener('securitypolicyviolation', (event) => globalThis.__violations.push(
  `${event.effectiveDirective} ${event.blockedURI}`));
"""
# Sizes of what can be pressed, links in a sentence excepted (WCAG 2.2, 2.5.8). What can be ticked is hit by its label.
_SMALL = """
(least) => [...document.querySelectorAll('button, input, select, summary, textarea, a.ovc-button')]
  .filter((each) => each.checkVisibility())
  .map((each) => /^(checkbox|radio)$/.test(each.type) && each.labels.length ? each.labels[0] : each)
  .filter((each) => each.getBoundingClientRect().height < least)
  .map((each) => each.outerHTML.slice(0, 80))
"""


class Visit:
    """A tab. Everything that goes wrong on the page is kept until :meth:`settle` looks at it."""

    def __init__(self, page: Any, twin: Any = None):
        """``twin``: of a tab that runs no scripts, another one that does, for axe."""
        self.page = page
        self.requests: list[Any] = []
        self.faults: list[str] = []
        self._twin = twin
        self._scripts = twin is None
        self._twin_html = ""
        page.add_init_script(_WATCH)
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def open(self, address: str) -> None:
        """And wait for the verdict, where the page has one to give."""
        self.page.goto(address)
        self.wait()

    def wait(self) -> None:
        """Until the page is not at work."""
        if self._scripts:
            self.page.wait_for_selector("main:not([aria-busy])")

    def choose(self, *files: Path | tuple[str, str, bytes]) -> None:
        """Files for the page that checks them; name, type and bytes, or where they are."""
        made = [
            str(each) if isinstance(each, Path) else {"name": each[0], "mimeType": each[1], "buffer": each[2]}
            for each in files
        ]
        self.page.set_input_files("#ovc-file", made)
        self.wait()

    @property
    def headline(self) -> str:
        """The first heading."""
        return self._text("#ovc-headline")

    @property
    def state(self) -> str:
        """As the page's style sheet has it."""
        return self.page.get_attribute("main", "data-ovc-state") or ""

    @property
    def spoken(self) -> str:
        """What stands in the live region."""
        return self._text("#ovc-verdict")

    @property
    def text(self) -> str:
        """All that can be seen, and so read."""
        return " ".join(str(self.page.inner_text("body")).split())

    @property
    def codes(self) -> dict[str, str]:
        """Code by check."""
        items = self.page.query_selector_all("[data-ovc-check]")
        return {item.get_attribute("data-ovc-check"): item.get_attribute("data-ovc-code") for item in items}

    @property
    def outcomes(self) -> dict[str, str]:
        """The words of each check's outcome, by the name that people see."""
        return {
            self._words(item.query_selector("strong")): self._words(item.query_selector(".ovc-outcome"))
            for item in self.page.query_selector_all(".ovc-check")
        }

    @property
    def origins(self) -> set[str]:
        """Where the browser went."""
        addresses = [urllib.parse.urlsplit(each.url) for each in self.requests]
        return {f"{one.scheme}://{one.netloc}" for one in addresses if one.scheme not in ("data", "blob", "file")}

    @property
    def paths(self) -> list[str]:
        """What it asked for there, in order, styles and icons aside."""
        paths = [urllib.parse.urlsplit(each.url).path for each in self.requests]
        return [path for path in paths if not path.endswith((".css", ".ico"))]

    def settle(self) -> None:
        """Nothing was refused by the page's policy, and nothing went wrong."""
        if self._scripts:
            self.faults += [f"refused: {each}" for each in self.page.evaluate("globalThis.__violations ?? []")]
        assert self.faults == []

    def axe(self, *, within: str = "html", tags: Sequence[str] = WCAG) -> list[str]:
        """What axe has to say, one line each; ``within``: a selector of what is ours on a page of others."""
        page = self.page if self._scripts else self._seen_by_twin()
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE.read_text(encoding="utf-8"))
        # Without preloading: it puts sheets of other origins into the page, which the page's policy refuses.
        options = {"runOnly": {"type": "tag", "values": list(tags)}, "resultTypes": ["violations"], "preload": False}
        found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
        return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]

    def require_usable(self, name: str) -> None:
        """axe finds nothing, all fits, and everything can be hit with a finger; a picture for those who look."""
        for width in (1000, 320):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.picture(f"{name}-{width}")
            assert self.axe() == [], (name, width)
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            assert self.page.evaluate(_SMALL, 44) == [], (name, width)
        assert self.page.evaluate("[...document.querySelectorAll('h1')].length") == 1
        self.page.set_viewport_size({"width": 1000, "height": 800})

    def picture(self, name: str) -> None:
        """A screenshot, where ``OVC_SHOTS`` names a folder."""
        if folder := os.environ.get("OVC_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def _seen_by_twin(self) -> Any:
        """What this tab shows, in one where axe can run: without the scripts, and with what stands in for them."""
        html = re.sub(r"<script\b.*?</script>", "", self.page.content(), flags=re.DOTALL)
        html = re.sub(r"<(/?)noscript>", r"<\1div>", html)
        html = html.replace("<head>", f'<head><base href="{html_escape(self.page.url)}">', 1)
        self._twin.set_viewport_size(self.page.viewport_size)
        if html != self._twin_html:
            self._twin.set_content(html, wait_until="load")
            self._twin_html = html
        return self._twin

    def _note(self, request: Any) -> None:
        self.requests.append(request)

    def _text(self, selector: str) -> str:
        return self._words(self.page.query_selector(selector))

    def _words(self, element: Any) -> str:
        return " ".join((element.text_content() or "").split()) if element else ""

    def _hear(self, message: Any) -> None:
        # What a test lets fail on the network, the browser reports by itself.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")


def changed(raw: str, old: str, new: str) -> bytes:
    """``raw`` with one text in place of another that is in it."""
    assert old in raw
    return raw.replace(old, new).encode("utf-8")


def script_data(html: str, element_id: str) -> Any:
    """The JSON in a page's ``<script type="application/json">``."""
    found = re.search(rf'<script type="application/json" id="{element_id}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])
