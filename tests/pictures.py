"""Pictures with credentials in them: by others' libraries, and by hand where no library writes what is wrong."""

from __future__ import annotations

import io
import struct
import zlib
from xml.dom import minidom

from PIL import Image
from PIL.PngImagePlugin import PngInfo

KEYWORD = "openbadgecredential"
OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
SVG = "http://www.w3.org/2000/svg"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def baked_png(text: str, *, language: str = "", translated: str = "", packed: bool = False, size: int = 4) -> bytes:
    """By Pillow."""
    info = PngInfo()
    info.add_text("Title", "A badge")
    info.add_itxt(KEYWORD, text, lang=language, tkey=translated, zip=packed)
    info.add_itxt("Description", "after it", lang="en")
    stream = io.BytesIO()
    Image.new("RGB", (size, size), "teal").save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def baked_svg(text: str, *, as_token: bool = False, cdata: bool = True) -> bytes:
    """By the standard library's DOM."""
    document = minidom.getDOMImplementation().createDocument(SVG, "svg", None)
    root = document.documentElement
    root.setAttribute("xmlns", SVG)
    root.setAttribute("xmlns:openbadges", OPEN_BADGES)
    element = document.createElementNS(OPEN_BADGES, "openbadges:credential")
    if as_token:
        element.setAttribute("verify", text)
    elif cdata:
        # A section cannot hold what ends it, so it ends in the middle of that and the next one goes on.
        parts = text.split("]]>")
        for number, part in enumerate(parts):
            opened, closed = ">" * (number > 0), "]]" * (number < len(parts) - 1)
            element.appendChild(document.createCDATASection(opened + part + closed))
    else:
        element.appendChild(document.createTextNode(text))
    root.appendChild(element)
    circle = document.createElementNS(SVG, "circle")
    circle.setAttribute("r", "4")
    root.appendChild(circle)
    return document.toxml(encoding="utf-8")


# --- By hand


def chunk(kind: bytes, data: bytes = b"", crc: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def header(width: int = 1, height: int = 1) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def itxt(text: bytes, keyword: bytes = KEYWORD.encode(), flags: bytes = b"\0\0", between: bytes = b"\0\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + between + text)


def png(*chunks: bytes, first: bytes | None = None, end: bytes | None = None) -> bytes:
    """Header, pixels, ``chunks``, end."""
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return SIGNATURE + (header() if first is None else first) + pixels + b"".join(chunks) + (end or chunk(b"IEND"))


def svg(inside: str, attributes: str = "", before: str = "") -> bytes:
    """``inside`` in an SVG."""
    return f'{before}<svg xmlns="{SVG}" xmlns:openbadges="{OPEN_BADGES}" {attributes}>{inside}</svg>'.encode()
