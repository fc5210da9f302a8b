"""Addresses below ``verifiable_credentials/vc-api/``, as the VC API has them: without trailing slashes."""

from django.urls import path

from openedx_verifiable_credentials.rest_api.vc_api import views

urlpatterns = [
    path("credentials/verify", views.VerifyCredentialView.as_view(), name="vc-api-verify-credential"),
    path("presentations/verify", views.VerifyPresentationView.as_view(), name="vc-api-verify-presentation"),
]
