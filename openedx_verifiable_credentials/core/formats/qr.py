"""QR codes of links, as small as they can be read well on a screen."""

from __future__ import annotations

import base64
import io

import segno

_SCALE = 6
_BORDER = 4


def png_base64(text: str) -> str:
    """A PNG, base64 without a prefix: what the learner-record MFE puts behind ``data:image/png;base64,``."""
    buffer = io.BytesIO()
    _code(text).save(buffer, kind="png", scale=_SCALE, border=_BORDER)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def svg(text: str, title: str) -> str:
    """An inline SVG element that scales with its place; ``title`` is read aloud."""
    return _code(text).svg_inline(border=_BORDER, omitsize=True, title=title, svgclass="ovc-qr", lineclass=None)


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error="l", boost_error=False, micro=False)
