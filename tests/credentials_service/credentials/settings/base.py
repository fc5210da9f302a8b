"""
What every other settings module starts from.

Plugins are called before the event bus and badge settings are assigned: what a plugin sets there is overwritten.
"""

import os
from pathlib import Path

from corsheaders.defaults import default_headers
from edx_django_utils.plugins import add_plugins
from edx_django_utils.plugins import get_plugin_apps

from credentials.apps.plugins.constants import PROJECT_TYPE
from credentials.apps.plugins.constants import SettingsType

PROJECT_ROOT = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("CREDENTIALS_SECRET_KEY", "a-key-for-tests-that-is-longer-than-fifty-characters-in-all")
DEBUG = False
ALLOWED_HOSTS = []
SITE_ID = 1
CREDENTIALS_SERVICE_USER = "credentials_service_user"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

THIRD_PARTY_APPS = [
    "corsheaders",
    "csrf.apps.CsrfAppConfig",
    "rest_framework",
    "rest_framework_jwt",
    "sortedm2m",
    "waffle",
    "django_filters",
    "django_sites_extensions",
    "drf_yasg",
    "openedx_events",
]

PROJECT_APPS = [
    "credentials.apps.core",
    "credentials.apps.api",
    "credentials.apps.catalog",
    "credentials.apps.credentials",
    "credentials.apps.records",
    "credentials.apps.plugins",
    "credentials.apps.verifiable_credentials",
]

INSTALLED_APPS += THIRD_PARTY_APPS + PROJECT_APPS

MIDDLEWARE = (
    "corsheaders.middleware.CorsMiddleware",
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "edx_django_utils.monitoring.DeploymentMonitoringMiddleware",
    "edx_django_utils.monitoring.CookieMonitoringMiddleware",
    "edx_django_utils.monitoring.CachedCustomMonitoringMiddleware",
    "edx_django_utils.monitoring.MonitoringMemoryMiddleware",
    "edx_django_utils.monitoring.FrontendMonitoringMiddleware",
    "edx_rest_framework_extensions.auth.jwt.middleware.JwtAuthCookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.contrib.sites.middleware.CurrentSiteMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "waffle.middleware.WaffleMiddleware",
    "edx_django_utils.cache.middleware.TieredCacheMiddleware",
    "edx_rest_framework_extensions.middleware.RequestCustomAttributesMiddleware",
    "edx_rest_framework_extensions.auth.jwt.middleware.EnsureJWTAuthSettingsMiddleware",
    "crum.CurrentRequestUserMiddleware",
)

CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = default_headers + ("use-jwt-cookie",)
CORS_ORIGIN_WHITELIST = []

ROOT_URLCONF = "credentials.urls"
WSGI_APPLICATION = "credentials.wsgi.application"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.",
        "NAME": "credentials",
        "USER": "credentials001",
        "PASSWORD": "password",
        "HOST": "localhost",
        "PORT": "",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("es-419", "Español (Latinoamérica)"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("uk", "Українська"),
]
LOCALE_PATHS = (str(PROJECT_ROOT / "conf" / "locale"),)
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

MEDIA_ROOT = str(PROJECT_ROOT / "media")
MEDIA_URL = "/media/"
STATIC_ROOT = str(PROJECT_ROOT / "assets")
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": (str(PROJECT_ROOT / "templates"),),
        "OPTIONS": {
            "context_processors": (
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.debug",
                "django.template.context_processors.i18n",
                "django.template.context_processors.media",
                "django.template.context_processors.request",
                "django.template.context_processors.static",
                "django.template.context_processors.tz",
                "django.contrib.messages.context_processors.messages",
                "credentials.apps.core.context_processors.core",
            ),
        },
    },
]

SESSION_COOKIE_NAME = "credentials_sessionid"
CSRF_COOKIE_NAME = "credentials_csrftoken"
LANGUAGE_COOKIE_NAME = "credentials_language"
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
CSRF_COOKIE_SECURE = False

LOGIN_URL = "/login/"
LOGOUT_URL = "/logout/"
LOGIN_REDIRECT_URL = "/"
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ("django.contrib.auth.backends.ModelBackend",)
USERNAME_REPLACEMENT_WORKER = "replace with valid username"

