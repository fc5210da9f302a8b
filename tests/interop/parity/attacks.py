"""Documents made to be judged differently than they should be, or differently by our two verifiers."""

from __future__ import annotations

import copy
import datetime
import itertools
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.suites import rdf_proof
from tests import weak_keys as points
from tests.interop.parity import making as c
from tests.interop.parity.making import Case
from tests.interop.parity.making import JsonObject

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


def odd() -> Iterator[Case]:
    """At the edge of what can be written."""
    at_hand = c.published(c.KEY, OBV3_VC2)
    for member, moment in {"validUntil": "9999-12-31T23:59:59Z", "validFrom": "0001-01-01T00:00:00Z"}.items():
        yield Case(f"odd {member}", c.dumps(c.sign(_small(**{member: moment}), c.KEY, OBV3_VC2)), at_hand)
    for suite in ([], {}, 0, False, None, {"toString": 1}, ["x"], ""):
        document = {"@context": [v.CREDENTIALS_V2], "type": "VerifiablePresentation", "proofPurpose": v.AUTHENTICATION}
        yield Case(f"odd configuration {suite}", c.dumps({**document, "cryptosuite": suite}))
        unknown = {"type": "X", "verificationMethod": "did:example:1#1", "proofPurpose": "x", "cryptosuite": suite}
        document = c.sign(_small(), c.KEY, OBV3_VC2)
        proofs = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
        yield Case(f"odd suite {suite}", c.dumps({**document, "proof": [*proofs, unknown]}), at_hand)
        by_issuer = {**unknown, "verificationMethod": c.KEY.method.id}
        stolen = c.prove(_small(), c.THIEF, v.EDDSA_RDFC_2022)
        yield Case(f"odd suite of the issuer {suite}", c.dumps({**_small(), "proof": [stolen, by_issuer]}), at_hand)
    for number in (4242.0, -0.0, 0.5, -1, True, 1e9, 1e10, "04242", "4242.0", "1e3", " 1", "\u0661"):
        entry = c.entry(c.KEY, statusListIndex=number, statusSize=1.0)
        document = _small(credentialStatus=entry)
        document["proof"] = c.prove(document, c.KEY, v.EDDSA_JCS_2022)
        yield Case(f"odd index {number!r}", c.dumps(document), c.published(c.KEY, OBV3_VC2, indices=(c.INDEX,)))
    for what, value in {
        "text": [9.7, {"@value": "9.7E0", "@type": "urn:example:kind"}],
        "two that are one": [1.5, {"@value": "1.5E0", "@type": "http://www.w3.org/2001/XMLSchema#double"}],
        "close": [9.7, 9.699999999999999],
    }.items():
        nodes = [{"https://example.org/q": value}, {"https://example.org/q": value, "https://example.org/r": 1}]
        document = c.sign(_small(**{"https://example.org/p": nodes}), c.KEY, OBV3_VC2)
        yield Case(f"odd double {what}", c.dumps(document), at_hand)


def large() -> Iterator[Case]:
    """More than is compared in time, and envelopes, which are not opened."""
    at_hand = c.published(c.KEY, OBV3_VC2)
    for count in (1000, 1001):
        document = c.sign(_small(**{"https://example.org/p": list(range(count))}), c.KEY, OBV3_VC2)
        yield Case(f"array of {count}", c.dumps(document), at_hand)
        members = {f"https://example.org/{number}": 1 for number in range(count)}
        yield Case(f"object of {count}", c.dumps(_small(credentialSubject=members)))
    types = ["VerifiableCredential", *(f"urn:example:{number}" for number in range(1000))]
    yield Case("too many types", c.dumps(_small(type=types)))
    first = c.prove(_small(), c.KEY, v.EDDSA_RDFC_2022, id="urn:uuid:2")
    for count in (2, 8, 9, 18_000):
        second = {**first, "id": "urn:uuid:3", "previousProof": ["urn:uuid:2"] * count}
        yield Case(f"a proof {count} times before", c.dumps({**_small(), "proof": [first, second]}), at_hand)
    for kind in ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"):
        for media_type in ("application/vc+jwt", "application/vc+sd-jwt", ""):
            address = f"data:{media_type},eyJ.e.A"
            envelope = {"@context": [v.CREDENTIALS_V2], "id": address, "type": kind}
            yield Case(f"{kind} {media_type}", c.dumps(envelope))
            document = {"@context": [v.CREDENTIALS_V2], "type": "VerifiablePresentation"}
            yield Case(f"inside {kind} {media_type}", c.dumps({**document, "verifiableCredential": [envelope]}))


