"""
Badge images: kept once, found by the hash of their bytes, and served for ever at an address that shows nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import re

from django.db import connection
from django.db import transaction
from django.utils import timezone

from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core.images import Picture
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PictureError
from openedx_verifiable_credentials.models import BadgeImage
from openedx_verifiable_credentials.models.badge_image import IMAGES_PATH

logger = logging.getLogger(__name__)

_NAME = re.compile(r"([0-9a-f]{64})\.(?:png|svg)", re.ASCII)


def keep_picture(raw: bytes) -> BadgeImage:
    """
    The row of the picture in ``raw``, checked and written anew; the one that is there where it was kept before.

    Raises PictureError as :func:`..core.images.accept_picture` does.
    """
    return keep(accept_picture(raw))


def keep(picture: Picture) -> BadgeImage:
    """The row of a picture that was accepted. Of several uploads of the same at once, one makes the row."""
    sha256 = hashlib.sha256(picture.data).hexdigest()
    found = BadgeImage.objects.filter(sha256=sha256).first()
    return _insert(sha256, picture) if found is None else found


def _insert(sha256: str, picture: Picture) -> BadgeImage:
    """
    Also where another does it at this moment, inside a transaction that began before: the row is locked by writing it,
    not by failing to (two who failed would wait for each other), and a reading that locks sees what is committed.
    """
    row = BadgeImage(
        sha256=sha256,
        media_type=picture.media_type,
        data=picture.data,
        width=picture.width,
        height=picture.height,
        created=timezone.now(),
    )
    # MySQL has no say in which key it is that is taken.
    named = connection.features.supports_update_conflicts_with_target
    with transaction.atomic():
        BadgeImage.objects.bulk_create(
            [row],
            update_conflicts=True,
            update_fields=["media_type"],
            unique_fields=["sha256"] if named else None,
        )
        return BadgeImage.objects.select_for_update().get(sha256=sha256)


def find_served(name: str) -> BadgeImage | None:
    """
    The picture with the file name ``name``, with one query; None where there is none.

    Raises PictureError ``picture_corrupted`` where the stored bytes are not those that were kept.
    """
    match = _NAME.fullmatch(name)
    row = None if match is None else BadgeImage.objects.filter(sha256=match[1]).first()
    if row is None or row.path != f"{IMAGES_PATH}{name}":
        return None
    row.data = bytes(row.data)
    if hashlib.sha256(row.data).hexdigest() != row.sha256:
        logger.error("Badge image %s: the stored bytes are damaged and are not served", row.sha256)
        raise PictureError("picture_corrupted", "This picture is damaged and is not served.")
    return row


def own_path(document: JsonObject, base_url: str) -> str:
    """
    The path of the achievement's picture where it is one of ours, "" otherwise. ``base_url``: of the document's issuer.
    """
    address = facts.picture_address(document)
    path = address.removeprefix(base_url)
    is_ours = path != address and path.startswith(IMAGES_PATH) and _NAME.fullmatch(path.removeprefix(IMAGES_PATH))
    return path if is_ours else ""


def find_named_by(document: JsonObject, base_url: str) -> BadgeImage | None:
    """
    The achievement's picture where it is one of ours, with at most one query. ``base_url``: of the document's issuer.

    Raises PictureError as :func:`find_served` does.
    """
    path = own_path(document, base_url)
    return find_served(path.removeprefix(IMAGES_PATH)) if path else None
