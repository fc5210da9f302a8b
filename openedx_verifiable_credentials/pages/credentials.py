"""
The public page of one credential: what anyone may know by its id. The same for everyone: nobody is logged in here, no
cookie is read or set.
"""

from __future__ import annotations

import logging
from typing import Any
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from openedx_verifiable_credentials.api.http_status import status_of
from openedx_verifiable_credentials.api.public_credentials import find_public_credential
from openedx_verifiable_credentials.api.strangers import forget_who_asks
from openedx_verifiable_credentials.api.throttles import AddressThrottle
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.pages.answers import PROBLEM
from openedx_verifiable_credentials.pages.answers import page

logger = logging.getLogger(__name__)

_TEMPLATE = "openedx_verifiable_credentials/credential.html"


@require_safe
def credential(request: HttpRequest, credential_uuid: UUID) -> HttpResponse:
    """``GET credentials/<uuid>/``: its issuer and its status."""
    forget_who_asks(request)
    response = _throttled(request) or _shown(credential_uuid)
    response["X-Robots-Tag"] = "noindex"
    # A revocation shows at once.
    response["Cache-Control"] = "no-cache"
    return response


def _shown(credential_uuid: UUID) -> HttpResponse:
    found = find_public_credential(credential_uuid)
    return page(_TEMPLATE, {"credential": found}, 200 if found else 404)


def _throttled(request: HttpRequest) -> HttpResponse | None:
    try:
        throttle = AddressThrottle()
        if throttle.allow_request(cast(Any, request), cast(Any, None)):
            return None
    except ConfigurationError as wrong:
        # Check E006 says so too; whether a credential counts goes on being told.
        logger.error("Requests are not counted: %s", wrong)
        return None
    refused = OfferError("too_many_requests", "Too many requests; wait a little and try again.")
    return page(PROBLEM, {"error": refused}, status_of(refused), wait=throttle.wait())
