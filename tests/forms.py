"""Forms of pages, filled in and sent the way a browser without scripts does."""

from __future__ import annotations

import dataclasses
import html.parser
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from tests import seed


def editor(*permissions: str, name: str = "editor", csrf: bool = False) -> tuple[Client, Any]:
    """A browser of staff with these permissions of ours, nothing more; and their account."""
    account = seed.make_learner(name, "", is_staff=True)
    ours = Permission.objects.filter(content_type__app_label="openedx_verifiable_credentials", codename__in=permissions)
    assert ours.count() == len(permissions)
    account.user_permissions.add(*ours)
    browser = Client(enforce_csrf_checks=csrf)
    browser.force_login(account)
    return browser, account


@dataclasses.dataclass
class Page:
    """
    One response: its text, what its form would send as it stands, and the mistakes told at each field. ``enter``: the
    button that this key presses.
    """

    response: Any
    text: str
    fields: dict[str, list[str]]
    buttons: set[str]
    choices: dict[str, list[str]]
    errors: dict[str, list[str]]
    described: dict[str, str]
    files: set[str]
    enter: str

    @property
    def status(self) -> int:
        return self.response.status_code


def read(response: Any) -> Page:
    """The page of a response, with the form whose method is POST (that of logging out left aside)."""
    text = response.content.decode()
    reader = _Reader()
    reader.feed(text)
    return Page(response, text, **{name: getattr(reader, name) for name in _READ})


def get(browser: Client, address: str) -> Page:
    """The page at an address."""
    return read(browser.get(address))


def send(browser: Client, address: str, button: str = "_save", **changes: Any) -> Page:
    """The answer to the form at ``address`` with these changes; None takes a control's value away."""
    page = get(browser, address)
    known = page.fields.keys() | page.choices.keys() | page.files
    assert changes.keys() <= known, changes.keys() - known
    return post(browser, page, button, **changes)


def post(browser: Client, page: Page, button: str = "_save", **changes: Any) -> Page:
    """The answer to the form of a page that is open, with these changes; of controls that it does not have, too."""
    assert page.status == 200, page.status
    assert button in page.buttons, page.buttons
    data = {name: values for name, values in {**page.fields, **changes}.items() if values is not None}
    return read(browser.post(page.response.wsgi_request.path, {**data, button: "1"}))


_READ = ("fields", "buttons", "choices", "errors", "described", "files", "enter")


class _Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.buttons: set[str] = set()
        self.choices: dict[str, list[str]] = {}
        self.errors: dict[str, list[str]] = {}
        self.described: dict[str, str] = {}
        self.files: set[str] = set()
        self.enter = ""
        self._inside = False
        self._select: str | None = None
        self._text: tuple[str, list[str]] | None = None
        self._error: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note_errors(tag, given)
        if tag == "form":
            self._inside = given.get("method", "").lower() == "post" and given.get("id") != "logout-form"
        if self._inside:
            self._note_control(tag, given)

    def _note_errors(self, tag: str, given: dict[str, str]) -> None:
        if tag == "ul" and "errorlist" in given.get("class", ""):
            self._error = given.get("id", "").removeprefix("id_").removesuffix("_error")
            self.errors[self._error] = []
        if tag == "li" and self._error is not None:
            self.errors[self._error].append("")

    def _note_control(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if given.get("aria-describedby"):
            self.described[given.get("id") or given.get("aria-label", "")] = given["aria-describedby"]
        if tag == "input":
            self._input(name, given)
        elif tag == "button" and given.get("type") == "submit":
            self.enter = self.enter or name
            self.buttons.add(name)
        elif tag == "select":
            self._select, self.choices[name] = name, []
        elif tag == "option" and self._select is not None:
            self.choices[self._select].append(given.get("value", ""))
            if "selected" in given:
                self.fields[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._text = name, []

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("submit", "button"):
            self.enter = self.enter or name
            self.buttons.add(name)
        elif kind in ("checkbox", "radio"):
            self.choices.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                self.fields.setdefault(name, []).append(given.get("value", "on"))
        elif kind == "file":
            self.files.add(name)
        else:
            self.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)
        if self._error is not None and self.errors[self._error]:
            self.errors[self._error][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            if self._select is not None and self.choices[self._select]:
                self.fields.setdefault(self._select, [self.choices[self._select][0]])
            self._select = None
        elif tag == "textarea" and self._text is not None:
            # The line break after the tag is not part of the value.
            self.fields[self._text[0]] = ["".join(self._text[1]).removeprefix("\r").removeprefix("\n")]
            self._text = None
        elif tag == "ul" and self._error is not None:
            self._error = None
