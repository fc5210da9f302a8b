"""Certificates and who holds them."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Names the app as the service does."""

    name = "credentials.apps.credentials"
    verbose_name = "Credentials"
