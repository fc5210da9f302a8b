"""
The worker that a Celery process is: made once, in the process that works, so that nothing of DIDKit is older than a
fork; with a name that says whose lease it is when the process was killed.
"""

from __future__ import annotations

import contextlib
import os
import threading

from django.db import DatabaseError

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import worker_names
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled_now
from openedx_verifiable_credentials.flows.steps.bulk import leases


class _Own(threading.local):
    """Threads and greenlets have one each; a fork has its parent's, which is told by the process's number."""

    worker: batches.Worker | None = None
    pid = 0


_own = _Own()


def get_worker() -> batches.Worker:
    """The one of this thread, in this process."""
    if _own.worker is None or _own.pid != os.getpid():
        _own.pid = os.getpid()
        _own.worker = batches.Worker(worker_names.make())
    return _own.worker


def work_on(part: int) -> batches.Worked | None:
    """
    As :meth:`batches.Worker.work_on`. Where the lease is that of a process of this machine that was killed, at once.
    Whatever is raised, the lease is over.
    """
    require_enabled_now()
    worker = get_worker()
    try:
        worked = worker.work_on(part)
        if worked is None and worker_names.free_dead():
            worked = worker.work_on(part)
    except BaseException:
        # A database that is away ends no lease; then it runs out.
        with contextlib.suppress(DatabaseError):
            batches.free(worker.name)
        raise
    return worked


def seconds_to_begin(part: int) -> float | None:
    """How long a part has to wait for its batch's throttle; None where it need not be asked for again."""
    return leases.seconds_to_begin(part, get_means().now())
