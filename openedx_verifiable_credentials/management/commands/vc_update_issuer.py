"""``manage.py vc_update_issuer``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.exceptions import ConfigurationError

_TEXTS = ("name", "url", "image_url", "official", "contact")


class Command(BaseCommand):
    """Change what an issuer is called, and what it is used for."""

    help = (
        "Change an issuer's name, addresses or place. Its DID, base URL, organisation and site never change; what was "
        "signed before keeps saying what it said."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("slug", help="The issuer.")
        parser.add_argument("--name", help="Its name as it stands in new credentials.")
        parser.add_argument("--url", help='Its home page; "" for its profile page here.')
        parser.add_argument("--image-url", help="Its logo.")
        parser.add_argument("--official", help="Who signs, where a certificate names no signatory.")
        parser.add_argument("--contact", help="A public e-mail address for questions; it is published.")
        parser.add_argument("--default", action="store_true", help="Issue whatever no other issuer is for.")
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--out-of-use", action="store_true", help="Issue nothing new; what it issued stays served.")
        place.add_argument("--in-use", action="store_true", help="Issue for its organisation or site again.")
        parser.add_argument("--replace", action="store_true", help="With --in-use: take the place from who has it now.")
        parser.add_argument("--dry-run", action="store_true", help="Check everything, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what it is for now."""
        texts = {name: options[name] for name in _TEXTS}
        in_use = True if options["in_use"] else False if options["out_of_use"] else None
        if in_use is None and not options["default"] and not any(value is not None for value in texts.values()):
            raise CommandError("Nothing to change; see --help.")
        changes = issuers.IssuerChanges(
            **texts, in_use=in_use, is_default=options["default"], replace=options["replace"]
        )
        try:
            issuer = issuers.update_issuer(options["slug"], changes, dry_run=options["dry_run"])
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write(f"Would change issuer {issuer.slug}; nothing was stored.")
        elif options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"Issuer {issuer.slug} issues {issuers.place_of(issuer)}."))
