"""
Typefaces: which letters they have, and which of them shows a text.

FiraGO comes first (Latin, Cyrillic, Greek, Arabic, Hebrew, Thai, Georgian, Devanagari), then Noto Sans, then what the
operator added. They are read from the bytes of an installed package; nothing is looked for on the machine.
"""

from __future__ import annotations

import dataclasses
import functools
import io
from collections.abc import Sequence

import uharfbuzz
from fontTools.ttLib import TTFont
from pymupdf_fonts import fontbuffers

MAX_FONT_BYTES = 64 * 1024 * 1024
# What stands where no typeface has the letter; Noto Sans has it.
REPLACEMENT = "\ufffd"
_REGULAR = ("figo", "notos")
_BOLD = ("figbo", "notosbo")
_NEEDED = ("cmap", "head", "hhea", "hmtx", "name", "post", "OS/2")


@dataclasses.dataclass(frozen=True, eq=False)
class Face:
    """``codes``: the code points it has letters for; ``shapes``: the same for the one who shapes."""

    data: bytes = dataclasses.field(repr=False)
    codes: frozenset[int] = dataclasses.field(repr=False)
    shapes: uharfbuzz.Face = dataclasses.field(repr=False)


def find_fault(data: bytes) -> str | None:
    """Why a font file cannot be used, as the end of a sentence ("… has no outlines …"); None where it can be."""
    if len(data) > MAX_FONT_BYTES:
        return f"is larger than {MAX_FONT_BYTES // 1024 // 1024} MiB"
    try:
        with TTFont(io.BytesIO(data), fontNumber=0, lazy=True) as font:
            return _fault(font)
    except Exception:  # noqa: BLE001  (the library raises whatever a damaged table makes it raise)
        return "is not a TrueType or OpenType font"


def _fault(font: TTFont) -> str | None:
    if font.flavor is not None or any(table not in font for table in _NEEDED):
        return "is not a complete TrueType or OpenType font"
    if not font.getBestCmap():
        return "does not say which letters it has"
    if "glyf" not in font and not _is_keyed(font):
        return "has no TrueType outlines"
    return None


def _is_keyed(font: TTFont) -> bool:
    """Whether it has the outlines that Chinese, Japanese and Korean OpenType fonts have (CID-keyed CFF)."""
    return "CFF " in font and getattr(font["CFF "].cff.topDictIndex[0], "ROS", None) is not None


def get_faces(*, bold: bool, further: Sequence[bytes] = ()) -> tuple[Face, ...]:
    """Ours and those in ``further`` that can be used, in the order they are asked in. Each is read once a process."""
    own = tuple(_own(name) for name in (_BOLD if bold else _REGULAR))
    return own + tuple(face for face in map(_further, further) if face is not None)


@functools.cache
def _own(name: str) -> Face:
    return _read(fontbuffers[name]())


@functools.lru_cache(maxsize=16)
def _further(data: bytes) -> Face | None:
    return None if find_fault(data) else _read(data)


def _read(data: bytes) -> Face:
    with TTFont(io.BytesIO(data), fontNumber=0, lazy=True) as font:
        codes = frozenset(font.getBestCmap())
    return Face(data, codes, uharfbuzz.Face(data))
