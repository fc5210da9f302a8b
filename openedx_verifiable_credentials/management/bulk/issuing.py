"""One batch, from its list of certificates to the summary."""

from __future__ import annotations

import contextlib
import time
from uuid import UUID

from django.core.management.base import CommandError
from django.core.management.base import OutputWrapper
from django.db import DatabaseError

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk.display import Display
from openedx_verifiable_credentials.management.bulk.patience import Patience
from openedx_verifiable_credentials.management.bulk.sending import Sending
from openedx_verifiable_credentials.management.bulk.summary import RefusalsFile
from openedx_verifiable_credentials.management.bulk.summary import say_refused
from openedx_verifiable_credentials.management.bulk.summary import say_seconds
from openedx_verifiable_credentials.management.bulk.working import Working

_SOMETHING_LEFT = 3
_LOOK_SECONDS = 0.5
_OTHERS_SECONDS = 1.0
_REQUESTED = "requested"


class Issuing:
    """What is done to ``batch_uuid``, and said about it."""

    def __init__(self, stdout: OutputWrapper, batch_uuid: UUID, stopping: running.Stopping):
        self._stdout, self._uuid, self._stopping = stdout, batch_uuid, stopping
        self._patience = Patience("vc_issue", stopping)
        self._go_on = f"Go on with: manage.py vc_issue --resume {batch_uuid}"

    def run(self, work: Working | Sending, file: RefusalsFile | None, unknown: int) -> None:
        """Raises CommandError with the exit status, where that is not 0."""
        problem = ""
        began, before = time.monotonic(), 0
        try:
            # What a killed command of this machine held is anybody's at once.
            self._patience.ask(batches.free_dead)
            self._patience.ask(self._list)
            before = self._work(work)
        except (CommandError, ConfigurationError, VerifiableCredentialsError) as error:
            problem = str(error)
        self._finish(file, began, before, problem)
        if unknown:
            message = f"{unknown} ids are unknown, or of certificates that were not awarded."
            raise CommandError(message, returncode=_SOMETHING_LEFT)

    def _list(self) -> None:
        """Until it is known which certificates these are, whoever finds out."""
        name = batches.worker_name()
        display = Display(self._stdout, "certificates listed")
        try:
            while not self._stopping and batches.look(self._uuid).state == _REQUESTED:
                for count in batches.list_certificates(self._uuid, name):
                    display.show(count)
                    if self._stopping:
                        return
                if batches.look(self._uuid).state == _REQUESTED:
                    self._stopping.wait(_OTHERS_SECONDS)  # another worker lists them, or died: its lease runs out
        finally:
            display.end()
            with contextlib.suppress(DatabaseError):
                batches.free(name)

    def _work(self, work: Working | Sending) -> int:
        """How many were looked at before."""
        progress = self._patience.ask(lambda: batches.look(self._uuid))
        if progress is None:
            return 0
        before = progress.looked_at
        display = Display(self._stdout, "certificates", progress.selected, before)

        def look() -> object:
            now = batches.look(self._uuid)
            display.show(now.looked_at, _more(now))
            return now

        try:
            work.run(look, _LOOK_SECONDS, self._stopping)
            if not self._stopping:
                display.show(progress.selected, is_last=True)
        finally:
            display.end()
        return before

    def _finish(self, file: RefusalsFile | None, began: float, before: int, problem: str) -> None:
        seconds = time.monotonic() - began
        try:
            progress = batches.look(self._uuid)
        except DatabaseError:
            if problem:
                raise CommandError(f"{problem} {self._go_on}", returncode=_SOMETHING_LEFT) from None
            raise
        self._say(progress, say_seconds(seconds, progress.looked_at - before))
        if file is not None:
            file.write(self._uuid)
        self._judge(progress, problem)

    def _say(self, progress: batches.BatchProgress, how_long: str) -> None:
        self._stdout.write(
            f"{progress.looked_at} of {progress.selected} certificates: {progress.issued} credentials issued, "
            f"{progress.held} had theirs already, {progress.refused} refused; {how_long}."
        )
        if progress.refused:
            say_refused(self._stdout, *batches.refusals_by_code(self._uuid))

    def _judge(self, progress: batches.BatchProgress, problem: str) -> None:
        if progress.state == "done":
            if progress.refused and not progress.issued and not progress.held:
                raise CommandError("No credential was issued: every certificate was refused.")
            return
        if progress.state == "stopped":
            message = f"The batch was stopped: {progress.problem}. The log says more; once that is put right, go on"
            raise CommandError(f"{message} with: manage.py vc_issue --resume {self._uuid}", returncode=_SOMETHING_LEFT)
        if progress.state == "cancelled":
            raise CommandError(f"The batch was cancelled. {self._go_on}", returncode=_SOMETHING_LEFT)
        if problem:
            raise CommandError(f"{problem} What was done is kept. {self._go_on}", returncode=_SOMETHING_LEFT)
        raise CommandError(f"Stopped; what was done is kept. {self._go_on}")


def _more(progress: batches.BatchProgress) -> str:
    """Whose process died in the middle of a part holds it until its time is over."""
    waits = progress.waiting and progress.looked_at == progress.selected
    return f"{progress.refused} refused" + (f", {progress.waiting} parts are being finished" if waits else "")
