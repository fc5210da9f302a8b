"""Verification over HTTP, for programs that have a token; off where no token is configured."""

from __future__ import annotations

from typing import Any

from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from openedx_verifiable_credentials.api import bearer_tokens
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.api.throttles import TokenThrottle
from openedx_verifiable_credentials.rest_api.base import StrictJson
from openedx_verifiable_credentials.rest_api.base import UnswitchedJsonView
from openedx_verifiable_credentials.rest_api.vc_api import requests
from openedx_verifiable_credentials.rest_api.vc_api import results
from openedx_verifiable_credentials.rest_api.vc_api.authentication import BearerToken
from openedx_verifiable_credentials.rest_api.vc_api.authentication import HasToken

# A document is at most half a MiB, and one level deeper here than it is on its own.
_MORE_BYTES = 16 * 1024
# Of DID documents and status lists, whatever a presentation holds.
_MOST_FETCHES = 10


class _Json(StrictJson):
    max_bytes = verifying.MAX_JSON_BYTES + _MORE_BYTES
    max_depth = StrictJson.max_depth + 1


class _VerifyView(UnswitchedJsonView):
    """Verifying is not issuing, so the switch has no say: a configured token is this API's own."""

    authentication_classes = (BearerToken,)
    permission_classes = (HasToken,)
    throttle_classes = (TokenThrottle,)
    parser_classes = (_Json,)
    member: str

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Where there is no token, there is nothing."""
        if not bearer_tokens.are_any():
            raise NotFound
        super().initial(request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        """The result: 200 where it is good, else 400, so that a client that reads no more than that is safe."""
        asked = requests.read(self.body(request), self.member)
        report = verifying.verify(asked.document, expected=asked.expected, most_fetches=_MOST_FETCHES)
        result = results.result(report, asked)
        answer = status.HTTP_200_OK if result["verified"] else status.HTTP_400_BAD_REQUEST
        return Response(result, status=answer)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Nobody keeps an answer: it quotes a document, and another moment's may be another."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class VerifyCredentialView(_VerifyView):
    """``POST credentials/verify`` (VCALM, "Verify Credential")."""

    member = requests.CREDENTIAL


class VerifyPresentationView(_VerifyView):
    """``POST presentations/verify`` (VCALM, "Verify Presentation")."""

    member = requests.PRESENTATION
