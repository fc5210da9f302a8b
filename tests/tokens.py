"""Credentials as JWT, made with PyJWT; and by hand, where no library makes what is wrong."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import get_default_algorithms

ISSUER, SUBJECT, ID = "did:web:issuer.example", "did:key:z6MkSubject", "urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7"
FROM, UNTIL = 1_767_225_600, 1_798_761_600
FROM_TEXT, UNTIL_TEXT = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"

KEYS = {
    "RS256": rsa.generate_private_key(65_537, 2_048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def public_jwk(key: Any, algorithm: str) -> dict[str, Any]:
    """As PyJWT writes it, without what it says of the key's use."""
    written = get_default_algorithms()[algorithm].to_jwk(key.public_key())
    members = json.loads(written) if isinstance(written, str) else written
    return {name: value for name, value in members.items() if name in ("kty", "crv", "x", "y", "n", "e")}


JWKS = {algorithm: public_jwk(key, algorithm) for algorithm, key in KEYS.items()}

# The two data models; claims that repeat what each says.
VC1 = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "id": ID,
    "type": ["VerifiableCredential"],
    "issuer": {"id": ISSUER, "type": "Profile"},
    "issuanceDate": FROM_TEXT,
    "expirationDate": UNTIL_TEXT,
    "credentialSubject": {"id": SUBJECT},
}
VC2 = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": ID,
    "type": ["VerifiableCredential"],
    "issuer": ISSUER,
    "validFrom": FROM_TEXT,
    "validUntil": UNTIL_TEXT,
    "credentialSubject": {"id": SUBJECT},
}
CLAIMS = {"iss": ISSUER, "sub": SUBJECT, "jti": ID, "nbf": FROM, "exp": UNTIL}


def signed(claims: dict[str, Any], algorithm: str = "EdDSA", **header: Any) -> str:
    """By PyJWT, as JWS: its JWT has opinions about claims. ``typ=None`` leaves the type out."""
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return jwt.api_jws.encode(payload, KEYS[algorithm], algorithm, headers=header)


# --- By hand


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(value: Any) -> str:
    """JSON, or bytes as they are."""
    return base64url(value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode())


def put_together(header: Any, payload: Any, sign: Any = None) -> str:
    """``sign`` gets the signing input; by default the Ed25519 key of this module signs, whatever the header says."""
    signing_input = f"{part(header)}.{part(payload)}"
    signature = (sign or KEYS["EdDSA"].sign)(signing_input.encode())
    return f"{signing_input}.{base64url(signature)}"
