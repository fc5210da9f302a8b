"""Batches as rows: ordered, listed, stopped, done."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Exists
from django.db.models import OuterRef

from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models.batch import BatchOrigin
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.batch import ChunkState

UNFINISHED = (BatchState.REQUESTED, BatchState.READY)


@dataclasses.dataclass(frozen=True)
class Order:
    """
    Which certificates, as which credential profile. ``most``: no more certificates than these; ``throttle``:
    credentials a second, all workers together; ``mail``: tell the learners, once; ``ordered_by``: number of a staff
    account.
    """

    selection: Selection
    profile_id: str
    most: int | None = None
    throttle: int | None = None
    mail: bool = False
    origin: str = BatchOrigin.COMMAND.value
    ordered_by: int | None = None


def create(order: Order, now: datetime.datetime, batch_uuid: UUID | None = None) -> Batch:
    """
    A new batch, whose certificates are listed next; or the one that was ordered with this ``batch_uuid``. Raises
    CompositionError ``unknown_profile``.
    """
    get_profile(order.profile_id)
    batch, is_new = Batch.objects.get_or_create(uuid=batch_uuid or uuid.uuid4(), defaults=_as_ordered(order, now))
    if is_new:
        append_event("batch.ordered", now, batch=batch.uuid, profile=batch.profile_id, origin=batch.origin)
    return batch


def _as_ordered(order: Order, now: datetime.datetime) -> dict[str, object]:
    return {
        "origin": order.origin,
        "selection": _as_json(order.selection),
        "profile_id": order.profile_id,
        "most": order.most,
        "throttle": order.throttle,
        "mail": order.mail,
        "ordered_by": order.ordered_by,
        "created": now,
    }


def selection_of(batch: Batch) -> Selection:
    """What was ordered."""
    said: Mapping[str, str | int | list[str] | None] = batch.selection
    program, since, certificates = said.get("program"), said.get("since"), said.get("certificates")
    return Selection(
        course=_text(said.get("course")),
        program=None if program is None else UUID(str(program)),
        organization=_text(said.get("organization")),
        site_id=None if said.get("site_id") is None else int(str(said["site_id"])),
        since=None if since is None else datetime.datetime.fromisoformat(str(since)),
        certificates=None if not isinstance(certificates, list) else tuple(map(UUID, certificates)),
    )


def get_batch(batch_uuid: UUID) -> Batch:
    """Raises BatchError ``unknown_batch``."""
    batch = Batch.objects.filter(uuid=batch_uuid).first()
    if batch is None:
        raise BatchError("unknown_batch", "There is no such batch.")
    return batch


def stop(batch: Batch, problem: str, now: datetime.datetime) -> None:
    """Nothing more of it is issued; workers that are at it find that out before they write anything."""
    rows = Batch.objects.filter(pk=batch.pk, state__in=UNFINISHED)
    if rows.update(state=BatchState.STOPPED, problem=problem, finished_at=now):
        append_event("batch.stopped", now, batch=batch.uuid, code=problem)


def cancel(batch: Batch, now: datetime.datetime) -> None:
    """Nothing more of it is issued; what was stays. Raises BatchError ``batch_over``."""
    rows = Batch.objects.filter(pk=batch.pk, state__in=UNFINISHED)
    if not rows.update(state=BatchState.CANCELLED, finished_at=now):
        raise BatchError("batch_over", "This batch is over already.")
    append_event("batch.cancelled", now, batch=batch.uuid)


def resume(batch: Batch, now: datetime.datetime) -> None:
    """Go on with one that was stopped or cancelled. Raises BatchError ``batch_over`` where it is done, or long over."""
    stopped = (BatchState.STOPPED, BatchState.CANCELLED)
    # With its totals written down, its parts are gone or about to go.
    rows = Batch.objects.filter(pk=batch.pk, state__in=stopped, totals__isnull=True)
    state = BatchState.READY if batch.selected_at is not None else BatchState.REQUESTED
    if rows.update(state=state, problem="", finished_at=None):
        append_event("batch.resumed", now, batch=batch.uuid)
    elif not Batch.objects.filter(pk=batch.pk, state__in=UNFINISHED).exists():
        raise BatchError("batch_over", "This batch is done, or long over; order another one.")


def finish(batch: Batch, now: datetime.datetime) -> bool:
    """Done, where every part of it is. Whether it is this call that found that out."""
    to_do = BatchChunk.objects.filter(batch=OuterRef("pk")).exclude(state=ChunkState.DONE)
    # A look first: the write waits for whoever is just writing credentials of the batch.
    if BatchChunk.objects.filter(batch=batch.pk).exclude(state=ChunkState.DONE).exists():
        return False
    rows = Batch.objects.filter(~Exists(to_do), pk=batch.pk, state=BatchState.READY)
    if not rows.update(state=BatchState.DONE, finished_at=now):
        return False
    append_event("batch.done", now, batch=batch.uuid)
    return True


def finish_left(now: datetime.datetime, batch_uuid: UUID | None = None) -> int:
    """
    Batches, or this one, whose last worker died when all was done but this, or that have no part at all; how many.
    """
    to_do = BatchChunk.objects.filter(batch=OuterRef("pk")).exclude(state=ChunkState.DONE)
    left = Batch.objects.filter(~Exists(to_do), state=BatchState.READY)
    if batch_uuid is not None:
        left = left.filter(uuid=batch_uuid)
    return sum(finish(batch, now) for batch in left)


def _as_json(selection: Selection) -> JsonObject:
    said = dataclasses.asdict(selection)
    plain = {
        **said,
        "program": None if selection.program is None else str(selection.program),
        "since": None if selection.since is None else selection.since.isoformat(),
        "certificates": None if selection.certificates is None else [str(one) for one in selection.certificates],
    }
    return {name: value for name, value in plain.items() if value is not None}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
