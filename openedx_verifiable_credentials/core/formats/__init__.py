"""Credentials inside files that people pass on: pictures of badges, certificates on paper, and QR codes of links."""

from __future__ import annotations

from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.formats.pdf import reader as pdf_reader


def read_credential(raw: bytes) -> bytes | None:
    """
    What is baked into a picture (Open Badges 3.0 §5.3): JSON or a compact JWS, as it stands there, at most 512 KiB.

    None where ``raw`` is neither PNG, SVG nor PDF. Pictures are not decoded: only their structure is walked. Of PDF
    files only our own are read.

    Raises DocumentError: ``too_large``; ``malformed_image`` (damaged, or leaves doubt which credential it carries);
    ``not_a_credential`` (carries none); ``unsupported_format`` (carries an Open Badge of an earlier version, or is
    another's PDF).
    """
    if png.is_png(raw):
        return png.read(raw)
    if pdf_reader.is_pdf(raw):
        return pdf_reader.read(raw)
    return svg.read(raw) if svg.is_svg(raw) else None
