"""The bearer tokens of the VC API."""

from __future__ import annotations

import hashlib
import hmac

from openedx_verifiable_credentials import app_settings


def are_any() -> bool:
    """Whether there is a token that would be accepted. Raises ConfigurationError."""
    return bool(app_settings.vc_api_tokens())


def find_holder(token: bytes) -> str | None:
    """
    A name for whoever has ``token``, made of its hash; None where no such token is known.

    Hashes are compared, all of them and each in constant time: how long that takes tells nothing of any token.
    """
    asked = hashlib.sha256(token).digest()
    found = [hmac.compare_digest(asked, known) for known in app_settings.vc_api_tokens()]
    return asked.hex() if any(found) else None
