"""
When an issuer's anchoring keys count: the ``publicKey`` entries of its profile (Blockcerts v3; the DID document names
the profile as a service).

The block says when an anchor was made, and nobody can choose that afterwards. So a key that ended later than the block
made a good anchor, which stays good: unlike with a signature, whose date is as good as its key.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

MAX_BYTES = 64 * 1024
_MAX_KEYS = 200
_KIND = "ecdsa-koblitz-pubkey:"
_ENDS = ("expires", "revoked")
_EARLIEST = datetime.datetime.min.replace(tzinfo=datetime.UTC)


@dataclasses.dataclass(frozen=True)
class KeyPeriod:
    """``address``: of the key's account, lower case; it counts from ``created`` until ``ends``; None: no end."""

    address: str
    created: datetime.datetime
    ends: datetime.datetime | None


def read(raw: bytes) -> tuple[KeyPeriod, ...] | None:
    """
    The keys in the profile ``raw``; None where it is no JSON object, or has too many. A key without a date of creation
    is not listed; one whose end cannot be read never counted.
    """
    try:
        profile = json_text.read_object(raw, max_bytes=MAX_BYTES)
    except VerifiableCredentialsError:
        return None
    entries = profile.get("publicKey", [])
    entries = entries if isinstance(entries, list) else [entries]
    if len(entries) > _MAX_KEYS:
        return None
    return tuple(period for entry in entries if (period := _period(entry)) is not None)


def counts(periods: Sequence[KeyPeriod], address: str, at: datetime.datetime) -> bool:
    """Whether ``address`` was the issuer's at the moment ``at``."""
    return any(
        period.address == address and period.created <= at and (period.ends is None or at < period.ends)
        for period in periods
    )


def _period(entry: Any) -> KeyPeriod | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return None
    created = read_moment(entry.get("created"), without_zone=True)
    if created is None:
        return None
    ends = [read_moment(entry[name], without_zone=True) or _EARLIEST for name in _ENDS if entry.get(name) is not None]
    return KeyPeriod(entry["id"].removeprefix(_KIND).lower(), created, min(ends, default=None))
