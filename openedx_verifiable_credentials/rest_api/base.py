"""What every view of ours shares: JSON in, JSON out, the switch, our errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from openedx_verifiable_credentials.api.sites import site_id_of
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.throttles import AddressThrottle
from openedx_verifiable_credentials.api.throttles import UserThrottle
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.rest_api import errors
from openedx_verifiable_credentials.rest_api.openapi.visible import Described


class StrictJson(BaseParser):
    """One JSON object; see :func:`..core.json_text.read_object`."""

    media_type = v.APPLICATION_JSON
    max_bytes = 64 * 1024
    max_depth = 24

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Never more than ``max_bytes`` and one are read."""
        raw = stream.read(self.max_bytes + 1)
        return json_text.read_object(raw, max_bytes=self.max_bytes, max_depth=self.max_depth)


def _parser(media: str) -> type[StrictJson]:
    return type("StrictJson", (StrictJson,), {"media_type": media})


JSON_PARSERS = (StrictJson,)
JSON_LD_PARSERS = tuple(
    _parser(media) for media in (v.APPLICATION_JSON, v.APPLICATION_LD_JSON, v.APPLICATION_VP_LD_JSON, v.APPLICATION_VP)
)


class _AlwaysJson(BaseContentNegotiation):
    """We speak JSON; a wallet that asks for something else still reads our errors."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser of the request's media type, its parameters aside; None answers 415."""
        media = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON."""
        return renderers[0], renderers[0].media_type


class UnswitchedJsonView(Described, APIView):
    """Answers whether the switch is on or off."""

    renderer_classes = (JSONRenderer,)
    parser_classes: Any = JSON_PARSERS
    content_negotiation_class = _AlwaysJson

    @staticmethod
    def body(request: Request) -> dict[str, Any]:
        """The request's JSON object; an empty body is an empty one."""
        return request.data if isinstance(request.data, dict) else {}

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Any]:
        """Ours, not the host's."""
        return errors.handle


class JsonView(UnswitchedJsonView):
    """
    Answers 404 while the switch is off, before anything else is looked at; ``works_while_off`` names the methods that
    the switch does not stop.
    """

    works_while_off: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The switch comes first."""
        if request.method not in self.works_while_off:
            require_enabled()
        super().initial(request, *args, **kwargs)


class LearnerView(JsonView):
    """
    For the logged-in learner: JWT cookie of the MFEs, or a session. Which front ends of other origins may call is the
    service's to say (CORS_ORIGIN_WHITELIST).
    """

    authentication_classes = (JwtAuthentication, SessionAuthentication)
    permission_classes = (IsAuthenticated,)
    throttle_classes: Any = (UserThrottle,)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Any:
        """A front end that may call may also read these headers, which browsers otherwise keep to themselves."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Access-Control-Expose-Headers"] = "Content-Disposition, Retry-After"
        return answer

    @property
    def caller(self) -> dict[str, Any]:
        """Who asks, on which site: the arguments of the API's functions."""
        return {"user_id": self.request.user.pk, "site_id": site_id_of(self.request)}


class WalletView(JsonView):
    """For wallets: nobody is logged in, cookies mean nothing."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = JSON_LD_PARSERS
    throttle_classes: Any = (AddressThrottle,)
