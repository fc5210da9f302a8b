"""The service's API, in part."""

from django.urls import include
from django.urls import path

urlpatterns = [path("v2/", include(("credentials.apps.api.v2.urls", "v2"), namespace="v2"))]
