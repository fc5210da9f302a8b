"""What learners were given: listed, and revoked by those who have it."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import issued
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import issued_shapes
from openedx_verifiable_credentials.rest_api.v1 import requested
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT


class IssuedView(LearnerView):
    """``GET issued/``: the learner's own credentials, a page at a time, and which of them are shared."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request) -> Response:
        """One page, newest first."""
        page = issued.page_of_issued(user_id=self.caller["user_id"], number=requested.page(request))
        return Response(issued_shapes.issued_page(page), headers=NOT_KEPT)


class RevocationView(LearnerView):
    """``POST issued/<uuid>/revoke/``: one's own credential shall not count any more, for ever."""

    works_while_off = frozenset({"POST", "OPTIONS"})

    def post(self, request: Request, credential_uuid: UUID) -> Response:
        """What became of it."""
        one = issued.revoke_own(credential_uuid, user_id=self.caller["user_id"])
        return Response(issued_shapes.issued(one), headers=NOT_KEPT)
