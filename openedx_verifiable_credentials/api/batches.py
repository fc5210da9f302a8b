"""
Bulk issuance: credentials of many certificates, before any wallet is known.

An order becomes rows, the rows are worked on by any number of workers, and whatever dies, the next one goes on.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api import worker_names
from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.switch import require_enabled_now
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.flows import issue_batch
from openedx_verifiable_credentials.flows.issue_batch import Foreseen
from openedx_verifiable_credentials.flows.issue_batch import Worked
from openedx_verifiable_credentials.flows.steps.bulk import leases
from openedx_verifiable_credentials.flows.steps.bulk import listing
from openedx_verifiable_credentials.flows.steps.bulk import orders
from openedx_verifiable_credentials.flows.steps.bulk import tidying
from openedx_verifiable_credentials.flows.steps.bulk.making import Maker
from openedx_verifiable_credentials.flows.steps.bulk.orders import Order
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchRefusal
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.batch import ChunkState

__all__ = ["Foreseen", "Order", "Selection", "SelectionCount", "Worked"]


@dataclasses.dataclass(frozen=True)
class BatchProgress:
    """
    How far a batch is. ``state`` is requested (not listed yet), ready (being worked on), done, stopped (``problem``:
    the code) or cancelled. Of ``selected`` certificates ``looked_at`` were; of these ``issued`` got credentials,
    ``held`` had theirs, ``refused`` got none, by code. ``waiting``: parts that nobody has begun or that are under way.
    """

    uuid: UUID
    state: str
    problem: str
    profile_id: str
    selected: int
    looked_at: int
    issued: int
    held: int
    refused: int
    waiting: int
    created: datetime.datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more is issued."""
        return self.state not in orders.UNFINISHED


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A certificate that got no credential, with the code and the sentence why."""

    certificate_uuid: UUID
    code: str
    sentence: str


def worker_name() -> str:
    """A name for a worker that no other has."""
    return worker_names.make()


def free_dead() -> int:
    """End the leases of workers of this machine whose processes were killed; how many those were."""
    return worker_names.free_dead()


def profile(profile_id: str | None = None) -> str:
    """The named profile's id, or that of the one that is set. Raises CompositionError ``unknown_profile``."""
    return get_profile(profile_id or app_settings.bulk_profile()).id


def count(selection: Selection) -> SelectionCount:
    """How many awarded certificates a selection has."""
    return get_certificate_source().count(selection)


def foresee(order: Order) -> Iterator[Foreseen]:
    """
    What a batch would do, certificate by certificate, without writing anything; yields the same object, further on.

    Raises OfferError ``switched_off``, CompositionError ``unknown_profile``, SigningError, ConfigurationError.
    """
    require_enabled()
    yield from issue_batch.foresee(get_means(), order)


def create(order: Order, batch_uuid: UUID | None = None) -> UUID:
    """
    Order a batch: one row. With a ``batch_uuid``, however often that is sent, it is one batch.

    Raises OfferError ``switched_off``, CompositionError ``unknown_profile``.
    """
    require_enabled()
    return orders.create(order, timezone.now(), batch_uuid).uuid


def list_certificates(batch_uuid: UUID, worker: str) -> Iterator[int]:
    """
    Freeze a batch to the certificates that exist now; yields how many are listed so far. Nothing where that is done, or
    another worker does it. Raises BatchError ``unknown_batch``.
    """
    batch = orders.get_batch(batch_uuid)
    if batch.state == BatchState.REQUESTED:
        yield from listing.list_certificates(get_means(), batch, worker)


def requested() -> list[UUID]:
    """Batches whose certificates are not listed yet, the oldest first."""
    return list(Batch.objects.filter(state=BatchState.REQUESTED).order_by("pk").values_list("uuid", flat=True))


