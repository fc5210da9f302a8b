"""Proofs: their members, their values, sets and chains of them."""

from __future__ import annotations

import base64
import copy
import datetime
from collections.abc import Iterator

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests.interop.parity import making as c
from tests.interop.parity.making import Case

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def proofs() -> Iterator[Case]:
    document = c.unsigned(c.KEY, OBV3_VC2)
    at_hand = c.published(c.KEY, OBV3_VC2)
    suite = v.EDDSA_RDFC_2022
    for what, members in {
        "plain": {},
        "other purpose": {"proofPurpose": "authentication"},
        "unknown purpose": {"proofPurpose": "capabilityDelegation"},
        "no created": {"created": None},
        "created later": {"created": "2026-06-02T00:00:00Z"},
        "created nonsense": {"created": "yesterday"},
        "expires": {"expires": "2027-01-01T00:00:00Z"},
        "expired": {"expires": "2026-05-01T00:00:00Z"},
        "challenge and domain": {"challenge": "abc", "domain": "example.org"},
        "domains": {"domain": ["example.org", "example.net"]},
        "nonce": {"nonce": "xyz"},
        "an id": {"id": "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c5"},
        "other method": {"verificationMethod": c.THIEF.method.id},
        "method of the web": {"verificationMethod": c.WEB.method.id},
        "method without fragment": {"verificationMethod": c.KEY.method.controller},
        "method with another fragment": {"verificationMethod": f"{c.KEY.method.controller}#1"},
        "method of did:example": {"verificationMethod": "did:example:1#1"},
        "method of https": {"verificationMethod": f"https://example.org/issuer#{c.KEY.method.public_key_multibase}"},
        "previous that is not there": {"previousProof": "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c5"},
    }.items():
        for each in (suite, v.EDDSA_JCS_2022):
            if what == "previous that is not there" and each == suite:
                continue
            proof = c.prove(document, c.KEY, each, **members)
            yield Case(f"proof {each} {what}", c.dumps({**document, "proof": [proof]}), at_hand)
    proof = c.prove(document, c.KEY, suite)
    jcs = c.prove(document, c.KEY, v.EDDSA_JCS_2022)
    other = c.prove(document, c.THIEF, suite)
    unknown = {**proof, "cryptosuite": "bbs-2023"}
    first = c.prove(document, c.KEY, suite, id="urn:uuid:00000000-0000-4000-8000-000000000001")
    chained = c.prove(
        document,
        c.KEY,
        suite,
        id="urn:uuid:00000000-0000-4000-8000-000000000002",
        previous=[first],
        previousProof=first["id"],
    )
    jcs_chained = c.prove(document, c.KEY, v.EDDSA_JCS_2022, previous=[first], previousProof=[first["id"]])
    bad = {**proof, "proofValue": jcs["proofValue"]}
    with_contexts = c.prove(document, c.KEY, v.EDDSA_JCS_2022, **{"@context": document["@context"]})
    for what, value in {
        "object": proof,
        "set": [proof, jcs],
        "set of two signers": [proof, other],
        "other signer alone": other,
        "good and bad": [proof, bad],
        "set with a key that is not at hand": [proof, c.prove(document, c.WEB, suite)],
        "unknown alone": unknown,
        "unknown by the issuer, known by another": [unknown, other],
        "unknown and good": [unknown, proof],
        "chain": [first, chained],
        "chain backwards": [chained, first],
        "chain with its first missing": [chained],
        "chain with a changed first": [{**first, "created": "2026-03-03T08:00:00Z"}, chained],
        "chain of two suites": [first, jcs_chained],
        "chain to itself": [{**chained, "previousProof": chained["id"]}],
        "nine": [proof] * 9,
        "eight": [proof] * 8,
        "empty": [],
        "null": None,
        "text": "z",
        "nested": [[proof]],
        "contexts repeated": {**proof, "@context": document["@context"]},
        "contexts repeated, jcs": with_contexts,
        "other contexts": {**proof, "@context": document["@context"][:1]},
        "2020 type": {**proof, "type": v.ED25519_SIGNATURE_2020},
        "no cryptosuite": {name: value for name, value in proof.items() if name != "cryptosuite"},
        "merkle": {**proof, "cryptosuite": "merkle-proof-2019"},
        "bare merkle": {
            "type": "MerkleProof2019",
            "created": proof["created"],
            "proofPurpose": "assertionMethod",
            "verificationMethod": proof["verificationMethod"],
            "proofValue": "z2",
        },
        "cryptosuite of P-256": {**proof, "cryptosuite": "ecdsa-rdfc-2019"},
        "numbers": {**proof, "verificationMethod": 7},
        "type array": {**proof, "type": [proof["type"]]},
        "id array": [{**first, "id": [first["id"]]}],
    }.items():
        yield Case(f"proof as {what}", c.dumps({**document, "proof": value}), at_hand)
    for name, value in {
        "without z": proof["proofValue"][1:],
        "in base64url": "u" + base64.urlsafe_b64encode(b"x" * 64).rstrip(b"=").decode(),
        "with a zero": proof["proofValue"].replace(proof["proofValue"][5], "0"),
        "short": proof["proofValue"][:-4],
        "long": proof["proofValue"] + "1111",
        "leading": "z1" + proof["proofValue"][1:],
        "empty": "",
        "z alone": "z",
        "null": None,
        "number": 5,
    }.items():
        yield Case(f"proof value {name}", c.dumps({**document, "proof": [{**proof, "proofValue": value}]}), at_hand)
    for path, value in list(c.walk(proof)):
        if isinstance(value, str) and path:
            for changed in (value + "x", value[:-1], "", value.swapcase()):
                tampered = c.replaced(proof, path, changed)
                yield Case(f"proof {path} {changed}", c.dumps({**document, "proof": tampered}), at_hand)
            yield Case(f"proof without {path}", c.dumps({**document, "proof": c.replaced(proof, path, None)}), at_hand)
    p256 = c.credential(c.P256, OBV3_VC2)
    flipped = copy.deepcopy(p256)
    flipped["proof"][0]["proofValue"] = p256["proof"][0]["proofValue"][:-3] + "zzz"
    yield Case("P-256 changed", c.dumps(flipped), c.published(c.P256, OBV3_VC2))
