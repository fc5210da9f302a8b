"""What learners were given."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import sharing
from openedx_verifiable_credentials.rest_api.base import LearnerView
from openedx_verifiable_credentials.rest_api.v1 import issued_shapes
from openedx_verifiable_credentials.rest_api.v1.answers import NOT_KEPT


class IssuedView(LearnerView):
    """``GET issued/``: the learner's own credentials, and which of them are shared."""

    works_while_off = frozenset({"GET", "HEAD", "OPTIONS"})

    def get(self, request: Request) -> Response:
        """All of them, newest first."""
        found = sharing.list_issued(user_id=self.caller["user_id"])
        return Response({"credentials": [issued_shapes.issued(one) for one in found]}, headers=NOT_KEPT)
