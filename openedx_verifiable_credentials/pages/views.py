"""
The claim page of one offer: link, QR, download. It works with no MFE and without JavaScript.

Only the offer's owner sees it; to anyone else it does not exist.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api.sites import site_id_of
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

_TEMPLATE = "openedx_verifiable_credentials/offer.html"
_PROBLEM = "openedx_verifiable_credentials/problem.html"
_NOT_HERE = ("switched_off", "unknown_offer", "unknown_certificate")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    # Not "no-referrer": browsers would then send "Origin: null" with the forms, which Django's CSRF check refuses.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@method_decorator(never_cache, name="dispatch")
class _OwnOfferView(LoginRequiredMixin, View):
    """Errors become a page with a sentence."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The switch comes first; every refusal has a code and a sentence."""
        try:
            require_enabled()
            return super().dispatch(request, *args, **kwargs)
        except VerifiableCredentialsError as error:
            return self._problem(error)

    @property
    def caller(self) -> dict[str, Any]:
        """Who asks, on which site."""
        return {"user_id": self.request.user.pk, "site_id": site_id_of(self.request)}

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """
        A page of ours with its security headers.

        Rendered without the request: the host's context processors are for the host's pages and need its settings.
        """
        html = render_to_string(template, {**context, "csrf_token": get_token(self.request)})
        response = HttpResponse(html, status=status)
        for name, value in _HEADERS.items():
            response[name] = value
        return response

    def _problem(self, error: VerifiableCredentialsError) -> HttpResponse:
        refused = isinstance(error, OfferError | AwardError)
        status = 404 if error.code in _NOT_HERE else 409 if refused else 503
        return self.page(_PROBLEM, {"error": error}, status)


class OfferPage(_OwnOfferView):
    """``GET offers/<uuid>/``."""

    def get(self, request: HttpRequest, offer_uuid: UUID) -> HttpResponse:
        """The link, the QR and the download while the offer is open; what happened to it afterwards."""
        offer = offers.get_offer(offer_uuid=offer_uuid, **self.caller)
        context: dict[str, Any] = {"offer": offer, "count": len(offer.certificate_uuids)}
        if offer.state == "open":
            context["qr"] = offer.wallet_qr_svg(_("QR code that opens this offer in a wallet"))
        return self.page(_TEMPLATE, context)


class OfferDownload(_OwnOfferView):
    """``POST offers/<uuid>/download/``."""

    def post(self, request: HttpRequest, offer_uuid: UUID) -> HttpResponse:
        """The signed credential as a file."""
        raw = claims.claim_for_download(offer_uuid, **self.caller)
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
        old = offers.get_offer(offer_uuid=offer_uuid, **self.caller)
        new = offers.make_offer(certificate_uuids=old.certificate_uuids, wallet_id=old.wallet.id, **self.caller)
        return redirect("openedx_verifiable_credentials:offer-page", offer_uuid=new.uuid)