SOCIAL_AUTH_EDX_OAUTH2_KEY = "credentials-sso-key"
SOCIAL_AUTH_EDX_OAUTH2_SECRET = "credentials-sso-secret"

JWT_AUTH = {
    "JWT_ISSUER": [
        {"AUDIENCE": "SET-ME-PLEASE", "ISSUER": "http://127.0.0.1:8000/oauth2", "SECRET_KEY": "SET-ME-PLEASE"}
    ],
    "JWT_ALGORITHM": "HS256",
    "JWT_VERIFY_EXPIRATION": True,
    "JWT_PAYLOAD_GET_USERNAME_HANDLER": lambda payload: payload.get("preferred_username"),
    "JWT_LEEWAY": 1,
    "JWT_DECODE_HANDLER": "edx_rest_framework_extensions.auth.jwt.decoder.jwt_decode_handler",
    "JWT_PUBLIC_SIGNING_JWK_SET": None,
    "JWT_AUTH_COOKIE": "edx-jwt-cookie",
    "JWT_AUTH_COOKIE_HEADER_PAYLOAD": "edx-jwt-cookie-header-payload",
    "JWT_AUTH_COOKIE_SIGNATURE": "edx-jwt-cookie-signature",
    "JWT_AUTH_HEADER_PREFIX": "JWT",
}

EDX_DRF_EXTENSIONS = {
    "JWT_PAYLOAD_USER_ATTRIBUTE_MAPPING": {
        "administrator": "is_staff",
        "email": "email",
        "full_name": "full_name",
        "user_id": "lms_user_id",
    },
    "ENABLE_SET_REQUEST_USER_FOR_JWT_COOKIE": True,
    "OAUTH2_USER_INFO_URL": "http://127.0.0.1:8000/oauth2/user_info",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": (
        "credentials.apps.api.authentication.JwtAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ),
    "DEFAULT_FILTER_BACKENDS": ("django_filters.rest_framework.DjangoFilterBackend",),
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_PERMISSION_CLASSES": ("rest_framework.permissions.DjangoModelPermissions",),
    "PAGE_SIZE": 20,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
    "EXCEPTION_HANDLER": "credentials.apps.api.v2.views.credentials_throttle_handler",
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EXTRA_APPS = []
FILE_STORAGE_BACKEND = {}
SEND_EMAIL_ON_PROGRAM_COMPLETION = False
LEARNER_RECORD_MFE_RECORDS_PAGE_URL = ""

INSTALLED_APPS.extend(get_plugin_apps(PROJECT_TYPE))
add_plugins(__name__, PROJECT_TYPE, SettingsType.BASE)

SIMPLE_HISTORY_DATE_INDEX = False
BADGES_ENABLED = False
BADGES_CONFIG = {"events": [], "credly": {}, "accredible": {}, "rules": {"ignored_keypaths": []}}
EVENT_BUS_PRODUCER = "edx_event_bus_redis.create_producer"
EVENT_BUS_CONSUMER = "edx_event_bus_redis.RedisEventConsumer"
EVENT_BUS_REDIS_CONNECTION_URL = "redis://:password@edx.devstack.redis:6379/"
EVENT_BUS_TOPIC_PREFIX = "dev"
EVENT_BUS_PRODUCER_CONFIG = {
    "org.openedx.learning.badge.awarded.v1": {
        "learning-badges-lifecycle": {"event_key_field": "badge.uuid", "enabled": BADGES_ENABLED},
    },
    "org.openedx.learning.badge.revoked.v1": {
        "learning-badges-lifecycle": {"event_key_field": "badge.uuid", "enabled": BADGES_ENABLED},
    },
    "org.openedx.learning.program.certificate.awarded.v1": {
        "learning-program-certificate-lifecycle": {
            "event_key_field": "program_certificate.program.uuid",
            "enabled": False,
        },
    },
    "org.openedx.learning.program.certificate.revoked.v1": {
        "learning-program-certificate-lifecycle": {
            "event_key_field": "program_certificate.program.uuid",
            "enabled": False,
        },
    },
}
