"""What the switch stops, and what it does not."""

from __future__ import annotations

from openedx_verifiable_credentials import toggles
from openedx_verifiable_credentials.exceptions import OfferError


def require_enabled() -> None:
    """Before anything new is offered or issued. Raises OfferError ``switched_off``."""
    if not toggles.is_enabled():
        raise OfferError("switched_off", "Verifiable credentials are not available here.")


def require_enabled_now() -> None:
    """The same for workers, which go on from one look to the next. Raises OfferError ``switched_off``."""
    if not toggles.is_enabled_now():
        raise OfferError("switched_off", "Verifiable credentials are not available here.")


def is_enabled_now() -> bool:
    """Whether anything new may be issued, for workers."""
    return toggles.is_enabled_now()


def is_enabled() -> bool:
    """Whether anything new may be offered or issued."""
    return toggles.is_enabled()
