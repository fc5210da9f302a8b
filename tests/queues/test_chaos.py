"""Workers are killed, messages arrive twice or never, the broker goes and comes: the result is the same."""

from __future__ import annotations

import random
import time
from collections import Counter
from uuid import UUID

import pytest
from credentials.apps.credentials.models import UserCredential

from openedx_verifiable_credentials.adapters import broker as adapter
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import dispatching
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.models import BatchChunk
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import ledgers
from tests import many
from tests.queues.brokers import Broker
from tests.queues.workers import CeleryWorkers
from tests.queues.workers import kill

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True), pytest.mark.slow]
CERTIFICATES, COURSES = 800, 40
# Two that take messages, with two processes each that work.
WORKERS, KILLS = 2, 8


def dispatch(batch: UUID) -> None:
    """As whoever sends parts does: a broker that is away is asked again later."""
    try:
        dispatching.dispatch(batch)
    except TransientError as error:
        assert error.code == "broker_unavailable"


def send_twice(batch: UUID) -> None:
    """Everything that is not done, whoever has it."""
    try:
        adapter.send_parts(batches.open_parts(batch))
    except TransientError as error:
        assert error.code == "broker_unavailable"


def purge(batch: UUID) -> None:
    """Nothing waits any more, though nothing was done."""
    adapter.get_app().control.purge()


def disturb(batch: UUID, workers: CeleryWorkers, broker: Broker) -> Counter[str]:
    """Until the batch is over; how often what was done to it."""
    chance, done, end = random.Random(7), Counter[str](), time.monotonic() + 100
    while not batches.look(batch).is_over:
        assert time.monotonic() < end, batches.look(batch)
        dispatch(batch)
        time.sleep(0.3)
        if done["killed"] < KILLS and (pids := workers.pids()):
            kill(chance.choice(pids))
            done["killed"] += 1
            workers.tend(WORKERS)
        if done["killed"] in (2, 5) and done["doubled"] < done["killed"] // 2:
            send_twice(batch)
            done["doubled"] += 1
        if done["killed"] == 4 and not done["restarted"]:
            broker.restart()
            done["restarted"] += 1
        if done["killed"] == 6 and not done["purged"]:
            purge(batch)
            done["purged"] += 1
    return done


def require_exact(batch: UUID, foreseen: batches.Foreseen) -> None:
    """Every certificate that may have one has its credential, at a place of its own; every part is done."""
    rows = Credential.objects.values_list("certificate_uuid", "status_list", "status_index")
    certificates, places = Counter(row[0] for row in rows), Counter(row[1:] for row in rows)
    refused = {one.certificate_uuid for one in batches.refusals(batch)}
    awarded = set(UserCredential.objects.filter(status="awarded").values_list("uuid", flat=True))
    assert set(certificates) == awarded - refused
    assert set(certificates.values()) == set(places.values()) == {1}
    assert batches.refusals_by_code(batch)[0] == foreseen.refused
    assert set(BatchChunk.objects.values_list("state", flat=True)) == {"done"}
    taken = [place for chunk in BatchChunk.objects.all() for place in chunk.places]
    numbers = Counter((where, n) for where, first, count in taken for n in range(first, first + count))
    assert set(numbers.values()) == {1}
    progress = batches.look(batch)
    assert (progress.state, progress.issued, progress.held) == ("done", foreseen.to_issue, 0)
    assert progress.refused == len(refused)
    ledgers.require_sound(published=False)


def test_whatever_dies_every_certificate_has_one_credential(ready, broker, celery_workers):
    many.seed_platform(ready, CERTIFICATES, COURSES)
    celery_workers.start(WORKERS)
    *_, foreseen = batches.foresee(batches.Order(batches.Selection(), "obv3-vc2"))
    batch = bulk.order()
    celery_workers.wait()
    done = disturb(batch, celery_workers, broker)
    require_exact(batch, foreseen)
    # Whoever works without a broker finds nothing left to do.
    again = bulk.issue()
    assert (again.issued, again.held) == (0, foreseen.to_issue)
    assert done["killed"] >= 4 and done["restarted"]
