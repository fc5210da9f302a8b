"""The public page of a learner's own credential."""

from __future__ import annotations

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import issued_shapes
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT


class ShareView(LearnerView):
    """``issued/<uuid>/share/``: the public page of one's own credential, on or off; both as often as one likes."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})

    def get(self, request: Request, credential_uuid: UUID) -> Response:
        """Its address, if it is on."""
        return self._shown(credential_uuid)

    def put(self, request: Request, credential_uuid: UUID) -> Response:
        """Its address."""
        sharing.share(credential_uuid, user_id=self.caller["user_id"])
        return self._shown(credential_uuid)

    def delete(self, request: Request, credential_uuid: UUID) -> Response:
        """Nothing; the address is gone for ever."""
        sharing.unshare(credential_uuid, user_id=self.caller["user_id"])
        return Response(status=status.HTTP_204_NO_CONTENT, headers=NOT_KEPT)

    def _shown(self, credential_uuid: UUID) -> Response:
        shared = sharing.get_shared(credential_uuid, user_id=self.caller["user_id"])
        return Response(issued_shapes.shared(shared), headers=NOT_KEPT)