def moments() -> Iterator[Case]:
    """What is at hand is as old as whoever brought it says."""
    document = c.credential(c.WEB, OBV3_VC2)
    for since in ("2026-05-01T00:00:00Z", "2027-05-01T00:00:00Z"):
        published = c.did_document()
        for method in published["verificationMethod"]:
            method["revoked"] = since
        at_hand = {**c.published(c.WEB, OBV3_VC2), c.DID_ADDRESS: c.dumps(published)}
        for days in (-60, -14, 0, 400):
            at = c.NOW + datetime.timedelta(days=days)
            yield Case(f"revoked {since} at {days}", c.dumps(document), at_hand, at=at)


def replayed() -> Iterator[Case]:
    """Presentations made for another challenge or domain than is asked."""
    holder = c.THIEF.method.controller
    document = {"@context": [v.CREDENTIALS_V2], "type": "VerifiablePresentation", "holder": holder}
    made_for: tuple[JsonObject, ...] = (
        {},
        {"challenge": "abc"},
        {"challenge": "abc", "domain": "a.example"},
        {"challenge": "abc", "domain": ["b.example", "a.example"]},
        {"challenge": "abc", "proofPurpose": v.ASSERTION_METHOD},
    )
    wanted: tuple[dict[str, str], ...] = (
        {},
        {"challenge": "abc"},
        {"challenge": "ABC"},
        {"challenge": ""},
        {"domain": "a.example"},
        {"domain": "b.example"},
        {"challenge": "abc", "domain": "a.example"},
    )
    for members, expected in itertools.product(made_for, wanted):
        proof = c.prove(document, c.THIEF, v.EDDSA_RDFC_2022, **{"proofPurpose": v.AUTHENTICATION, **members})
        signed = c.dumps({**document, "proof": proof})
        yield Case(f"made for {members}, asked for {expected}", signed, expected=expected)
    for expected in wanted:
        yield Case(f"unsigned, asked for {expected}", c.dumps(document), expected=expected)


def weak_keys() -> Iterator[Case]:
    """Keys and signatures with parts of small order."""
    for number, key in enumerate(points.SMALL_ORDER):
        for first in points.SMALL_ORDER[:8]:
            document, proof = _by(key)
            signed = rdf_proof.with_value(proof, first + bytes(32))
            yield Case(f"key of small order {number} {first.hex()}", c.dumps({**document, "proof": signed}))
    for (in_key, in_signature), secret in itertools.product(((0, 0), (0, 1), (1, 0), (4, 0), (1, 1)), range(5, 9)):
        key = points.public_key(secret, in_key)
        document, proof = _by(key)
        message = rdf_proof.signing_input(document, proof, canonicalize)
        signed = rdf_proof.with_value(proof, points.sign(message, secret, key, in_signature))
        yield Case(f"torsion {in_key} {in_signature} {secret}", c.dumps({**document, "proof": signed}))


def _by(key: bytes) -> tuple[JsonObject, JsonObject]:
    did = dids.key_did(key)
    options = rdf_proof.ProofOptions(f"{did}#{dids.multikey(key)}", "2026-03-02T08:00:00Z")
    proof = {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": v.EDDSA_RDFC_2022, **options.members()}
    return _small(issuer=did), proof


FAMILIES = (rewritten, odd, large, moments, replayed, weak_keys)
