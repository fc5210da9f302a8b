"""
Baked files in Chromium: whatever stands in a title, in a credential or in a picture that was accepted, a file that is
served runs nothing and asks nobody, however it is opened; and the page that checks files finds the credential in it.
"""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.core.images import generated
from openedx_verifiable_credentials.core.images import wrapped
from openedx_verifiable_credentials.rest_api.files import FILE_POLICIES
from tests import badges
from tests.browser import files
from tests.browser.test_badge_images import ACCEPTED
from tests.browser.test_badge_images import ORIGIN
from tests.browser.test_badge_images import make_opened  # noqa: F401  (a fixture)
from tests.browser.test_hostile_files import CANARY
from tests.browser.test_hostile_files import HOME
from tests.browser.test_hostile_files import TEXTS

ID = "urn:uuid:2d5a1f7a-5d3e-4c1c-9c7e-000000000001"
TYPE = "image/svg+xml"
HEADERS = {**FILE_POLICIES["svg"], "X-Content-Type-Options": "nosniff"}
# Would end the section, the element or the drawing, if it could.
ENDS = [
    f"]]></openbadges:credential><script>{CANARY}</script>",
    f"]]>]]&gt;<script>{CANARY}</script><![CDATA[",
    f"</title><script>{CANARY}</script>",
    f"</svg><script>{CANARY}</script>",
    f'"/><image href="{HOME}x.png"/>',
]


def baked():
    """Name and bytes of each: every title and credential in every kind of picture, every picture with a credential."""
    pixels = accept_picture(badges.png())
    for number, text in enumerate(TEXTS + ENDS):
        # Signs as they are, which our own writer escapes.
        credential = json.dumps({"name": text}, ensure_ascii=False).encode()
        yield f"title {number} of a badge that is drawn", svg.bake(generated.draw_svg(ID, text).data, credential)
        yield f"title {number} around a PNG", svg.bake(wrapped.svg_around(pixels, text), credential)
    for name, picture in ACCEPTED.items():
        yield f"picture: {name}", svg.bake(picture, json.dumps({"name": ENDS[0]}).encode())


BAKED = dict(baked())


def test_there_are_more_than_sixty_of_them():
    assert len(BAKED) > 60
    assert all(formats.read_credential(raw) for raw in BAKED.values())


@pytest.fixture(name="shown")
def make_shown(chromium):
    """
    Shows a file with the headers that it is served with, but for the one that has it saved; says what was asked for,
    and whether the canary sang. The browser may tell what it did not let happen.
    """
    context = chromium.new_context()
    page = context.new_page()
    asked = []

    def show():
        asked.clear()
        page.goto(f"{ORIGIN}a", wait_until="load")
        page.mouse.move(3, 3)
        page.mouse.click(4, 4)
        sung = page.evaluate("[globalThis.canary, ...Array.from(frames, (each) => each.canary)].some((each) => each)")
        return [address for address in asked if not address.endswith("favicon.ico")], sung

    def open_(raw):
        context.unroute_all()
        context.route(
            "**/*",
            lambda route: (
                asked.append(route.request.url),
                route.fulfill(body=raw, content_type=TYPE, headers=HEADERS),
            ),
        )
        return show()

    yield open_
    context.close()


def test_what_is_served_does_nothing(shown):
    for name, raw in BAKED.items():
        assert shown(raw) == ([f"{ORIGIN}a"], False), name


def test_a_saved_one_does_nothing(opened):
    """Without any header."""
    for name, raw in BAKED.items():
        assert opened("a", a=(raw, TYPE, {})) == ([f"{ORIGIN}a"], False), name


def test_on_a_page_none_does_anything(opened):
    """As a picture, and in a frame."""
    page = b"<!doctype html><title>x</title><img src=b><iframe src=b></iframe>"
    for name, raw in BAKED.items():
        asked, sung = opened("a", a=(page, "text/html; charset=utf-8", {}), b=(raw, TYPE, {}))
        assert (set(asked), sung) == ({f"{ORIGIN}a", f"{ORIGIN}b"}, False), name


def test_the_canary_sings_in_a_file_that_is_not_ours(opened, shown):
    """Else these tests would say nothing."""
    raw = svg.bake(badges.svg(f"<script>{CANARY}</script>"), b"{}")
    assert opened("a", a=(raw, TYPE, {})) == ([f"{ORIGIN}a"], True)
    # What it is served with is enough by itself.
    assert shown(raw) == ([f"{ORIGIN}a"], False)


def test_a_picture_in_it_is_drawn(chromium):
    """A PNG in an SVG, without a request."""
    context = chromium.new_context(viewport={"width": 100, "height": 90})
    page = context.new_page()
    asked = []
    raw = svg.bake(wrapped.svg_around(accept_picture(badges.png(colour="red")), "Red"), b"{}")
    context.route("**/*", lambda route: (asked.append(route.request.url), route.fulfill(body=raw, content_type=TYPE)))
    page.goto(f"{ORIGIN}a")
    assert Image.open(io.BytesIO(page.screenshot())).convert("RGB").getpixel((50, 45)) == (255, 0, 0)
    assert asked == [f"{ORIGIN}a"]
    context.close()


@pytest.mark.parametrize("form", ["png", "svg", "png in svg"])
def test_the_page_that_checks_files_finds_the_credential(verify_page, form):
    """Of a hostile title, too, which is told as text; and it finds what was changed."""
    title = TEXTS[0]
    raw = files.credential(title=title)
    pixels = accept_picture(badges.png())
    whole = {
        "png": lambda: png.bake(generated.draw_png(ID).data, raw),
        "svg": lambda: svg.bake(generated.draw_svg(ID, title).data, raw),
        "png in svg": lambda: svg.bake(wrapped.svg_around(pixels, title), raw),
    }[form]()
    kind = "image/png" if form == "png" else TYPE
    verify_page.choose((f"a.{form[-3:]}", kind, whole))
    assert verify_page.state == "valid", verify_page.codes
    assert title in verify_page.text
    assert verify_page.page.evaluate("globalThis.canary") is None
    verify_page.choose((f"a.{form[-3:]}", kind, whole.replace(b"Ada", b"Eda", 1)))
    assert verify_page.state in ("invalid", "refused")
