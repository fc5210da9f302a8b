"""Addresses below ``verifiable_credentials/api/v1/``. Trailing slashes are part of the contract."""

from django.db.transaction import non_atomic_requests
from django.urls import path

from openedx_verifiable_credentials.api.anchored import ANCHORED_FILE
from openedx_verifiable_credentials.api.credential_files import FORMS
from openedx_verifiable_credentials.rest_api.v1 import certificates
from openedx_verifiable_credentials.rest_api.v1 import claims
from openedx_verifiable_credentials.rest_api.v1 import issued
from openedx_verifiable_credentials.rest_api.v1 import issued_files
from openedx_verifiable_credentials.rest_api.v1 import offers
from openedx_verifiable_credentials.rest_api.v1 import previews
from openedx_verifiable_credentials.rest_api.v1 import sharing

urlpatterns = [
    path("credentials/", certificates.CertificatesView.as_view(), name="credentials"),
    path("certificates/", certificates.OwnCertificatesView.as_view(), name="own-certificates"),
    path("storages/", certificates.WalletsView.as_view(), name="storages"),
    path("credentials/init/", offers.MakeOfferView.as_view(), name="credentials-init"),
    path("certificates/preview/", previews.PreviewView.as_view(), name="certificates-preview"),
    # An intent must be committed before the key is used, whatever ATOMIC_REQUESTS of the service says.
    path(
        "credentials/issue/<uuid:offer_uuid>/",
        non_atomic_requests(claims.ClaimView.as_view()),
        name="credentials-issue",
    ),
    path("offers/<uuid:offer_uuid>/", offers.OfferView.as_view(), name="offer"),
    path(
        "offers/<uuid:offer_uuid>/download/",
        non_atomic_requests(offers.DownloadView.as_view()),
        name="offer-claimed-as-files",
    ),
    path("issued/", issued.IssuedView.as_view(), name="issued"),
    *(
        path(
            f"issued/<uuid:credential_uuid>/credential.{form}",
            issued_files.IssuedFileView.as_view(),
            {"form": form},
            name=f"issued-file-{form}",
        )
        for form in FORMS
    ),
    path(
        f"issued/<uuid:credential_uuid>/{ANCHORED_FILE}",
        issued_files.AnchoredFileView.as_view(),
        name="issued-file-anchored",
    ),
    path("issued/<uuid:credential_uuid>/anchor/", issued_files.AnchorView.as_view(), name="issued-anchor"),
    path("issued/<uuid:credential_uuid>/share/", sharing.ShareView.as_view(), name="share"),
    # Committed before it is published, likewise.
    path(
        "issued/<uuid:credential_uuid>/revoke/",
        non_atomic_requests(issued.RevocationView.as_view()),
        name="issued-revocation",
    ),
]
