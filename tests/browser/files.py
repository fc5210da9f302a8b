"""Files that people are sent: credentials of a signer of the tests, baked into pictures, and other ones."""

from __future__ import annotations

import dataclasses
import io
from xml.sax.saxutils import escape

from PIL import Image
from PIL import PngImagePlugin

from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import Learner
from tests import awards
from tests import signed

KEYWORD = "openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"


def credential(title: str = "Computing", name: str = "Ada Lovelace") -> bytes:
    """A good credential of a did:key that needs nobody to be asked."""
    award = awards.bare_award(title=title, learner=Learner(user_id=None, username="ada", full_name=name))
    return signed.released(dataclasses.replace(award), OBV3_VC2, signed.signer())


def png(document: bytes | None = None, **texts: str) -> bytes:
    """A picture with the credential in it (Open Badges 3.0 §5.3.1), and other texts."""
    chunks = PngImagePlugin.PngInfo()
    if document is not None:
        chunks.add_itxt(KEYWORD, document.decode("utf-8"))
    for key, value in texts.items():
        chunks.add_itxt(key, value)
    made = io.BytesIO()
    Image.new("RGB", (16, 16), "#0a3055").save(made, "PNG", pnginfo=chunks)
    return made.getvalue()


def svg(document: bytes, inside: str = "", attributes: str = "") -> bytes:
    """A drawing with the credential in it (Open Badges 3.0 §5.3.2), beside whatever else."""
    text = escape(document.decode("utf-8"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:openbadges="{NAMESPACE}" width="16" height="16" {attributes}>'
        f"<openbadges:credential>{text}</openbadges:credential>{inside}"
        '<rect width="16" height="16"/></svg>'
    ).encode()
