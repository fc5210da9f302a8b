"""
What pages for anyone share: nobody is logged in there, no cookie is read or set, search engines stay away, and whoever
asks too often waits.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from openedx_verifiable_credentials.api.http_status import status_of
from openedx_verifiable_credentials.api.strangers import forget_who_asks
from openedx_verifiable_credentials.api.throttles import seconds_to_wait
from openedx_verifiable_credentials.api.variables import forget_variables
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.pages import problems
from openedx_verifiable_credentials.pages.answers import PROBLEM
from openedx_verifiable_credentials.pages.answers import page

logger = logging.getLogger(__name__)

_View = Callable[..., HttpResponse]
_RETRY_SECONDS = 30


def public(view: _View) -> _View:
    """``view`` answers GET and HEAD, and may raise errors of ours, which become a page with a sentence."""

    @require_safe
    @functools.wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        forget_who_asks(request)
        response = _answer(view, request, kwargs)
        response["X-Robots-Tag"] = "noindex"
        # The address of a shared credential is for whom its holder gave it to.
        response["Referrer-Policy"] = "no-referrer"
        # A revocation shows at once.
        response["Cache-Control"] = "no-cache"
        return response

    outermost: _View = non_atomic_requests(answer)
    return outermost


def _answer(view: _View, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    wait = seconds_to_wait(request)
    if wait is not None:
        refused = OfferError("too_many_requests", "Too many requests; wait a little and try again.")
        return page(PROBLEM, problems.shown(refused), status_of(refused), wait=wait)
    try:
        return view(request, **kwargs)
    except VerifiableCredentialsError as error:
        return page(PROBLEM, problems.shown(error), status_of(error))
    except DatabaseError as error:
        logger.error("A public page cannot be made: %s", type(error).__name__)
        gone = TransientError("database_unavailable", "The document cannot be read just now; try again.")
        return page(PROBLEM, problems.shown(gone), status_of(gone), wait=_RETRY_SECONDS)
    except Exception as error:
        forget_variables(error)
        raise
