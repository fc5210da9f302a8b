"""Pictures that a course admin may upload: good ones, and what they should look like."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"


def png(mode: str = "RGB", size: tuple[int, int] = (100, 90), colour: Any = None, **options: Any) -> bytes:
    """By Pillow, with something to see in it."""
    image = Image.linear_gradient("L").resize(size).convert(mode) if colour is None else Image.new(mode, size, colour)
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


def svg(inside: str = '<circle r="4"/>', attributes: str = 'viewBox="0 0 10 10"', before: str = "") -> bytes:
    """A drawing with ``inside`` in it."""
    return f'{before}<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" {attributes}>{inside}</svg>'.encode()
