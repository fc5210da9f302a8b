"""``manage.py vc_work``."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import switch
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.bulk import working
from openedx_verifiable_credentials.management.bulk.watching import Watching
from openedx_verifiable_credentials.management.bulk.watching import say_table

_LOOK_SECONDS = 2.0
_ALONE = ("status", "cancel", "batch", "every")


class Command(BaseCommand):
    """Work on the batches that were ordered, wherever that was."""

    help = (
        "Work on the batches that were ordered by a command, in the admin or on award. Any number of these, on any "
        "number of machines, may run at once; stopped or killed, another goes on. Without --every it ends when nothing "
        "is left. Exit status: 0 done; 1 nothing can be done, it was stopped, or workers gave up."
    )
    _is_own_process = False

    def run_from_argv(self, argv: list[str]) -> None:
        """By manage.py: only then the process is the command's own, and may give way to others."""
        self._is_own_process = True
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        working.add_arguments(parser)
        parser.add_argument("--every", type=float, metavar="SECONDS", help="Go on until SIGTERM; look this often.")
        parser.add_argument("--batch", type=UUID, metavar="UUID", help="Work on this batch only.")
        parser.add_argument("--status", action="store_true", help="Only say which batches go on, and how far they are.")
        parser.add_argument(
            "--cancel", type=UUID, metavar="UUID", help="Issue nothing more of this batch; what was issued stays."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each batch that is over."""
        _refuse_what_contradicts(options)
        try:
            with running.told_plainly("vc_work"):
                if options["status"]:
                    say_table(self.stdout)
                elif options["cancel"] is not None:
                    batches.cancel(options["cancel"])
                    self.stdout.write(f"{options['cancel']}: cancelled; what was issued stays.")
                else:
                    self._work(options)
        except (VerifiableCredentialsError, ConfigurationError) as error:
            raise CommandError(str(error)) from error

    def _work(self, options: dict[str, Any]) -> None:
        stopping = running.Stopping()
        if options["batch"] is not None:
            _refuse_what_is_over(batches.look(options["batch"]))
        if options["every"] is None:
            switch.require_enabled()
        work = working.Working(
            "vc_work",
            batch=options["batch"],
            every=options["every"],
            processes=options["processes"],
            nice=options["nice"] if self._is_own_process or options["processes"] > 1 else None,
        )
        watching = Watching(self.stdout)
        with stopping.listening():
            watching.look()
            work.run(watching.look, max(_LOOK_SECONDS, options["every"] or 0), stopping)
        watching.look()
        if stopping and options["every"] is None:
            raise CommandError("Stopped; what was done is kept, and the same command goes on from there.")


def _refuse_what_is_over(batch: batches.BatchProgress) -> None:
    if batch.state in ("stopped", "cancelled"):
        why = f" ({batch.problem})" if batch.problem else ""
        raise CommandError(f"The batch is {batch.state}{why}; go on with: manage.py vc_issue --resume {batch.uuid}")


def _refuse_what_contradicts(options: dict[str, Any]) -> None:
    given = [f"--{name}" for name in _ALONE if options[name] not in (None, False)]
    if len(given) > 1:
        raise CommandError(f"{' and '.join(given)} do not go together.")
    if options["every"] is not None and not 0 < options["every"] < math.inf:
        raise CommandError("--every takes a number of seconds above 0.")
