"""The one place where errors become responses: ``{"code": …, "detail": …}``, JSON whatever was asked for."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework import exceptions as drf
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from openedx_verifiable_credentials import exceptions as ours
from openedx_verifiable_credentials.api.http_status import seconds_to_wait
from openedx_verifiable_credentials.api.http_status import status_of
from openedx_verifiable_credentials.api.variables import forget_variables

logger = logging.getLogger(__name__)

_RETRY_SECONDS = "5"


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """The REST framework's exception handler of our views."""
    if isinstance(error, ours.VerifiableCredentialsError):
        return _ours(error)
    response = exception_handler(error, context)
    if response is not None:
        detail = getattr(error, "detail", None)
        code = getattr(detail, "code", None) or getattr(error, "default_code", "refused")
        response.data = {"code": str(code), "detail": _sentence(error, detail)}
        return response
    forget_variables(error)
    logger.error("Unexpected error in %s", type(context.get("view")).__name__, exc_info=error)
    body = {"code": "internal_error", "detail": "Something went wrong on our side; try again later."}
    return Response(body, status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def _ours(error: ours.VerifiableCredentialsError) -> Response:
    answer = status_of(error)
    if answer >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        logger.error("%s: %s", type(error).__name__, error)
    body = {"code": error.code, "detail": error.message}
    if error.field:
        # What clients of the service's earlier API look under.
        body[error.field] = error.message
    response = Response(body, status=answer)
    wait = seconds_to_wait(error.code)
    if answer == status.HTTP_503_SERVICE_UNAVAILABLE:
        response["Retry-After"] = _RETRY_SECONDS
    elif wait is not None:
        response["Retry-After"] = str(wait)
    return response


def _sentence(error: Exception, detail: Any) -> str:
    if isinstance(error, drf.Throttled):
        return "Too many requests; wait a little and try again."
    return str(detail) if isinstance(detail, str) else "The request was refused."
