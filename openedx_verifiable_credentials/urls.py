"""
Every address of ours. All below ``verifiable_credentials/``, but the DID document of the host itself.

Addresses inside issued documents (achievements, issuers, DID documents, status lists) never change and never close.
"""

from django.db.transaction import non_atomic_requests
from django.urls import URLPattern
from django.urls import URLResolver
from django.urls import include
from django.urls import path

from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.pages import credentials as credential_pages
from openedx_verifiable_credentials.pages import views as pages
from openedx_verifiable_credentials.rest_api import documents
from openedx_verifiable_credentials.rest_api import status

app_name = "openedx_verifiable_credentials"

_OURS: list[URLPattern | URLResolver] = [
    path("api/v1/", include("openedx_verifiable_credentials.rest_api.v1.urls")),
    path("vc-api/", include("openedx_verifiable_credentials.rest_api.vc_api.urls")),
    path("offers/<uuid:offer_uuid>/", pages.OfferPage.as_view(), name="offer-page"),
    # An intent must be committed before the key is used, whatever ATOMIC_REQUESTS of the service says.
    path(
        "offers/<uuid:offer_uuid>/download/",
        non_atomic_requests(pages.OfferDownload.as_view()),
        name="offer-download",
    ),
    path("offers/<uuid:offer_uuid>/renew/", pages.OfferRenewal.as_view(), name="offer-renewal"),
    path("credentials/<uuid:credential_uuid>/", credential_pages.credential, name="credential-page"),
    path("achievements/<str:kind>/<path:key>/", documents.achievement, name="achievement"),
    path("issuers/<slug:slug>/", documents.issuer_profile, name="issuer-profile"),
    path("issuers/<slug:slug>/keys.json", documents.issuer_keys, name="issuer-keys"),
    path("issuers/<slug:slug>/did.json", documents.issuer_did_document, name="issuer-did-document"),
    *(
        path(f"status/{form.path('<uuid:list_uuid>')}", status.status_list, {"form": form}, name=f"status-{form}")
        for form in ListForm
    ),
    path("status/<path:name>", status.no_list, name="status-none"),
]

urlpatterns = [
    path(".well-known/did.json", documents.host_did_document, name="host-did-document"),
    path("verifiable_credentials/", include(_OURS)),
]
