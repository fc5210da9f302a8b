"""
What was ordered → the certificates it is frozen to: parts of at most :data:`CHUNK`, each of one configuration.

Listing again costs seconds and issues nothing, so one that was interrupted begins anew; nobody works on a batch before
its list is whole.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from openedx_verifiable_credentials.flows.steps.bulk.orders import selection_of
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.batch import BatchState

CHUNK = 500
_LEASE = datetime.timedelta(minutes=2)
_AT_ONCE = 50
_DELETED_AT_ONCE = 1000


def packed(certificate_uuids: Sequence[UUID]) -> bytes:
    """16 bytes each."""
    return b"".join(one.bytes for one in certificate_uuids)


def unpacked(certificates: bytes | memoryview) -> list[UUID]:
    """What :func:`packed` packed."""
    certificates = bytes(certificates)
    return [UUID(bytes=certificates[at : at + 16]) for at in range(0, len(certificates), 16)]


def list_certificates(means: Means, batch: Batch, worker: str) -> Iterator[int]:
    """
    Freeze the batch to the certificates that exist now; yields how many are listed so far. Nothing where another worker
    lists them.
    """
    if not _lease(batch, worker, means.now()):
        return
    _forget(batch)
    work = _Listing(batch, lambda: _renew(batch, worker, means.now()))
    try:
        for page in means.source.select(selection_of(batch)):
            is_whole = work.take(page)
            yield work.count
            if is_whole:
                break
            # So that nobody else begins anew meanwhile.
            work.keep()
        work.finish()
    except _LostError:
        return
    _make_ready(batch, worker, work.count, means.now())
    yield work.count


class _LostError(Exception):
    """Somebody else lists the certificates by now."""


class _Listing:
    """Certificates by configuration, written as soon as there are enough of one; nothing once the lease is lost."""

    def __init__(self, batch: Batch, renew: Callable[[], bool]):
        self.count = 0
        self._batch = batch
        self._renew = renew
        self._waiting: dict[str, list[UUID]] = defaultdict(list)
        self._rows: list[BatchChunk] = []
        self._number = 0

    def take(self, page: Sequence[tuple[str, UUID]]) -> bool:
        """Whether no more are wanted."""
        most = self._batch.most
        for configuration, certificate_uuid in page:
            if most is not None and self.count >= most:
                return True
            self.count += 1
            group = self._waiting[configuration]
            group.append(certificate_uuid)
            if len(group) == CHUNK:
                self._add(configuration)
        return most is not None and self.count >= most

    def finish(self) -> None:
        """What is left."""
        for configuration in list(self._waiting):
            self._add(configuration)
        self._write()

    def _add(self, configuration: str) -> None:
        group = self._waiting.pop(configuration)
        row = BatchChunk(
            batch=self._batch, number=self._number, configuration=configuration, certificates=packed(group),
            count=len(group),
        )  # fmt: skip
        self._number += 1
        self._rows.append(row)
        if len(self._rows) >= _AT_ONCE:
            self._write()

    def keep(self) -> None:
        """Raises _LostError."""
        if not self._renew():
            raise _LostError

    def _write(self) -> None:
        # The batch is locked until the rows are there: whoever takes over finds and forgets them.
        with transaction.atomic(durable=True):
            self.keep()
            BatchChunk.objects.bulk_create(self._rows)
        self._rows = []


def _lease(batch: Batch, worker: str, now: datetime.datetime) -> bool:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now) | Q(leased_until__gt=now + _LEASE) | Q(worker=worker)
    rows = Batch.objects.filter(free, pk=batch.pk, state=BatchState.REQUESTED)
    return bool(rows.update(worker=worker, leased_until=now + _LEASE))


def _renew(batch: Batch, worker: str, now: datetime.datetime) -> bool:
    rows = Batch.objects.filter(pk=batch.pk, state=BatchState.REQUESTED, worker=worker)
    return bool(rows.update(leased_until=now + _LEASE))


def _forget(batch: Batch) -> None:
    """What an earlier attempt listed."""
    rows = BatchChunk.objects.filter(batch=batch)
    while pks := list(rows.values_list("pk", flat=True)[:_DELETED_AT_ONCE]):
        BatchChunk.objects.filter(pk__in=pks).delete()


@transaction.atomic(durable=True)
def _make_ready(batch: Batch, worker: str, count: int, now: datetime.datetime) -> None:
    rows = Batch.objects.filter(pk=batch.pk, state=BatchState.REQUESTED, worker=worker)
    if rows.update(state=BatchState.READY, selected=count, selected_at=now, worker="", leased_until=None):
        append_event("batch.ready", now, batch=batch.uuid)
