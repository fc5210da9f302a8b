"""
Parts of a batch, each worked on by one worker at a time: a lease that runs out, whoever dies.

A worker whose lease was taken over finds that out when it writes: every write names the worker.
"""

from __future__ import annotations

import datetime
import random
from uuid import UUID

from django.db.models import Case
from django.db.models import Q
from django.db.models import QuerySet
from django.db.models import When

from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.batch import BatchOrigin
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.batch import ChunkState

_AWARDS_FIRST = Case(When(origin=BatchOrigin.AWARD, then=0), default=1)
LEASE = datetime.timedelta(seconds=120)
# So many of the first that can be had are looked at, so that workers do not all ask for the same one.
_CHOICE = 16
# Problems that say nothing against the part: somebody else was faster.
RACES = ("busy", "lease_lost")
_AFTER_A_RACE, _AFTER_A_FAILURE = 2.0, 60.0  # seconds


def take(worker: str, now: datetime.datetime, batch_uuid: UUID | None = None) -> BatchChunk | None:
    """
    Some part that can be had, of the oldest batch that is ready, or of this one; None where there is none. New awards
    go first: they are few, and would wait for hours behind what was awarded in years.
    """
    wanted = Batch.objects.all() if batch_uuid is None else Batch.objects.filter(uuid=batch_uuid)
    for batch in wanted.filter(state=BatchState.READY).order_by(_AWARDS_FIRST, "pk"):
        chunk = _take_of(batch, worker, now)
        if chunk is not None:
            return chunk
    over = wanted.filter(state__in=(BatchState.STOPPED, BatchState.CANCELLED), has_parts=True)
    left = _free(now).filter(batch__in=over, state=ChunkState.INSERTED).values_list("pk", flat=True)[:_CHOICE]
    return next((chunk for pk in left if (chunk := take_this(pk, worker, now)) is not None), None)


def take_award(worker: str, now: datetime.datetime) -> BatchChunk | None:
    """Some part of new awards, where there is one: whoever was told to begin another one does it first."""
    ready = Batch.objects.filter(state=BatchState.READY, origin=BatchOrigin.AWARD).order_by("pk")[:_CHOICE]
    return next((chunk for batch in ready if (chunk := _take_of(batch, worker, now)) is not None), None)


def _take_of(batch: Batch, worker: str, now: datetime.datetime) -> BatchChunk | None:
    # Asked anew each time: a batch that is stopped meanwhile keeps parts that nobody may take.
    free = _free(now).filter(batch=batch, batch__state=BatchState.READY).order_by("number")
    while choice := list(free.values_list("pk", flat=True)[:_CHOICE]):
        random.shuffle(choice)
        for pk in choice:
            chunk = take_this(pk, worker, now)
            if chunk is not None:
                return chunk
            if not _may_begin(batch, now):
                return None
    return None


def take_this(pk: int, worker: str, now: datetime.datetime) -> BatchChunk | None:
    """The part with this primary key, where it can be had."""
    chunk = BatchChunk.objects.select_related("batch").filter(_is_free(now), pk=pk).first()
    if chunk is None or not _may_be_taken(chunk) or not _begin(chunk, now):
        return None
    rows = BatchChunk.objects.filter(_is_free(now), pk=pk, state=chunk.state, attempts=chunk.attempts)
    if not rows.update(**_leased(chunk.state, worker, now), attempts=chunk.attempts + 1):
        return None
    chunk.worker, chunk.attempts = worker, chunk.attempts + 1
    return chunk


def _may_be_taken(chunk: BatchChunk) -> bool:
    """
    What was written is looked at once more whatever became of its batch: nobody else knows what the host revoked while
    it was signed.
    """
    return chunk.batch.state == BatchState.READY or chunk.state == ChunkState.INSERTED


def _leased(state: str, worker: str, now: datetime.datetime) -> dict[str, object]:
    # One that was inserted stays so: it only has to be looked at again.
    state = ChunkState.LEASED if state == ChunkState.WAITING else state
    return {"state": state, "worker": worker, "leased_until": now + LEASE}


def renew(chunk: BatchChunk, now: datetime.datetime) -> bool:
    """Whether it is still the worker's."""
    rows = BatchChunk.objects.filter(pk=chunk.pk, worker=chunk.worker, state=ChunkState.LEASED)
    return bool(rows.update(leased_until=now + LEASE))


