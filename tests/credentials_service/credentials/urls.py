"""Addresses of the service, the plugins' after all its own."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.contrib.auth.views import LogoutView
from django.contrib.staticfiles.views import serve
from django.urls import include
from django.urls import path
from django.urls import re_path
from drf_yasg import openapi
from drf_yasg.views import get_schema_view
from edx_django_utils.plugins import get_plugin_url_patterns
from rest_framework import permissions

from credentials.apps.core import views as core_views
from credentials.apps.plugins.constants import PROJECT_TYPE
from credentials.apps.verifiable_credentials.toggles import is_verifiable_credentials_enabled

handler500 = "credentials.apps.core.views.render_500"

schema_view = get_schema_view(
    openapi.Info(title="Credentials API", default_version="v1"),
    public=False,
    permission_classes=[permissions.AllowAny],
)

urlpatterns = [
    path("login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", LogoutView.as_view(next_page="/login/"), name="logout"),
    re_path(r"^admin/", admin.site.urls),
    path("api/", include(("credentials.apps.api.urls", "api"), namespace="api")),
    path("api-docs/", schema_view.with_ui("swagger", cache_timeout=0), name="api_docs"),
    path("credentials/", include(("credentials.apps.credentials.urls", "credentials"), namespace="credentials")),
    path("records/", include(("credentials.apps.records.urls", "records"), namespace="records")),
    path("health/", core_views.health, name="health"),
]

if is_verifiable_credentials_enabled():
    urlpatterns += [
        path(
            "verifiable_credentials/",
            include(
                ("credentials.apps.verifiable_credentials.urls", "verifiable_credentials"),
                namespace="verifiable_credentials",
            ),
        ),
    ]

urlpatterns += [path("", include("csrf.urls"))]

if getattr(settings, "SANDBOX_SERVES_STATIC", False):
    urlpatterns += [re_path(r"^static/(?P<path>.+)$", serve, {"insecure": True})]

urlpatterns.extend(get_plugin_url_patterns(PROJECT_TYPE))
