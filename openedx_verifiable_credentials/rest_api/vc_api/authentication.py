"""Who may use the VC API: whoever has one of its bearer tokens (RFC 6750 §2.1). Cookies mean nothing."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from openedx_verifiable_credentials.api import bearer_tokens


class BearerToken(BaseAuthentication):
    """``request.auth`` is a name for the token, never the token."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, str] | None:
        """Nobody where there is no token; raises AuthenticationFailed where there is another one."""
        scheme, _, token = get_authorization_header(request).strip().partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        holder = bearer_tokens.find_holder(token.strip())
        del token
        if holder is None:
            raise AuthenticationFailed("The bearer token is not known here.", code="unknown_token")
        return AnonymousUser(), holder

    def authenticate_header(self, request: Request) -> str:
        """So that a refusal is a 401 that says what is missing."""
        return 'Bearer realm="VC API"'


class HasToken(BasePermission):
    """Whether a token was shown."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """By the authentication above. Whoever reads the service's API documentation is shown that there is this."""
        is_being_described = getattr(view, "swagger_fake_view", False)
        return request.auth is not None or (is_being_described and bearer_tokens.are_any())
