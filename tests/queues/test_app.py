"""The Celery app by itself: what it takes its configuration from, and what it does not touch."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters import broker
from openedx_verifiable_credentials.exceptions import ConfigurationError
from tests.servers.running import ROOT

PASSWORD = "correct-horse"
LOOK = """
import json, sys
import openedx_verifiable_credentials
early = sorted({"celery", "django", "kombu"} & sys.modules.keys())
from celery.app.utils import find_app
app = find_app("openedx_verifiable_credentials")
app.loader.import_default_modules()
print(json.dumps({
    "early": early,
    "url": app.connection().as_uri(include_password=True),
    "write": app.connection_for_write().as_uri(include_password=True),
    "read": app.connection_for_read().as_uri(include_password=True),
    "results": app.backend.as_uri(),
    "accepts": sorted(app.conf.accept_content),
    "queues": sorted(app.amqp.queues),
    "eager": app.conf.task_always_eager,
    "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
    "routes": {name: app.amqp.router.route({}, name)["priority"] for name in app.tasks if "issue" in name},
}))
"""


def look(**environment: str) -> dict[str, object]:
    """What a fresh process finds, as `celery -A` does."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")])
    settings = {"DJANGO_SETTINGS_MODULE": "credentials.settings.test", "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, env={**os.environ, **settings, **environment},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("url", "last"), [("redis://:pass@127.0.0.1:1/3", 9), ("amqp://u:p@127.0.0.1:1//", 0)], ids=["redis", "rabbitmq"]
)
def test_the_app_is_found_and_has_our_settings_alone(url, last):
    others = {
        "CELERY_BROKER_URL": "redis://127.0.0.1:2/9",
        "CELERY_BROKER_READ_URL": "redis://127.0.0.1:2/9",
        "CELERY_BROKER_WRITE_URL": "redis://127.0.0.1:2/9",
        "CELERY_RESULT_BACKEND": "redis://127.0.0.1:2/9",
        "CELERY_CONFIG_MODULE": "os",
    }
    found = look(OPENEDX_VC_BROKER_URL=url, **others)
    assert found["early"] == []
    assert found["url"] == found["read"] == found["write"]
    assert ":1/" in str(found["url"]) and ":2/" not in str(found["url"])
    assert found["results"] == "disabled://"
    assert (found["accepts"], found["queues"], found["eager"]) == (["json"], ["openedx_vc"], False)
    names = ("anchor", "issue_batches", "issue_part", "publish_status", "reconcile")
    assert found["tasks"] == [f"openedx_verifiable_credentials.{name}" for name in names]
    assert found["routes"] == {broker.ISSUE_PART: last, broker.ISSUE_BATCHES: 9 - last}


def test_without_a_broker_a_worker_says_what_is_missing():
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")])
    settings = {"DJANGO_SETTINGS_MODULE": "credentials.settings.test", "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "openedx_verifiable_credentials", "worker"],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "OPENEDX_VC_BROKER_URL is not set" in done.stderr


def test_without_the_package_that_speaks_with_redis_it_is_named(settings, monkeypatch):
    settings.OPENEDX_VC_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setitem(sys.modules, "redis", None)
    for ask in (broker.count_waiting, lambda: broker.send_parts([1])):
        with pytest.raises(ConfigurationError, match="package redis"):
            ask()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BROKER_URL", f"sqs://user:{PASSWORD}@example.org"),
        ("BROKER_URL", f"redis://user:{PASSWORD}@exa mple.org"),
        ("BROKER_URL", {"url": f"redis://user:{PASSWORD}@example.org"}),
        ("TASK_RATE", "20"),
        ("TASK_RATE", "0/s"),
        ("TASK_RATE", 20),
        ("TASK_QUEUE", ""),
        ("TASK_QUEUE", "two words"),
        ("TASK_QUEUE", "a" * 101),
    ],
)
def test_odd_settings_are_refused_without_showing_a_password(settings, name, value):
    setattr(settings, f"OPENEDX_VC_{name}", value)
    reader = {"BROKER_URL": "broker_url", "TASK_RATE": "task_rate", "TASK_QUEUE": "task_queue"}[name]
    with pytest.raises(ConfigurationError, match=f"OPENEDX_VC_{name}") as caught:
        getattr(app_settings.queue, reader)()
    frames = [str(entry.locals) for entry in caught.traceback if "app_settings" in str(entry.path)]
    assert frames
    assert PASSWORD not in str(caught.value) + "".join(frames)


def test_the_address_comes_from_the_environment_where_settings_say_nothing(settings, monkeypatch):
    monkeypatch.setenv("OPENEDX_VC_BROKER_URL", "redis://127.0.0.1/4")
    assert app_settings.queue.has_broker() and not app_settings.queue.is_rabbitmq()
    settings.OPENEDX_VC_BROKER_URL = "amqps://example.org"
    assert app_settings.queue.is_rabbitmq()


def test_the_clock_knows_every_round_and_messages_do_not_pile_up(settings):
    settings.OPENEDX_VC_BROKER_URL = "redis://127.0.0.1:1/0"
    schedule = broker.get_app().conf.beat_schedule
    assert {entry["task"]: entry["schedule"] for entry in schedule.values()} == {
        broker.PUBLISH_STATUS: 60,
        broker.RECONCILE: 300,
        broker.ISSUE_BATCHES: 60,
        broker.ANCHOR: 60,
    }
    assert all(entry["options"]["expires"] == entry["schedule"] for entry in schedule.values())
