"""
The claim page of one offer: link, QR, download. It works with no MFE and without JavaScript.

Only the offer's owner sees it; to anyone else it does not exist.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.pages.own import CLAIMS
from openedx_verifiable_credentials.pages.own import OwnView

_TEMPLATE = "openedx_verifiable_credentials/offer.html"


class _OwnOfferView(OwnView):
    def handle_no_permission(self) -> Any:
        """Log in, and come back to the page: an address that only takes a POST leads nowhere."""
        return redirect_to_login(reverse("openedx_verifiable_credentials:offer-page", kwargs=self.kwargs))


class OfferPage(_OwnOfferView):
    """``GET offers/<uuid>/``."""

    def get(self, request: HttpRequest, offer_uuid: UUID) -> HttpResponse:
        """The link, the QR and the download while the offer is open; what happened to it afterwards."""
        offer = offers.get_offer(offer_uuid=offer_uuid, user_id=self.user_id)
        context: dict[str, Any] = {"offer": offer, "count": len(offer.certificate_uuids)}
        if offer.state == "open":
            context["shown"] = [sentence for claim, sentence in CLAIMS.items() if claim in offer.released]
        if offer.state == "open" and offer.can_present:
            context["qr"] = offer.wallet_qr_svg(_("QR code that opens this offer in a wallet"))
        return self.page(_TEMPLATE, context)


class OfferDownload(_OwnOfferView):
    """``POST offers/<uuid>/download/``."""

    def post(self, request: HttpRequest, offer_uuid: UUID) -> HttpResponse:
        """The signed credential as a file."""
        raw = claims.claim_for_download(offer_uuid, user_id=self.user_id)
        return HttpResponse(
            raw,
            content_type=v.APPLICATION_JSON,
            headers={
                "Content-Disposition": f'attachment; filename="credential-{offer_uuid}.json"',
                "X-Content-Type-Options": "nosniff",
            },
        )


class OfferRenewal(_OwnOfferView):
    """``POST offers/<uuid>/renew/``."""

    def post(self, request: HttpRequest, offer_uuid: UUID) -> HttpResponse:
        """A fresh offer of the same certificates."""
        new = offers.renew_offer(offer_uuid=offer_uuid, user_id=self.user_id)
        return redirect("openedx_verifiable_credentials:offer-page", offer_uuid=new.uuid)
