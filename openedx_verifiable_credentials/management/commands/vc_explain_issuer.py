"""``manage.py vc_explain_issuer``."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError


class Command(BaseCommand):
    """Say who would sign for a certificate, and why."""

    help = "Say which issuer would sign for a certificate now, for which organisation, and why. Changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("certificate", type=UUID, help="The certificate's uuid, as in its address.")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a credential."""
        try:
            for issuer, organization, reason in issuers.explain(options["certificate"]):
                self.stdout.write(f"{issuer.slug} ({issuer.did}) for {organization or 'no organisation'}: {reason}")
        except (VerifiableCredentialsError, ConfigurationError) as error:
            raise CommandError(str(error)) from error
