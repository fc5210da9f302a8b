"""
Work that a Celery worker may do where a broker is configured. All but one do what the command of the same name does.

Arguments are numbers of rows: whatever logs or shows a message shows nothing of a learner.
"""

from __future__ import annotations

import logging
import random
from typing import Any

from celery import shared_task
from django.db import InterfaceError
from django.db import OperationalError

from openedx_verifiable_credentials.adapters import broker
from openedx_verifiable_credentials.api import anchoring
from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.api import dispatching
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import queue_workers
from openedx_verifiable_credentials.api import reconciling
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError

logger = logging.getLogger(__name__)

_PASSING = (TransientError, OperationalError, InterfaceError)
_LONGEST_PAUSE = 60
_MOST_RETRIES = 20


@shared_task(name=broker.RECONCILE)
def reconcile() -> int:
    """Work through the host's changes, erase retired learners, tidy up; the number of credentials that ended."""
    ended = reconciling.reconcile_changes().revoked
    reconciling.tidy()
    reconciling.tidy_batches()
    for _ in erasing.erase_retired():
        pass
    erasing.tidy_learners()
    return ended


@shared_task(name=broker.PUBLISH_STATUS)
def publish_status() -> int:
    """Publish the status lists whose time has come; how many that were."""
    return publishing.publish_due().published


@shared_task(name=broker.ANCHOR)
def anchor() -> int:
    """
    A round of anchoring, where that is on; how many things happened. What holds something up is logged, and tried again
    next time.
    """
    return 0 if anchoring.has_nothing_to_do() else anchoring.anchor().run.happened.total()


@shared_task(name=broker.ISSUE_BATCHES)
def issue_batches() -> int:
    """
    List what was ordered and send what is to be done; how many parts. A broker that is away is asked next time. Then a
    round of mails of what is over: a mail server that is away is asked next time, too.
    """
    parts = 0
    try:
        parts = dispatching.dispatch_all()
        batch_mails.send_waiting()
    except (OfferError, TransientError) as error:
        logger.warning("Nothing more is sent: %s", error)
    return parts


@shared_task(
    name=broker.ISSUE_PART,
    bind=True,
    acks_late=True,
    reject_on_worker_lost=True,
    max_retries=_MOST_RETRIES,
    soft_time_limit=broker.PART_SECONDS,
    time_limit=broker.PART_SECONDS + 60,
)
def issue_part(self: Any, part: int) -> int:
    """
    Issue the credentials of one part of a batch, the row with this number; how many. None where it is done, or another
    worker has it: whoever sends parts sends it again while it is not done.
    """
    try:
        worked = queue_workers.work_on(part)
        pause = queue_workers.seconds_to_begin(part) if worked is None else None
    except OfferError as error:
        logger.warning("Part %d is not begun: %s", part, error)
        return 0
    except _PASSING as error:
        raise self.retry(countdown=_pause(self.request.retries), exc=error) from error
    if pause is not None:
        raise self.retry(countdown=pause + random.random(), max_retries=None)  # noqa: S311
    if worked is not None and worked.problem:
        raise self.retry(countdown=_pause(self.request.retries))
    return worked.issued if worked else 0


def _pause(retries: int) -> float:
    """Seconds: soon at first, then more rarely, and not all at the same moment."""
    return min(_LONGEST_PAUSE, 2**retries) * random.uniform(0.5, 1.5)  # noqa: S311
