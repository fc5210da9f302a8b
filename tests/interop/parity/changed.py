"""Good documents with one thing changed after they were signed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests import awards
from tests.interop.parity import making as c
from tests.interop.parity.making import Case
from tests.interop.parity.making import JsonObject

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def tampered() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        document = c.credential(c.KEY, profile)
        yield from _tampered(f"tampered {name}", document, c.published(c.KEY, profile))


def tampered_content() -> Iterator[Case]:
    """What only policies let a credential say."""
    document = c.credential(c.KEY, OBV3_VC2, awards.program_award(), awards.EVERYTHING)
    said = ("evidence", "alignment", "tag", "creditsAvailable", "fieldOfStudy", "validUntil", "salt")
    said += ("activityStartDate", "activityEndDate")
    yield from _tampered("content", document, c.published(c.KEY, OBV3_VC2), frozenset(said))


def _tampered(
    about: str, document: JsonObject, at_hand: dict[str, bytes], members: frozenset[str] = frozenset()
) -> Iterator[Case]:
    """Each thing in ``document`` changed in every way; only what is in ``members``, where they are named."""
    for path, value in list(c.walk(document)):
        if not path or (members and members.isdisjoint(path)):
            continue
        label = f"{about} {'/'.join(map(str, path))}"
        yield Case(f"{label} gone", c.dumps(c.replaced(document, path, None)), at_hand)
        for what, changed in _changes(value, document).items():
            changed_to = None if changed == [None] and what == "null" else changed
            yield Case(f"{label} {what}", c.dumps(c.set_at(document, path, changed_to)), at_hand)


def _changes(value: Any, document: JsonObject) -> dict[str, Any]:
    changes: dict[str, Any] = {"null": [None]}
    if isinstance(value, str):
        changes |= {"longer": value + "x", "empty": "", "blank": "_:b0", "space": value + " ", "keyword": "@x"}
        changes |= {"relative": "abc", "array": [value], "doubled": [value, value], "number": 5}
    elif isinstance(value, bool | int | float):
        changes |= {"text": str(value), "other": not value}
    elif isinstance(value, dict):
        changes |= {"extra": {**value, "gpa": "4.0"}, "nothing": {**value, "description": None}}
        changes |= {"keyword": {**value, "@foo": "x"}, "empty array": {**value, "tag": []}, "object": {}}
        changes |= {"new id": {**value, "id": "urn:uuid:0"}, "blank id": {**value, "id": "_:b1"}}
        changes |= {"iri": {**value, "https://example.org/x": "y"}, "proto": {**value, "__proto__": "y"}}
        changes |= {
            "arrayed": [value],
            "type": {**value, "type": ["Gold"]},
            "text": "x",
            "vocab": {**value, "_:x": 1},
        }
        changes |= {"context": {**value, "@context": document["@context"]}}
        changes |= {
            "list": {**value, "tag": {"@list": ["x"]}},
            "value": {**value, "tag": {"@value": "x", "x": 1}},
        }
    elif isinstance(value, list):
        changes |= {"reversed": value[::-1], "doubled": value + value, "nested": [value], "emptied": []}
        changes |= {"with null": [*value, None]}
    return changes


def contexts() -> Iterator[Case]:
    known = [v.CREDENTIALS_V1, v.CREDENTIALS_V2, v.OPEN_BADGES_V3, v.ED25519_2020_V1, v.DATA_INTEGRITY_V2, v.STATUS_V1]
    known += [v.STATUS_LIST_2021_V1, v.DID_V1, v.MULTIKEY_V1, "https://example.org/context", "", "http://[", "abc"]
    for name, profile in PROFILES.items():
        document = c.credential(c.KEY, profile)
        urls = document["@context"]
        at_hand = c.published(c.KEY, profile)
        lists: dict[str, Any] = {
            "reversed": urls[::-1],
            "text": urls[0],
            "object": {},
            "null": None,
            "empty": [],
            "number": 7,
        }
        for number in range(len(urls)):
            lists[f"without {number}"] = urls[:number] + urls[number + 1 :]
            lists[f"twice {number}"] = [*urls, urls[number]]
        for url in known:
            for place in range(len(urls) + 1):
                lists[f"{url} at {place}"] = [*urls[:place], url, *urls[place:]]
        for what, inline in {
            "vocab": {"@vocab": "urn:x:"},
            "term": {"gpa": "urn:gpa"},
            "empty": {},
            "null": None,
        }.items():
            lists[f"inline {what}"] = [*urls, inline]
            lists[f"inline {what} alone"] = inline
        for what, value in lists.items():
            yield Case(f"contexts {name} {what}", c.dumps({**document, "@context": value}), at_hand)
        without = {key: value for key, value in document.items() if key != "@context"}
        yield Case(f"contexts {name} none", c.dumps(without), at_hand)
