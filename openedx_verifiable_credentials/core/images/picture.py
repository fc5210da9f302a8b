"""A picture that was checked, and the bounds that all of them share."""

from __future__ import annotations

import dataclasses

MAX_BYTES = 512 * 1024
PNG_TYPE = "image/png"
SVG_TYPE = "image/svg+xml"


@dataclasses.dataclass(frozen=True)
class Picture:
    """``data``: as written anew by us. ``width`` and ``height``: pixels of a PNG, user units of an SVG."""

    media_type: str
    data: bytes = dataclasses.field(repr=False)
    width: int
    height: int
