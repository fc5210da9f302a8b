"""
Settings for pytest: SQLite in memory, or the database that the DB_* variables name.

Plugins are called twice, as the service calls them. The in-tree app is off unless STANDIN_IN_TREE_APP is set, so that
the addresses below verifiable_credentials/ are free.
"""

import os

from edx_django_utils.plugins import add_plugins

from credentials.apps.plugins.constants import PROJECT_TYPE
from credentials.apps.plugins.constants import SettingsType
from credentials.settings.base import *
from credentials.settings.utils import database_from_environment

ALLOWED_HOSTS = ["*"]
DATABASES = {"default": database_from_environment()}
CACHES = {
    "default": {
        "BACKEND": os.environ.get("CACHE_BACKEND", "django.core.cache.backends.locmem.LocMemCache"),
        "LOCATION": os.environ.get("CACHE_LOCATION", ""),
    }
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SOCIAL_AUTH_EDX_OAUTH2_URL_ROOT = "https://test-provider"
JWT_AUTH.update(
    {
        "JWT_SECRET_KEY": SOCIAL_AUTH_EDX_OAUTH2_SECRET,
        "JWT_ISSUER": "https://test-provider/oauth2",
        "JWT_AUDIENCE": SOCIAL_AUTH_EDX_OAUTH2_KEY,
    }
)

ENABLE_VERIFIABLE_CREDENTIALS = bool(os.environ.get("STANDIN_IN_TREE_APP"))

add_plugins(__name__, PROJECT_TYPE, SettingsType.TEST)

LEARNER_RECORD_MFE_RECORDS_PAGE_URL = "http://learner-record-mfe"

add_plugins(__name__, PROJECT_TYPE, SettingsType.TEST)

BADGES_ENABLED = True
