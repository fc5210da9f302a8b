"""DID documents, and who issues."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests.interop.parity import making as c
from tests.interop.parity.making import Case
from tests.interop.parity.making import JsonObject

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def adding(**members: Any) -> Any:
    """A change of one method."""
    return lambda method: {**method, **members}


def issuers() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        raw = c.dumps(c.credential(c.WEB, profile))
        at_hand = c.published(c.WEB, profile)
        document = c.did_document()
        methods = document["verificationMethod"]
        key = c.WEB.method.public_key_multibase
        mine = [method for method in methods if key in method["id"]]
        suite_id = mine[0]["id"] if profile is OBV3_VC2 else mine[1]["id"]

        def with_methods(change: Any, methods: Any = methods) -> JsonObject:
            return c.did_document(verificationMethod=[change(copy.deepcopy(method)) for method in methods])

        others = [method for method in methods if method["id"] != suite_id]
        embedded = next(method for method in methods if method["id"] == suite_id)
        jwk = next(method["publicKeyJwk"] for method in mine if "publicKeyJwk" in method)
        bare = {"id": suite_id, "controller": document["id"]}
        for what, changed in {
            "other id": {**document, "id": "did:web:example.org"},
            "no id": {key_: value for key_, value in document.items() if key_ != "id"},
            "no methods": {**document, "verificationMethod": []},
            "methods left out": c.did_document(verificationMethod=None),
            "methods null": {**document, "verificationMethod": None},
            "one method, an object": {**document, "verificationMethod": mine[0]},
            "nothing listed": {**document, "assertionMethod": []},
            "listed left out": c.did_document(assertionMethod=None),
            "listed null": {**document, "assertionMethod": None},
            "listed alone": {**document, "assertionMethod": suite_id},
            "listed relative": {
                **document,
                "assertionMethod": [suite_id.partition("#")[1] + suite_id.partition("#")[2]],
            },
            "listed elsewhere": {**document, "assertionMethod": [], "authentication": document["assertionMethod"]},
            "listed as number": {**document, "assertionMethod": [5]},
            "embedded": {**document, "verificationMethod": others, "assertionMethod": [embedded]},
            "embedded elsewhere": {
                **document,
                "verificationMethod": others,
                "assertionMethod": [],
                "authentication": [embedded],
            },
            "twice the same": {**document, "verificationMethod": [*methods, embedded]},
            "twice, not the same": {**document, "verificationMethod": [*methods, {**embedded, "type": "Multikey2"}]},
            "relative ids": with_methods(lambda method: {**method, "id": "#" + method["id"].partition("#")[2]}),
            "of another controller": with_methods(adding(controller="did:web:example.org")),
            "no controller": with_methods(adding(controller=None)),
            "revoked": with_methods(adding(revoked="2026-05-01T00:00:00Z")),
            "revoked later": with_methods(adding(revoked="2026-07-01T00:00:00Z")),
            "revoked nonsense": with_methods(adding(revoked="never")),
            "revoked null": with_methods(adding(revoked=None)),
            "expired": with_methods(adding(expires="2026-05-01T00:00:00Z")),
            "expires": with_methods(adding(expires="2026-07-01T00:00:00Z")),
            "unknown type": with_methods(adding(type="Ed25519VerificationKey2018")),
            "type array": with_methods(adding(type=["Multikey"])),
            "type null": with_methods(adding(type=None)),
            "another key": with_methods(adding(publicKeyMultibase=c.THIEF.method.public_key_multibase)),
            "broken key": with_methods(adding(publicKeyMultibase=key[:-1])),
            "not a key": with_methods(adding(publicKeyMultibase=7)),
            "JWK": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey2020", "publicKeyJwk": jwk}]},
            "JsonWebKey": {**document, "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": jwk}]},
            "JWK for encryption": {
                **document,
                "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "use": "enc"}}],
            },
            "JWK for signatures": {
                **document,
                "verificationMethod": [
                    {
                        **bare,
                        "type": "JsonWebKey",
                        "publicKeyJwk": {**jwk, "use": "sig", "alg": "EdDSA", "key_ops": ["verify"]},
                    }
                ],
            },
            "JWK to sign": {
                **document,
                "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "key_ops": ["sign"]}}],
            },
            "JWK for another": {
                **document,
                "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "alg": "ES256"}}],
            },
            "JWK alg null": {
                **document,
                "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "alg": None}}],
            },
            "JWK padded": {
                **document,
                "verificationMethod": [{**bare, "type": "JsonWebKey", "publicKeyJwk": {**jwk, "x": jwk["x"] + "="}}],
            },
            "JWK of RSA": {
                **document,
                "verificationMethod": [
                    {**bare, "type": "JsonWebKey", "publicKeyJwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}}
                ],
            },
            "both forms": {
                **document,
                "verificationMethod": [{**bare, "type": "Multikey", "publicKeyMultibase": key, "publicKeyJwk": jwk}],
            },
            "two keys": {
                **document,
                "verificationMethod": [
                    {
                        **bare,
                        "type": "Multikey",
                        "publicKeyJwk": jwk,
                        "publicKeyMultibase": c.THIEF.method.public_key_multibase,
                    }
                ],
            },
            "no key": {**document, "verificationMethod": [{**bare, "type": "Multikey"}]},
            "201 methods": {
                **document,
                "verificationMethod": [*methods, *({**bare, "id": f"#{number}"} for number in range(200))],
            },
            "more members": {
                **document,
                "service": [{"id": "#s", "type": "x", "serviceEndpoint": "https://example.org"}],
            },
            "an array": [document],
            "wrapped": {"didDocument": document},
        }.items():
            yield Case(f"issuer {name} {what}", raw, {**at_hand, c.DID_ADDRESS: c.dumps(changed)})
        for what, text in {
            "not JSON": b"<html>",
            "empty": b"",
            "marked": b"\xef\xbb\xbf" + at_hand[c.DID_ADDRESS],
            "large": at_hand[c.DID_ADDRESS] + b" " * 65536,
            "latin": '{"id":"é"}'.encode("latin-1"),
            "doubled": at_hand[c.DID_ADDRESS][:-1] + b',"id":"did:web:x"}',
        }.items():
            yield Case(f"issuer {name} {what}", raw, {**at_hand, c.DID_ADDRESS: text})
        for what, members in {
            "revoked": {"revoked": "2026-05-01T00:00:00Z"},
            "expires": {"expires": "2026-07-01T00:00:00Z"},
        }.items():
            changed = {**at_hand, c.DID_ADDRESS: c.dumps(with_methods(adding(**members)))}
            for days in (-60, 60):
                yield Case(f"issuer {name} {what} at {days}", raw, changed, at=c.NOW + datetime.timedelta(days=days))
        named = c.unsigned(c.KEY, profile)
        for what, issuer in {
            "as text": c.KEY.method.controller,
            "another": c.THIEF.method.controller,
            "the web": c.WEB.method.controller,
            "https": "https://example.org/issuer",
            "did:ion": "did:ion:abc",
            "object of another": {"id": c.THIEF.method.controller, "type": ["Profile"]},
        }.items():
            signed = c.sign({**named, "issuer": issuer}, c.KEY, profile)
            yield Case(f"issuer {name} named {what}", c.dumps(signed), c.published(c.KEY, profile))
