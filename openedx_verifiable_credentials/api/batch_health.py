"""Whether anybody works on batches."""

from __future__ import annotations

import datetime

from django.utils import timezone

from openedx_verifiable_credentials.flows.steps.bulk.orders import UNFINISHED
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Event

# Parts take seconds; a worker that comes by each five minutes is seen in time.
PATIENCE = datetime.timedelta(minutes=10)


def stands_still() -> bool:
    """
    Whether a batch has waited for so long while nobody listed, leased or issued anything of any. Three short looks at
    indices, however many batches and credentials there are.
    """
    now = timezone.now()
    waiting = Batch.objects.filter(state__in=UNFINISHED, created__lt=now - PATIENCE)
    pks = list(waiting.values_list("pk", flat=True)[:100])
    if not pks or Batch.objects.filter(pk__in=pks, leased_until__gt=now).exists():
        return False
    if BatchChunk.objects.filter(batch__in=pks, leased_until__gt=now).exists():
        return False
    last = [
        Event.objects.filter(kind=kind).order_by("-pk").values_list("at", flat=True).first()
        for kind in ("batch.issued", "batch.ready", "batch.done")
    ]
    return not any(at is not None and at > now - PATIENCE for at in last)
