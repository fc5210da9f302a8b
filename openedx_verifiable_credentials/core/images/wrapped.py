"""A PNG as the only part of an SVG, so that a credential can be baked into either."""

from __future__ import annotations

import base64
from xml.sax.saxutils import escape

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.images.picture import Picture


def svg_around(picture: Picture, title: str) -> bytes:
    """
    An SVG that shows ``picture``, a PNG as it was accepted, and nothing else; ``title`` is read aloud.

    The pixels stand in it: nothing is fetched where it is shown.
    """
    size = f'width="{picture.width}" height="{picture.height}"'
    pixels = base64.b64encode(picture.data).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.width} {picture.height}" {size}>'
        f'{title_element(title)}<image {size} href="data:image/png;base64,{pixels}"/></svg>\n'
    ).encode()


def title_element(title: str) -> str:
    """What a drawing is called, for those who do not see it; "" where there is nothing to say."""
    name = escape(text.clean_line(title))
    return f"<title>{name}</title>" if name else ""
