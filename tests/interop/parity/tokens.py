"""Tokens, presentations and published vectors that both of our verifiers judge."""

from __future__ import annotations

import base64
import datetime
import functools
import json
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests import standards
from tests.interop.parity import making as c
from tests.interop.parity.making import Case
from tests.interop.parity.making import JsonObject

SECONDS = 1_772_438_400
EXAMPLES = ("ob30-1edtech-validator", "blockcerts-v3", "clr20-1edtech-validator", "vc-di-eddsa", "vc-di-ecdsa")
MAX_EXAMPLE_BYTES = 256 * 1024


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(header: Any, claims: Any, sign: Callable[[bytes], bytes]) -> str:
    message = ".".join(encoded(part if isinstance(part, bytes) else c.dumps(part)) for part in (header, claims))
    return f"{message}.{encoded(sign(message.encode()))}"


@functools.cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def rsa_jwk(bits: int = 2048) -> JsonObject:
    numbers = rsa_key(bits).public_key().public_numbers()
    return {"kty": "RSA", "n": encoded(numbers.n.to_bytes(bits // 8, "big")), "e": "AQAB"}


def rsa_sign(message: bytes, bits: int = 2048) -> bytes:
    return rsa_key(bits).sign(message, padding.PKCS1v15(), hashes.SHA256())


def published(**changes: Any) -> dict[str, bytes]:
    """Of the web issuer, with an RSA key beside the others."""
    document = c.did_document()
    did = document["id"]
    method = {"id": f"{did}#rsa", "type": "JsonWebKey", "controller": did, "publicKeyJwk": {**rsa_jwk(), **changes}}
    document["verificationMethod"].append(method)
    document["assertionMethod"].append(method["id"])
    listed = c.published(c.WEB, OBV3_VC2)
    return {**listed, c.DID_ADDRESS: c.dumps(document)}


def tokens() -> Iterator[Case]:
    at_hand = published()
    second, first = c.unsigned(c.WEB, OBV3_VC2), c.unsigned(c.WEB, OBV3_VC1)
    did = c.WEB.method.controller
    keys: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
        "EdDSA": ("EdDSA", c.WEB.method.id, c.WEB.sign),
        "Ed25519": ("Ed25519", c.WEB.method.id, c.WEB.sign),
        "ES256": ("ES256", c.P256_WEB.method.id, c.P256_WEB.sign),
        "RS256": ("RS256", f"{did}#rsa", rsa_sign),
    }
    for name, (algorithm, key_id, sign) in keys.items():
        header = {"alg": algorithm, "kid": key_id, "typ": "vc+jwt"}
        yield Case(f"token {name}", token(header, second, sign).encode(), at_hand)
        changed = token(header, second, sign)
        middle = changed.split(".")[1]
        other = encoded(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)).replace(b"Ada", b"Eve"))
        yield Case(f"token {name} changed", changed.replace(middle, other).encode(), at_hand)
        for what, wrong in keys.items():
            if what != name:
                crossed = token({**header, "alg": wrong[0]}, second, sign)
                yield Case(f"token {name} as {what}", crossed.encode(), at_hand)
                yield Case(
                    f"token {name} with the key of {what}",
                    token({**header, "kid": wrong[1]}, second, sign).encode(),
                    at_hand,
                )
        yield Case(f"token {name} offline", token(header, second, sign).encode())
    header = {"alg": "EdDSA", "kid": c.WEB.method.id, "typ": "JWT"}
    sign = c.WEB.sign
    registered = {"iss": did, "sub": second["credentialSubject"]["id"], "jti": second["id"], "nbf": SECONDS}
    bare = {name: value for name, value in first.items() if name not in ("id", "issuer", "issuanceDate")}
    for what, (head, claims) in {
        "vc claim": (header, {**registered, "vc": first, "nbf": _seconds(first["issuanceDate"])}),
        "vc claim, bare": (header, {**registered, "vc": bare}),
        "vc claim, no typ": ({"alg": "EdDSA", "kid": c.WEB.method.id}, {**registered, "vc": bare}),
        "vc claim in vc+jwt": ({**header, "typ": "vc+jwt"}, {**registered, "vc": bare}),
        "vc claim, another issuer": (header, {**registered, "vc": first, "iss": "did:web:example.org"}),
        "vc claim, another id": (header, {**registered, "vc": first, "jti": "urn:x:y"}),
        "vc claim, another subject": (header, {**registered, "vc": first, "sub": "urn:x:y"}),
        "vc claim, another date": (header, {**registered, "vc": first, "nbf": SECONDS + 1}),
        "vc claim, odd date": (header, {**registered, "vc": {**first, "issuanceDate": "2026"}}),
        "vc claim, text": (header, {**registered, "vc": "x"}),
        "Open Badges": (header, {**second, **registered, "nbf": _seconds(second["validFrom"])}),
        "Open Badges, fraction": (header, {**second, **registered, "nbf": _seconds(second["validFrom"]) + 0.5}),
        "expired": ({**header, "typ": "vc+jwt"}, {**second, "exp": SECONDS + 60}),
        "expires": ({**header, "typ": "vc+jwt"}, {**second, "exp": SECONDS + 60 * 86_400 * 365}),
        "not yet": ({**header, "typ": "vc+jwt"}, {**second, "nbf": SECONDS + 86_400 * 365}),
        "exp text": (header, {**second, "exp": "1"}),
        "exp true": (header, {**second, "exp": True}),
        "exp negative": (header, {**second, "exp": -1}),
        "exp far": (header, {**second, "exp": 253_402_300_800}),
        "iss number": (header, {**second, "iss": 5}),
        "presentation": (header, {"vp": {}, "iss": did}),
        "presentation by type": ({**header, "typ": "vp+jwt"}, second),
        "no credential": (header, {"iss": did}),
        "array": (header, [second]),
        "not JSON": (header, b"{"),
        "empty payload": (header, b""),
        "doubled": (header, b'{"a":1,"a":2}'),
        "header not JSON": (b"{", second),
        "header doubled": (b'{"alg":"EdDSA","alg":"none"}', second),
        "header array": ([], second),
        "other typ": ({**header, "typ": "at+jwt"}, second),
        "typ null": ({**header, "typ": None}, second),
        "typ number": ({**header, "typ": 1}, second),
        "nested": ({**header, "cty": "JWT"}, second),
        "none": ({**header, "alg": "none"}, second),
        "None": ({**header, "alg": "None"}, second),
        "HS256": ({**header, "alg": "HS256"}, second),
        "ES384": ({**header, "alg": "ES384"}, second),
        "alg missing": ({"kid": c.WEB.method.id}, second),
        "alg number": ({**header, "alg": 1}, second),
        "crit": ({**header, "crit": ["exp"]}, second),
        "b64": ({**header, "b64": True}, second),
        "jku": ({**header, "jku": "https://example.org/keys"}, second),
        "x5u": ({**header, "x5u": "https://example.org/cert"}, second),
        "x5c": ({**header, "x5c": ["MIIB"]}, second),
        "no kid": ({"alg": "EdDSA", "typ": "vc+jwt"}, second),
        "kid fragment": ({**header, "typ": "vc+jwt", "kid": "#" + c.WEB.method.id.partition("#")[2]}, second),
        "kid bare": ({**header, "typ": "vc+jwt", "kid": c.WEB.method.id.partition("#")[2]}, second),
        "kid null": ({**header, "kid": None}, second),
        "kid empty": ({**header, "kid": ""}, second),
        "kid number": ({**header, "kid": 5}, second),
        "kid of another": ({**header, "typ": "vc+jwt", "kid": c.KEY.method.id}, second),
        "kid long": ({**header, "kid": "x" * 2049}, second),
        "jwk": ({"alg": "EdDSA", "typ": "vc+jwt", "jwk": _jwk()}, second),
        "jwk and kid": ({**header, "typ": "vc+jwt", "jwk": _jwk()}, second),
        "jwk of another": ({"alg": "EdDSA", "typ": "vc+jwt", "jwk": {**_jwk(), "x": "A" * 43}}, second),
        "jwk private": ({"alg": "EdDSA", "typ": "vc+jwt", "jwk": {**_jwk(), "d": "x"}}, second),
        "jwk text": ({"alg": "EdDSA", "typ": "vc+jwt", "jwk": "x"}, second),
        "jwk empty": ({"alg": "EdDSA", "typ": "vc+jwt", "jwk": {}}, second),
        "issuer of https": (
            {"alg": "EdDSA", "typ": "vc+jwt", "jwk": _jwk()},
            {**second, "issuer": "https://example.org"},
        ),
        "issuer of https, kid": ({**header, "typ": "vc+jwt"}, {**second, "issuer": "https://example.org"}),
        "issuer of https, bare kid": (
            {**header, "typ": "vc+jwt", "kid": "key-1"},
            {**second, "issuer": "https://example.org"},
        ),
        "with a proof": ({**header, "typ": "vc+jwt"}, c.credential(c.WEB, OBV3_VC2)),
        "undefined term": ({**header, "typ": "vc+jwt"}, {**second, "gpa": "4.0"}),
        "registered beside": ({**header, "typ": "vc+jwt"}, {**second, "iat": SECONDS, "aud": "x"}),
        "prototype": ({**header, "typ": "vc+jwt", "__proto__": 1}, {**second, "__proto__": {"x": 1}}),
    }.items():
        yield Case(f"token {what}", token(head, claims, sign).encode(), at_hand)
    good = token({**header, "typ": "vc+jwt"}, second, sign)
    head, payload, signature = good.split(".")
    for what, text in {
        "spaced": f" {good}\n",
        "formed": f"\x0b{good}\x0c",
        "without signature": f"{head}.{payload}.",
        "two parts": f"{head}.{payload}",
        "four parts": f"{good}.{signature}",
        "padded": f"{good}==",
        "stray bits": good[:-1] + ("B" if good[-1] != "B" else "C"),
        "other alphabet": good.replace("-", "+").replace("_", "/"),
        "short signature": good[:-4],
        "empty header": f".{payload}.{signature}",
        "long signature": f"{head}.{payload}.{'A' * 1400}",
        "dots": "..",
        "a.b.c": "a.b.c",
        "large": f"{head}.{'A' * 800_000}.{signature}",
        "quoted": json.dumps(good),
        "data": f"data:application/vc+jwt,{good}",
        "in an envelope": json.dumps(_envelope(good)),
    }.items():
        yield Case(f"token {what}", text.encode(), at_hand)
    weak = token(
        {**header, "typ": "vc+jwt", "alg": "RS256", "kid": f"{did}#rsa"},
        second,
        lambda message: rsa_sign(message, 1024),
    )
    yield Case("token weak RSA", weak.encode(), published(**rsa_jwk(1024)))
    strong = token({"alg": "RS256", "kid": f"{did}#rsa", "typ": "vc+jwt"}, second, rsa_sign)
    for what, changes in {
        "use enc": {"use": "enc"},
        "alg RS512": {"alg": "RS512"},
        "alg RS256": {"alg": "RS256"},
        "wrapped": {"e": "AAEAAQ"},
        "even exponent": {"e": "Ag"},
        "no exponent": {"e": ""},
        "broken": {"n": "!"},
        "long": {"n": "A" + "_" * 1400},
    }.items():
        yield Case(f"token RSA {what}", strong.encode(), published(**changes))
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0"'
    for what, written in {"as it is": good, "spaced": f" {good}\n"}.items():
        picture = f'<svg {namespaces}><o:credential verify="{written}"/></svg>'
        yield Case(f"token in a picture, {what}", picture.encode(), at_hand)


