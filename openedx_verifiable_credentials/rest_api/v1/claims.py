"""Claims: what a wallet presents, in exchange for the credential."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api.throttles import AddressThrottle
from openedx_verifiable_credentials.api.throttles import OfferThrottle
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.rest_api.base import WalletView
from openedx_verifiable_credentials.rest_api.v1.answers import AS_IT_IS
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT

_CREDENTIAL_TYPES = (v.APPLICATION_VC_LD_JSON, v.APPLICATION_VC, v.APPLICATION_LD_JSON, v.APPLICATION_JSON)


class ClaimView(WalletView):
    """``POST credentials/issue/<offer uuid>/``: a wallet's bare presentation for a bare credential."""

    throttle_classes = (OfferThrottle, AddressThrottle)

    def post(self, request: Request, offer_uuid: UUID) -> HttpResponse:
        """The signed credential."""
        raw = claims.claim_with_presentation(offer_uuid, self.body(request))
        return HttpResponse(
            raw,
            status=status.HTTP_201_CREATED,
            content_type=_accepted(request.headers.get("Accept", "")),
            headers={**NOT_KEPT, **AS_IT_IS},
        )


def _accepted(accept: str) -> str:
    """The first of our media types that ``accept`` names; JSON otherwise."""
    named = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return next((media for media in named if media in _CREDENTIAL_TYPES), v.APPLICATION_JSON)
