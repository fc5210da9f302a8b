"""``manage.py vc_doctor``."""

from typing import Any

from django.core import checks as django_checks
from django.core.management.base import BaseCommand
from django.core.management.base import CommandError
from django.db import DatabaseError

from openedx_verifiable_credentials import checks
from openedx_verifiable_credentials import toggles
from openedx_verifiable_credentials.api import anchoring
from openedx_verifiable_credentials.api import doctor
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.management.anchoring.amounts import amount
from openedx_verifiable_credentials.management.anchoring.amounts import network

# As many at the highest price of today: there is time to send some.
_BATCHES_AHEAD = 50


class Command(BaseCommand):
    """Look whether this installation can issue: one line a check, exit status 1 when one fails."""

    help = (
        "Run the plugin's checks and sign and verify a throw-away credential with every issuer and profile. One line a "
        "check; exit status 1 when one fails. Nothing is stored."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """The switch is told, not judged."""
        self._failed = 0
        try:
            self._look()
        except DatabaseError:
            self._say("FAIL", "tables", "the database cannot be read; run `manage.py migrate`")
        if self._failed:
            raise CommandError(f"{self._failed} check(s) failed.")

    def _look(self) -> None:
        doctor.require_tables()
        self._say("INFO", "switch", f"{toggles.SWITCH_NAME} is {'on' if toggles.is_enabled() else 'off'}")
        self._checks()
        self._signatures()
        self._anchoring()

    def _checks(self) -> None:
        messages = [*checks.check_configuration(), *checks.check_database(databases=["default"])]
        for message in messages:
            bad = message.level >= django_checks.ERROR or message.id in checks.FATAL_FOR_DOCTOR
            self._say("FAIL" if bad else "WARN", str(message.id), f"{message.msg} {message.hint or ''}".strip())
        if not messages:
            self._say("OK", "checks", "settings, addresses, base URL and issuer key are in order")

    def _signatures(self) -> None:
        signed = 0
        try:
            for issuer, profile in doctor.sign_throw_away():
                signed += 1
                self._say("OK", "sign-and-verify", f"issuer {issuer}, {profile}")
        except (VerifiableCredentialsError, ConfigurationError) as error:
            self._say("FAIL", "sign-and-verify", str(error))
        else:
            if not signed:
                self._say("FAIL", "sign-and-verify", "no issuer has a signing key; run `manage.py vc_create_issuer`")

    def _anchoring(self) -> None:
        try:
            if not anchoring.is_on():
                return
            found = anchoring.estimate()
        except TransientError as error:
            self._say("WARN", "anchoring", str(error))
        except (VerifiableCredentialsError, ConfigurationError) as error:
            self._say("FAIL", "anchoring", str(error))
        else:
            is_low = found.balance < _BATCHES_AHEAD * found.most_each
            name = network(found.title, is_test=found.is_test)
            state, low = ("WARN", "; that is low, send it some") if is_low else ("OK", "")
            self._say(state, "anchoring", f"{name} answers; {found.address} has {amount(found.balance)}{low}")

    def _say(self, state: str, name: str, message: str) -> None:
        self._failed += state == "FAIL"
        self.stdout.write(f"{state:4}  {name}: {message}")
