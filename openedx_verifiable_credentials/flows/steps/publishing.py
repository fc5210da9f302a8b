"""
A status list's bits → the signed documents that are served.

Signed outside any lock, then put in place only if nobody was faster: of two publishers the one with the older state
loses. What was revoked in a document that is served stays revoked in the one that replaces it.
"""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import hashlib
import json
import logging
import zlib
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping

from django.db import DatabaseError
from django.db import models
from django.db import transaction
from django.db.models import F
from django.db.models import Min

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.flows.steps.sign_and_check import sign_and_check
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.ports import Signer

logger = logging.getLogger(__name__)

_CHUNK = 50
_REBUILD = "run vc_publish_status --rebuild"


@dataclasses.dataclass(frozen=True)
class _Signed:
    """All documents of a list, signed at one time with one key."""

    key: IssuerKey
    valid_from: datetime.datetime
    valid_until: datetime.datetime
    documents: Mapping[ListForm, bytes]


def forms_of(status_list: StatusList) -> list[ListForm]:
    """The documents that a list has."""
    return [form for form in ListForm if status_list.suspends or form.purpose == v.REVOCATION]


def publish(means: Means, status_list: StatusList) -> bool:
    """
    Sign the list as its bits stand now and serve that from now on. Afterwards every change of a bit that was committed
    before the call is served; False where another publisher has done it meanwhile.

    Not inside a transaction. Raises SigningError, TransientError, ConfigurationError, DatabaseError; StatusListError
    ``corrupted_list`` (the stored bits are not what they must be) or ``would_unrevoke``. Whatever it raises, the list
    that was served before still is.
    """
    asked_for: int | None = None
    for _ in range(ATTEMPTS):
        # In this order: whoever publishes between the two is told by the versions, and never by newer bits.
        published = list(PublishedList.objects.filter(status_list=status_list.pk))
        snapshot = StatusList.objects.select_related("issuer").get(pk=status_list.pk)
        # What changes after the call is the next publication's: no chase after revocations that do not end.
        asked_for = snapshot.bits_version if asked_for is None else asked_for
        require_sound(snapshot)
        _require_monotonic(snapshot, published)
        signed = _sign(means, snapshot)
        try:
            if _replace(snapshot, published, signed):
                return True
        except DatabaseError as error:
            if not is_race(error):
                raise
            continue
        if _is_served(snapshot, asked_for):
            return False
    raise TransientError("busy", f"Status list {snapshot.uuid} changes too fast to be published; try again.")


def bits_of(row: PublishedList) -> bytes | None:
    """The bits of a served document; None where the stored bytes are not those that were signed."""
    document = bytes(row.document)
    if hashlib.sha256(document).hexdigest() != row.sha256:
        return None
    encoded = json.loads(document)["credentialSubject"]["encodedList"]
    return core.decode(encoded, multibase=not ListForm(row.form).is_2021)


def is_intact(document: bytes, gzipped: bytes, sha256: str) -> bool:
    """Whether both stored representations are what was signed."""
    if hashlib.sha256(document).hexdigest() != sha256:
        return False
    try:
        return gzip.decompress(gzipped) == document
    except (OSError, EOFError, zlib.error):
        return False


def in_chunks(rows: models.QuerySet[PublishedList]) -> Iterator[PublishedList]:
    """``rows``, a few documents in memory at a time: the driver of MySQL fetches all that one query gives."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def require_sound(status_list: StatusList) -> None:
    """Raises StatusListError ``corrupted_list`` where the stored bits are not as many as the list has."""
    for purpose in {form.purpose for form in forms_of(status_list)}:
        bits = raw_bits(status_list, purpose)
        if bits is None or len(bits) * 8 != status_list.length:
            raise StatusListError(
                "corrupted_list", f"The {purpose} bits of status list {status_list.uuid} are damaged; {_REBUILD}."
            )


def raw_bits(status_list: StatusList, purpose: str) -> bytes | None:
    """The stored bits of a purpose, whatever they are."""
    bits = status_list.suspension_bits if purpose == v.SUSPENSION else status_list.bits
    return None if bits is None else bytes(bits)


def _require_monotonic(snapshot: StatusList, published: Iterable[PublishedList]) -> None:
    """Against every document that is served: one that is damaged says nothing, another may."""
    for row in published:
        if ListForm(row.form).purpose != v.REVOCATION:
            continue
        earlier = bits_of(row)
        if earlier is None:
            logger.error("Status list %s: the served %s document is damaged", snapshot.uuid, row.form)
        elif not core.keeps_every_bit(earlier, bytes(snapshot.bits)):
            message = f"Status list {snapshot.uuid} would take back a revocation; {_REBUILD}."
            raise StatusListError("would_unrevoke", message)


def _sign(means: Means, snapshot: StatusList) -> _Signed:
    key = keys.get_list_key(snapshot.issuer, get_profile(snapshot.profile_id))
    signer = keys.open_signer(key, means.keks)
    now = means.now().replace(microsecond=0)
    documents = {form: _document(means, snapshot, form, signer, now) for form in forms_of(snapshot)}
    return _Signed(key, now, now + means.status.lifetime, documents)


def _document(
    means: Means, snapshot: StatusList, form: ListForm, signer: Signer, now: datetime.datetime
) -> bytes:  # fmt: skip
    algorithm = dids.algorithm_of(signer.method.public_key_multibase)
    profile = core.list_profile(get_profile(snapshot.profile_id), form, algorithm)
    document = core.compose_list(
        raw_bits(snapshot, form.purpose) or b"",
        form,
        profile=profile,
        url=core.list_url(snapshot.issuer.base_url, str(snapshot.uuid), form),
        issuer=snapshot.issuer.did,
        valid_from=now,
        valid_until=now + means.status.lifetime,
        ttl=means.status.ttl,
    )
    return sign_and_check(document, profile=profile, signer=signer, created=now, means=means, securer=means.securer)


@transaction.atomic(durable=True)
def _replace(snapshot: StatusList, published: Iterable[PublishedList], signed: _Signed) -> bool:
    # The write comes first: it locks the list, on every database.
    StatusList.objects.filter(pk=snapshot.pk).update(created=F("created"))
    served = dict(PublishedList.objects.filter(status_list=snapshot).values_list("form", "version"))
    if served != {row.form: row.version for row in published}:
        return False
    version = max(served.values(), default=0) + 1
    for form, document in signed.documents.items():
        PublishedList.objects.update_or_create(
            status_list=snapshot,
            form=form.value,
            defaults={
                "version": version,
                "bits_version": snapshot.bits_version,
                "key": signed.key,
                "document": document,
                "gzipped": gzip.compress(document, mtime=0),
                "sha256": hashlib.sha256(document).hexdigest(),
                "valid_from": signed.valid_from,
                "valid_until": signed.valid_until,
                "published_at": signed.valid_from,
            },
        )
    # A bit that changed while we signed keeps its list waiting.
    StatusList.objects.filter(pk=snapshot.pk, bits_version=snapshot.bits_version).update(changed_at=None)
    return True


def _is_served(snapshot: StatusList, bits_version: int) -> bool:
    """Whether what another publisher put in place has every change up to ``bits_version``."""
    rows = PublishedList.objects.filter(status_list=snapshot)
    oldest = rows.aggregate(oldest=Min("bits_version"))["oldest"]
    return oldest is not None and oldest >= bits_version
