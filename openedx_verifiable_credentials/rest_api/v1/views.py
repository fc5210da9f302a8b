"""The endpoints of version 1. Each view asks the API one question and shapes its answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import certificates
from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import issued_files
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.api.throttles import AddressThrottle
from openedx_verifiable_credentials.api.throttles import OfferThrottle
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.base import WalletView
from openedx_verifiable_credentials.rest_api.v1 import shapes

_CREDENTIAL_TYPES = (v.APPLICATION_VC_LD_JSON, v.APPLICATION_VC, v.APPLICATION_LD_JSON, v.APPLICATION_JSON)
_NOT_KEPT = {"Cache-Control": "no-store"}
_AS_IT_IS = {"X-Content-Type-Options": "nosniff"}


class CertificatesView(LearnerView):
    """``GET credentials/``: the learner's certificates that can be claimed."""

    def get(self, request: Request) -> Response:
        """Both lists."""
        return Response(shapes.certificate_lists(certificates.list_claimable(**self.caller)))


class WalletsView(LearnerView):
    """``GET storages/``: the wallets one may choose from."""

    def get(self, request: Request) -> Response:
        """A bare array."""
        return Response([shapes.wallet(wallet) for wallet in certificates.available_wallets(**self.caller)])


class MakeOfferView(LearnerView):
    """``POST credentials/init/``: an offer of one certificate or several to a wallet."""

    def post(self, request: Request) -> Response:
        """The link, or where to go; the same for a double click."""
        made = offers.make_offer(
            certificate_uuids=shapes.requested_certificates(self.body(request)),
            wallet_id=shapes.requested_wallet(self.body(request)),
            left_out=shapes.requested_left_out(self.body(request)),
            **self.caller,
        )
        return Response(shapes.made_offer(made), headers=_NOT_KEPT)


class OfferView(LearnerView):
    """``GET offers/<uuid>/``: one's own offer, to show it again or to see whether it was claimed."""

    def get(self, request: Request, offer_uuid: UUID) -> Response:
        """Its state and link."""
        shown = offers.get_offer(offer_uuid=offer_uuid, user_id=self.caller["user_id"])
        return Response(shapes.offer(shown), headers=_NOT_KEPT)


class IssuedView(LearnerView):
    """``GET issued/``: the learner's own credentials, and which of them are shared."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request) -> Response:
        """All of them, newest first."""
        found = sharing.list_issued(user_id=self.caller["user_id"])
        return Response({"credentials": [shapes.issued(one) for one in found]}, headers=_NOT_KEPT)


class IssuedFileView(LearnerView):
    """``GET issued/<uuid>/credential.json``: one's own credential, byte for byte as it was handed out."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request, credential_uuid: UUID) -> HttpResponse:
        """A file to keep."""
        own = issued_files.get_own_file(credential_uuid, user_id=self.caller["user_id"])
        name = f"credential-{credential_uuid}.json"
        return HttpResponse(
            own.raw,
            content_type=own.media_type,
            headers={**_NOT_KEPT, **_AS_IT_IS, "Content-Disposition": f'attachment; filename="{name}"'},
        )


class ShareView(LearnerView):
    """``issued/<uuid>/share/``: the public page of one's own credential, on or off; both as often as one likes."""

    works_while_off = frozenset({"DELETE"})

    def put(self, request: Request, credential_uuid: UUID) -> Response:
        """Its address."""
        page = sharing.share(credential_uuid, user_id=self.caller["user_id"])
        return Response({"share": page}, headers=_NOT_KEPT)

    def delete(self, request: Request, credential_uuid: UUID) -> Response:
        """Nothing; the address is gone for ever."""
        sharing.unshare(credential_uuid, user_id=self.caller["user_id"])
        return Response(status=status.HTTP_204_NO_CONTENT, headers=_NOT_KEPT)


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
            headers={**_NOT_KEPT, **_AS_IT_IS},
        )


def _accepted(accept: str) -> str:
    """The first of our media types that ``accept`` names; JSON otherwise."""
    named = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return next((media for media in named if media in _CREDENTIAL_TYPES), v.APPLICATION_JSON)
