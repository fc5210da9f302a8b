"""
The one-time challenge of an offer: HMAC-SHA-256(offer key, offer uuid ‖ created). Never stored, so the same link and QR
can be shown again, and nobody without the key can make the challenge of an offer whose uuid they know.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
from uuid import UUID

from openedx_verifiable_credentials.data import Secret

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def challenge_for(offer_key: Secret, offer_uuid: UUID, created: datetime.datetime) -> str:
    """43 characters of base64url. ``created`` counts to the microsecond."""
    moment = (created - _EPOCH) // _MICROSECOND
    digest = hmac.digest(offer_key.reveal(), offer_uuid.bytes + moment.to_bytes(8, "big"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
