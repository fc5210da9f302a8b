"""Credentials inside files that people pass on: pictures of badges, and QR codes of links."""

from __future__ import annotations

from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg


def read_credential(raw: bytes) -> bytes | None:
    """
    What is baked into a picture (Open Badges 3.0 §5.3): JSON or a compact JWS, as it stands there, at most 512 KiB.

    None where ``raw`` is neither PNG nor SVG. Pictures are not decoded: only their structure is walked.

    Raises DocumentError: ``too_large``; ``malformed_image`` (damaged, or leaves doubt which credential it carries);
    ``not_a_credential`` (carries none); ``unsupported_format`` (carries an Open Badge of an earlier version).
    """
    if png.is_png(raw):
        return png.read(raw)
    return svg.read(raw) if svg.is_svg(raw) else None
