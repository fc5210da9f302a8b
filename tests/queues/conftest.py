"""Brokers and workers, each for one test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters import broker as adapter
from tests.queues.brokers import BROKERS
from tests.queues.brokers import Broker
from tests.queues.workers import CeleryWorkers


@pytest.fixture(params=[pytest.param(kind, marks=getattr(pytest.mark, kind)) for kind in BROKERS])
def broker(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Broker]:
    """Each of the two; this process's settings name it."""
    made = BROKERS[request.param](tmp_path)
    settings.OPENEDX_VC_BROKER_URL, settings.OPENEDX_VC_TASK_QUEUE = made.url, made.queue
    yield made
    forget_connections()
    made.close()


@pytest.fixture
def celery_workers(broker: Broker, tmp_path: Path) -> Iterator[CeleryWorkers]:
    """None are started yet."""
    made = CeleryWorkers(broker, tmp_path)
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def fresh_app() -> Iterator[None]:
    """The app reads its settings once: each test has its own."""
    forget_connections()
    yield
    forget_connections()


def forget_connections() -> None:
    """What the app of this process holds."""
    if adapter.get_app.cache_info().currsize:
        adapter.get_app().close()
        adapter.get_app.cache_clear()
