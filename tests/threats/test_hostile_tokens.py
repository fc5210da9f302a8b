"""
Tokens that are made to be believed: another algorithm than the key's, a key or an address of the attacker's, another
spelling, another type, another meaning. None verifies with the issuer's key, and each is refused at once.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa

from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.core.suites import vc_jwt
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import tokens
from tests.core.test_vc_jwt import sign_by_hand
from tests.fetchers import FakeFetcher
from tests.threats import costs
from tests.tokens import CLAIMS
from tests.tokens import JWKS
from tests.tokens import KEYS
from tests.tokens import VC1
from tests.tokens import VC2

ATTACKERS = {
    "RS256": rsa.generate_private_key(65_537, 2_048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
FORGED = {**VC2, "credentialSubject": {"id": "did:example:mallory", "degree": "all of them"}}
Case = tuple[str, str, dict[str, Any]]  # name, token, the issuer's key


def by_issuer(algorithm: str):
    return lambda message: sign_by_hand(algorithm, message)


def good(algorithm: str, **header: Any) -> str:
    return tokens.put_together({"alg": algorithm, **header}, VC2, by_issuer(algorithm))


def parts(algorithm: str) -> list[str]:
    return good(algorithm).split(".")


def no_signatures() -> Iterator[Case]:
    """``none`` in every spelling, and HMAC with all that is public about a key."""
    for algorithm, key in JWKS.items():
        for spelling in ("none", "None", "NONE", "nOnE", "", "null", " none", "none ", "no\0ne"):
            header = tokens.part({"alg": spelling})
            yield f"{spelling!r} for {algorithm}, unsigned", f"{header}.{tokens.part(FORGED)}.", key
            yield f"{spelling!r} for {algorithm}, signed", tokens.put_together({"alg": spelling}, FORGED), key
        public = KEYS[algorithm].public_key()
        forms = [
            public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
            public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
            json.dumps(key, separators=(",", ":")).encode(),
            b"",
        ]
        for name, form in itertools.product(("HS256", "HS384", "HS512", "hs256"), forms):
            digest = getattr(hashlib, f"sha{name[2:]}")
            sign = lambda message, form=form, digest=digest: hmac.new(form, message, digest).digest()  # noqa: E731
            yield f"{name} with {form[:9]!r} of {algorithm}", tokens.put_together({"alg": name}, FORGED, sign), key


def wrong_algorithms() -> Iterator[Case]:
    """An algorithm that the key is not for; signatures of others by the right one."""
    for algorithm, key in JWKS.items():
        for other in (*KEYS, "RS384", "RS512", "PS256", "ES256K", "ES384", "ES512", "Ed448", "RS1", "ECDH-ES", "dir"):
            if other != algorithm:
                yield f"{other} for {algorithm}", tokens.put_together({"alg": other}, FORGED), key
        for other in (None, 5, True, [algorithm], {"alg": algorithm}, algorithm.lower(), algorithm + " "):
            yield f"{other!r} for {algorithm}", tokens.put_together({"alg": other}, VC2, by_issuer(algorithm)), key
        no_algorithm = tokens.put_together({"typ": "JWT"}, VC2, by_issuer(algorithm))
        yield f"no algorithm for {algorithm}", no_algorithm, key
        yield f"{algorithm} by another", jwt.encode(FORGED, ATTACKERS[algorithm], algorithm), key


def keys_of_the_attacker() -> Iterator[Case]:
    """In the header, or behind an address in it; the signature is good for that key."""
    for algorithm, key in JWKS.items():
        attacker = ATTACKERS[algorithm]
        public = tokens.public_jwk(attacker, algorithm)
        for header in (
            {"jwk": public},
            {"jwk": public, "kid": f"{tokens.ISSUER}#1"},
            {"jwk": {**public, "kid": f"{tokens.ISSUER}#1"}},
            {"jku": "https://attacker.example/keys.json"},
            {"jku": "http://127.0.0.1/keys.json"},
            {"x5u": "https://attacker.example/chain.pem"},
            {"x5c": ["MIIB"]},
            {"x5t": "AAAA", "x5c": []},
            {"kid": "did:web:attacker.example#1"},
            {"kid": "../../../../dev/null"},
            {"kid": "' OR 1=1 --"},
            {"kid": "https://attacker.example/key"},
        ):
            name = f"{algorithm} with {sorted(header)} {str(header)[:40]}"
            yield name, jwt.encode(FORGED, attacker, algorithm, headers=header), key
        for private in ({"d": "AAAA"}, {"k": "AAAA"}, {"p": "AA", "q": "AA"}):
            yield f"{algorithm} with a private {private}", good(algorithm, jwk={**key, **private}), key
        for malformed in ("text", [key], 5, None):
            yield f"{algorithm} with jwk {str(malformed)[:9]}", good(algorithm, jwk=malformed), key


def extensions() -> Iterator[Case]:
    """Signed by the issuer: what is asked for and not done must not be passed over."""
    for header in (
        {"crit": ["exp"], "exp": 1},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"crit": []},
        {"crit": None},
        {"crit": "exp"},
        {"jku": tokens.ISSUER},
        {"x5u": tokens.ISSUER},
        {"kid": 5},
        {"kid": ""},
        {"kid": ["a"]},
        {"kid": "a" * 2_049},
    ):
        for algorithm, key in JWKS.items():
            yield f"{algorithm} with {str(header)[:40]}", good(algorithm, **header), key


def types() -> Iterator[Case]:
    """Signed by the issuer, as something else than a credential."""
    for kind in (
        "at+jwt", "dpop+jwt", "secevent+jwt", "openid4vci-proof+jwt", "vp+jwt", "sd+jwt", "dc+sd-jwt", "vc+sd-jwt",
        "statuslist+jwt", "kb+jwt", "logout+jwt", "JOSE", "jwt ", "", "VC+JWT+", 5, None, ["JWT"], {},
    ):  # fmt: skip
        yield f"type {kind!r}", good("EdDSA", typ=kind), JWKS["EdDSA"]
    yield (
        "a token in a token",
        tokens.put_together({"alg": "EdDSA", "cty": "JWT"}, good("ES256").encode()),
        JWKS["EdDSA"],
    )
    yield "cty JWT", good("EdDSA", cty="JWT"), JWKS["EdDSA"]
    for claims in ({}, {"sub": "somebody", "scope": "all"}, {"vp": {"verifiableCredential": [VC2]}}, {"vc": "x"}):
        yield f"claims {str(claims)[:30]}", tokens.put_together({"alg": "EdDSA"}, claims), JWKS["EdDSA"]


def spellings() -> Iterator[Case]:
    """A good token, written otherwise."""
    for algorithm, key in JWKS.items():
        header, payload, signature = parts(algorithm)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        loose = alphabet[alphabet.index(signature[-1]) + 1] if len(signature) % 4 else signature[-1] + "A"
        for name, token in {
            "padding": f"{header}.{payload}.{signature}{'=' * (-len(signature) % 4 or 4)}",
            "padded payload": f"{header}.{payload}{'=' * (-len(payload) % 4 or 4)}.{signature}",
            "loose bits": f"{header}.{payload}.{signature[:-1]}{loose}",
            "standard alphabet": f"{header}.{payload}.{signature[:-1]}+",
            "slash": f"{header}.{payload}.{signature[:-1]}/",
            "space before": f" {header}.{payload}.{signature}",
            "space after": f"{header}.{payload}.{signature} ",
            "line after": f"{header}.{payload}.{signature}\n",
            "line inside": f"{header}.{payload[:9]}\n{payload[9:]}.{signature}",
            "null inside": f"{header}.{payload}.{signature}\0",
            "accent": f"{header}.{payload}.{signature}é",
            "full width": f"{header}.{payload}.{signature[:-1]}Ａ",
            "no signature": f"{header}.{payload}.",
            "no last part": f"{header}.{payload}",
            "no payload": f"{header}..{signature}",
            "no header": f".{payload}.{signature}",
            "four parts": f"{header}.{payload}.{signature}.",
            "five parts": f"{header}.{payload}.{signature}.a.a",
            "in JSON": json.dumps({"protected": header, "payload": payload, "signature": signature}),
            "disclosures": f"{header}.{payload}.{signature}~",
            "half a signature": f"{header}.{payload}.{signature[: len(signature) // 2]}",
            "signature twice": f"{header}.{payload}.{signature}{signature}",
            "nothing": "",
            "dots": "..",
        }.items():
            yield f"{algorithm}: {name}", token, key


def signatures() -> Iterator[Case]:
    """Numbers and encodings that implementations have taken for signatures."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    zero, one, n = bytes(32), (1).to_bytes(32, "big"), order.to_bytes(32, "big")
    for r, s in itertools.product((zero, one, n, b"\xff" * 32), repeat=2):
        yield (
            f"ES256 {r[-1]} {s[-1]}",
            tokens.put_together({"alg": "ES256"}, FORGED, lambda _, x=r + s: x),
            JWKS["ES256"],
        )
    der = lambda message: KEYS["ES256"].sign(message, ec.ECDSA(hashes.SHA256()))  # noqa: E731
    yield "ES256 in DER", tokens.put_together({"alg": "ES256"}, VC2, der), JWKS["ES256"]
    wrong_hash = lambda message: KEYS["RS256"].sign(message, padding.PKCS1v15(), hashes.SHA1())  # noqa: E731
    yield "RS256 of SHA-1", tokens.put_together({"alg": "RS256"}, VC2, wrong_hash), JWKS["RS256"]
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    other = lambda message: KEYS["RS256"].sign(message, pss, hashes.SHA256())  # noqa: E731
    yield "RS256 of PSS", tokens.put_together({"alg": "RS256"}, VC2, other), JWKS["RS256"]
    for raw in (bytes(256), bytes(255) + b"\1", b"\xff" * 256, b"\0\1" + b"\xff" * 254, b"\1", bytes(1_025)):
        yield (
            f"RS256 {len(raw)} {raw[:2]!r}",
            tokens.put_together({"alg": "RS256"}, FORGED, lambda _, x=raw: x),
            JWKS["RS256"],
        )
    for raw in (bytes(64), b"\1" + bytes(63), b"\xff" * 64, bytes(63), bytes(65), b"\0"):
        yield (
            f"EdDSA {len(raw)} {raw[:2]!r}",
            tokens.put_together({"alg": "EdDSA"}, FORGED, lambda _, x=raw: x),
            JWKS["EdDSA"],
        )


