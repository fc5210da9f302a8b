"""
The forms in which a signed credential may be had as a file: the JSON as it was handed out, the picture of the badge
with that baked in, and a certificate on paper with that attached.

The picture is read from our own table, never over HTTP. Where the achievement has none of ours, one is drawn. Where its
picture is a drawing, that cannot be made pixels of here: PNG and paper have the one that is drawn then as well.
"""

from __future__ import annotations

import dataclasses
import json

from openedx_verifiable_credentials.api.badge_images import find_named_by
from openedx_verifiable_credentials.api.machine_readable import media_type_of
from openedx_verifiable_credentials.api.sheets import write_sheet
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.images import Picture
from openedx_verifiable_credentials.core.images import generated
from openedx_verifiable_credentials.core.images.picture import PNG_TYPE
from openedx_verifiable_credentials.core.images.picture import SVG_TYPE
from openedx_verifiable_credentials.core.images.wrapped import svg_around
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PictureError

JSON, PNG, SVG, PDF = "json", "png", "svg", "pdf"
# Each the ending of an address and of the file's name.
FORMS = (JSON, PNG, SVG, PDF)
# What anyone gets of a credential that is shared.
SHARED_FORMS = (JSON, PNG, SVG)
PDF_TYPE = "application/pdf"


@dataclasses.dataclass(frozen=True)
class CredentialFile:
    """``raw`` holds the signed credential byte for byte, and is nothing else where its form is JSON."""

    media_type: str
    raw: bytes = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Signed:
    """
    A signed credential as it was handed out. ``base_url``: of its issuer, where our pictures are served; ``page``: the
    address of its public page, "" where it is not shared.
    """

    profile_id: str
    base_url: str
    raw: bytes = dataclasses.field(repr=False)
    page: str = ""


@without_variables
def write_file(signed: Signed, form: str) -> CredentialFile:
    """
    ``form``: one of :data:`FORMS`. With at most one query.

    Raises PictureError ``picture_too_large`` where no reader would take the file, ``picture_not_allowed`` where XML
    cannot carry what the credential says.
    """
    if form == JSON:
        return CredentialFile(media_type_of(signed.profile_id), signed.raw)
    document: JsonObject = json.loads(signed.raw)
    picture = _own_picture(document, signed.base_url)
    if form == PNG:
        return CredentialFile(PNG_TYPE, png.bake(_pixels(document, picture), signed.raw))
    if form == PDF:
        badge = _pixels(document, picture)
        sheet = write_sheet(signed.raw, base_url=signed.base_url, page=signed.page, badge=badge)
        return CredentialFile(PDF_TYPE, sheet)
    return CredentialFile(SVG_TYPE, svg.bake(_drawing(document, picture), signed.raw))


def _own_picture(document: JsonObject, base_url: str) -> Picture | None:
    try:
        row = find_named_by(document, base_url)
    except PictureError:
        # It was told about. The credential is whole, and its learner waits for it.
        return None
    return None if row is None else Picture(row.media_type, bytes(row.data), row.width or 0, row.height or 0)


def _pixels(document: JsonObject, picture: Picture | None) -> bytes:
    if picture is not None and picture.media_type == PNG_TYPE:
        return picture.data
    return generated.draw_png(facts.achievement_id(document)).data


def _drawing(document: JsonObject, picture: Picture | None) -> bytes:
    title = facts.read(document).title
    if picture is None:
        return generated.draw_svg(facts.achievement_id(document), title).data
    return svg_around(picture, title) if picture.media_type == PNG_TYPE else picture.data
