"""Badge images in Chromium: whatever was accepted runs nothing and asks nobody, however it is opened."""

import pytest

from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.exceptions import PictureError
from tests import badges
from tests import hostile_pictures

ORIGIN = "https://pictures.example/"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
CANARY = "globalThis.canary"
# A drawing with all that is accepted, so that at least one has something to do.
DRAWN = """
<defs><style>.a{fill:url(#g);font-family:'Open Sans'}</style><linearGradient id="g"><stop offset="0"/></linearGradient>
<clipPath id="c"><rect width="9" height="9"/></clipPath><mask id="m"><rect width="9" height="9" fill="#fff"/></mask>
<pattern id="p" width="2" height="2"><circle r="1"/></pattern><filter id="f"><feGaussianBlur stdDeviation="1"/></filter>
<symbol id="s"><path d="M0 0L9 9"/></symbol></defs>
<g clip-path="url(#c)"><use href="#s" mask="url(#m)" filter="url(#f)"/><text class="a">x</text></g>
<rect fill="url(#p)" style="mix-blend-mode:multiply" width="9" height="9"/>
"""


def accepted():
    """Name and bytes of each picture of the corpus that is not refused."""
    found = {"all that is accepted": accept_picture(badges.svg(DRAWN)).data}
    for name, raw in hostile_pictures.svgs().items():
        try:
            found[name] = accept_picture(raw).data
        except PictureError:
            continue
    return found


ACCEPTED = accepted()


@pytest.fixture(name="opened")
def make_opened(chromium):
    """Opens a document of ``ORIGIN`` and says what was asked for, and whether the canary sang."""
    context = chromium.new_context()
    page = context.new_page()
    asked, said, served = [], [], {}

    def answer(route):
        address = route.request.url
        asked.append(address)
        if address in served:
            body, kind, headers = served[address]
            route.fulfill(body=body, content_type=kind, headers=headers)
        else:
            route.abort()

    context.route("**/*", answer)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    # What is not let through, the browser reports by itself.
    page.on("console", lambda message: "Failed to load" in message.text or said.append(message.text))

    def open_(first, **documents):
        served.clear()
        asked.clear()
        served.update({f"{ORIGIN}{name}": document for name, document in documents.items()})
        page.goto(f"{ORIGIN}{first}", wait_until="load")
        page.mouse.move(3, 3)
        page.mouse.click(4, 4)
        sung = page.evaluate(f"[{CANARY}, ...Array.from(frames, (each) => each.canary)].some((each) => each)")
        return [address for address in asked if not address.endswith("favicon.ico")], sung

    yield open_
    context.close()
    assert said == []


def test_there_are_some():
    assert len(ACCEPTED) > 10


def test_the_canary_sings_where_nothing_is_checked(opened):
    """Else these tests would say nothing."""
    raw = badges.svg(f"<script>{hostile_pictures.CANARY}</script>")
    assert opened("a", a=(raw, "image/svg+xml", {})) == ([f"{ORIGIN}a"], True)
    calling = badges.svg(f'<image href="{hostile_pictures.HOME}x.png" width="9" height="9"/>')
    asked, _ = opened("a", a=(calling, "image/svg+xml", {}))
    assert asked == [f"{ORIGIN}a", f"{hostile_pictures.HOME}x.png"]


def test_opened_by_itself_none_does_anything(opened):
    """Even without the headers that it is served with."""
    for name, raw in ACCEPTED.items():
        assert opened("a", a=(raw, "image/svg+xml", {})) == ([f"{ORIGIN}a"], False), name


def test_on_a_page_none_does_anything(opened):
    """As a picture; in a frame; and as part of the page, which is the worst that could be done with it."""
    for name, raw in ACCEPTED.items():
        page = f"<!doctype html><title>x</title><img src=b><iframe src=b></iframe>{raw.decode()}".encode()
        documents = {"a": (page, "text/html; charset=utf-8", {}), "b": (raw, "image/svg+xml", {})}
        asked, sung = opened("a", **documents)
        assert set(asked) == {f"{ORIGIN}a", f"{ORIGIN}b"}, name
        assert not sung, name


def test_as_it_is_served_it_is_drawn(chromium):
    """With its policy, its style included."""
    context = chromium.new_context(viewport={"width": 100, "height": 100})
    page = context.new_page()
    raw = accept_picture(badges.svg('<rect style="fill:#f00;isolation:isolate" width="10" height="10"/>')).data
    headers = {"Content-Security-Policy": POLICY}
    context.route("**/*", lambda route: route.fulfill(body=raw, content_type="image/svg+xml", headers=headers))
    page.goto(f"{ORIGIN}a")
    shown = page.screenshot()
    import io

    from PIL import Image

    assert Image.open(io.BytesIO(shown)).convert("RGB").getpixel((50, 50)) == (255, 0, 0)
    context.close()
