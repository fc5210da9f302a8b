"""Which HTTP status an error of ours is, for programs and for pages alike."""

from __future__ import annotations

from http import HTTPStatus

from openedx_verifiable_credentials import exceptions as ours

# Batches wait for others; what is sent is in a block within seconds, and is looked for when the command runs.
ANCHOR_WAIT_SECONDS = 60
_BY_CODE = {
    "switched_off": HTTPStatus.NOT_FOUND,
    "issuing_off": HTTPStatus.FORBIDDEN,
    "wallet_not_offered": HTTPStatus.FORBIDDEN,
    "not_anchored": HTTPStatus.NOT_FOUND,
    "unknown_certificate": HTTPStatus.NOT_FOUND,
    "unknown_credential": HTTPStatus.NOT_FOUND,
    "unknown_list": HTTPStatus.NOT_FOUND,
    "unknown_offer": HTTPStatus.NOT_FOUND,
    "unknown_wallet": HTTPStatus.NOT_FOUND,
    "offer_expired": HTTPStatus.GONE,
    "credential_ended": HTTPStatus.GONE,
    "withheld": HTTPStatus.GONE,
    "anchor_pending": HTTPStatus.CONFLICT,
    "taken_by_another_holder": HTTPStatus.CONFLICT,
    "too_many_credentials": HTTPStatus.CONFLICT,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "invalid_request": HTTPStatus.BAD_REQUEST,
    "no_certificate": HTTPStatus.BAD_REQUEST,
    "too_many_certificates": HTTPStatus.BAD_REQUEST,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "picture_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "picture_corrupted": HTTPStatus.SERVICE_UNAVAILABLE,
    "missing_proof": HTTPStatus.FORBIDDEN,
    "invalid_proof_value": HTTPStatus.FORBIDDEN,
    "invalid_signature": HTTPStatus.FORBIDDEN,
    "wrong_purpose": HTTPStatus.FORBIDDEN,
    "wrong_challenge": HTTPStatus.FORBIDDEN,
    "wrong_domain": HTTPStatus.FORBIDDEN,
    "holder_mismatch": HTTPStatus.FORBIDDEN,
}
_BY_CLASS = (
    (ours.AwardError, HTTPStatus.CONFLICT),
    (ours.CompositionError, HTTPStatus.CONFLICT),
    (ours.OfferError, HTTPStatus.CONFLICT),
    (ours.PresentationError, HTTPStatus.BAD_REQUEST),
    (ours.SigningError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ours.StatusListError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ours.TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
)

# Seconds after which it may be otherwise, of refusals that say so whatever they are answered by.
_WAITS = {"anchor_pending": ANCHOR_WAIT_SECONDS}


def seconds_to_wait(code: str) -> int | None:
    """After how long the same may be asked again; None where the code does not say."""
    return _WAITS.get(code)


def status_of(error: ours.VerifiableCredentialsError) -> int:
    """By code where one is listed, else by class."""
    by_class = (answer for kind, answer in _BY_CLASS if isinstance(error, kind))
    return int(_BY_CODE.get(error.code) or next(by_class, HTTPStatus.BAD_REQUEST))
