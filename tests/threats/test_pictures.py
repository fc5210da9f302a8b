"""Pictures that are made to cost more than they weigh: refused, or written anew, at a bounded cost."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import pytest

from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.core.images import png
from tests import hostile_pictures
from tests import pictures
from tests.threats import costs

MIB = 1 << 20
# They cost nothing, and do no harm.
ACCEPTED = {"comments in a sheet", "quotes in a style", "quotes and words in a value"}
SIDE = png.MAX_PIXELS


@pytest.mark.parametrize("name", sorted(set(hostile_pictures.SVG_BOMBS) - ACCEPTED))
def test_drawings_are_refused_at_once(name):
    expected = ("picture_too_large", "picture_not_allowed")
    assert costs.refuse(accept_picture, hostile_pictures.SVG_BOMBS[name](), memory=32 * MIB) in expected


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_drawings_that_look_costly_are_not(name):
    raw = hostile_pictures.SVG_BOMBS[name]()
    assert min(_seconds(raw) for _ in range(3)) < costs.SECONDS * 3


@pytest.mark.parametrize("name", [name for name in hostile_pictures.PNGS if "without end" in name or "20,000" in name])
def test_pixels_are_not_unpacked_beyond_what_the_header_says(name):
    raw = hostile_pictures.PNGS[name]()
    assert len(raw) < MIB
    tracemalloc.start()
    try:
        assert _seconds(raw) < 1
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
    assert min(_seconds(raw) for _ in range(2)) < 3


def _seconds(raw: bytes) -> float:
    """Of this thread's processor; whether it is refused does not matter."""
    began = time.thread_time()
    try:
        accept_picture(raw)
    except Exception as error:
        assert "picture_" in str(error)
    return time.thread_time() - began