def two_meanings() -> Iterator[Case]:
    """Signed by the issuer, and still to be refused: one reader would see another document than the next."""
    for text in (
        b'{"alg":"EdDSA","alg":"none"}',
        b'{"alg":"none","alg":"EdDSA"}',
        rb'{"alg":"EdDSA","\u0061lg":"none"}',
        b'{"alg":"EdDSA","kid":"a","kid":"b"}',
        b'{"alg":"EdDSA"}{"alg":"none"}',
        b'["EdDSA"]',
        b'"EdDSA"',
        b"",
        b"\xff\xfe{}",
    ):
        yield f"header {text!r}", tokens.put_together(text, VC2), JWKS["EdDSA"]
    own = json.dumps(VC2)[:-1]
    for text in (
        own + ',"issuer":"did:web:attacker.example"}',
        own + r',"\u0069ssuer":"did:web:attacker.example"}',
        own + ',"a":NaN}',
        own + ',"a":1e999}',
        own + ',"a":123456789012345678901234567890}',
        own + r',"a":"\ud800"}',
        own + "}" + "{}",
        own + ",}",
        own,
        "[]",
        "",
    ):
        yield f"payload {text[-40:]!r}", tokens.put_together({"alg": "EdDSA"}, text.encode()), JWKS["EdDSA"]
    for claims in (
        {"iss": "did:web:attacker.example"},
        {"sub": "did:example:mallory"},
        {"jti": "urn:uuid:another"},
        {"nbf": CLAIMS["nbf"] - 1},
        {"exp": CLAIMS["exp"] + 1},
    ):
        both = {"vc": VC1, **CLAIMS, **claims}
        yield f"claims {claims}", tokens.put_together({"alg": "EdDSA", "typ": "JWT"}, both), JWKS["EdDSA"]
    yield "two credentials", tokens.put_together({"alg": "EdDSA"}, {**VC2, "vc": VC1}), JWKS["EdDSA"]