def _seconds(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp())


def _jwk() -> JsonObject:
    return dict(dids.public_jwk(c.WEB.method.public_key_multibase))


def _envelope(text: str) -> JsonObject:
    return {
        "@context": [v.CREDENTIALS_V2],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{text}",
    }


def presentations() -> Iterator[Case]:
    at_hand = c.published(c.KEY, OBV3_VC2)
    good = c.credential()
    revoked = c.published(c.KEY, OBV3_VC2, indices=(c.INDEX,))
    holder = c.THIEF
    did = holder.method.controller
    bare: JsonObject = {"@context": [v.CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": did}
    signed_token = token(
        {"alg": "EdDSA", "kid": c.WEB.method.id, "typ": "vc+jwt"}, c.unsigned(c.WEB, OBV3_VC2), c.WEB.sign
    )
    contents: dict[str, Any] = {
        "one": [good],
        "alone": good,
        "two": [good, c.credential(c.KEY, OBV3_VC2)],
        "tampered": [{**good, "name": "x"}],
        "token": [signed_token],
        "enveloped": [_envelope(signed_token)],
        "odd envelope": [{**_envelope(signed_token), "id": "data:text/plain,x"}],
        "empty": [],
        "text": "x",
        "number": [5],
        "null": None,
        "presented": [{**bare, "verifiableCredential": [good]}],
        "without contexts": [{k: w for k, w in good.items() if k != "@context"}],
        "an id": [{"@context": [v.CREDENTIALS_V2], "id": "urn:x:y"}],
        "nested": [[good]],
    }
    for what, content in contents.items():
        document = {**bare, "verifiableCredential": content}
        yield Case(f"presentation unsigned {what}", c.dumps(document), at_hand)
    yield Case("presentation without credentials", c.dumps(bare), at_hand)
    yield Case("presentation of a revoked one", c.dumps({**bare, "verifiableCredential": [good]}), revoked)
    yield Case("presentation of 51", c.dumps({**bare, "verifiableCredential": [good] * 51}), at_hand)
    document = {**bare, "verifiableCredential": [good]}
    for what, members in {
        "plain": {"proofPurpose": "authentication"},
        "asserted": {},
        "with challenge": {"proofPurpose": "authentication", "challenge": "x", "domain": "y"},
    }.items():
        for suite in (v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022):
            proof = c.prove(document, holder, suite, **members)
            yield Case(f"presentation {suite} {what}", c.dumps({**document, "proof": proof}), at_hand)
    proof = c.prove(document, holder, v.EDDSA_RDFC_2022, proofPurpose="authentication")
    jcs = c.prove({**document, "holder": {"id": did}}, holder, v.EDDSA_JCS_2022, proofPurpose="authentication")
    for what, changed in {
        "of another": {**document, "holder": c.KEY.method.controller, "proof": proof},
        "of an object": {**document, "holder": {"id": did}, "proof": jcs},
        "of nobody": {**{k: w for k, w in document.items() if k != "holder"}, "proof": proof},
        "more inside": {**document, "verifiableCredential": [good, good], "proof": proof},
        "tampered inside": {**document, "verifiableCredential": [{**good, "name": "x"}], "proof": proof},
        "proof null": {**document, "proof": None},
        "both": {**document, "type": ["VerifiablePresentation", "VerifiableCredential"], "proof": proof},
    }.items():
        yield Case(f"presentation {what}", c.dumps(changed), at_hand)


def published_examples() -> Iterator[Case]:
    """Of others; judged without what they name, and with the DID document of any that has one beside it."""
    for folder in EXAMPLES:
        for file in sorted(standards.path(f"vectors/{folder}").rglob("*")):
            if file.is_file() and file.suffix in (".json", ".jwt", ".1ob") and file.stat().st_size < MAX_EXAMPLE_BYTES:
                yield Case(f"example {folder} {_name(file)}", file.read_bytes())


def _name(file: Path) -> str:
    return "/".join(file.parts[-2:])
