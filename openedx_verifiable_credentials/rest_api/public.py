"""
What public documents share over HTTP: for anyone, any origin, switch on or off, and the same for everybody. Nobody is
asked who they are, no cookie is read or set, and whatever happens the answer is JSON that pages of any origin may read.
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
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from openedx_verifiable_credentials.api.http_status import seconds_to_wait
from openedx_verifiable_credentials.api.http_status import status_of
from openedx_verifiable_credentials.api.strangers import forget_who_asks
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

logger = logging.getLogger(__name__)

_View = Callable[..., HttpResponseBase]
_ALLOWED = "GET, HEAD, OPTIONS"
_PREFLIGHT_SECONDS = 86_400
_RETRY_SECONDS = "30"


def public(view: _View) -> _View:
    """``view`` answers GET and HEAD, and may raise our errors and DatabaseError; the rest is done here."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        forget_who_asks(request)
        response = _answer(view, request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    # Its own transaction would be a statement more, and an error of its own where the database is gone.
    outermost: _View = non_atomic_requests(csrf_exempt(answer))
    return outermost


def refuse(error: VerifiableCredentialsError) -> HttpResponse:
    """The answer to an error of ours; nobody keeps it."""
    response = problem(status_of(error), error.code, error.message)
    wait = seconds_to_wait(error.code)
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response


def problem(answer: int, code: str, detail: str, cache: str = "no-store") -> HttpResponse:
    """A status above 399 with its code and sentence; ``cache``: its Cache-Control."""
    body = json_text.write({"code": code, "detail": detail})
    response = HttpResponse(body, status=answer, content_type=v.APPLICATION_JSON)
    response["Cache-Control"] = cache
    if answer == 405:
        response["Allow"] = _ALLOWED
    if answer == 503:
        response["Retry-After"] = _RETRY_SECONDS
    return response


def _answer(view: _View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _preflight()
    if request.method not in ("GET", "HEAD"):
        return problem(405, "method_not_allowed", "This document can only be read.")
    try:
        return view(request, *args, **kwargs)
    except VerifiableCredentialsError as error:
        return refuse(error)
    except DatabaseError as error:
        logger.error("A public document cannot be read: %s", type(error).__name__)
        return refuse(TransientError("database_unavailable", "The document cannot be read just now; try again."))


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    del response["Content-Type"]
    response["Allow"] = _ALLOWED
    response["Access-Control-Allow-Methods"] = _ALLOWED
    response["Access-Control-Allow-Headers"] = "Accept, Cache-Control, Content-Type, If-None-Match"
    response["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    return response