def give_back(chunk: BatchChunk, problem: str, until: datetime.datetime) -> None:
    """It failed; nobody tries again before ``until``."""
    rows = BatchChunk.objects.filter(pk=chunk.pk, worker=chunk.worker)
    rows.filter(state=ChunkState.LEASED).update(
        state=ChunkState.WAITING, problem=problem, leased_until=until, worker=""
    )
    rows.filter(state=ChunkState.INSERTED).update(problem=problem, leased_until=until, worker="")


def next_attempt(chunk: BatchChunk, problem: str, now: datetime.datetime) -> datetime.datetime:
    """Soon at first, then more rarely: a signing service that is down needs time. Who lost a race may try soon."""
    longest = _AFTER_A_RACE if problem in RACES else _AFTER_A_FAILURE
    seconds = min(longest, 0.5 * 2 ** min(chunk.attempts, 7))
    # Not all of those who met at the same moment meet again.
    return now + datetime.timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311  (no secret)


def to_begin(batch: Batch, now: datetime.datetime) -> QuerySet[BatchChunk]:
    """The parts that nobody works on and that need not wait, in order."""
    return _free(now).filter(batch=batch, batch__state=BatchState.READY).order_by("number")


def seconds_to_begin(pk: int, now: datetime.datetime) -> float | None:
    """How long a part still has to wait for the throttle of its batch; None where it waits for nothing of that kind."""
    chunk = _free(now).select_related("batch").filter(pk=pk, batch__state=BatchState.READY).first()
    if chunk is None or chunk.batch.throttle is None or chunk.batch.next_at is None:
        return None
    return max(0.0, (chunk.batch.next_at - now).total_seconds())


def holders(prefix: str) -> set[str]:
    """The workers whose names begin so and who hold a lease."""
    rows = BatchChunk.objects.exclude(state=ChunkState.DONE).filter(worker__startswith=prefix)
    lists = Batch.objects.filter(state=BatchState.REQUESTED, worker__startswith=prefix)
    return {*rows.order_by().values_list("worker", flat=True).distinct(), *lists.values_list("worker", flat=True)}


def free(worker: str) -> int:
    """End the leases of a worker that is dead; how many those were."""
    rows = BatchChunk.objects.filter(worker=worker)
    count = rows.filter(state=ChunkState.LEASED).update(state=ChunkState.WAITING, worker="", leased_until=None)
    Batch.objects.filter(worker=worker, state=BatchState.REQUESTED).update(worker="", leased_until=None)
    return count + rows.filter(state=ChunkState.INSERTED).update(worker="", leased_until=None)


def seconds_to_wait(now: datetime.datetime, batch_uuid: UUID | None = None) -> float | None:
    """Until when it is worth asking again; None where nothing is left to do."""
    batches = Batch.objects.filter(state=BatchState.READY)
    if batch_uuid is not None:
        batches = batches.filter(uuid=batch_uuid)
    left = BatchChunk.objects.filter(batch__in=batches).exclude(state=ChunkState.DONE)
    if not left.exists():
        return None
    next_at = [at for at in batches.values_list("next_at", flat=True) if at is not None and at > now]
    if _free(now).filter(batch__in=batches).exists() and next_at:
        return min((min(next_at) - now).total_seconds(), 5.0)
    return 0.5


def _free(now: datetime.datetime) -> QuerySet[BatchChunk]:
    return BatchChunk.objects.filter(_is_free(now))


def _is_free(now: datetime.datetime) -> Q:
    """Nobody's, or of somebody whose time is over; also where the clock went back: no lease reaches that far."""
    over = Q(leased_until__isnull=True) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * LEASE)
    return Q(state__in=(ChunkState.WAITING, ChunkState.LEASED, ChunkState.INSERTED)) & over


def _may_begin(batch: Batch, now: datetime.datetime) -> bool:
    return batch.throttle is None or Batch.objects.filter(_is_due(now), pk=batch.pk).exists()


def _begin(chunk: BatchChunk, now: datetime.datetime) -> bool:
    """Where the batch is throttled, its parts begin one after the other, whoever works on them."""
    batch = chunk.batch
    if batch.throttle is None or chunk.state == ChunkState.INSERTED:
        return True
    following = now + datetime.timedelta(seconds=chunk.count / batch.throttle)
    return bool(Batch.objects.filter(_is_due(now), pk=batch.pk).update(next_at=following))


def _is_due(now: datetime.datetime) -> Q:
    # An hour is longer than any part takes: further ahead, the clock went back.
    return Q(next_at__isnull=True) | Q(next_at__lte=now) | Q(next_at__gt=now + datetime.timedelta(hours=1))
