"""Courses, programs and who runs them."""

from django.apps import AppConfig


class CatalogAppConfig(AppConfig):
    """Names the app as the service does."""

    name = "credentials.apps.catalog"
    verbose_name = "Catalog"