CASES = list(
    itertools.chain(
        no_signatures(), wrong_algorithms(), keys_of_the_attacker(), extensions(), types(), spellings(), signatures(),
        two_meanings(),
    )
)  # fmt: skip


def accept(token: str, key: dict[str, Any]) -> None:
    """What a verifier does that has the issuer's key."""
    if not vc_jwt.verify(vc_jwt.read(token), key):
        raise DocumentError("invalid_signature", "")


def test_there_are_enough_of_them():
    assert len({token for _, token, _ in CASES}) >= 200


@pytest.mark.parametrize("algorithm", sorted(KEYS))
def test_the_tokens_that_they_are_made_from_are_good(algorithm):
    accept(good(algorithm), JWKS[algorithm])
    accept(
        tokens.put_together({"alg": algorithm, "typ": "JWT"}, {"vc": VC1, **CLAIMS}, by_issuer(algorithm)),
        JWKS[algorithm],
    )
    accept(good(algorithm, x5c=["MIIB"], x5t="AAAA", kid="a"), JWKS[algorithm])


@pytest.mark.parametrize(("token", "key"), [pytest.param(token, key, id=name) for name, token, key in CASES])
def test_none_is_believed(token, key):
    assert costs.refuse(lambda text: accept(text, key), token, memory=1 << 20) in {
        "invalid_signature",
        "unsupported_algorithm",
        "unsupported_proof",
        "unsupported_format",
        "malformed_proof",
        "not_json",
        "not_a_credential",
    }


