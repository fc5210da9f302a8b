"""The one place where errors become responses: ``{"code": …, "detail": …}``, JSON whatever was asked for."""

from __future__ import annotations

import logging
from typing import Any

from rest_framework import exceptions as drf
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from openedx_verifiable_credentials import exceptions as ours

logger = logging.getLogger(__name__)

_RETRY_SECONDS = "5"
_BY_CODE = {
    "switched_off": status.HTTP_404_NOT_FOUND,
    "unknown_certificate": status.HTTP_404_NOT_FOUND,
    "unknown_offer": status.HTTP_404_NOT_FOUND,
    "unknown_wallet": status.HTTP_404_NOT_FOUND,
    "offer_expired": status.HTTP_410_GONE,
    "credential_ended": status.HTTP_410_GONE,
    "taken_by_another_holder": status.HTTP_409_CONFLICT,
    "too_many_credentials": status.HTTP_409_CONFLICT,
    "invalid_request": status.HTTP_400_BAD_REQUEST,
    "no_certificate": status.HTTP_400_BAD_REQUEST,
    "too_many_certificates": status.HTTP_400_BAD_REQUEST,
    "too_large": status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    "missing_proof": status.HTTP_403_FORBIDDEN,
    "invalid_proof_value": status.HTTP_403_FORBIDDEN,
    "invalid_signature": status.HTTP_403_FORBIDDEN,
    "wrong_purpose": status.HTTP_403_FORBIDDEN,
    "wrong_challenge": status.HTTP_403_FORBIDDEN,
    "wrong_domain": status.HTTP_403_FORBIDDEN,
    "holder_mismatch": status.HTTP_403_FORBIDDEN,
}
_BY_CLASS = (
    (ours.AwardError, status.HTTP_409_CONFLICT),
    (ours.CompositionError, status.HTTP_409_CONFLICT),
    (ours.OfferError, status.HTTP_409_CONFLICT),
    (ours.PresentationError, status.HTTP_400_BAD_REQUEST),
    (ours.SigningError, status.HTTP_503_SERVICE_UNAVAILABLE),
    (ours.TransientError, status.HTTP_503_SERVICE_UNAVAILABLE),
)


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
    logger.error("Unexpected error in %s", type(context.get("view")).__name__, exc_info=error)
    body = {"code": "internal_error", "detail": "Something went wrong on our side; try again later."}
    return Response(body, status=status.HTTP_500_INTERNAL_SERVER_ERROR)


def _ours(error: ours.VerifiableCredentialsError) -> Response:
    default = next((answer for kind, answer in _BY_CLASS if isinstance(error, kind)), status.HTTP_400_BAD_REQUEST)
    answer = _BY_CODE.get(error.code, default)
    if answer >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        logger.error("%s: %s", type(error).__name__, error)
    body = {"code": error.code, "detail": error.message}
    if error.field:
        # What clients of the service's earlier API look under.
        body[error.field] = error.message
    response = Response(body, status=answer)
    if answer == status.HTTP_503_SERVICE_UNAVAILABLE:
        response["Retry-After"] = _RETRY_SECONDS
    return response


def _sentence(error: Exception, detail: Any) -> str:
    if isinstance(error, drf.Throttled):
        return "Too many requests; wait a little and try again."
    return str(detail) if isinstance(detail, str) else "The request was refused."
