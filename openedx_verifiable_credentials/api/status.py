"""
Status lists as they are served: the stored bytes, read and nothing else. Whether the switch is on or off.

The service's cache keeps them for moments; what comes out of it is held to its hash like what comes out of a row, and a
cache that fails is not missed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import gzip
import hashlib
import logging
import zlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from typing import TypeVar
from uuid import UUID

from django.core.cache import cache
from django.db import DatabaseError
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.models import PublishedList

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_CACHE_KEY = "openedx_vc_status_1"
# Where a setting has a value that cannot be used (check E006 says so), lists go on being served.
_NO_CACHE_SECONDS = 0
_CAUTIOUS_TTL = datetime.timedelta(minutes=1)


@dataclasses.dataclass(frozen=True)
class ServedList:
    """
    A signed list as it goes over the wire. ``gzipped`` is the same document, None where what is stored is damaged;
    ``sha256``: of the document, hexadecimal; ``max_age`` in seconds.
    """

    document: bytes
    gzipped: bytes | None
    sha256: str
    max_age: int


def get_served_list(list_uuid: UUID, form: ListForm) -> ServedList:
    """
    The list, with one query or, from the cache, with none.

    Raises StatusListError: ``unknown_list``, ``corrupted_list``, ``status_list_expired``. Raises TransientError
    ``database_unavailable``.
    """
    now = timezone.now()
    key = _key(list_uuid, form)
    stored = _cached(key)
    if stored is None or stored.valid_until <= now:
        stored = _stored(list_uuid, form)
        _keep(key, stored)
    if stored.valid_until <= now:
        raise StatusListError("status_list_expired", "This status list is over; a new one has not been signed yet.")
    ttl = _setting(app_settings.status_list_ttl, _CAUTIOUS_TTL)
    max_age = int(min(ttl, stored.valid_until - now).total_seconds())
    return ServedList(stored.document, stored.gzipped, stored.sha256, max_age)


def forget(lists: Iterable[UUID]) -> None:
    """Take these lists out of the cache: newer ones are stored."""
    keys = [_key(list_uuid, form) for list_uuid in lists for form in ListForm]
    with _missed_by_nobody():
        cache.delete_many(keys)


@dataclasses.dataclass(frozen=True)
class _Stored:
    document: bytes
    gzipped: bytes | None
    sha256: str
    valid_until: datetime.datetime

    @property
    def is_intact(self) -> bool:
        return hashlib.sha256(self.document).hexdigest() == self.sha256


def _stored(list_uuid: UUID, form: ListForm) -> _Stored:
    columns = ("document", "gzipped", "sha256", "valid_until")
    try:
        rows = list(PublishedList.objects.filter(status_list__uuid=list_uuid, form=form.value).values_list(*columns))
    except DatabaseError as error:
        logger.error("Status list %s cannot be read: %s", list_uuid, type(error).__name__)
        raise TransientError("database_unavailable", "The status list cannot be read just now; try again.") from error
    if not rows:
        raise StatusListError("unknown_list", "There is no such status list.")
    document, gzipped, sha256, valid_until = rows[0]
    stored = _Stored(bytes(document), bytes(gzipped), sha256, valid_until)
    if not stored.is_intact:
        logger.error("Status list %s: the stored %s document is damaged and is not served", list_uuid, form)
        raise StatusListError("corrupted_list", "This status list is damaged and is not served.")
    if _unzipped(bytes(gzipped)) != stored.document:
        logger.error("Status list %s: the stored %s gzip is damaged and is not served", list_uuid, form)
        return dataclasses.replace(stored, gzipped=None)
    return stored


def _unzipped(gzipped: bytes) -> bytes | None:
    try:
        return gzip.decompress(gzipped)
    except (OSError, EOFError, zlib.error):
        return None


def _key(list_uuid: UUID, form: ListForm) -> str:
    return f"{_CACHE_KEY}_{form}_{list_uuid.hex}"


def _cached(key: str) -> _Stored | None:
    if not _setting(app_settings.status_cache_seconds, _NO_CACHE_SECONDS):
        return None
    with _missed_by_nobody():
        match cache.get(key):
            case (bytes() as document, bytes() | None as gzipped, str() as sha256, datetime.datetime() as valid_until):
                stored = _Stored(document, gzipped, sha256, valid_until)
                return stored if stored.is_intact else None
    return None


def _keep(key: str, stored: _Stored) -> None:
    seconds = _setting(app_settings.status_cache_seconds, _NO_CACHE_SECONDS)
    if seconds:
        with _missed_by_nobody():
            cache.set(key, (stored.document, stored.gzipped, stored.sha256, stored.valid_until), seconds)


@contextlib.contextmanager
def _missed_by_nobody() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001  (every kind of cache has errors of its own)
        logger.warning("The cache of status lists failed: %s", type(error).__name__)


def _setting(read: Callable[[], _T], otherwise: _T) -> _T:
    try:
        return read()
    except ConfigurationError:
        return otherwise
