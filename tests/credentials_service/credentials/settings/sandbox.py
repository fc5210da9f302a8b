"""
Settings for a server on this machine: production's hooks, a SQLite file, static files served by Django itself.

SANDBOX_DB names the database file (DB_* variables choose another database), CREDENTIALS_CFG an optional YAML file that
is read as in production, SANDBOX_CORS origins allowed to call, separated by commas.
"""

import os

from edx_django_utils.plugins import add_plugins

from credentials.apps.plugins.constants import PROJECT_TYPE
from credentials.apps.plugins.constants import SettingsType
from credentials.settings.base import *
from credentials.settings.utils import apply_yaml
from credentials.settings.utils import database_from_environment

DEBUG = False
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": database_from_environment(name=os.environ.get("SANDBOX_DB", "sandbox.sqlite3"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SANDBOX_SERVES_STATIC = True

CORS_ORIGIN_WHITELIST = [origin for origin in os.environ.get("SANDBOX_CORS", "").split(",") if origin]
CSRF_TRUSTED_ORIGINS = list(CORS_ORIGIN_WHITELIST)

JWT_AUTH.update(
    {
        "JWT_SECRET_KEY": "lms-secret",
        "JWT_ISSUER": "http://localhost:18000/oauth2",
        "JWT_AUDIENCE": "lms-key",
        "JWT_ISSUERS": [{"AUDIENCE": "lms-key", "ISSUER": "http://localhost:18000/oauth2", "SECRET_KEY": "lms-secret"}],
    }
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SANDBOX_LOGLEVEL", "INFO")},
}

add_plugins(__name__, PROJECT_TYPE, SettingsType.PRODUCTION)

if os.environ.get("CREDENTIALS_CFG"):
    apply_yaml(vars(), os.environ["CREDENTIALS_CFG"])
