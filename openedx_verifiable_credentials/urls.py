"""
Every address of ours. All below ``verifiable_credentials/``, but the DID document of the host itself.

Addresses inside issued documents (achievements, badge images, issuers, DID documents, status
lists) never change and never close.
"""

from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.urls import URLResolver
from django.urls import include
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from openedx_verifiable_credentials.api.anchored import ANCHORED_FILE
from openedx_verifiable_credentials.api.credential_files import SHARED_FORMS
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.pages import credentials as credential_pages
from openedx_verifiable_credentials.pages import learner
from openedx_verifiable_credentials.pages import views as pages
from openedx_verifiable_credentials.rest_api import badge_images
from openedx_verifiable_credentials.rest_api import documents
from openedx_verifiable_credentials.rest_api import shared
from openedx_verifiable_credentials.rest_api import status
from openedx_verifiable_credentials.rest_api.openapi.visible import show

_HTML = "text/html"
app_name = "openedx_verifiable_credentials"


@non_atomic_requests
@csrf_exempt
def shared_credential(request: HttpRequest, share_id: str) -> HttpResponseBase:
    """One address for people and programs: HTML, or JSON for whoever prefers that (RFC 9110 §12.5.1)."""
    wanted = request.get_preferred_type([_HTML, v.APPLICATION_JSON])
    is_for_programs = wanted == v.APPLICATION_JSON or request.method == "OPTIONS"
    view = shared.credential if is_for_programs else credential_pages.credential
    response = view(request, share_id=share_id)
    patch_vary_headers(response, ["Accept"])
    return response


_OURS: list[URLPattern | URLResolver] = [
    path("api/v1/", include("openedx_verifiable_credentials.rest_api.v1.urls")),
    path("vc-api/", include("openedx_verifiable_credentials.rest_api.vc_api.urls")),
    path("", learner.LearnerPage.as_view(), name="learner-page"),
    path("offers/", learner.LearnerOffer.as_view(), name="learner-offer"),
    path("issued/<uuid:credential_uuid>/share/", learner.LearnerShare.as_view(), name="learner-share"),
    path(
        "issued/<uuid:credential_uuid>/unshare/",
        learner.LearnerShare.as_view(turns_on=False),
        name="learner-unshare",
    ),
    path("issued/<uuid:credential_uuid>/linkedin/", learner.LearnerLinkedIn.as_view(), name="learner-linkedin"),
    # Committed before it is published, likewise.
    path(
        "issued/<uuid:credential_uuid>/revoke/",
        non_atomic_requests(learner.LearnerRevocation.as_view()),
        name="learner-revocation",
    ),
    path("offers/<uuid:offer_uuid>/", pages.OfferPage.as_view(), name="offer-page"),
    # An intent must be committed before the key is used, whatever ATOMIC_REQUESTS of the service says.
    path(
        "offers/<uuid:offer_uuid>/download/",
        non_atomic_requests(pages.OfferDownload.as_view()),
        name="offer-download",
    ),
    path("offers/<uuid:offer_uuid>/renew/", pages.OfferRenewal.as_view(), name="offer-renewal"),
    path("c/<str:share_id>/", shared_credential, name="credential-page"),
    *(
        path(
            f"c/<str:share_id>/credential.{form}",
            shared.credential_file,
            {"form": form},
            name=f"credential-file-{form}",
        )
        for form in SHARED_FORMS
    ),
    path(f"c/<str:share_id>/{ANCHORED_FILE}", shared.anchored_file, name="credential-file-anchored"),
    path("c/<str:share_id>/evidence.html", credential_pages.evidence_file, name="credential-evidence"),
    path("verify/", credential_pages.verify, name="verify-page"),
    path("achievements/<str:kind>/<path:key>/", documents.achievement, name="achievement"),
    path("issuers/<slug:slug>/", documents.issuer_profile, name="issuer-profile"),
    path("issuers/<slug:slug>/keys.json", documents.issuer_keys, name="issuer-keys"),
    path("issuers/<slug:slug>/did.json", documents.issuer_did_document, name="issuer-did-document"),
    path("images/<path:name>", badge_images.badge_image, name="badge-image"),
    *(
        path(f"status/{form.path('<uuid:list_uuid>')}", status.status_list, {"form": form}, name=f"status-{form}")
        for form in ListForm
    ),
    path("status/<path:name>", status.no_list, name="status-none"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path(".well-known/did.json", documents.host_did_document, name="host-did-document"),
    path("verifiable_credentials/", include(_OURS)),
]
show(urlpatterns)
