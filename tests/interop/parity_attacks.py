"""Documents made to be judged differently than they should be, or differently by our two verifiers."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests.interop import corpus as c
from tests.interop.corpus import Case
from tests.interop.corpus import JsonObject

_VC = "https://www.w3.org/2018/credentials#"
_DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"


def _small(**members: Any) -> JsonObject:
    return {
        "@context": [v.CREDENTIALS_V2],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential"],
        "issuer": c.KEY.method.controller,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:uuid:1", "type": "VerifiableCredential"},
        **members,
    }


def _renamed(document: JsonObject, old: str, new: str, value: Any = None) -> JsonObject:
    return {
        new if name == old else name: member if name != old or value is None else value
        for name, member in document.items()
    }


def rewritten() -> Iterator[Case]:
    """Other JSON of the same RDF, so that the signature stays good."""
    for name, profile in {"vc1": OBV3_VC1, "vc2": OBV3_VC2}.items():
        at_hand = c.published(c.KEY, profile, indices=(c.INDEX,))
        document = c.credential(c.KEY, profile)
        yield Case(f"rewritten {name} not", c.dumps(document), at_hand)
        for what in (f"{_VC}credentialStatus", "cred:credentialStatus"):
            yield Case(f"rewritten {name} {what}", c.dumps(_renamed(document, "credentialStatus", what)), at_hand)
    document = c.sign(_small(validUntil="2026-02-01T00:00:00Z", credentialStatus=c.entry(c.KEY)), c.KEY, OBV3_VC2)
    at_hand = c.published(c.KEY, OBV3_VC2)
    typed = {"@value": document["validUntil"], "@type": _DATE_TIME}
    yield Case("rewritten end", c.dumps(_renamed(document, "validUntil", f"{_VC}validUntil", typed)), at_hand)
    for member in ("validUntil", "validFrom", "credentialStatus"):
        moved = copy.deepcopy(document)
        moved["credentialSubject"][member] = moved.pop(member)
        yield Case(f"rewritten moved {member}", c.dumps(moved), at_hand)
    other = c.sign(_small(**{"https://schema.org/award": "x"}), c.KEY, OBV3_VC2)
    yield Case("rewritten other vocabulary", c.dumps(other), at_hand)


FAMILIES = (rewritten,)
