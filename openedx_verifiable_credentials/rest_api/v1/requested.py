"""What requests say, read and refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from openedx_verifiable_credentials.api.paging import read_number
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.exceptions import OfferError


def page(request: Request) -> int:
    """``?page=``, the first by default. Raises OfferError ``invalid_request``."""
    return read_number(request.query_params.get("page", "1"))


def waits_for_anchor(request: Request) -> bool:
    """``?wait_for_anchor=``, ``true`` or ``false``, which is the default. Raises OfferError ``invalid_request``."""
    value = request.query_params.get("wait_for_anchor", "false")
    if value not in ("true", "false"):
        raise OfferError("invalid_request", "The wait_for_anchor must be true or false.", field="wait_for_anchor")
    return bool(value == "true")


def certificates(data: dict[str, Any]) -> list[UUID]:
    """
    ``credential_uuid`` (one) or ``credential_uuids`` (several). Raises OfferError ``invalid_request``.
    """
    several = data.get("credential_uuids")
    values = several if several is not None else [data.get("credential_uuid")]
    if not isinstance(values, list) or ("credential_uuid" in data and several is not None):
        raise OfferError(
            "invalid_request", "Send either credential_uuid or a list credential_uuids.", field="credential_uuid"
        )
    try:
        return [UUID(value) for value in values]
    except (TypeError, ValueError, AttributeError):
        raise OfferError(
            "invalid_request", "A credential_uuid is missing or not a UUID.", field="credential_uuid"
        ) from None


def wallet(data: dict[str, Any]) -> str:
    """``storage_id``. Raises OfferError ``invalid_request``."""
    wallet_id = data.get("storage_id")
    if not isinstance(wallet_id, str) or not wallet_id:
        raise OfferError("invalid_request", "The storage_id is missing.", field="storage_id")
    return wallet_id


def left_out(data: dict[str, Any]) -> list[str]:
    """``leave_out``: claims that the learner leaves out. Raises OfferError ``invalid_request``."""
    names = data.get("leave_out", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name in CLAIMS for name in names):
        known = ", ".join(CLAIMS)
        raise OfferError("invalid_request", f"The leave_out must be a list of some of: {known}.", field="leave_out")
    return names