class Worker:
    """One of those that work on batches. Makes its keys and templates once; not shared by threads."""

    def __init__(self, name: str | None = None):
        self.name = name or worker_name()
        self._maker = Maker()

    def work(
        self, batch_uuid: UUID | None = None, *, is_over: Callable[[], bool] = lambda: False
    ) -> Iterator[Worked | float]:  # fmt: skip
        """
        Part after part, of one batch or of all that are ready: what became of each; or a number of seconds in which
        there is nothing to do, while others still work or wait. Ends when all is done, or ``is_over``.

        Raises OfferError ``switched_off``, ConfigurationError, DatabaseError.
        """
        while not is_over():
            require_enabled_now()
            means = get_means()
            chunk = leases.take(self.name, means.now(), batch_uuid)
            if chunk is not None:
                yield issue_batch.work(means, chunk, self._maker)
                continue
            seconds = leases.seconds_to_wait(means.now(), batch_uuid)
            if seconds is None:
                finish_left(batch_uuid)
                return
            yield seconds

    def work_on(self, chunk_pk: int) -> Worked | None:
        """
        One part; None where it is done, or somebody else is at it. Before it, one of new awards, where there is any:
        those would wait behind all that was sent before. Raises as :meth:`work`.
        """
        require_enabled_now()
        means = get_means()
        urgent = leases.take_award(self.name, means.now())
        if urgent is not None and urgent.pk == chunk_pk:
            return issue_batch.work(means, urgent, self._maker)
        if urgent is not None:
            issue_batch.work(means, urgent, self._maker)
        chunk = leases.take_this(chunk_pk, self.name, means.now())
        return None if chunk is None else issue_batch.work(means, chunk, self._maker)


def free(worker: str) -> int:
    """End the leases of a worker that is dead; how many those were."""
    return leases.free(worker)


def finish_left(batch_uuid: UUID | None = None) -> int:
    """
    Call those batches done (or this one) of which nothing is left to do, because their last worker died just before it
    did so, or because nothing was selected; how many.
    """
    return orders.finish_left(timezone.now(), batch_uuid)


def look(batch_uuid: UUID) -> BatchProgress:
    """How far a batch is. Raises BatchError ``unknown_batch``."""
    return _progress(orders.get_batch(batch_uuid))


def is_any_unfinished() -> bool:
    """Whether a batch goes on: one small query, for whoever asks again and again."""
    return Batch.objects.filter(state__in=orders.UNFINISHED).exists()


def unfinished() -> list[BatchProgress]:
    """Batches that go on, the oldest first."""
    return [_progress(batch) for batch in Batch.objects.filter(state__in=orders.UNFINISHED).order_by("pk")]


def newest() -> UUID | None:
    """The last batch that a command or a person ordered and that is not done; None where there is none."""
    rows = Batch.objects.exclude(state=BatchState.DONE).exclude(origin="award").filter(totals__isnull=True)
    return rows.order_by("-pk").values_list("uuid", flat=True).first()


def resume(batch_uuid: UUID) -> None:
    """Let one that was stopped or cancelled go on. Raises BatchError ``unknown_batch``, ``batch_over``."""
    require_enabled()
    orders.resume(orders.get_batch(batch_uuid), timezone.now())


def cancel(batch_uuid: UUID) -> None:
    """Issue nothing more of it; what was issued stays. Raises BatchError ``unknown_batch``, ``batch_over``."""
    orders.cancel(orders.get_batch(batch_uuid), timezone.now())


def open_parts(batch_uuid: UUID) -> list[int]:
    """Primary keys of the parts that are not done, in order."""
    rows = BatchChunk.objects.filter(batch__uuid=batch_uuid).exclude(state=ChunkState.DONE)
    return list(rows.order_by("number").values_list("pk", flat=True))


def refusals(batch_uuid: UUID) -> Iterator[Refusal]:
    """Every certificate that got none, in the order in which that was found; nothing once it has long been over."""
    rows = BatchRefusal.objects.filter(batch__uuid=batch_uuid).order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        yield Refusal(row.certificate_uuid, row.code, row.sentence)


def refusals_by_code(batch_uuid: UUID) -> tuple[Counter[str], dict[str, str]]:
    """How many for each code, and what each code says. Raises BatchError ``unknown_batch``."""
    return tidying.refused(orders.get_batch(batch_uuid))


def _progress(batch: Batch) -> BatchProgress:
    return BatchProgress(
        uuid=batch.uuid,
        state=batch.state,
        problem=batch.problem,
        profile_id=batch.profile_id,
        selected=batch.selected,
        waiting=BatchChunk.objects.filter(batch=batch).exclude(state=ChunkState.DONE).count(),
        created=batch.created,
        **tidying.sums(batch),
    )
