"""Fifty valid credentials: ours, DIDKit's and Digital Bazaar's; and what their issuers publish."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.adapters.local_keys import LocalP256Signer
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import VerificationMethod
from tests import signed
from tests.interop import judges
from tests.interop.test_verifiers import nasty_cases
from tests.interop.test_verifiers import release
from tests.interop.test_verifiers import release_lists

COUNT = 50
_RELEASED = 10
_DIDKIT_KEY = signed.signer(21)
_P256 = LocalP256Signer("did:web:p256.example.org", Secret(bytes(31) + b"\x07"))


@dataclasses.dataclass(frozen=True)
class Corpus:
    """
    ``credentials`` by name. ``documents``: DID documents by their DID. ``lists``: status lists by their address.
    ``didkit``: the names of those that DIDKit can judge (VC 1.1, did:key).
    """

    credentials: dict[str, dict[str, Any]]
    documents: dict[str, dict[str, Any]]
    lists: dict[str, dict[str, Any]]

    @property
    def didkit(self) -> set[str]:
        """By what stands in them."""
        return {
            name
            for name, credential in self.credentials.items()
            if credential["@context"][0] == v.CREDENTIALS_V1
            and isinstance(credential["proof"], dict)
            and credential["proof"]["type"] == v.ED25519_SIGNATURE_2020
            and credential["proof"]["verificationMethod"].startswith("did:key:")
        }


@functools.cache
def get_corpus() -> Corpus:
    """Made once; the same ones at every run, but for signatures with P-256 keys."""
    credentials, documents = _ours()
    for name, credential in _by_didkit().items():
        credentials[f"DIDKit's, {name}"] = credential
    for name, answer in _by_digital_bazaar().items():
        credentials[f"Digital Bazaar's, {name}"] = answer["credential"]
        if answer["did"].startswith("did:web:"):
            documents[answer["did"]] = _did_document(answer["did"], answer["keys"])
    assert len(credentials) == COUNT, len(credentials)
    return Corpus(credentials, documents, release_lists(OBV3_VC1) | release_lists(OBV3_VC2))


def _did_document(did: str, keys: list[str]) -> dict[str, Any]:
    return dids.did_document(did, [VerificationMethod(f"{did}#{key}", did, key) for key in keys])


def _ours() -> tuple[dict[str, Any], dict[str, Any]]:
    """As they leave, with both profiles: of a did:key and a did:web in turn, and with a P-256 key."""
    cases = nasty_cases(_RELEASED)
    credentials = {
        f"ours, {profile.id}, {number}": release(award, terms, profile, number)
        for profile in (OBV3_VC1, OBV3_VC2)
        for number, (award, terms) in enumerate(cases)
    }
    unsigned = signed.unsigned(cases[0][0], OBV3_VC2, _P256.method.controller)
    suite = OBV3_VC2.suite_for(v.P256)
    proof = OwnSuites().secure(unsigned, suite=suite, signer=_P256, created=signed.CREATED)
    credentials["ours, P-256"] = OBV3_VC2.attach(unsigned, proof)
    web = signed.signer(8, host="credentials.example.org")
    documents = {key.method.controller: dids.did_document(key.method.controller, [key.method]) for key in (web, _P256)}
    return credentials, documents


def _by_didkit() -> dict[str, Any]:
    made = {}
    issuer = _DIDKIT_KEY.method.controller
    for name, document in _documents(v.CREDENTIALS_V1, [v.ED25519_2020_V1]).items():
        document["issuer"] = {**_object(document["issuer"]), "id": issuer}
        proof = DidkitSecurer().secure(
            document, suite=v.ED25519_SIGNATURE_2020, signer=_DIDKIT_KEY, created=signed.CREATED
        )
        made[name] = {**document, "proof": proof}
    return made


def _object(issuer: Any) -> dict[str, Any]:
    return issuer if isinstance(issuer, dict) else {"id": issuer}


def _by_digital_bazaar() -> dict[str, Any]:
    """Every suite under both data models, of did:key and did:web issuers, and sets of two proofs."""
    ed25519, rdfc, p256 = v.ED25519_SIGNATURE_2020, v.EDDSA_RDFC_2022, v.ECDSA_RDFC_2019
    wanted: list[tuple[str, str, list[str], list[str], str | None]] = [
        ("VC 1.1", v.CREDENTIALS_V1, [v.ED25519_2020_V1], [ed25519], None),
        ("VC 1.1 with rdfc", v.CREDENTIALS_V1, [v.DATA_INTEGRITY_V2], [rdfc], "did:web:foreign.example.org"),
        ("VC 2.0", v.CREDENTIALS_V2, [], [rdfc], None),
        ("VC 2.0 of a did:web", v.CREDENTIALS_V2, [], [rdfc], "did:web:foreign.example.org:issuers:one"),
        ("VC 2.0 with P-256", v.CREDENTIALS_V2, [], [p256], None),
        ("VC 2.0 with both", v.CREDENTIALS_V2, [v.ED25519_2020_V1], [rdfc, ed25519], None),
    ]
    lines, names = [], []
    for number, (label, model, contexts, suites, did) in enumerate(wanted):
        documents = list(_documents(model, contexts).items())
        del documents[number % len(documents)]
        for name, document in documents:
            lines.append({"credential": document, "suites": suites, "seed": f"{number + 1:02x}" * 32, "did": did})
            names.append(f"{label}, {name}")
    return dict(zip(names, judges.sign(lines), strict=True))


# Documents without proof


def _documents(model: str, contexts: list[str]) -> dict[str, dict[str, Any]]:
    """What others could issue, by name; issuers are filled in by whoever signs."""
    return {name: make(model, contexts) for name, make in _MAKERS.items()}


def _shell(model: str, contexts: list[str], **more: Any) -> dict[str, Any]:
    second = model == v.CREDENTIALS_V2
    return {
        "@context": [model, *contexts],
        "id": "urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
        "type": [v.VERIFIABLE_CREDENTIAL],
        "issuer": "did:example:to-be-filled-in",
        "validFrom" if second else "issuanceDate": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh"},
        **more,
    }


def _plain(model: str, contexts: list[str]) -> dict[str, Any]:
    return _shell(model, contexts)


def _dated(model: str, contexts: list[str]) -> dict[str, Any]:
    until = "validUntil" if model == v.CREDENTIALS_V2 else "expirationDate"
    return _shell(model, contexts, **{until: "2099-12-31T23:59:59+02:00"})


def _badge(model: str, contexts: list[str], **more: Any) -> dict[str, Any]:
    return _shell(
        model,
        [v.OPEN_BADGES_V3, *contexts],
        type=[v.VERIFIABLE_CREDENTIAL, v.OPEN_BADGE_CREDENTIAL],
        name="Teamwork Badge",
        issuer={"id": "did:example:to-be-filled-in", "type": ["Profile"], "name": "Example Corp"},
        credentialSubject={
            "id": "did:example:ebfeb1f712ebc6f1c276e12ec21",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://example.com/achievements/teamwork",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "This badge recognizes the capacity to work in a group.",
                "criteria": {"narrative": "Team members are *nominated* by their peers."},
                **more,
            },
        },
    )


def _rich_badge(model: str, contexts: list[str]) -> dict[str, Any]:
    badge = _badge(
        model,
        contexts,
        achievementType="Certificate",
        tag=["work", "élan", "\u30c1\u30fc\u30e0"],
        inLanguage="en",
        alignment=[
            {
                "type": ["Alignment"],
                "targetName": "Collaboration",
                "targetUrl": "https://example.com/frameworks/1#collaboration",
                "targetCode": "C.1",
            }
        ],
        resultDescription=[
            {
                "id": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                "type": ["ResultDescription"],
                "name": "Final grade",
                "resultType": "Percent",
                "valueMin": "0",
                "valueMax": "100",
            }
        ],
        image={"id": "https://example.com/badge.png", "type": "Image", "caption": "A badge"},
    )
    badge["credentialSubject"]["result"] = [
        {
            "type": ["Result"],
            "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
            "value": "87.5",
        }
    ]
    badge["credentialSubject"]["identifier"] = [
        {
            "type": "IdentityObject",
            "identityHash": "Ada “the Countess” Lovelace",
            "identityType": "name",
            "hashed": False,
        }
    ]
    return badge


def _profile_badge(model: str, contexts: list[str]) -> dict[str, Any]:
    creator = {
        "id": "https://example.com/issuers/876543",
        "type": ["Profile"],
        "name": "Example Corp",
        "url": "https://example.com/?a=1&b=2",
        "email": "contact@example.com",
    }
    return _badge(model, contexts, creator=creator, version="1.0", fieldOfStudy="Collaboration", creditsAvailable=3.5)


_MAKERS = {
    "plain": _plain,
    "dated": _dated,
    "badge": _badge,
    "rich badge": _rich_badge,
    "badge with a creator": _profile_badge,
}
