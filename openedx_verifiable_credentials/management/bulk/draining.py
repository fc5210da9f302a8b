"""What one worker does, in a process of its own or in the command's: everything that the rows say is to be done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import UUID

from openedx_verifiable_credentials.api import awarding
from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import switch
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.management import running

logger = logging.getLogger(__name__)

# So long a worker goes from part to part before it looks whether there is other work.
_SECONDS_OF_PARTS = 5.0


class Drain:
    """
    One worker, called ``name``; of one batch, or of all and whatever else there is. ``each`` is called after every
    part, or page of certificates that were listed.
    """

    def __init__(
        self,
        name: str,
        batch_uuid: UUID | None,
        stopping: running.Stopping,
        each: Callable[[], object] = lambda: None,
    ):
        self._worker = batches.Worker(name)
        self._batch, self._stopping, self._each = batch_uuid, stopping, each
        self._has_failed = False
        self._has_begun = False

    def some(self) -> float | None:
        """
        Some of the work. In how many seconds there is more of it; None where nothing is left.

        Raises OfferError ``switched_off``, ConfigurationError, DatabaseError, TransientError.
        """
        if self._has_failed:
            self.let_go()
        if not self._has_begun:
            # What a killed command of this machine held is anybody's at once.
            batches.free_dead()
            self._has_begun = True
        self._has_failed = True
        switch.require_enabled_now()
        if self._batch is None:
            self._other_work()
        elif batches.look(self._batch).state == "requested":
            self._list(self._batch)
        seconds = self._parts() if batches.is_any_unfinished() else None
        if self._batch is None and self._mail() and seconds is None:
            seconds = 0.0
        self._has_failed = False
        return seconds

    def let_go(self) -> None:
        """What this worker still holds after a failure, or when it ends, is anybody's at once."""
        batches.free(self._worker.name)

    def _other_work(self) -> None:
        """What becomes parts."""
        awarding.drain()
        for batch_uuid in batches.requested():
            self._list(batch_uuid)

    def _mail(self) -> bool:
        """Whether there may be more. A mail server that is down holds up nothing else."""
        try:
            mailed = batch_mails.send_waiting()
        except TransientError as error:
            logger.warning("Mails wait: %s", error)
            return False
        return bool(mailed.sent or mailed.dropped or mailed.failed)

    def _list(self, batch_uuid: UUID) -> None:
        for _ in batches.list_certificates(batch_uuid, self._worker.name):
            self._each()
            if self._stopping:
                return

    def _parts(self) -> float | None:
        until = time.monotonic() + _SECONDS_OF_PARTS
        for worked in self._worker.work(self._batch, is_over=lambda: bool(self._stopping)):
            if isinstance(worked, float):
                return worked
            self._each()
            if time.monotonic() > until:
                return 0.0
        return None
