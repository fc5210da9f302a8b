"""
What is in a picture that was accepted, read by others' means: the standard library's DOM, and PNG chunk by chunk. Each
function lists what must not be there.
"""

from __future__ import annotations

import io
import re
import struct
from typing import Any
from xml.dom import minidom

from PIL import Image

from tests import pictures

SVG = "http://www.w3.org/2000/svg"
_DRAWN = (
    "svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath "
    "linearGradient radialGradient stop pattern clipPath mask filter feBlend feColorMatrix feComponentTransfer "
    "feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feOffset"
)
DRAWN = frozenset(_DRAWN.split())
_ADDRESS = re.compile(r"url\s*\(\s*(?!#)|:\s*//|javascript|data\s*:|@import|expression|\\|[<>]", re.IGNORECASE)


def faults_of_svg(raw: bytes) -> list[str]:
    """Of the drawing ``raw``."""
    found = [mark for mark in ("<!", "<?", "\0", "\ufffe") if mark in raw.decode("utf-8")]
    waiting: list[Any] = [minidom.parseString(raw).documentElement]
    while waiting:
        element = waiting.pop()
        if element.namespaceURI != SVG or element.localName not in DRAWN or element.prefix:
            found.append(element.tagName)
        for name, value in element.attributes.items():
            found += [f"{name}={value}"] * _is_bad(name, value)
        for child in element.childNodes:
            if child.nodeType == child.ELEMENT_NODE:
                waiting.append(child)
            elif child.nodeType != child.TEXT_NODE:
                found.append(child.nodeName)
    return found


def _is_bad(name: str, value: str) -> bool:
    if name == "xmlns":
        return value != SVG
    if name == "href":
        return not re.fullmatch(r"#[\w.\-]+", value)
    return name.lower().startswith("on") or ":" in name or _ADDRESS.search(value) is not None


def faults_of_png(raw: bytes) -> list[str]:
    """Of the picture ``raw``, which Pillow must read."""
    with Image.open(io.BytesIO(raw)) as image:
        image.load()
        found = [name for name in image.info if name != "transparency"]
    assert raw.startswith(pictures.SIGNATURE)
    position = 8
    while position < len(raw):
        (length,) = struct.unpack(">I", raw[position : position + 4])
        kind = raw[position + 4 : position + 8]
        if kind not in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            found.append(kind.decode("ascii"))
        position += 12 + length
        if kind == b"IEND" and position != len(raw):
            found.append("something behind the end")
    return found
