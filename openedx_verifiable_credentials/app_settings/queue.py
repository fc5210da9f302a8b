"""Where tasks wait for workers, and how many are begun at a time."""

from __future__ import annotations

import os
import re

from openedx_verifiable_credentials.app_settings.values import PREFIX
from openedx_verifiable_credentials.app_settings.values import get
from openedx_verifiable_credentials.app_settings.values import typed
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError

REDIS, RABBITMQ = ("redis", "rediss"), ("amqp", "amqps")
_URL = re.compile(rf"({'|'.join(REDIS + RABBITMQ)})://[!-~]+")
_RATE = re.compile(r"[1-9][0-9]*/[smh]")
_QUEUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def broker_url() -> Secret | None:
    """
    The broker's address, or the environment variable of its name; None where there is none. It may hold a password,
    which is in no variable of this function.
    """
    name = "BROKER_URL"
    if not isinstance(get(name), str):
        raise ConfigurationError(f"{PREFIX}{name} must be a string.")
    if not (get(name) or os.environ.get(PREFIX + name)):
        return None
    if not _URL.fullmatch(get(name) or os.environ[PREFIX + name]):
        raise ConfigurationError(f"{PREFIX}{name} must be an address with redis, rediss, amqp or amqps.")
    return Secret((get(name) or os.environ[PREFIX + name]).encode("ascii"))


def has_broker() -> bool:
    """Whether there is one."""
    return broker_url() is not None


def is_rabbitmq() -> bool:
    """Whether it is RabbitMQ; its priorities count the other way round than those of Redis."""
    url = broker_url()
    return url is not None and url.reveal().startswith(b"amqp")


def task_rate() -> str | None:
    """How many parts of batches one worker begins at most, as "20/m"; None: as many as it can."""
    value: str = typed("TASK_RATE", str, 'a rate such as "20/m", or ""')
    if value and not _RATE.fullmatch(value):
        raise ConfigurationError(f'{PREFIX}TASK_RATE must be a rate such as "20/m", or "".')
    return value or None


def task_queue() -> str:
    """The name of the queue."""
    what = "a name of letters, digits, dots, hyphens and underscores"
    value: str = typed("TASK_QUEUE", str, what)
    if not _QUEUE.fullmatch(value):
        raise ConfigurationError(f"{PREFIX}TASK_QUEUE must be {what}.")
    return value


READERS = (broker_url, task_rate, task_queue)
