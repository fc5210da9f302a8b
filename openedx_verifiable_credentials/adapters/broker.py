"""
The queue between those who have work done and Celery workers: Redis or RabbitMQ.

Messages carry numbers of rows and nothing else. Losing all of them loses nothing, and one that arrives twice does
nothing twice: what there is to do stands in the database.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterable
from typing import Any

from celery import Celery
from celery.loaders.app import AppLoader
from kombu import Exchange
from kombu import Queue
from kombu.exceptions import KombuError

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import TransientError

PACKAGE = "openedx_verifiable_credentials"
ISSUE_PART = f"{PACKAGE}.issue_part"
ISSUE_BATCHES = f"{PACKAGE}.issue_batches"
RECONCILE = f"{PACKAGE}.reconcile"
PUBLISH_STATUS = f"{PACKAGE}.publish_status"
ANCHOR = f"{PACKAGE}.anchor"

# Longer than any part takes, a signing service's slow days included. Redis hands a message out anew only after that.
PART_SECONDS = 900
_REDELIVERED_SECONDS = 2 * PART_SECONDS
_FIRST, _LAST = 9, 0
_REDIS_OPTIONS = {
    # 0 goes first with Redis; kombu keeps a list for each step.
    "priority_steps": [0, 9],
    "queue_order_strategy": "priority",
    "visibility_timeout": _REDELIVERED_SECONDS,
    "socket_connect_timeout": 5,
    "socket_timeout": 30,
}
_RABBITMQ_OPTIONS = {"confirm_publish": True, "read_timeout": 30, "write_timeout": 30}


class Loader(AppLoader):
    """Our settings alone, read when they are needed: neither the host's CELERY_* nor a module that a variable names."""

    def read_configuration(self, env: str = "") -> dict[str, Any]:
        """What Celery's documentation calls the new lower-case settings."""
        return _configuration()


class App(Celery):
    """Celery, but for its own environment variables: they belong to other programs of the machine."""

    # Nobody waits for results; they are rows.
    backend_cls = "disabled"

    def connection_for_read(self, url: str | None = None, **more: Any) -> Any:
        """As it is, to our broker."""
        return super().connection_for_read(_url(), **more)

    def connection_for_write(self, url: str | None = None, **more: Any) -> Any:
        """As it is, to our broker."""
        return super().connection_for_write(_url(), **more)


@functools.cache
def get_app() -> App:
    """The app of this process. Nothing is connected, and no setting is read, before it is used."""
    return App(PACKAGE, loader=f"{__name__}:Loader", include=[f"{PACKAGE}.tasks"])


def send_parts(parts: Iterable[int]) -> int:
    """Have parts of batches worked on; how many. Raises TransientError ``broker_unavailable``, ConfigurationError."""
    app, count = get_app(), 0
    _url()
    try:
        with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
            for pk in parts:
                app.send_task(ISSUE_PART, args=(pk,), producer=producer)
                count += 1
    except _errors() as error:
        raise _unavailable() from error
    return count


def count_waiting() -> int:
    """How many messages no worker has taken yet. Raises TransientError ``broker_unavailable``, ConfigurationError."""
    queue = _queue()
    try:
        with get_app().connection_for_write() as connection, connection.channel() as channel:
            return int(queue.bind(channel).queue_declare(passive=True).message_count)
    except _errors() as error:
        # No queue of that name: no worker has ever been there, and nothing was sent.
        if getattr(error, "reply_code", getattr(error, "code", None)) == 404 or "NOT_FOUND" in str(error):
            return 0
        raise _unavailable() from error


def _errors() -> tuple[type[BaseException], ...]:
    connection = get_app().connection_for_write()
    return (KombuError, OSError, *connection.connection_errors, *connection.channel_errors)


def _unavailable() -> TransientError:
    return TransientError(
        "broker_unavailable", "The broker of tasks does not answer; what there is to do stays, and is sent again."
    )


def _url() -> str:
    url = app_settings.queue.broker_url()
    if url is None:
        raise ConfigurationError(f"{app_settings.PREFIX}BROKER_URL is not set: tasks have nowhere to wait.")
    if not app_settings.queue.is_rabbitmq() and importlib.util.find_spec("redis") is None:
        raise ConfigurationError(f"{app_settings.PREFIX}BROKER_URL names Redis: the package redis must be installed.")
    return url.reveal().decode("ascii")


def _queue() -> Queue:
    name = app_settings.queue.task_queue()
    return Queue(name, Exchange(name), routing_key=name, queue_arguments={"x-max-priority": _FIRST})


def _configuration() -> dict[str, Any]:
    name, is_rabbitmq = app_settings.queue.task_queue(), app_settings.queue.is_rabbitmq()
    first, last = (_FIRST, _LAST) if is_rabbitmq else (_LAST, _FIRST)
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "event_serializer": "json",
        "result_serializer": "json",
        "task_ignore_result": True,
        "task_queues": [_queue()],
        "task_default_queue": name,
        "task_default_exchange": name,
        "task_default_routing_key": name,
        "task_create_missing_queues": False,
        # Credentials in bulk never keep a revocation waiting.
        "task_routes": {ISSUE_PART: {"priority": last}, f"{PACKAGE}.*": {"priority": first}},
        "task_annotations": {ISSUE_PART: {"rate_limit": app_settings.queue.task_rate()}},
        "task_publish_retry_policy": {"max_retries": 2, "interval_start": 0, "interval_step": 0.5, "interval_max": 1},
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # The service says how it logs; Celery's format is for those who say nothing.
        "worker_hijack_root_logger": False,
        # Others at the same broker do not hear our commands, nor we theirs.
        "control_exchange": f"{name}.control",
        "event_exchange": f"{name}.events",
        "event_queue_prefix": f"{name}.events",
        "broker_connection_timeout": 5,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": _RABBITMQ_OPTIONS if is_rabbitmq else _REDIS_OPTIONS,
        "beat_schedule": {
            name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
            for name, seconds in ((PUBLISH_STATUS, 60), (RECONCILE, 300), (ISSUE_BATCHES, 60), (ANCHOR, 60))
        },
    }
