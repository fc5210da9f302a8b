"""Public keys as JWK (RFC 7517, RFC 7518 §6, RFC 8037 §2), and the one algorithm that each kind is used with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from openedx_verifiable_credentials.exceptions import DocumentError

# By kty and crv.
_ALGORITHM_OF = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
# "Ed25519" is what RFC 9864 calls EdDSA with these keys.
ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
_ALSO = {"Ed25519": "EdDSA"}
MIN_RSA_BITS = 2_048
MAX_RSA_BITS = 8_192
_MAX_EXPONENT_BYTES = 4
_COORDINATE_BYTES = 32
_FIELD = 2**255 - 19
# The y of the eight points of small order (RFC 8032 §5.1): with such a key anybody's signature is good.
_EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = (0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH)
_PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


def verify(jwk: Mapping[str, Any], algorithm: str, signature: bytes, message: bytes) -> bool:
    """
    Whether ``signature`` over ``message`` was made with ``jwk`` by ``algorithm``.

    Raises DocumentError: ``unsupported_algorithm`` where the key is for another one, is not for signatures, or is RSA
    of less than 2048 bits (RFC 7518 §3.3); ``key_unavailable`` where it is malformed or of a kind that is not known.
    """
    _require_algorithm(jwk, algorithm)
    try:
        key = _load(jwk)
    except (ValueError, UnsupportedAlgorithm):
        raise DocumentError("key_unavailable", "The key is not a public key in its one JWK form.") from None
    try:
        return _verify(key, signature, message)
    except InvalidSignature:
        return False


def _require_algorithm(jwk: Mapping[str, Any], algorithm: str) -> None:
    """What the key is, and what it says of itself (RFC 7517 §4.2 to §4.4)."""
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if not isinstance(kind, str) or not isinstance(curve, str | None):
        raise DocumentError("key_unavailable", "The key does not say of which kind it is.")
    own = _ALGORITHM_OF.get((kind, curve))
    operations = jwk.get("key_ops", ["verify"])
    if own is None or own != _ALSO.get(algorithm, algorithm):
        raise DocumentError("unsupported_algorithm", "The token names another algorithm than its key is for.")
    if jwk.get("alg", algorithm) not in (algorithm, own) or jwk.get("use", "sig") != "sig":
        raise DocumentError("unsupported_algorithm", "The key says that it is for something else.")
    if not isinstance(operations, list) or "verify" not in operations:
        raise DocumentError("unsupported_algorithm", "The key says that it is for something else.")


def _load(jwk: Mapping[str, Any]) -> _PublicKey:
    if jwk["kty"] == "RSA":
        return _load_rsa(jwk)
    x = _coordinate(jwk.get("x"))
    if jwk["kty"] == "OKP":
        return ed25519.Ed25519PublicKey.from_public_bytes(x)
    y = _coordinate(jwk.get("y"))
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
    return numbers.public_key()


def _load_rsa(jwk: Mapping[str, Any]) -> rsa.RSAPublicKey:
    modulus, exponent = _decode(jwk.get("n")), _decode(jwk.get("e"))
    # Base64urlUInt (RFC 7518 §2): the fewest bytes.
    if modulus[:1] in (b"", b"\0") or exponent[:1] in (b"", b"\0") or len(exponent) > _MAX_EXPONENT_BYTES:
        raise ValueError("not numbers in their one form")
    n = int.from_bytes(modulus, "big")
    if n.bit_length() < MIN_RSA_BITS:
        raise DocumentError("unsupported_algorithm", f"RSA keys have at least {MIN_RSA_BITS} bits.")
    if n.bit_length() > MAX_RSA_BITS:
        raise ValueError("too long")
    return rsa.RSAPublicNumbers(int.from_bytes(exponent, "big"), n).public_key()


def _verify(key: _PublicKey, signature: bytes, message: bytes) -> bool:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ed25519.Ed25519PublicKey):
        if not _is_of_large_order(key):
            return False
        key.verify(signature, message)
    else:
        if len(signature) != 2 * _COORDINATE_BYTES:
            return False  # r ‖ s, never DER (RFC 7518 §3.4)
        r, s = signature[:_COORDINATE_BYTES], signature[_COORDINATE_BYTES:]
        der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        key.verify(der, message, ec.ECDSA(hashes.SHA256()))
    return True


def _is_of_large_order(key: ed25519.Ed25519PublicKey) -> bool:
    """Whether it is a point in its one encoding, and not one of the eight that make no key (RFC 8032 §5.1.3, §8.4)."""
    y = int.from_bytes(key.public_bytes_raw(), "little") % 2**255
    return y < _FIELD and y not in _SMALL_ORDER


def _coordinate(value: Any) -> bytes:
    raw = _decode(value)
    if len(raw) != _COORDINATE_BYTES:
        raise ValueError("not 32 bytes")
    return raw


def _decode(value: Any) -> bytes:
    if not isinstance(value, str) or len(value) > 2 * MAX_RSA_BITS // 8:
        raise ValueError("not base64url")
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != value:
        raise ValueError("not base64url in its one spelling")
    return raw
