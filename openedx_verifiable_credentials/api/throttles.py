"""
How often one may ask: per offer first, per learner, and generously per address, since a lecture hall shares one.

Counts live in the service's cache; where that is each process's own, so are they. They slow a flood down, they guard
nothing: single use and limits are the database's.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any
from typing import cast

from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.exceptions import ConfigurationError

logger = logging.getLogger(__name__)


class _OurThrottle(SimpleRateThrottle):
    def get_rate(self) -> str:
        """From our settings, read at use."""
        assert self.scope is not None
        return app_settings.throttle_rate(self.scope)

    def allow_request(self, request: Request, view: APIView) -> bool:
        """A cache that is down slows nobody: what must hold is the database's to hold."""
        try:
            return super().allow_request(request, view)
        except ConfigurationError:
            raise
        except Exception:
            logger.exception("Requests cannot be counted")
            return True

    def _key(self, ident: str) -> str:
        # Hashed: what comes from a header may be no key for a cache, and an address has no business in one.
        return f"openedx_vc_throttle_{self.scope}_{hashlib.sha256(ident.encode()).hexdigest()}"


class OfferThrottle(_OurThrottle):
    """For one offer, whoever asks."""

    scope = "offer"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """By the offer's uuid."""
        return self._key(str(view.kwargs["offer_uuid"]))


class UserThrottle(_OurThrottle):
    """For one learner's writes; reading is free."""

    scope = "user"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """By the account's number."""
        return None if request.method in SAFE_METHODS else self._key(str(request.user.pk))


class AddressThrottle(_OurThrottle):
    """For one client address."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """By the address, told with the configured number of proxies."""
        return self._key(self.get_ident(request))

    def get_ident(self, request: Request) -> Any:
        """
        The address that the last trusted proxy saw. Without NUM_PROXIES only the connection's own address counts:
        what a client writes into X-Forwarded-For must not give it a fresh allowance.
        """
        proxies = app_settings.num_proxies()
        proxies = api_settings.NUM_PROXIES if proxies is None else proxies
        remote = request.META.get("REMOTE_ADDR", "")
        if not proxies:
            return remote
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        return forwarded[-min(proxies, len(forwarded))] if forwarded else remote


class TokenThrottle(_OurThrottle):
    """For one bearer token."""

    scope = "verify"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """By what the authentication says of the token, which is not the token itself."""
        return self._key(str(request.auth))


def seconds_to_wait(request: HttpRequest) -> float | None:
    """
    How long the address behind a request to a public page has to wait; None where it need not. A limit that cannot be
    read (check E006 says so too) stops nobody from learning whether a credential counts.
    """
    try:
        throttle = AddressThrottle()
        if throttle.allow_request(cast(Any, request), cast(Any, None)):
            return None
    except ConfigurationError as wrong:
        logger.error("Requests are not counted: %s", wrong)
        return None
    return float(throttle.wait() or 1.0)
