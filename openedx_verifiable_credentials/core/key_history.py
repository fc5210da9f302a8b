"""
Which keys an issuer has had, and whether one was good at a moment. did:web keeps no history and did:key has none to
keep, so every issuer of ours publishes it beside its Profile.

The answer is as good as the moment: the date inside a proof was written by whoever held the key. Ask with a time that
they could not choose (our ledger's, a block's); without one, a key that is compromised now is not to be believed at
all.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

# A credential that was under way when its key was retired still carries that key.
RETIREMENT_GRACE = datetime.timedelta(minutes=5)


class KeyState(enum.StrEnum):
    """``UNKNOWN``: not a key of this issuer, or not yet."""

    GOOD = "good"
    RETIRED = "retired"
    COMPROMISED = "compromised"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class KeyRecord:
    """One key: from when to when it signed, and since when nothing it signed is to be believed."""

    public_key_multibase: str
    created: datetime.datetime
    retired_at: datetime.datetime | None = None
    compromised_since: datetime.datetime | None = None


def state_at(records: Iterable[KeyRecord], public_key_multibase: str, at: datetime.datetime) -> KeyState:
    """
    What the key was at ``at``. Dates of proofs have no fractions of seconds: a key is good from the second in which it
    was made.
    """
    # The key may have been taken in twice; the worst that is said of it holds.
    states = {_state(record, at) for record in records if record.public_key_multibase == public_key_multibase}
    for state in (KeyState.COMPROMISED, KeyState.GOOD, KeyState.RETIRED):
        if state in states:
            return state
    return KeyState.UNKNOWN


def _state(record: KeyRecord, at: datetime.datetime) -> KeyState:
    if record.compromised_since is not None and at >= record.compromised_since.replace(microsecond=0):
        return KeyState.COMPROMISED
    if at < record.created.replace(microsecond=0):
        return KeyState.UNKNOWN
    if record.retired_at is not None and at > record.retired_at + RETIREMENT_GRACE:
        return KeyState.RETIRED
    return KeyState.GOOD


def compose(did: str, records: Sequence[KeyRecord]) -> JsonObject:
    """The public document: public halves and dates, newest first as given."""
    return {"issuer": did, "keys": [_entry(did, record) for record in records]}


def read(document: JsonObject, did: str) -> list[KeyRecord]:
    """The records of a document that somebody published. Raises ValueError."""
    try:
        entries = document["keys"]
        if document["issuer"] != did or not isinstance(entries, list):
            raise ValueError
        return [_record(entry) for entry in entries]
    except (AttributeError, KeyError, TypeError, ValueError, VerifiableCredentialsError) as error:
        raise ValueError("This is no key history of that issuer.") from error


def _entry(did: str, record: KeyRecord) -> JsonObject:
    entry: JsonObject = {
        "id": f"{did}#{record.public_key_multibase}",
        "algorithm": dids.algorithm_of(record.public_key_multibase),
        "publicKeyMultibase": record.public_key_multibase,
        "created": timestamp(record.created),
    }
    if record.retired_at is not None:
        entry["retired"] = timestamp(record.retired_at)
    if record.compromised_since is not None:
        entry["compromisedSince"] = timestamp(record.compromised_since)
    return entry


def _record(entry: dict[str, Any]) -> KeyRecord:
    dids.read_public_key(entry["publicKeyMultibase"])
    return KeyRecord(
        public_key_multibase=entry["publicKeyMultibase"],
        created=_moment(entry["created"]),
        retired_at=_moment(entry["retired"]) if "retired" in entry else None,
        compromised_since=_moment(entry["compromisedSince"]) if "compromisedSince" in entry else None,
    )


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment
