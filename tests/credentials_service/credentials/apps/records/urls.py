"""The page of a program record that its learner shared."""

from django.urls import re_path

from credentials.apps.credentials.constants import UUID_PATTERN
from credentials.apps.records import views

urlpatterns = [
    re_path(rf"^programs/shared/{UUID_PATTERN}/$", views.shared_record, name="public_programs"),
]
