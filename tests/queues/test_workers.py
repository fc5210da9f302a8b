"""What a Celery worker of the plugin takes, in which order, and what it leaves alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from kombu import Connection

from openedx_verifiable_credentials.adapters import broker as adapter
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import dispatching
from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.models import Credential
from tests import bulk
from tests import seed
from tests.commands.run import fails
from tests.commands.run import run
from tests.queues.brokers import until
from tests.queues.cutting import cable
from tests.queues.workers import CeleryWorkers

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
# What both do alike is tried with one of them.
WITH_REDIS = pytest.mark.parametrize("broker", [pytest.param("redis", marks=pytest.mark.redis)], indirect=True)
UNPICKLED = "__import__('pathlib').Path({!r}).touch()"


class Evil:
    """Unpickled, it writes a file."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return eval, (UNPICKLED.format(str(self.path)),)


def order(ready, courses=2, learners=2, **more):
    """A batch of as many parts as courses; whose learners have names that no log may show."""
    people = [seed.make_learner(f"secretname{number}", f"Secretname {number}") for number in range(learners)]
    for _ in range(courses):
        course = seed.make_course(ready)
        for one in people:
            seed.backdate(seed.award(one, course), days=1)
    return bulk.order(**more)


def publish(url: str, queue: str, body: object, **options: object) -> None:
    """A message that is not of our making."""
    with Connection(url) as broker, broker.Producer(auto_declare=False) as producer:
        producer.publish(body, routing_key=queue, exchange=queue, **options)


def test_what_is_sent_is_issued_after_revocations_and_no_log_names_a_learner(ready, broker, celery_workers):
    batch = order(ready)
    assert dispatching.dispatch(batch) == adapter.count_waiting() == 2
    assert dispatching.dispatch(batch) == 0  # it waits in the queue already
    adapter.get_app().send_task(adapter.RECONCILE)
    celery_workers.start(1, "-E", "--concurrency", "1")
    until(lambda: batches.look(batch).is_over)
    assert (batches.look(batch).issued, Credential.objects.count()) == (4, 4)
    # Sent last, done first: a revocation waits for no credentials in bulk.
    done = re.findall(r"Task openedx_verifiable_credentials\.(\w+)\[[^]]+\] succeeded", celery_workers.said())
    assert (done[0], done.count("issue_part")) in (("reconcile", 2), ("reconcile", 1))
    assert dispatching.dispatch(batch) == 0
    assert "secretname" not in celery_workers.said().lower()
    assert "Traceback" not in celery_workers.said()


