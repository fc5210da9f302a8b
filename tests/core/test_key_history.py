"""Was this key good at that moment? From the public document alone."""

import datetime
import json

import pytest

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import key_history
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.core.key_history import KeyState

DID = "did:web:credentials.example.org"
KEY, OTHER = (dids.multikey(bytes([n]) * 32) for n in (1, 2))


def at(day, hour=12, minute=0, second=0, microsecond=0):
    return datetime.datetime(2026, 3, day, hour, minute, second, microsecond, tzinfo=datetime.UTC)


MADE, RETIRED, STOLEN = at(5, microsecond=700_000), at(10), at(8)
PLANNED = KeyRecord(KEY, MADE, RETIRED)
COMPROMISED = KeyRecord(KEY, MADE, RETIRED, STOLEN)
IN_USE = KeyRecord(KEY, MADE)


@pytest.mark.parametrize(
    ("record", "moment", "state"),
    [
        (IN_USE, at(4), KeyState.UNKNOWN),
        (IN_USE, at(5, 11, 59, 59), KeyState.UNKNOWN),
        (IN_USE, at(5), KeyState.GOOD),  # dates of proofs have no fractions
        (IN_USE, at(31), KeyState.GOOD),
        (PLANNED, at(9), KeyState.GOOD),
        (PLANNED, at(10), KeyState.GOOD),
        (PLANNED, at(10, 12, 5), KeyState.GOOD),  # was under way
        (PLANNED, at(10, 12, 5, 1), KeyState.RETIRED),
        (COMPROMISED, at(4), KeyState.UNKNOWN),
        (COMPROMISED, at(7), KeyState.GOOD),
        (COMPROMISED, at(7, 23, 59, 59), KeyState.GOOD),
        (COMPROMISED, at(8), KeyState.COMPROMISED),
        (COMPROMISED, at(31), KeyState.COMPROMISED),
        (KeyRecord(KEY, MADE, None, at(1)), at(3), KeyState.COMPROMISED),
        (KeyRecord(KEY, MADE, None, at(1)), at(31), KeyState.COMPROMISED),
    ],
)
def test_what_a_key_was(record, moment, state):
    other = KeyRecord(OTHER, at(1))
    document = json.loads(json.dumps(key_history.compose(DID, [other, record])))
    for records in ([other, record], [record, other], key_history.read(document, DID)):
        assert key_history.state_at(records, KEY, moment) == state


def test_a_key_that_is_not_listed_is_unknown():
    assert key_history.state_at([IN_USE], OTHER, at(20)) == KeyState.UNKNOWN
    assert key_history.state_at([], KEY, at(20)) == KeyState.UNKNOWN


def test_of_a_key_that_is_listed_twice_the_worst_holds():
    for records in ([IN_USE, COMPROMISED], [COMPROMISED, IN_USE]):
        assert key_history.state_at(records, KEY, at(20)) == KeyState.COMPROMISED


def test_the_public_document():
    assert key_history.compose(DID, [COMPROMISED]) == {
        "issuer": DID,
        "keys": [
            {
                "id": f"{DID}#{KEY}",
                "algorithm": "Ed25519",
                "publicKeyMultibase": KEY,
                "created": "2026-03-05T12:00:00Z",
                "retired": "2026-03-10T12:00:00Z",
                "compromisedSince": "2026-03-08T12:00:00Z",
            }
        ],
    }


GOOD = key_history.compose(DID, [IN_USE])
ENTRY = GOOD["keys"][0]


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        {"issuer": DID},
        {**GOOD, "issuer": "did:web:other.example"},
        {**GOOD, "keys": {}},
        {**GOOD, "keys": [None]},
        {**GOOD, "keys": [{}]},
        {**GOOD, "keys": [{**ENTRY, "publicKeyMultibase": "z6Mk"}]},
        {**GOOD, "keys": [{**ENTRY, "publicKeyMultibase": None}]},
        {**GOOD, "keys": [{**ENTRY, "created": "2026-03-05"}]},
        {**GOOD, "keys": [{**ENTRY, "created": None}]},
        {**GOOD, "keys": [{**ENTRY, "compromisedSince": ""}]},
        {**GOOD, "keys": [{**ENTRY, "retired": "yesterday"}]},
    ],
    ids=lambda document: str(document)[:60],
)
def test_what_is_no_history_is_refused(document):
    with pytest.raises(ValueError):
        key_history.read(document, DID)
