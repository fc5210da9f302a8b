"""Whether the plugin is loaded, and its tables; an error at its import is told, which the service does not do."""
# ruff: noqa: F821  (given and result are put here by service.py)

import importlib
import traceback

from django.apps import apps
from django.conf import settings
from django.db import connection

name = given["name"]
error = None
try:
    importlib.import_module(f"{name}.apps")
except ImportError:
    error = traceback.format_exc()

models = []
if apps.is_installed(name):
    config = next(found for found in apps.get_app_configs() if found.name == name)
    models = list(config.get_models(include_auto_created=True))
present = set(connection.introspection.table_names())
result(
    {
        "installed": apps.is_installed(name),
        "entry": [entry for entry in settings.INSTALLED_APPS if entry.startswith(name)],
        "error": error,
        "tables": sorted(model._meta.db_table for model in models if model._meta.managed),
        "rows": {
            model._meta.db_table: model._base_manager.count() for model in models if model._meta.db_table in present
        },
        "all_tables": sorted(present),
    }
)
