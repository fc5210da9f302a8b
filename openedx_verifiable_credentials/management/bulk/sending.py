"""How a command has Celery workers do the work: it sends parts, and sends again what nobody has done."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.core.management.base import CommandError

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import dispatching
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk.patience import Patience

_SEND_SECONDS = 1.0
_QUIET_SECONDS = 60.0


class Sending:
    """
    Of one batch. Stopped, what was sent is done all the same. ``say``: called with a sentence where nothing happens for
    a minute, and again each minute.
    """

    def __init__(self, command: str, batch: UUID, say: Callable[[str], object]):
        self._command, self._batch, self._say = command, batch, say
        self._seen: object = None
        self._since = time.monotonic()

    def run(self, look: Callable[[], object], every: float, stopping: running.Stopping) -> None:
        """
        ``look`` is called every so many seconds, or a little more rarely. Raises CommandError where the broker, or the
        database, is away for too long.
        """
        patience = Patience(self._command, stopping)
        while not stopping and not patience.ask(lambda: batches.look(self._batch).is_over):
            patience.ask(lambda: dispatching.dispatch(self._batch))
            self._notice(patience.ask(look))
            stopping.wait(max(every, _SEND_SECONDS))

    def _notice(self, seen: object) -> None:
        if seen != self._seen:
            self._seen, self._since = seen, time.monotonic()
        elif time.monotonic() - self._since > _QUIET_SECONDS:
            self._since = time.monotonic()
            self._say("Nothing has been done for a minute: is there a Celery worker, at this broker and queue?")


def require_broker() -> None:
    """Raises CommandError where there is none."""
    if not dispatching.is_configured():
        raise CommandError("--celery needs a broker: set OPENEDX_VC_BROKER_URL. Without one, use --processes.")
