"""Offers: made, shown again, claimed by those who keep their credentials as files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import claims
from openedx_verifiable_credentials.api import issued_files
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import issued_shapes
from openedx_verifiable_credentials.rest_api.v1 import offer_shapes
from openedx_verifiable_credentials.rest_api.v1 import requested
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT
from openedx_verifiable_credentials.rest_api.v1.answers import until_anchored


class MakeOfferView(LearnerView):
    """``POST credentials/init/``: an offer of one certificate or several to a wallet."""

    def post(self, request: Request) -> Response:
        """The link, or where to go; the same for a double click."""
        made = offers.make_offer(
            certificate_uuids=requested.certificates(self.body(request)),
            wallet_id=requested.wallet(self.body(request)),
            left_out=requested.left_out(self.body(request)),
            **self.caller,
        )
        return Response(offer_shapes.made_offer(made), headers=NOT_KEPT)


class OfferView(LearnerView):
    """``GET offers/<uuid>/``: one's own offer, to show it again or to see whether it was claimed."""

    def get(self, request: Request, offer_uuid: UUID) -> Response:
        """Its state and link."""
        shown = offers.get_offer(offer_uuid=offer_uuid, user_id=self.caller["user_id"])
        return Response(offer_shapes.offer(shown), headers=NOT_KEPT)


class DownloadView(LearnerView):
    """
    ``POST offers/<uuid>/download/``: one's own offer is claimed without a wallet; twice is once. With
    ``?wait_for_anchor=true`` it is not over until what it gave is anchored.
    """

    def post(self, request: Request, offer_uuid: UUID) -> Response:
        """Which credentials it gave; their files are below ``issued/``."""
        user_id = self.caller["user_id"]
        waits = requested.waits_for_anchor(request)
        made = claims.claim_own(offer_uuid, user_id=user_id)
        shape: dict[str, Any] = {"credentials": [str(one) for one in made]}
        if not waits:
            return Response(shape, status=status.HTTP_201_CREATED, headers=NOT_KEPT)
        anchors = issued_files.get_own_anchors(made, user_id=user_id)
        shape["anchors"] = [None if one is None else issued_shapes.anchor(one) for one in anchors]
        wait = until_anchored(anchors)
        answer = status.HTTP_202_ACCEPTED if wait else status.HTTP_201_CREATED
        return Response(shape, status=answer, headers={**NOT_KEPT, **wait})
