"""``manage.py vc_erase``."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api.erasing import Erased
from openedx_verifiable_credentials.exceptions import TransientError


class Command(BaseCommand):
    """Erase what is held about one learner."""

    help = (
        "Erase what is held about one learner: their key, documents and offers. What they were given stays valid. "
        "A second run finds nothing. Retired learners need no run: vc_reconcile erases them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument(
            "--username",
            default="-",
            help='Exactly as the service has it. "-" (default): asked for, or read from standard input, so that it '
            "stands in no shell history and no list of processes.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Count only; change nothing.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts, never the name."""
        username = _read_line("Username: ") if options["username"] == "-" else options["username"]
        if not username:
            raise CommandError("Name the learner: --username.")
        found = self._erase(username, dry_run=True)
        if options["dry_run"] or not found.learners:
            self._say(found, "would be erased")
            return
        if not options["yes"]:
            self._say(found, "are about to be erased; this cannot be undone")
            if _read_line('Type "yes" to go on: ').lower() != "yes":
                raise CommandError("Nothing was erased.")
        self._say(self._erase(username, dry_run=False), "erased")

    def _erase(self, username: str, *, dry_run: bool) -> Erased:
        try:
            result = erasing.erase_by_username(username, dry_run=dry_run)
        except TransientError as error:
            raise CommandError(str(error)) from error
        if result is None:
            raise CommandError("The service has no account and no certificate with exactly this username.")
        return result

    def _say(self, result: Erased, what: str) -> None:
        if not result.learners:
            self.stdout.write("Nothing is held about this learner.")
            return
        self.stdout.write(f"{result.credentials} credentials and {result.offers} offers {what}.")


def _read_line(prompt: str) -> str:
    """What is typed, or the next line of standard input; "" at its end."""
    if sys.stdin.isatty():
        return input(prompt).strip()
    return sys.stdin.readline().strip()
