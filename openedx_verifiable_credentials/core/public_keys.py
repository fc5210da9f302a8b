"""Public keys of others, in whatever form they are published, and the signatures made with them."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PresentationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

RSA = "RSA"
_COORDINATE_BYTES = 32
_SIGNATURE_BYTES = 64


@dataclasses.dataclass(frozen=True)
class PublicKey:
    """
    ``algorithm``: Ed25519, P-256 or RSA; ``jwk``: its public members (RFC 7517 §4), and nothing else;
    ``multibase``: its Multikey value (CID 1.0 §2.2.2), None for RSA.
    """

    algorithm: str
    jwk: JsonObject
    multibase: str | None


def from_multibase(value: object) -> PublicKey:
    """Of a Multikey value. Raises VerifiableCredentialsError ``unsupported_key``."""
    if not isinstance(value, str):
        raise _unsupported()
    algorithm, _ = dids.read_public_key(value)
    return PublicKey(algorithm, dict(dids.public_jwk(value)), value)


def from_jwk(jwk: object) -> PublicKey:
    """
    Of a JWK: OKP with Ed25519 (RFC 8037 §2), EC with P-256 and RSA (RFC 7518 §6.2 and §6.3); coordinates in their full
    length. Other members are not looked at.

    Raises VerifiableCredentialsError ``unsupported_key``.
    """
    match jwk:
        case {"kty": "OKP", "crv": "Ed25519", "x": str() as x}:
            return from_multibase(dids.multikey(_coordinate(x)))
        case {"kty": "EC", "crv": "P-256", "x": str() as x, "y": str() as y}:
            parity = b"\x03" if _coordinate(y)[-1] & 1 else b"\x02"
            key = from_multibase(dids.multikey(parity + _coordinate(x)))
            if key.jwk["y"] != y:
                raise _unsupported()
            return key
        case {"kty": "RSA", "n": str() as n, "e": str() as e}:
            return PublicKey(RSA, {"kty": "RSA", "n": n, "e": e}, None)
    raise _unsupported()


def is_signed(message: bytes, signature: bytes, key: PublicKey) -> bool:
    """
    Whether ``signature`` is the key's over ``message``: PureEdDSA (RFC 8032 §5.1) for Ed25519; ECDSA with SHA-256,
    r ‖ s (FIPS 186-5 §6.4), for P-256; False for any other key, and for a signature that is not 64 bytes.
    """
    if len(signature) != _SIGNATURE_BYTES or key.multibase is None:
        return False
    raw = dids.read_public_key(key.multibase)[1]
    try:
        if key.algorithm == v.ED25519:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
        else:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
            point.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _coordinate(text: str) -> bytes:
    """32 bytes in base64url without padding, in their one spelling."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _unsupported() from None
    if len(raw) != _COORDINATE_BYTES or base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        raise _unsupported()
    return raw


def _unsupported(*_: Any) -> VerifiableCredentialsError:
    return PresentationError("unsupported_key", "Only Ed25519, P-256 and RSA keys are known.")
