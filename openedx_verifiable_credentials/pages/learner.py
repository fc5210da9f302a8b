"""
The learner's page: certificates to claim, and what was claimed. The custom element of ``frontend/src/claim`` makes it;
inside it stands the same as plain forms, for browsers that run no scripts and where the script was not built.

While the switch is off it shows what was claimed, which can still be fetched, unshared and revoked.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.api import issued
from openedx_verifiable_credentials.api import linkedin
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api import own_certificates
from openedx_verifiable_credentials.api import paging
from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.api.anchored import ANCHORED
from openedx_verifiable_credentials.api.anchored import ANCHORED_FILE
from openedx_verifiable_credentials.api.credential_files import FORMS
from openedx_verifiable_credentials.api.issued import IssuedCredential
from openedx_verifiable_credentials.api.own_certificates import OwnCertificate
from openedx_verifiable_credentials.api.paging import Page
from openedx_verifiable_credentials.api.public_credentials import VALID
from openedx_verifiable_credentials.api.sites import site_id_of
from openedx_verifiable_credentials.api.switch import is_enabled
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.core.policies import CLAIMS as EVERY_CLAIM
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.pages import policies
from openedx_verifiable_credentials.pages.own import CLAIMS
from openedx_verifiable_credentials.pages.own import OwnView

_FOLDER = "openedx_verifiable_credentials/"
_PAGE = "openedx_verifiable_credentials:learner-page"


class _LearnerView(OwnView):
    """Of the page and of the forms on it."""

    def handle_no_permission(self) -> Any:
        """
        Log in, and come back to the page. What a form sent gets a page with a link instead: the log-in may lie on
        another host, to which the page's policy lets no form lead.
        """
        if self.request.method in ("GET", "HEAD"):
            return redirect_to_login(self.request.get_full_path())
        return self.page(f"{_FOLDER}session_over.html", {"login": _login_address()}, 403)


class LearnerPage(_LearnerView):
    """``GET /verifiable_credentials/``: ``page`` of the certificates, ``claimed`` of the credentials."""

    works_while_off = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Certificates and credentials, a page of each."""
        number, claimed = (paging.read_number(request.GET.get(name, "1")) for name in ("page", "claimed"))
        given = issued.page_of_issued(user_id=self.user_id, number=claimed)
        context = {"issued": given, "credentials": [_credential(one) for one in given.items], **_element()}
        if given.count == 0:
            require_enabled()
        if is_enabled():
            context |= _claimable(
                own_certificates.page_of_certificates(user_id=self.user_id, site_id=site_id_of(request), number=number)
            )
        return self.page(f"{_FOLDER}learner.html", context, policy=policies.for_learner())


class LearnerOffer(_LearnerView):
    """``POST /verifiable_credentials/offers/``: the certificates that were chosen, for a wallet."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """To the offer's page; the same form again leads to the same one."""
        form = request.POST
        asked, shown = set(form.getlist("asked")), set(form.getlist("show"))
        offer = offers.make_offer(
            user_id=self.user_id,
            site_id=site_id_of(request),
            certificate_uuids=[_uuid(value) for value in form.getlist("certificate")],
            wallet_id=form.get("wallet", ""),
            left_out=[name for name in EVERY_CLAIM if name in asked - shown],
        )
        return redirect("openedx_verifiable_credentials:offer-page", offer_uuid=offer.uuid)


class LearnerShare(_LearnerView):
    """``POST …/issued/<uuid>/share/`` and ``…/unshare/``."""

    works_while_off = True
    turns_on = True

    def post(self, request: HttpRequest, credential_uuid: UUID) -> HttpResponse:
        """Turn the public page on or off, and back to the list."""
        turn = sharing.share if self.turns_on else sharing.unshare
        turn(credential_uuid, user_id=self.user_id)
        return redirect(_back_to_credentials())


class LearnerLinkedIn(_LearnerView):
    """``GET …/issued/<uuid>/linkedin/``: made when it is wanted, since it is read off the credential."""

    works_while_off = True

    def get(self, request: HttpRequest, credential_uuid: UUID) -> HttpResponse:
        """To LinkedIn's form, filled in; nothing is sent until the learner saves that."""
        address = linkedin.find_address(credential_uuid, user_id=self.user_id)
        if address is None:
            raise LedgerError("unknown_credential", "You have no such credential that is shared and valid.")
        return redirect(address)


class LearnerRevocation(_LearnerView):
    """``GET`` and ``POST …/issued/<uuid>/revoke/``."""

    works_while_off = True

    def get(self, request: HttpRequest, credential_uuid: UUID) -> HttpResponse:
        """Ask, since it is for ever."""
        found = issued.get_issued(credential_uuid, user_id=self.user_id)
        return self.page(f"{_FOLDER}revoke.html", {**_credential(found), "back": _back_to_credentials()})

    def post(self, request: HttpRequest, credential_uuid: UUID) -> HttpResponse:
        """Revoke it; twice is once."""
        issued.revoke_own(credential_uuid, user_id=self.user_id)
        return redirect(_back_to_credentials())


def _claimable(own: Page[OwnCertificate]) -> dict[str, Any]:
    ready = [one for one in own.items if one.state == own_certificates.READY]
    usable = {wallet_id for one in ready for wallet_id in one.wallet_ids}
    found = [wallet for wallet in WALLETS.values() if wallet.id in usable]
    claims = {claim for one in ready for claim in one.claims}
    return {
        "own": own,
        "ready": len(ready),
        # What leads to our page leads to any wallet and to the file: it comes first, and is chosen.
        "wallets": sorted(found, key=lambda wallet: not wallet.on_page),
        "claims": [(claim, sentence) for claim, sentence in CLAIMS.items() if claim in claims],
    }


def _credential(one: IssuedCredential) -> dict[str, Any]:
    is_over = one.valid_until is not None and one.valid_until <= timezone.now()
    return {"one": one, "state": "expired" if one.state == VALID and is_over else one.state, "files": _files(one)}


def _files(one: IssuedCredential) -> dict[str, str]:
    """The address of each file of a credential, by form."""
    if one.withheld:
        return {}
    folder = f"{_api()}issued/{one.uuid}/"
    files = {form: f"{folder}credential.{form}" for form in FORMS}
    is_anchored = one.anchor is not None and one.anchor.is_in_block
    return {**files, ANCHORED: f"{folder}{ANCHORED_FILE}"} if is_anchored else files


def _api() -> str:
    return f"{reverse(_PAGE)}api/v1/"


def _element() -> dict[str, Any]:
    """What the custom element is told."""
    return {
        "has_element": bundle.has_element(),
        "api": _api(),
        "login": _login_address(),
    }


def _login_address() -> str:
    return redirect_to_login(reverse(_PAGE)).url


def _back_to_credentials() -> str:
    return f"{reverse(_PAGE)}#credentials"


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise OfferError("invalid_request", "A credential_uuid is missing or not a UUID.") from None
