"""
The Celery app of the plugin, for the service has none: ``celery -A openedx_verifiable_credentials worker``.

Celery finds this module by its name. It needs ``DJANGO_SETTINGS_MODULE``, as ``manage.py`` does, and sets Django up
itself, before tasks are imported.
"""

from openedx_verifiable_credentials.adapters import broker

app = broker.get_app()
