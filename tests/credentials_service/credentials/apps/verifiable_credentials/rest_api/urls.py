"""Versions of the in-tree app's API."""

from django.urls import include
from django.urls import path

urlpatterns = [
    path("v1/", include(("credentials.apps.verifiable_credentials.rest_api.v1.urls", "v1"), namespace="v1")),
]
