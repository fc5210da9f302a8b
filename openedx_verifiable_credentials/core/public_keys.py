"""Public keys of others, in whatever form they are published, and the signatures made with them."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from typing import Any

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites import jwk as jwks
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

RSA = "RSA"
_COORDINATE_BYTES = 32
_SIGNATURE_BYTES = 64
_JWS_ALGORITHMS = {v.ED25519: "EdDSA", v.P256: "ES256"}
# What a JWK says of its own use (RFC 7517 §4.2 to §4.4); it binds those who use it.
_USES = ("use", "key_ops", "alg")


@dataclasses.dataclass(frozen=True)
class PublicKey:
    """
    ``algorithm``: Ed25519, P-256 or RSA; ``multibase``: its Multikey value (CID 1.0 §2.2.2), None for RSA; ``jwk``: its
    public members and those that say what it is for (RFC 7517 §4), and nothing else.
    """

    algorithm: str
    multibase: str | None
    jwk: JsonObject = dataclasses.field(hash=False)

    @property
    def name(self) -> str:
        """The same for the same key, whatever it is said to be for."""
        return self.multibase or f"{self.jwk['n']} {self.jwk['e']}"

    def is_same(self, other: PublicKey) -> bool:
        """Whether it is the same key."""
        return self.name == other.name


def from_multibase(value: object) -> PublicKey:
    """Of a Multikey value. Raises VerifiableCredentialsError ``unsupported_key``."""
    if not isinstance(value, str):
        raise _unsupported()
    algorithm, _ = dids.read_public_key(value)
    return PublicKey(algorithm, value, dict(dids.public_jwk(value)))


def from_jwk(jwk: Any) -> PublicKey:
    """
    Of a JWK: OKP with Ed25519 (RFC 8037 §2), EC with P-256 and RSA (RFC 7518 §6.2 and §6.3); coordinates in their full
    length. Private members, and others that are not known, are not looked at.

    Raises VerifiableCredentialsError ``unsupported_key``.
    """
    match jwk:
        case {"kty": "OKP", "crv": "Ed25519", "x": str() as x}:
            key = from_multibase(dids.multikey(_coordinate(x)))
        case {"kty": "EC", "crv": "P-256", "x": str() as x, "y": str() as y}:
            parity = b"\x03" if _coordinate(y)[-1] & 1 else b"\x02"
            key = from_multibase(dids.multikey(parity + _coordinate(x)))
            if key.jwk["y"] != y:
                raise _unsupported()
        case {"kty": "RSA", "n": str() as n, "e": str() as e}:
            key = PublicKey(RSA, None, {"kty": "RSA", "n": n, "e": e})
        case _:
            raise _unsupported()
    uses = {name: jwk[name] for name in _USES if name in jwk}
    return dataclasses.replace(key, jwk={**key.jwk, **uses})


def is_signed(message: bytes, signature: bytes, key: PublicKey) -> bool:
    """
    Whether ``signature`` is the key's over ``message``: PureEdDSA (RFC 8032 §5.1) for Ed25519; ECDSA with SHA-256,
    r ‖ s (FIPS 186-5 §6.4), for P-256; False for any other key, and for a signature that is not 64 bytes.
    """
    algorithm = _JWS_ALGORITHMS.get(key.algorithm)
    if len(signature) != _SIGNATURE_BYTES or algorithm is None:
        return False
    try:
        return jwks.verify(key.jwk, algorithm, signature, message)
    except VerifiableCredentialsError:
        return False


def _coordinate(text: str) -> bytes:
    """32 bytes in base64url without padding, in their one spelling."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _unsupported() from None
    if len(raw) != _COORDINATE_BYTES or base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        raise _unsupported()
    return raw


def _unsupported() -> VerifiableCredentialsError:
    return DocumentError("unsupported_key", "Only Ed25519, P-256 and RSA keys are known.")
