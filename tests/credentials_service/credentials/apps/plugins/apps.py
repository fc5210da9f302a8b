"""Connects the signal receivers that plugins declare."""

from django.apps import AppConfig
from edx_django_utils.plugins import connect_plugin_receivers

from credentials.apps.plugins.constants import PROJECT_TYPE


class PluginsConfig(AppConfig):
    """Runs late in INSTALLED_APPS order, once every model of the service is importable."""

    name = "credentials.apps.plugins"

    def ready(self):
        connect_plugin_receivers(PROJECT_TYPE)
