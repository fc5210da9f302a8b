"""Places in status lists: handing them out, and marking what became of the credentials that have them."""

from __future__ import annotations

import dataclasses
import datetime
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError
from django.db import models
from django.db import transaction
from django.db.models import Exists
from django.db.models import F
from django.db.models import OuterRef

from openedx_verifiable_credentials.adapters import sealed
from openedx_verifiable_credentials.core import status_list as core
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Place:
    """
    An index of a list, for one credential and no other, ever: the ``number``-th that the list handed out, from 0 on.
    ``is_published``: whether verifiers find the list, and it is not over.
    """

    status_list: StatusList
    index: int
    is_published: bool
    number: int = -1

    def entries(self, issuer: Issuer) -> list[JsonObject]:
        """The ``credentialStatus`` members: revocation, and suspension where the list has it."""
        forms = [core.ListForm.REVOCATION]
        if self.status_list.suspends:
            forms.append(core.ListForm.SUSPENSION)
        name = str(self.status_list.uuid)
        return [core.compose_entry(core.list_url(issuer.base_url, name, form), self.index, form) for form in forms]


def allocate(means: Means, issuer: Issuer, profile_id: str, count: int = 1) -> list[Place]:
    """
    ``count`` places that nobody had before: random to look at, in time proportional to ``count``.

    Each is spent the moment it is handed out, whatever becomes of the credential: a process that dies wastes some, none
    is given twice. Not to be called inside a transaction. Raises TransientError ``busy``, ConfigurationError.
    """
    places: list[Place] = []
    races = 0
    while len(places) < count:
        try:
            taken = _take(means, issuer, profile_id, count - len(places))
            if not taken:
                _open_list(means, issuer, profile_id)
            places += taken
        except DatabaseError as error:
            races += 1
            if not is_race(error):
                raise
            if races == ATTEMPTS:
                raise TransientError("busy", "No place in a status list could be had just now; try again.") from error
    return places


@transaction.atomic(durable=True)
def _take(means: Means, issuer: Issuer, profile_id: str, count: int) -> list[Place]:
    """
    Up to ``count`` places; none where no list is open. A list that has fewer gives what it has, is closed, and the next
    one is opened: whoever waits for the first finds the second.
    """
    opened = StatusList.objects.filter(open_key=_open_key(means, issuer, profile_id))
    # A write comes first, so that the row is locked before it is read, on every database. Nobody sees it overrun.
    if not opened.update(allocated=F("allocated") + count):
        return []
    served = PublishedList.objects.filter(status_list=OuterRef("pk"), valid_until__gt=means.now())
    row = opened.defer("bits", "suspension_bits").annotate(is_served=Exists(served)).get()
    first, limit = row.allocated - count, min(row.capacity, row.length)
    if row.allocated <= limit:
        return _places(means, row, range(first, row.allocated), row.is_served)
    StatusList.objects.filter(pk=row.pk).update(allocated=max(first, limit), open_key=None)
    new = _open_list(means, issuer, profile_id, min(row.allocated - max(first, limit), means.status.capacity))
    return _places(means, row, range(first, limit), row.is_served) + _places(means, new, range(new.allocated), False)


def close_open_lists() -> int:
    """No place of the lists that are open now is handed out any more; how many those were."""
    return StatusList.objects.filter(open_key__isnull=False).update(open_key=None)


def _open_key(means: Means, issuer: Issuer, profile_id: str) -> str:
    # Whether credentials can be suspended is the list's: another setting is another list.
    return f"{issuer.pk}:{profile_id}{':suspends' if means.status.suspension else ''}"


def _open_list(means: Means, issuer: Issuer, profile_id: str, allocated: int = 0) -> StatusList:
    """A new list, of which the first places are taken already. Raises IntegrityError where another one is open."""
    list_uuid = uuid.uuid4()
    kek, sealed_order_key = means.keks.seal(sealed.generate_key(), list_uuid.bytes)
    rules = means.status
    empty = core.empty_bits(rules.length)
    return StatusList.objects.create(
        uuid=list_uuid,
        issuer=issuer,
        profile_id=profile_id,
        length=rules.length,
        capacity=rules.capacity,
        allocated=allocated,
        open_key=_open_key(means, issuer, profile_id),
        sealed_order_key=sealed_order_key,
        sealed_with=kek,
        bits=empty,
        suspends=rules.suspension,
        suspension_bits=empty if rules.suspension else None,
        created=means.now(),
    )


def _places(means: Means, row: StatusList, numbers: Iterable[int], is_published: bool) -> list[Place]:
    order_key = means.keks.unseal(row.sealed_with, row.sealed_order_key, row.uuid.bytes).reveal()
    numbers = list(numbers)
    indices = core.nth_indices(order_key, row.length, numbers)
    return [Place(row, index, is_published, n) for index, n in zip(indices, numbers, strict=True)]


def mark_revoked(credentials: Iterable[Credential], now: datetime.datetime) -> None:
    """
    Set the bits of ``credentials`` for ever. Inside the transaction that ends their rows.

    Where a list's bits are damaged the ledger alone knows; the list waits until they are rebuilt. Raises
    StatusListError ``index_out_of_range``.
    """
    _mark(credentials, v.REVOCATION, True, now)


def mark_suspended(credentials: Iterable[Credential], suspended: bool, now: datetime.datetime) -> None:
    """Set or clear the suspension bits of ``credentials``, where their lists have them; as :func:`mark_revoked`."""
    _mark(credentials, v.SUSPENSION, suspended, now)


def _mark(credentials: Iterable[Credential], purpose: str, value: bool, now: datetime.datetime) -> None:
    indices: dict[int, set[int]] = defaultdict(set)
    for credential in credentials:
        if credential.status_list_id is not None and credential.status_index is not None:
            indices[credential.status_list_id].add(credential.status_index)
    # In one order for all, so that two that mark several lists do not wait for each other.
    for pk in sorted(indices):
        _change(StatusList.objects.filter(pk=pk), purpose, indices[pk], value, now)


def _change(
    rows: models.QuerySet[StatusList], purpose: str, indices: set[int], value: bool, now: datetime.datetime
) -> None:
    field = "suspension_bits" if purpose == v.SUSPENSION else "bits"
    if purpose == v.SUSPENSION:
        rows = rows.filter(suspends=True)  # credentials of the others have no such entry
    # The write comes first: it locks the row on every database. A locking read gives the newest bits, even inside a
    # transaction that looked at older ones before.
    if not rows.update(created=F("created")):
        return
    row = rows.select_for_update().get()
    before = bytes(getattr(row, field) or b"")
    changed: dict[str, Any] = {"bits_version": F("bits_version") + 1, "changed_at": row.changed_at or now}
    if len(before) * 8 != row.length:
        # What the ledger says counts, whatever became of the bits: they are made anew from there.
        logger.error("Status list %s: its bits are damaged; run vc_publish_status --rebuild", row.uuid)
        rows.update(**changed)
        return
    after = core.with_bits(before, indices, value)
    if after != before:
        rows.update(**{field: after}, **changed)
