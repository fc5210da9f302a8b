"""``manage.py vc_rotate_key``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuer_keys
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management.key_options import add_key_options
from openedx_verifiable_credentials.management.key_options import key_of


class Command(BaseCommand):
    """Give a did:web issuer a new key."""

    help = (
        "Give a did:web issuer a new key, which signs from now on. The key of the same algorithm that signed so far "
        "stays in the DID document, so what it signed goes on verifying. A did:key issuer cannot have another key."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--issuer", required=True, help="The issuer's slug.")
        add_key_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="Check everything, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says the key's id, and what to do next."""
        try:
            issuer, key = issuer_keys.rotate_key(options["issuer"], key_of(options), dry_run=options["dry_run"])
        except (ConfigurationError, VerifiableCredentialsError) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] == 0:
            return
        if options["dry_run"]:
            self.stdout.write(f"Would give {issuer.slug} a new {key.new.algorithm} key; nothing was stored.")
            return
        self.stdout.write(self.style.SUCCESS(f"{issuer.slug} signs with {key.public_key_multibase} from now on."))
        self.stdout.write(f"Its row is {key.uuid}. Next: `manage.py vc_doctor`.")
