"""``manage.py vc_create_issuer``."""

from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api import sites
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management.key_options import add_key_options
from openedx_verifiable_credentials.management.key_options import key_of


class Command(BaseCommand):
    """Make an issuer with its key."""

    help = (
        "Make an issuer (did:key or did:web) with a fresh Ed25519 key, encrypted at rest; or with a key that is in a "
        "file, a variable, a security module or a remote signing service."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--name", required=True, help="Its name as it stands in credentials.")
        parser.add_argument("--slug", default="default", help='Part of its public addresses (default: "default").')
        parser.add_argument(
            "--did-method",
            choices=issuers.DID_METHODS,
            default="key",
            help="key: the DID is the key and cannot change; web: the DID is the host of the base URL; web-path: host "
            "and slug, for a further issuer on the same host (default: key).",
        )
        parser.add_argument("--base-url", default="", help="Public address (default: OPENEDX_VC_PUBLIC_BASE_URL).")
        parser.add_argument("--url", default="", help="Its home page (default: its profile page here).")
        parser.add_argument("--image-url", default="", help="Its logo.")
        parser.add_argument("--official", default="", help="Who signs, where a certificate names no signatory.")
        parser.add_argument("--contact", default="", help="A public e-mail address for questions; it is published.")
        parser.add_argument(
            "--organization",
            default="",
            metavar="KEY",
            help="It is this organisation, and issues its certificates only.",
        )
        parser.add_argument(
            "--site", default="", metavar="DOMAIN", help="It issues on this site only (domain or number)."
        )
        parser.add_argument(
            "--replace", action="store_true", help="Take the place of the issuer of that organisation or site."
        )
        parser.add_argument("--not-default", action="store_true", help="Leave the present default issuer in place.")
        parser.add_argument("--allow-http", action="store_true", help="Accept a plain-http base URL (development).")
        add_key_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="Check everything, store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says the DID and what to do next."""
        try:
            site_id = sites.get_site_id(options["site"]) if options["site"] else None
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        new = issuers.NewIssuer(
            name=options["name"],
            slug=options["slug"],
            method=options["did_method"],
            base_url=options["base_url"],
            url=options["url"],
            image_url=options["image_url"],
            official=options["official"],
            contact=options["contact"],
            organization_key=options["organization"],
            site_id=site_id,
            replace=options["replace"],
            is_default=not options["not_default"],
            allow_http=options["allow_http"],
            key=key_of(options),
        )
        try:
            issuer = issuers.create_issuer(new, dry_run=options["dry_run"])
        except (ConfigurationError, VerifiableCredentialsError) as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write(f"Would make issuer {issuer.slug} for {issuer.base_url}; nothing was stored.")
            return
        if options["verbosity"] == 0:
            return
        self.stdout.write(self.style.SUCCESS(f"Issuer {issuer.slug} is ready: {issuer.did}"))
        self.stdout.write(f"It issues {issuers.place_of(issuer)}. Profile: {issuer.profile_url}")
        self.stdout.write("Next: `manage.py vc_doctor`, then switch on openedx_verifiable_credentials.enabled.")