# --- And with the whole verifier, which finds the issuer's key itself


def verdict(token: str, key: dict[str, Any]) -> Verdict:
    """Of a verifier that can fetch the issuer's DID document, which lists ``key``."""
    method = {"id": f"{tokens.ISSUER}#1", "type": "JsonWebKey", "controller": tokens.ISSUER, "publicKeyJwk": key}
    document = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": tokens.ISSUER,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }
    means = VerifyMeans(
        find_own=lambda _address: None,
        find_own_keys=lambda _did: None,
        fetcher=FakeFetcher({"https://issuer.example/.well-known/did.json": document}),
        chain=None,
        now=lambda: datetime.datetime.fromtimestamp(CLAIMS["nbf"] + 86_400, datetime.UTC),
    )
    report = Verifier(means).verify(token.encode())
    assert len(report.checks) == len({each.name for each in report.checks}) == len(CheckName)
    return report.verdict


@pytest.mark.parametrize("algorithm", sorted(KEYS))
@pytest.mark.parametrize("header", [{}, {"kid": f"{tokens.ISSUER}#1"}, {"kid": "#1"}, {"typ": "vc+jwt"}])
def test_a_good_token_is_valid(algorithm, header):
    assert verdict(good(algorithm, **header), JWKS[algorithm]) is Verdict.VALID


def test_space_around_a_file_is_not_the_tokens():
    assert verdict(f" {good('EdDSA')}\n", JWKS["EdDSA"]) is Verdict.VALID


@pytest.mark.parametrize(
    "token_and_key", [pytest.param((token, key), id=name) for name, token, key in CASES if token == token.strip()]
)
def test_the_verifier_believes_none(token_and_key):
    assert verdict(*token_and_key) in (Verdict.INVALID, Verdict.COULD_NOT_BE_CHECKED)
