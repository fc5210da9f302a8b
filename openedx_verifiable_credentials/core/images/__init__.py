"""
Pictures of badges that people upload: checked, then written anew from what was understood. Nothing that was uploaded
is ever served as it came.

A picture that was accepted is accepted again, and comes out byte for byte the same.
"""

from __future__ import annotations

from openedx_verifiable_credentials.core.images import png
from openedx_verifiable_credentials.core.images import refusals
from openedx_verifiable_credentials.core.images import svg
from openedx_verifiable_credentials.core.images.picture import MAX_BYTES
from openedx_verifiable_credentials.core.images.picture import Picture

__all__ = ["MAX_BYTES", "Picture", "accept_picture"]


def accept_picture(raw: bytes) -> Picture:
    """
    PNG (third edition) without anything but its pixels, or static SVG without scripts and addresses.

    Raises PictureError: ``picture_too_large``; ``picture_not_readable`` (damaged, or something else);
    ``picture_not_allowed`` (with something in it that a picture must not have; the sentence says what, and where).
    """
    if len(raw) > MAX_BYTES:
        raise refusals.too_large(f"The picture is larger than {MAX_BYTES // 1024} KiB.")
    if png.is_png(raw):
        picture = png.accept(raw)
    elif svg.is_svg(raw):
        picture = svg.accept(raw)
    else:
        raise refusals.not_readable("The file is neither a PNG nor an SVG picture.")
    if len(picture.data) > MAX_BYTES:
        raise refusals.too_large(f"Written anew, the picture is larger than {MAX_BYTES // 1024} KiB: make it simpler.")
    return picture
