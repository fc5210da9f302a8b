"""
Batches by Celery workers on any number of machines. Nothing of what was sent is remembered: the rows say what is left
to do, the queue says how much of that waits in it, and what was lost or killed is sent again by the next round.
"""

from __future__ import annotations

import datetime
import logging
from uuid import UUID

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters import broker
from openedx_verifiable_credentials.api import awarding
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import queue_workers
from openedx_verifiable_credentials.api import worker_names
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled_now
from openedx_verifiable_credentials.flows.steps.bulk import leases
from openedx_verifiable_credentials.flows.steps.bulk import listing
from openedx_verifiable_credentials.flows.steps.bulk import orders
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models.batch import BatchState

logger = logging.getLogger(__name__)

# No more messages wait than these: half a million credentials.
MOST_WAITING = 1_000
# A throttled batch has as many parts under way as it may begin in so many seconds.
_AHEAD_SECONDS, _LEAST_AHEAD = 120, 8
_IDLE = datetime.timedelta(seconds=5)


def is_configured() -> bool:
    """Whether there is a broker. Raises ConfigurationError."""
    return app_settings.queue.has_broker()


def dispatch(batch_uuid: UUID) -> int:
    """
    Send the parts of a batch that are to be done and most likely do not wait in the queue already; how many that were.
    To be called again until the batch is over. One that is not ready has none.

    Raises BatchError ``unknown_batch``, TransientError ``broker_unavailable``, OfferError ``switched_off``,
    ConfigurationError.
    """
    require_enabled_now()
    batches.finish_left(batch_uuid)
    batch = orders.get_batch(batch_uuid)
    if batch.state != BatchState.READY:
        return 0
    worker_names.free_dead()
    now = get_means().now()
    # Workers take the first that was sent first: as many as wait are the first of those that are to be done.
    waiting, most = broker.count_waiting(), _most(batch, now)
    parts = leases.to_begin(batch, now).values_list("pk", flat=True)[waiting : max(waiting, most)]
    return broker.send_parts(parts)


def dispatch_all() -> int:
    """
    Order what policies want on award, list what was ordered, and send what is to be done, of every batch; how many
    parts. Raises as :func:`dispatch`.
    """
    require_enabled_now()
    awarding.drain()
    for batch_uuid in batches.requested():
        for _ in batches.list_certificates(batch_uuid, queue_workers.get_worker().name):
            pass
    ready = Batch.objects.filter(state=BatchState.READY).order_by("pk").values_list("uuid", flat=True)
    return sum([dispatch(batch_uuid) for batch_uuid in ready])


def _most(batch: Batch, now: datetime.datetime) -> int:
    if batch.throttle is None:
        return MOST_WAITING
    # As long as one after the other is begun, there are tasks that wait for their turn.
    if batch.next_at is not None and now - _IDLE < batch.next_at < now + datetime.timedelta(hours=1):
        return 0
    return min(MOST_WAITING, _LEAST_AHEAD + batch.throttle * _AHEAD_SECONDS // listing.CHUNK)
