"""``manage.py vc_rewrap_keys``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError


class Command(BaseCommand):
    """Encrypt what is sealed anew, under the current key-encryption key."""

    help = (
        "Encrypt issuers' keys, learners' keys and the secrets of status lists anew, under the first of "
        "OPENEDX_VC_KEY_ENCRYPTION_KEYS. Claims go on meanwhile. Stopped anywhere, run it again. Exit status 1 while "
        "something is left under another key."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--dry-run", action="store_true", help="Count only, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress, then what is left."""
        loud = options["verbosity"] > 0
        try:
            if options["dry_run"]:
                left = issuer_keys.count_keys_to_rewrap()
                if loud:
                    self.stdout.write(f"{left} would be encrypted anew; nothing was stored.")
                return
            progress = issuer_keys.Progress()
            for progress in issuer_keys.rewrap_keys():
                if loud and progress.left:
                    self.stdout.write(f"… {progress.rewrapped} encrypted anew, {progress.left} left")
        except (ConfigurationError, VerifiableCredentialsError) as error:
            raise CommandError(str(error)) from error
        if loud:
            self.stdout.write(f"{progress.rewrapped} encrypted anew, {progress.left} left.")
        if progress.left:
            raise CommandError(
                f"{progress.left} are left, {progress.unopened} of them do not open: is the key-encryption key that "
                "they were sealed with still configured under its name? Then run it again."
            )
