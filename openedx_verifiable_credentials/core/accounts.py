"""
Accounts of Ethereum and the chains like it, and the secp256k1 keys behind them, in the forms that DID documents have.

An address is the last 20 bytes of the Keccak-256 of the uncompressed point (Ethereum Yellow Paper, appendix F). It is
written ``0x`` and 40 hexadecimal digits, lower case: whoever compares two of them compares these texts.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import base58
from Crypto.Hash import keccak

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.exceptions import DocumentError

# A compressed point: 02 or 03, then x (SEC 1 §2.3.3).
POINT_BYTES = 33
_COORDINATE_BYTES = 32
# secp256k1-pub (CID 1.0 §2.2.2, by the multicodec table).
_PREFIX = b"\xe7\x01"
_FIELD = 2**256 - 2**32 - 977
_MAX_CHARACTERS = 64
# CAIP-10 in the namespace eip155: a chain id without leading zeros, an address in any case.
_ACCOUNT_ID = re.compile(r"eip155:(?:0|[1-9][0-9]{0,31}):(0x[0-9A-Fa-f]{40})")


def address_of(public_key: bytes) -> str:
    """The address of a compressed point of secp256k1, 33 bytes. Raises DocumentError ``unsupported_key``."""
    x, y = _coordinates(public_key)
    return "0x" + keccak.new(data=x + y, digest_bits=256).digest()[-20:].hex()


def checksummed(address: str) -> str:
    """An address for people: some letters are capitals, by which a mistyped one is noticed (ERC-55)."""
    digits = address.removeprefix("0x").lower()
    by = keccak.new(data=digits.encode("ascii"), digest_bits=256).hexdigest()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, by, strict=False)
    )


def account_id(chain_id: int, address: str) -> str:
    """The account on one chain (CAIP-10)."""
    return f"eip155:{chain_id}:{checksummed(address)}"


def multikey(public_key: bytes) -> str:
    """The Multikey form of a compressed point: ``zQ3s…``. Raises DocumentError ``unsupported_key``."""
    _coordinates(public_key)
    return "z" + base58.b58encode(_PREFIX + public_key).decode("ascii")


def read_multikey(value: object) -> bytes:
    """
    The compressed point of a Multikey value, which must be the one that :func:`multikey` writes. Raises DocumentError
    ``unsupported_key``.
    """
    if not isinstance(value, str) or value[:1] != "z" or len(value) > _MAX_CHARACTERS:
        raise _unsupported()
    try:
        public_key = base58.b58decode(value[1:])[len(_PREFIX) :]
    except ValueError:
        raise _unsupported() from None
    if multikey(public_key) != value:
        raise _unsupported()
    return public_key


def public_jwk(public_key: bytes) -> dict[str, str]:
    """The key as a JWK (RFC 8812 §3.1). Raises DocumentError ``unsupported_key``."""
    x, y = _coordinates(public_key)
    return {"kty": "EC", "crv": v.SECP256K1, "x": _base64url(x), "y": _base64url(y)}


def read_jwk(jwk: Any) -> bytes:
    """
    The compressed point of a JWK (RFC 8812 §3.1), coordinates in their full length. Other members are not looked at.
    Raises DocumentError ``unsupported_key``.
    """
    match jwk:
        case {"kty": "EC", "crv": v.SECP256K1, "x": str() as x, "y": str() as y}:
            public_key = (b"\x03" if _coordinate(y)[-1] & 1 else b"\x02") + _coordinate(x)
            if public_jwk(public_key)["y"] == y:
                return public_key
    raise _unsupported()


def read_account_id(value: object) -> str:
    """The address of an account on whatever chain of the namespace eip155. Raises DocumentError ``unsupported_key``."""
    match = _ACCOUNT_ID.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _unsupported()
    return match[1].lower()


def _coordinates(public_key: bytes) -> tuple[bytes, bytes]:
    """Both coordinates of a compressed point (SEC 1 §2.3.4)."""
    x = int.from_bytes(public_key[1:], "big")
    square = (pow(x, 3, _FIELD) + 7) % _FIELD
    y = pow(square, (_FIELD + 1) // 4, _FIELD)
    if len(public_key) != POINT_BYTES or public_key[0] not in (2, 3) or x >= _FIELD or y * y % _FIELD != square:
        raise _unsupported()
    if y % 2 != public_key[0] % 2:
        y = _FIELD - y
    return public_key[1:], y.to_bytes(_COORDINATE_BYTES, "big")


def _coordinate(text: str) -> bytes:
    """32 bytes in base64url without padding, in their one spelling."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _unsupported() from None
    if len(raw) != _COORDINATE_BYTES or _base64url(raw) != text:
        raise _unsupported()
    return raw


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _unsupported() -> DocumentError:
    return DocumentError("unsupported_key", "This is not a secp256k1 key, or not in the one form of it.")
