"""The service's in-tree app of that name: its tables, its switch and its addresses."""

from django.apps import AppConfig

from credentials.apps.verifiable_credentials.toggles import is_verifiable_credentials_enabled


class VerifiableCredentialsConfig(AppConfig):
    """Takes the label ``verifiable_credentials``."""

    name = "credentials.apps.verifiable_credentials"
    verbose_name = "Verifiable Credentials"

    def ready(self):
        if is_verifiable_credentials_enabled():
            from credentials.apps.verifiable_credentials import signals  # noqa: F401  pylint: disable=import-outside-toplevel,unused-import
