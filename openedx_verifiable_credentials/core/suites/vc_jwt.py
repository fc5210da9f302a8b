"""
Credentials secured as compact JWS: JWT of VC 1.1 (§6.3.1), ``vc+jwt`` (VC-JOSE-COSE §3.1.1), and JWT as Open Badges 3.0
(§8.2) writes them.

The key fixes the algorithm (RFC 8725 §3.1): RSA keys are for RS256, P-256 keys for ES256, Ed25519 keys for EdDSA. The
header only says which key was used. What a header offers as key (``jwk``) is handed on for the caller to judge; what
it points to (``jku``, ``x5u``) is never followed, and ``x5c`` is never read.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.suites import jwk
from openedx_verifiable_credentials.core.suites import jwt_claims
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import PresentationError

MAX_HEADER_BYTES = 8 * 1024
MAX_PAYLOAD_BYTES = 512 * 1024
MAX_SIGNATURE_BYTES = 1024
_MAX_KEY_ID = 2_048
_MAX_CHARACTERS = (MAX_HEADER_BYTES + MAX_PAYLOAD_BYTES + MAX_SIGNATURE_BYTES) * 4 // 3 + 16
_SHAPE = re.compile(rb"[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*\.[A-Za-z0-9_\-]*")
_NO_SIGNATURES = ("none", "HS256", "HS384", "HS512")
# With a capital of the standards, and names that drafts of VC-JOSE-COSE had.
_TYPES = ("JWT", "vc+jwt", "vc+ld+jwt", "vc-ld+jwt", "vc+ld+json+jwt")
_POINTERS = ("jku", "x5u")
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")


@dataclasses.dataclass(frozen=True)
class ParsedToken:
    """
    A token that was read and is not yet believed.

    ``credential``: the credential that it secures, with what only its claims say (VC 1.1 §6.3.1.2). ``claims``: the
    whole payload. ``key_id``: the header's ``kid``. ``header_jwk``: a public key that the token brings along: a
    signature can be checked with it, but it says nothing about who signed. ``not_before`` and ``expires``: when the
    token itself is good, in seconds since 1970; for tokens whose claims repeat the credential's dates, the same dates.
    """

    header: JsonObject
    credential: JsonObject
    claims: JsonObject
    signing_input: bytes
    signature: bytes
    algorithm: str
    key_id: str | None
    header_jwk: Mapping[str, Any] | None
    not_before: float | None
    expires: float | None


def find_token(raw: bytes) -> str | None:
    """``raw`` as text where it has the shape of a compact JWS, with space around it or not; None for anything else."""
    stripped = raw.strip()
    return stripped.decode("ascii") if _SHAPE.fullmatch(stripped) else None


def read(token: str) -> ParsedToken:
    """
    What ``token`` says, its signature not looked at.

    Each part is base64url in its one spelling, without padding (RFC 7515 §2); header and payload are JSON without
    duplicate members; ``crit`` is refused, since no extension is known here (§4.1.11).

    Raises DocumentError: ``too_large``; ``malformed_proof``; ``unsupported_algorithm`` (``none`` and HMAC, which prove
    nothing about an issuer); ``unsupported_proof`` (another algorithm, an extension, a key behind an address);
    ``not_json``, ``not_a_credential``; ``unsupported_format`` (a presentation).
    """
    if len(token) > _MAX_CHARACTERS:
        raise DocumentError("too_large", "The token is too large.")
    parts = token.split(".")
    if len(parts) != 3:
        raise DocumentError("malformed_proof", "The token does not have three parts.")
    raw_header, payload, signature = map(_decode, parts)
    header = _read_header(raw_header)
    algorithm = _algorithm(header)
    key_id = _key_id(header)
    header_jwk = _header_jwk(header)
    if not 0 < len(signature) <= MAX_SIGNATURE_BYTES:
        raise DocumentError("malformed_proof", "The token has no signature, or one that is too long.")
    claims = _read_payload(payload)
    mapped = jwt_claims.read(claims, header.get("typ"))
    return ParsedToken(
        header=header,
        credential=mapped.credential,
        claims=claims,
        signing_input=token.rpartition(".")[0].encode("ascii"),
        signature=signature,
        algorithm=algorithm,
        key_id=key_id,
        header_jwk=header_jwk,
        not_before=mapped.not_before,
        expires=mapped.expires,
    )


def verify(parsed: ParsedToken, public_jwk: Mapping[str, Any]) -> bool:
    """
    Whether the owner of ``public_jwk`` signed the token (RFC 7515 §5.2).

    Raises DocumentError: ``unsupported_algorithm`` (the header names another algorithm than the key is for, or the key
    is none to sign with, or is RSA of less than 2048 bits); ``key_unavailable`` (not a public key that is known here).
    """
    return jwk.verify(public_jwk, parsed.algorithm, parsed.signature, parsed.signing_input)


def _decode(part: str) -> bytes:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != part:
        raise DocumentError("malformed_proof", "A part of the token is not base64url in its one spelling.")
    return raw


def _read_header(raw: bytes) -> JsonObject:
    try:
        header = json_text.read_object(raw, max_bytes=MAX_HEADER_BYTES, max_depth=8)
    except PresentationError:
        raise DocumentError("malformed_proof", "The token's header is not a JSON object that can be read.") from None
    kind = header.get("typ", "JWT")
    if kind == "vp+jwt":
        raise DocumentError("unsupported_format", "The token is a presentation.")
    if kind not in _TYPES or header.get("cty") == "JWT":
        raise DocumentError("malformed_proof", "The token is of another type than a credential.")
    if "crit" in header or "b64" in header or any(name in header for name in _POINTERS):
        raise DocumentError("unsupported_proof", "The token's header asks for what is not done here.")
    return header


def _algorithm(header: JsonObject) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise DocumentError("malformed_proof", "The token's header names no algorithm.")
    if algorithm.lower() in {name.lower() for name in _NO_SIGNATURES}:
        raise DocumentError("unsupported_algorithm", "The token's algorithm proves nothing about an issuer.")
    if algorithm not in jwk.ALGORITHMS:
        raise DocumentError("unsupported_proof", "The token's algorithm is not known here.")
    return algorithm


def _key_id(header: JsonObject) -> str | None:
    key_id = header.get("kid")
    if key_id is not None and not (isinstance(key_id, str) and 0 < len(key_id) <= _MAX_KEY_ID):
        raise DocumentError("malformed_proof", "The token's key id is malformed.")
    return key_id


def _header_jwk(header: JsonObject) -> Mapping[str, Any] | None:
    if "jwk" not in header:
        return None
    key = header["jwk"]
    if not isinstance(key, dict) or any(name in key for name in _PRIVATE):
        raise DocumentError("malformed_proof", "The key in the token's header is not a public key.")
    return key


def _read_payload(raw: bytes) -> JsonObject:
    try:
        return json_text.read_object(raw, max_bytes=MAX_PAYLOAD_BYTES)
    except PresentationError as error:
        if error.code in ("too_large", "too_deep"):
            raise DocumentError("too_large", "The token's payload is too large or too deep.") from None
        raise DocumentError("not_json", "The token's payload is not a JSON object that can be read.") from None
