"""Version 2 of the service's API, in part."""

from django.urls import path

from credentials.apps.api.v2 import views

urlpatterns = [path("replace_usernames/", views.UsernameReplacementView.as_view(), name="replace_usernames")]