@WITH_REDIS
def test_workers_answer_and_do_not_hear_other_programs(ready, broker, celery_workers):
    celery_workers.start()
    celery_workers.wait()
    assert "1 node online" in celery_workers.ask("inspect", "ping").stdout
    stopped = subprocess.run(
        [sys.executable, "-m", "celery", "-b", broker.url, "control", "shutdown"],
        cwd="/", capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert "No nodes replied" in stopped.stderr + stopped.stdout
    assert "1 node online" in celery_workers.ask("inspect", "ping").stdout


@WITH_REDIS
def test_messages_that_are_not_ours_do_nothing(ready, broker, celery_workers, tmp_path):
    batch, touched = order(ready, courses=1), tmp_path / "touched"
    parts = batches.open_parts(batch)
    celery_workers.start()
    celery_workers.wait()
    headers = {"task": adapter.ISSUE_PART, "id": "1", "lang": "py"}
    publish(broker.url, broker.queue, ([Evil(touched)], {}, {}), serializer="pickle", headers=headers)
    publish(broker.url, broker.queue, [["no number"], {}, {}], serializer="json", headers=headers)
    publish(broker.url, broker.queue, [[2**63], {}, {}], serializer="json", headers=headers)
    publish(broker.url, broker.queue, [[], {"__class__": 1}, {}], serializer="json", headers=headers)
    publish(broker.url, broker.queue, b"\xff\x00", content_type="application/json", content_encoding="utf-8")
    publish(broker.url, broker.queue, [[], {}, {}], serializer="json", headers={**headers, "task": "os.system"})
    assert adapter.send_parts([parts[0] + 1_000_000]) == 1  # a part that is not there
    # As many messages as wait are taken for the first parts: it is sent when they are gone.
    until(lambda: dispatching.dispatch(batch) or batches.look(batch).is_over)
    until(lambda: batches.look(batch).is_over)
    assert batches.look(batch).issued == 2
    assert not touched.exists()


@WITH_REDIS
def test_a_database_that_was_away_costs_time_and_nothing_else(ready, broker, tmp_path):
    batch = order(ready, courses=3)
    with cable(int(connection.settings_dict["PORT"] or 3306)) as to_database:
        workers = CeleryWorkers(broker, tmp_path, DB_HOST="127.0.0.1", DB_PORT=str(to_database.port))
        try:
            workers.start()
            workers.wait()
            to_database.cut()
            dispatching.dispatch(batch)
            until(lambda: "retry: Retry in" in workers.said())
            assert not Credential.objects.exists()
            to_database.mend()
            until(lambda: batches.look(batch).is_over)
        finally:
            workers.stop()
    assert Credential.objects.count() == 6


@WITH_REDIS
def test_a_throttle_holds_for_all_workers_together(ready, broker, celery_workers):
    batch = order(ready, courses=3, learners=2, throttle=1)
    celery_workers.start()
    celery_workers.wait()
    since = time.monotonic()
    while not batches.look(batch).is_over:
        dispatching.dispatch(batch)
        time.sleep(0.2)
        assert time.monotonic() < since + 40
    assert time.monotonic() - since >= 4  # three parts of two, one credential a second; the last does not wait
    assert Credential.objects.count() == 6


def test_a_broker_that_is_away_is_told_and_loses_nothing(ready, broker):
    batch = order(ready)
    broker.stop()
    with pytest.raises(TransientError) as caught:
        dispatching.dispatch(batch)
    assert caught.value.code == "broker_unavailable"
    assert "127.0.0.1" not in str(caught.value) and "guest" not in str(caught.value)
    assert len(batches.open_parts(batch)) == 2
    bulk.work(batch)
    assert batches.look(batch).state == "done"


@WITH_REDIS
def test_rounds_list_what_was_ordered_and_send_it(ready, broker, celery_workers):
    course = seed.make_course(ready)
    seed.backdate(seed.award(seed.make_learner("secretname", "Secretname"), course), days=1)
    batch = batches.create(batches.Order(batches.Selection(), "obv3-vc2"))
    adapter.get_app().send_task(adapter.ISSUE_BATCHES)
    celery_workers.start()
    until(lambda: batches.look(batch).is_over)
    assert batches.look(batch).issued == 1


@WITH_REDIS
def test_nothing_is_sent_while_the_switch_is_off(ready, broker, switched_on):
    batch = order(ready)
    switched_on.active = False
    switched_on.save()
    with pytest.raises(OfferError, match="switched_off"):
        dispatching.dispatch(batch)
    assert adapter.count_waiting() == 0


def test_without_a_broker_there_is_nothing_to_send_to(ready, settings):
    settings.OPENEDX_VC_BROKER_URL = ""
    batch = order(ready)
    assert not dispatching.is_configured()
    with pytest.raises(ConfigurationError, match="OPENEDX_VC_BROKER_URL"):
        dispatching.dispatch(batch)


@WITH_REDIS
def test_an_unknown_batch_is_refused(ready, broker):
    import uuid

    with pytest.raises(BatchError, match="unknown_batch"):
        dispatching.dispatch(uuid.uuid4())


@WITH_REDIS
def test_the_command_sends_parts_and_shows_what_becomes_of_them(ready, broker, celery_workers):
    order(ready, courses=2)
    celery_workers.start()
    said = run("vc_issue", "--all", "--yes", "--celery", "--profile", "obv3-vc1")
    assert "4 of 4 certificates: 4 credentials issued, 0 had theirs already, 0 refused; " in said
    assert "0 credentials issued, 4 had theirs already" in run(
        "vc_issue", "--all", "--yes", "--celery", "--profile", "obv3-vc1"
    )


@WITH_REDIS
def test_the_command_says_where_no_worker_does_anything(ready, broker, monkeypatch):
    order(ready, courses=1)
    monkeypatch.setattr("openedx_verifiable_credentials.management.bulk.sending._QUIET_SECONDS", 1.0)
    timer = threading.Timer(4, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    said, problem = fails("vc_issue", "--all", "--yes", "--celery")
    timer.join()
    assert "is there a Celery worker" in said
    assert "Stopped; what was done is kept." in problem


@pytest.mark.parametrize(
    ("more", "sentence"), [((), "needs a broker"), (("--processes", "2"), "does not go with --processes")]
)
def test_the_command_refuses_what_cannot_be(ready, settings, more, sentence):
    settings.OPENEDX_VC_BROKER_URL = ""
    order(ready, courses=1)
    _, said = fails("vc_issue", "--all", "--yes", "--celery", *more)
    assert sentence in said
    assert not Credential.objects.exists()
