"""
The claim page of one offer: link, QR, download. It works with no MFE and without JavaScript.

Only the offer's owner sees it; to anyone else it does not exist.
"""

from __future__ import annotations

from typing import Any
from typing import cast
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api.http_status import status_of
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.throttles import UserThrottle
from openedx_verifiable_credentials.api.variables import forget_variables
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.pages import answers
from openedx_verifiable_credentials.pages import problems

_TEMPLATE = "openedx_verifiable_credentials/offer.html"
# What a credential may say of its learner, in the order of the page.
_SHOWN = {
    "name": gettext_lazy("your name"),
    "email": gettext_lazy("a hash of your e-mail address: who knows the address can tell that it is yours"),
    "grade": gettext_lazy("your grade"),
    "activity_dates": gettext_lazy("when the course or program took place"),
    "evidence": gettext_lazy("a link to your program record, where you share it"),
}


@method_decorator(never_cache, name="dispatch")
class _OwnOfferView(LoginRequiredMixin, View):
    """Errors become a page with a sentence."""

    _wait: float | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The switch comes first; every refusal has a code and a sentence."""
        try:
            require_enabled()
            if request.user.is_authenticated:
                self._count(request)
            return super().dispatch(request, *args, **kwargs)
        except VerifiableCredentialsError as error:
            return self._problem(error)
        except Exception as error:
            forget_variables(error)
            raise

    def _count(self, request: HttpRequest) -> None:
        throttle = UserThrottle()
        if not throttle.allow_request(cast(Any, request), cast(Any, self)):
            self._wait = throttle.wait()
            raise OfferError("too_many_requests", "Too many requests; wait a little and try again.")

    @property
    def user_id(self) -> int:
        """Who asks; they are logged in."""
        return int(cast(Any, self.request.user).pk)

    def handle_no_permission(self) -> Any:
        """Log in, and come back to the page: an address that only takes a POST leads nowhere."""
        return redirect_to_login(reverse("openedx_verifiable_credentials:offer-page", kwargs=self.kwargs))

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page whose forms may be sent."""
        return answers.page(template, {**context, "csrf_token": get_token(self.request)}, status, wait=self._wait)

    def _problem(self, error: VerifiableCredentialsError) -> HttpResponse:
        return self.page(answers.PROBLEM, problems.shown(error), status_of(error))


class OfferPage(_OwnOfferView):
    """``GET offers/<uuid>/``."""

    def get(self, request: HttpRequest, offer_uuid: UUID) -> HttpResponse:
        """The link, the QR and the download while the offer is open; what happened to it afterwards."""
        offer = offers.get_offer(offer_uuid=offer_uuid, user_id=self.user_id)
        context: dict[str, Any] = {"offer": offer, "count": len(offer.certificate_uuids)}
        if offer.state == "open":
            context["shown"] = [sentence for claim, sentence in _SHOWN.items() if claim in offer.released]
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
