"""Settings of a developer's stack; plugins are called last."""

import os

from edx_django_utils.plugins import add_plugins

from credentials.apps.plugins.constants import PROJECT_TYPE
from credentials.apps.plugins.constants import SettingsType
from credentials.settings.base import *
from credentials.settings.utils import database_from_environment

DEBUG = True
ALLOWED_HOSTS = ["*"]
SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")
DATABASES = {"default": database_from_environment(engine="django.db.backends.mysql", name="credentials")}

CORS_ORIGIN_WHITELIST = ["http://localhost:1990", "http://localhost:18450"]
CSRF_TRUSTED_ORIGINS = ["http://localhost:1990"]
LEARNER_RECORD_MFE_RECORDS_PAGE_URL = "http://localhost:1990/"
SEND_EMAIL_ON_PROGRAM_COMPLETION = True

JWT_AUTH.update(
    {
        "JWT_SECRET_KEY": "lms-secret",
        "JWT_ISSUER": "http://localhost:18000/oauth2",
        "JWT_AUDIENCE": None,
        "JWT_VERIFY_AUDIENCE": False,
        "JWT_ISSUERS": [{"AUDIENCE": "lms-key", "ISSUER": "http://localhost:18000/oauth2", "SECRET_KEY": "lms-secret"}],
    }
)

add_plugins(__name__, PROJECT_TYPE, SettingsType.DEVSTACK)
