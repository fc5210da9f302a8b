"""``manage.py vc_suspend``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.core.management.base import CommandParser

from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management import running

_SOMETHING_LEFT = 3


class Command(BaseCommand):
    """Suspend a credential, or lift that."""

    help = (
        "Suspend a credential for a while, or lift that, and publish it. Only credentials made while "
        "OPENEDX_VC_SUSPENSION was True can be suspended; what is revoked stays revoked. Exit status: 0 done; 1 "
        "nothing was done; 3 done, but its status list could not be published yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """See --help."""
        parser.add_argument("--credential", required=True, type=UUID, metavar="UUID", help="Which one.")
        parser.add_argument("--lift", action="store_true", help="Lift its suspension.")
        parser.add_argument("--by", metavar="ACCOUNT", help="Who decided: number or username of a staff account.")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line; another one where verifiers do not get it yet."""
        lift = options["lift"]
        try:
            with running.told_plainly("vc_suspend"):
                by = None if options["by"] is None else revoking.get_staff_number(options["by"])
                changed = revoking.suspend_credential(options["credential"], lift=lift, by=by)
        except VerifiableCredentialsError as error:
            raise CommandError(str(error)) from error
        state = "not suspended" if lift else "suspended"
        self.stdout.write(f"The credential is {state}{' now' if changed else ' already; nothing was done'}.")
        if changed and revoking.publish_at_once(changed):
            raise CommandError(
                "That is recorded; its status list waits for vc_publish_status. The log says why.",
                returncode=_SOMETHING_LEFT,
            )
