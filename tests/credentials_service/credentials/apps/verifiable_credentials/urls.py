"""Addresses of the in-tree app, below the prefix ``verifiable_credentials/``."""

from django.urls import include
from django.urls import path

urlpatterns = [
    path("api/", include(("credentials.apps.verifiable_credentials.rest_api.urls", "api"), namespace="api")),
]
