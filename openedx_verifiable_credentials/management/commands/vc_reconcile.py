"""``manage.py vc_reconcile``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import reconciling


class Command(BaseCommand):
    """End the credentials of certificates that the host revoked or deleted."""

    help = (
        "End the credentials of certificates that were revoked or deleted. Run it every few minutes; it works while "
        "the switch is off, too. Stopped anywhere, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument(
            "--all", action="store_true", help="Compare every certificate that has credentials, not only noted changes."
        )
        parser.add_argument("--dry-run", action="store_true", help="Count only; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress, then a summary."""
        dry_run = options["dry_run"]
        result = reconciling.reconcile_changes(dry_run=dry_run)
        looked_at, revoked = result.looked_at, result.revoked
        if options["all"]:
            so_far = None
            for so_far in reconciling.reconcile_all(dry_run=dry_run):
                self.stdout.write(f"… {so_far.looked_at} certificates compared, {so_far.revoked} credentials over")
            if so_far is not None:
                looked_at, revoked = looked_at + so_far.looked_at, revoked + so_far.revoked
        tidied = reconciling.tidy(dry_run=dry_run)
        verb = "would end" if dry_run else "ended"
        self.stdout.write(
            f"{looked_at} certificates looked at, {revoked} credentials {verb}; {tidied} rows of abandoned offers."
        )
