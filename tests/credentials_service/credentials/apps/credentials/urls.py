"""The public page of a certificate."""

from django.urls import re_path

from credentials.apps.credentials import views
from credentials.apps.credentials.constants import UUID_PATTERN

urlpatterns = [
    re_path(rf"^example/{UUID_PATTERN}/$", views.example, name="render_example"),
    re_path(rf"^{UUID_PATTERN}/$", views.certificate, name="render"),
]
