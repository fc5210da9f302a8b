"""``manage.py vc_retire_key``."""

import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError


def moment(text: str) -> datetime.datetime:
    """An ISO 8601 date or time; UTC where it names no zone."""
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "not an ISO 8601 date or time, such as 2026-11-22 or 2026-11-22T08:00Z"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=datetime.UTC)


class Command(BaseCommand):
    """Let a key sign nothing new."""

    help = (
        "Let an issuer's key sign nothing new. As planned, it stays in the DID document and what it signed goes on "
        "verifying. With --compromised-since it is marked as revoked there, and nothing that it signs is believed any "
        "more."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--issuer", required=True, help="The issuer's slug.")
        parser.add_argument("--key", required=True, help="The key's uuid, or its public key (z6Mk…, zDn…).")
        parser.add_argument(
            "--compromised-since",
            type=moment,
            help="Others may have it since then: an ISO 8601 date or time, UTC where it names no zone.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Count only, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what became of it, and what to do next."""
        since = options["compromised_since"]
        try:
            retired = issuer_keys.retire_key(
                options["issuer"], options["key"], compromised_since=since, dry_run=options["dry_run"]
            )
        except (ConfigurationError, VerifiableCredentialsError) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self._tell(retired, options["issuer"], since, options["dry_run"])

    def _tell(self, retired: Any, slug: str, since: datetime.datetime | None, dry_run: bool) -> None:
        key, would = retired.key, "would sign" if dry_run else "signs"
        self.stdout.write(f"{key.public_key_multibase} {would} nothing new for {slug}.")
        if since is not None:
            written = since.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.stdout.write(f"Credentials that it signed since {written}: {retired.signed_since}.")
            command = f"vc_revoke --key {key.uuid} --since {written} --reason key_compromised"
            self.stdout.write(f"To revoke them: `manage.py {command}`.")
        if not retired.successors:
            what = "vc_rotate_key" if key.issuer.did.startswith("did:web:") else "vc_create_issuer"
            self.stdout.write(self.style.WARNING(f"The issuer has no other key that signs; see `manage.py {what}`."))
        if dry_run:
            self.stdout.write("Nothing was stored.")
