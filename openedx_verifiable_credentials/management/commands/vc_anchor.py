"""``manage.py vc_anchor``."""

from __future__ import annotations

import math
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running
from openedx_verifiable_credentials.management.anchoring import filling
from openedx_verifiable_credentials.management.anchoring import keys
from openedx_verifiable_credentials.management.anchoring import telling
from openedx_verifiable_credentials.management.anchoring.rounds import Rounds

_ROUND_OPTIONS = ("flush", "every", "dry_run")


class Command(BaseCommand):
    """Anchor credentials on a public chain."""

    help = (
        "Anchor credentials on a public chain: one round, which follows what was sent, makes a batch of the "
        "credentials that wait when it is due, and sends it. Run it every minute; any number of these may run at once. "
        "Killed anywhere, the next goes on with the same bytes. Exit status: 0 done; 1 nothing was done, or not "
        "everything, or it was stopped; 3 something holds up a batch."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--flush", action="store_true", help="Do not wait for more credentials, or for the clock.")
        parser.add_argument("--every", type=float, metavar="SECONDS", help="Go on until SIGTERM, a round so often.")
        parser.add_argument("--dry-run", action="store_true", help="Say what it would cost; write and send nothing.")
        commands = parser.add_subparsers(dest="what", metavar="status | backfill | keys | key")
        commands.add_parser("status", help="Say what waits, what is on its way, and what the account has.")
        commands.add_parser("backfill", help="Compute the leaves of what was issued before anchoring was on.")
        commands.add_parser("keys", help="The keys that pay for anchors, as issuers publish them.")
        keys.add_arguments(commands.add_parser("key", help="Publish, rotate or revoke a key."))

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each thing that happens."""
        _refuse_what_contradicts(options)
        try:
            with running.told_plainly("vc_anchor"):
                if options["what"] is None:
                    self._anchor(options)
                else:
                    self._do(options)
        except (VerifiableCredentialsError, ConfigurationError) as error:
            raise CommandError(str(error)) from error

    def _do(self, options: dict[str, Any]) -> None:
        if options["what"] == "status":
            telling.say_status(self.stdout)
        elif options["what"] == "backfill":
            filling.backfill(self.stdout)
        elif options["what"] == "keys":
            keys.say_keys(self.stdout)
        else:
            keys.change(self.stdout, options)

    def _anchor(self, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            telling.say_estimate(self.stdout)
        elif options["every"] is None:
            Rounds(self.stdout).one(flush=options["flush"])
        else:
            stopping = running.Stopping()
            with stopping.listening():
                Rounds(self.stdout).again_and_again(options["every"], stopping, flush=options["flush"])


def _refuse_what_contradicts(options: dict[str, Any]) -> None:
    given = [f"--{name.replace('_', '-')}" for name in _ROUND_OPTIONS if options[name] not in (None, False)]
    if options["what"] is not None and given:
        raise CommandError(f"{' and '.join(given)} is not for {options['what']}.")
    if options["dry_run"] and options["every"] is not None:
        raise CommandError("--every and --dry-run do not go together.")
    if options["every"] is not None and not 0 < options["every"] < math.inf:
        raise CommandError("--every takes a number of seconds above 0.")
