"""What learners have: the certificates that they may claim, and the wallets for them."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import certificates
from openedx_verifiable_credentials.api import own_certificates
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import certificate_shapes
from openedx_verifiable_credentials.rest_api.v1 import requested
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT


class CertificatesView(LearnerView):
    """``GET credentials/``: the learner's certificates that can be claimed."""

    def get(self, request: Request) -> Response:
        """Both lists."""
        return Response(certificate_shapes.certificate_lists(certificates.list_claimable(**self.caller)))


class OwnCertificatesView(LearnerView):
    """``GET certificates/``: all of the learner's certificates, a page at a time."""

    def get(self, request: Request) -> Response:
        """One page, and the wallets there are."""
        page = own_certificates.page_of_certificates(number=requested.page(request), **self.caller)
        return Response(certificate_shapes.own_certificates(page), headers=NOT_KEPT)


class WalletsView(LearnerView):
    """``GET storages/``: the wallets one may choose from."""

    def get(self, request: Request) -> Response:
        """A bare array."""
        return Response([certificate_shapes.wallet(wallet) for wallet in certificates.available_wallets(**self.caller)])
