"""``manage.py vc_generate_kek``."""

import base64
import datetime
import os
from typing import Any

from django.core.management.base import BaseCommand

_KEY_BYTES = 32


class Command(BaseCommand):
    """Print a fresh key-encryption key for the settings. Nothing is stored."""

    help = "Print a fresh key-encryption key, ready for OPENEDX_VC_KEY_ENCRYPTION_KEYS. Nothing is stored."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One line of YAML."""
        name = datetime.datetime.now(datetime.UTC).strftime("kek-%Y-%m-%d")
        value = base64.b64encode(os.urandom(_KEY_BYTES)).decode("ascii")
        self.stdout.write(f'OPENEDX_VC_KEY_ENCRYPTION_KEYS: {{"{name}": "{value}"}}')
        self.stderr.write(
            "Keep it out of version control and in your backups: without it issuer keys and learners' documents cannot "
            "be opened. To rotate, put the new key first and keep the old one."
        )
