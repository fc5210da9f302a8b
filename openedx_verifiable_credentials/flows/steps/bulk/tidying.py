"""
The parts, refusals and mails of batches that have long been over: they go, and their sums stay with the batch.

Stopped anywhere, the next time goes on: the sums are written, once, before anything is deleted.
"""

from __future__ import annotations

import datetime
from collections import Counter

from django.db import models
from django.db import transaction
from django.db.models import Count
from django.db.models import Max
from django.db.models import Sum

from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models import BatchRefusal
from openedx_verifiable_credentials.models.batch import BatchState
from openedx_verifiable_credentials.models.batch import ChunkState

_TABLES: tuple[type[models.Model], ...] = (BatchChunk, BatchRefusal, BatchMail)
_OVER = (BatchState.DONE, BatchState.STOPPED, BatchState.CANCELLED)
_BATCHES_AT_ONCE = 100
_ROWS_AT_ONCE = 500


def forget_parts(before: datetime.datetime, *, dry_run: bool = False) -> int:
    """Of the batches that were over ``before``; how many rows that were. What was stopped cannot go on afterwards."""
    old = Batch.objects.filter(has_parts=True, finished_at__lt=before, state__in=_OVER)
    if dry_run:
        return sum(table._default_manager.filter(batch__in=old).count() for table in _TABLES)
    gone = 0
    while batches := list(old.order_by("finished_at")[:_BATCHES_AT_ONCE]):
        gone += sum(_forget(batch) for batch in batches)
    return gone


def sums(batch: Batch) -> JsonObject:
    """
    Of the certificates of the parts that were worked on: ``looked_at``, ``issued``, ``held`` and ``refused``, how many.
    """
    if batch.totals is not None:
        return {name: batch.totals[name] for name in ("looked_at", "issued", "held", "refused")}
    over = BatchChunk.objects.filter(batch=batch, state__in=(ChunkState.INSERTED, ChunkState.DONE))
    found = over.aggregate(looked_at=Sum("count"), issued=Sum("issued"), held=Sum("held"), refused=Sum("refused"))
    return {name: value or 0 for name, value in found.items()}


def refused(batch: Batch) -> tuple[Counter[str], dict[str, str]]:
    """How many certificates got none, for each code, and what each code says."""
    if batch.totals is not None:
        said = batch.totals["codes"]
        return Counter({code: said[code][0] for code in said}), {code: said[code][1] for code in said}
    rows = BatchRefusal.objects.filter(batch=batch).order_by().values_list("code")
    found = list(rows.annotate(number=Count("pk"), last=Max("pk")))
    sentences = dict(BatchRefusal.objects.filter(pk__in=[last for *_, last in found]).values_list("code", "sentence"))
    return Counter({code: number for code, number, _ in found}), sentences


def mails(batch: Batch) -> dict[str, int]:
    """How many of its mails wait, are being sent, were sent, failed; or did so when they were forgotten."""
    if batch.totals is not None:
        return dict(batch.totals["mails"])
    rows = BatchMail.objects.filter(batch=batch).order_by()
    return dict(rows.values_list("state").annotate(number=Count("pk")))


def _forget(batch: Batch) -> int:
    if batch.totals is None and not _keep_sums(batch):
        return 0
    gone = 0
    for table in _TABLES:
        rows = table._default_manager.filter(batch=batch.pk)
        while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
            gone += table._default_manager.filter(pk__in=pks).delete()[0]
    Batch.objects.filter(pk=batch.pk).update(has_parts=False)
    return gone


@transaction.atomic(durable=True)
def _keep_sums(batch: Batch) -> bool:
    """Whether they are there now; not where the batch was gone on with meanwhile."""
    # The row is locked by a write first: whoever lets the batch go on waits, and then finds that it cannot.
    rows = Batch.objects.filter(pk=batch.pk, state=batch.state, finished_at=batch.finished_at)
    if not rows.update(has_parts=True):
        return False
    counts, sentences = refused(batch)
    codes = {code: [count, sentences[code]] for code, count in counts.items()}
    totals = {**sums(batch), "codes": codes, "mails": mails(batch)}
    return bool(rows.filter(totals__isnull=True).update(totals=totals))
