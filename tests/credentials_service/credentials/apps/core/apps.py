"""Users, sites and health."""

from django.apps import AppConfig


class CoreAppConfig(AppConfig):
    """Names the app as the service does."""

    name = "credentials.apps.core"
    verbose_name = "Core"
