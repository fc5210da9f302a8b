"""
What is checked before the key is used: exact contexts, size, dates, and every member defined by a context.

A signature is for ever; a refusal costs one message.
"""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError

MAX_BYTES = 48 * 1024
_CLOCK_SKEW = datetime.timedelta(minutes=1)


def require_signable(document: JsonObject, profile: CredentialProfile, now: datetime.datetime) -> None:
    """
    Raises CompositionError: ``contexts_differ``, ``too_large``, ``not_yet_valid``, or what canonicalising raises.
    """
    if tuple(document["@context"]) != profile.contexts:
        raise CompositionError("contexts_differ", f"The contexts are not exactly those of {profile.id}.")
    if len(json_text.write(document)) > MAX_BYTES:
        raise CompositionError("too_large", f"The credential would be larger than {MAX_BYTES} bytes.")
    valid_from = datetime.datetime.fromisoformat(document[profile.valid_from])
    if valid_from > now + _CLOCK_SKEW:
        raise CompositionError("not_yet_valid", "The date of the award lies in the future.")
    canonicalize(document)
