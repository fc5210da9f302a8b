"""What the switch stops, and what it does not."""

from __future__ import annotations

from openedx_verifiable_credentials import toggles
from openedx_verifiable_credentials.exceptions import OfferError


def require_enabled() -> None:
    """Before anything new is offered or issued. Raises OfferError ``switched_off``."""
    if not toggles.is_enabled():
        raise OfferError("switched_off", "Verifiable credentials are not available here.")


def is_enabled() -> bool:
    """Whether anything new may be offered or issued."""
    return toggles.is_enabled()
