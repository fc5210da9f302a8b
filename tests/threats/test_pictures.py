"""Pictures that are made to cost more than they weigh: refused, or written anew, at a bounded cost."""

from __future__ import annotations

import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.core.images import png
from openedx_verifiable_credentials.exceptions import PictureError
from tests import badges
from tests import hostile_pictures
from tests import pictures
from tests.threats import costs

MIB = 1 << 20
# They cost nothing, and do no harm.
ACCEPTED = {"comments in a sheet", "quotes in a style", "quotes and words in a value"}
SIDE = png.MAX_PIXELS
CREDENTIAL = b'{"name":"Ada"}'


@pytest.mark.parametrize("name", sorted(set(hostile_pictures.SVG_BOMBS) - ACCEPTED))
def test_drawings_are_refused_at_once(name):
    expected = ("picture_too_large", "picture_not_allowed")
    assert costs.refuse(accept_picture, hostile_pictures.SVG_BOMBS[name](), memory=32 * MIB) in expected


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_drawings_that_look_costly_are_not(name):
    raw = hostile_pictures.SVG_BOMBS[name]()
    assert min(_seconds(raw) for _ in range(3)) < costs.SECONDS * 3 * costs.pace()


@pytest.mark.parametrize("name", [name for name in hostile_pictures.PNGS if "without end" in name or "20,000" in name])
def test_pixels_are_not_unpacked_beyond_what_the_header_says(name):
    raw = hostile_pictures.PNGS[name]()
    assert len(raw) < MIB
    tracemalloc.start()
    try:
        assert _seconds(raw) < costs.pace()
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("depth", "colour", "samples"), [(8, 6, 4), (16, 6, 4), (8, 3, 1), (16, 0, 1)])
def test_the_largest_picture_costs_a_moment(depth, colour, samples):
    """Its rows built on the one above, which is the most work to undo."""
    row = SIDE * samples * depth // 8
    packed = zlib.compress(b"".join(b"\4" + bytes([number % 3]) * row for number in range(SIDE)), 9)
    palette = pictures.chunk(b"PLTE", bytes(768)) if colour == 3 else b""
    raw = hostile_pictures.png_of(SIDE, depth, colour, palette, packed)
    assert min(_seconds(raw) for _ in range(2)) < 3 * costs.pace()


# --- Credentials baked into them


@pytest.mark.parametrize("name", sorted(hostile_pictures.SVG_BOMBS))
def test_drawings_get_a_credential_at_once_or_none(name):
    """They are never baked into before they were accepted; and if they were, it costs what reading them costs."""
    raw = hostile_pictures.SVG_BOMBS[name]()
    tracemalloc.start()
    try:
        baked = _baked(svg.bake, raw)
        assert tracemalloc.get_traced_memory()[1] < 64 * MIB
    finally:
        tracemalloc.stop()
    assert baked is None or formats.read_credential(baked) == CREDENTIAL


@pytest.mark.parametrize("name", sorted(hostile_pictures.PNGS))
def test_pixels_get_a_credential_at_once_or_none(name):
    raw = hostile_pictures.PNGS[name]()
    began = time.thread_time()
    baked = _baked(formats.png.bake, raw)
    assert time.thread_time() - began < costs.pace()
    assert baked is None or formats.read_credential(baked) == CREDENTIAL


@pytest.mark.parametrize("text", ["]]>" * 160_000, "&" * 500_000, "<" * 500_000, "\r" * 500_000, "\u2028" * 160_000])
def test_the_largest_credentials_cost_a_moment(text):
    """Also those that grow in XML; what no reader would take is refused."""
    credential = f'{{"a":"{text}"}}'.encode()
    began = time.thread_time()
    for bake, picture in ((formats.png.bake, badges.png()), (svg.bake, badges.svg())):
        try:
            assert formats.read_credential(bake(picture, credential)) == credential
        except PictureError as error:
            assert error.code == "picture_too_large"
    assert time.thread_time() - began < 3 * costs.pace()


def _baked(bake: Callable[[bytes, bytes], bytes], raw: bytes) -> bytes | None:
    try:
        return bake(raw, CREDENTIAL)
    except PictureError:
        return None


def _seconds(raw: bytes) -> float:
    """Of this thread's processor; whether it is refused does not matter."""
    began = time.thread_time()
    try:
        accept_picture(raw)
    except Exception as error:
        assert "picture_" in str(error)
    return time.thread_time() - began
