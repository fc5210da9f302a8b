"""did:key, did:web and Multikey (CID 1.0 §2.2.2, did:key v0.9, did:web)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import base58

from openedx_verifiable_credentials.core import anchoring_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring_keys import AnchoringKey
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import PresentationError

ED25519_BYTES = 32
# A compressed point: 02 or 03, then x (SEC 1 §2.3.3).
P256_BYTES = 33
# By algorithm: the multicodec prefix, and the length of what follows it (CID 1.0 §2.2.2).
_FORMS = {v.ED25519: (b"\xed\x01", ED25519_BYTES), v.P256: (b"\x80\x24", P256_BYTES)}
_P256_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
# Nothing is percent-encoded but a port's colon, and no segment is "." or "..": a DID has one place, and stays in it.
_DID_WEB = re.compile(
    rf"did:web:({_LABEL}(?:\.{_LABEL})*(?:%3A[0-9]{{1,5}})?)((?::(?!\.{{1,2}}(?::|\Z))[A-Za-z0-9._~\-]+)*)"
)


def multikey(public_key: bytes) -> str:
    """
    The Multikey form of a public key: ``z6Mk…`` of 32 bytes (Ed25519), ``zDn…`` of 33 (P-256, a compressed point).
    """
    prefix = next(prefix for prefix, length in _FORMS.values() if length == len(public_key))
    return "z" + base58.b58encode(prefix + public_key).decode("ascii")


def read_public_key(value: str) -> tuple[str, bytes]:
    """
    ``(algorithm, public key)`` of an Ed25519 or P-256 key in Multikey form, as :func:`multikey` takes it.

    The value must be the one that :func:`multikey` writes: two spellings of one key would be two holders. A point of
    P-256 lies on the curve. Raises PresentationError ``unsupported_key``.
    """
    try:
        raw = base58.b58decode(value[1:]) if value[:1] == "z" and len(value) <= 64 else b""
    except ValueError:
        raw = b""
    for algorithm, (prefix, length) in _FORMS.items():
        public_key = raw[len(prefix) :]
        if raw[: len(prefix)] != prefix or len(public_key) != length or multikey(public_key) != value:
            continue
        if algorithm == v.P256 and _find_y(public_key) is None:
            break
        return algorithm, public_key
    raise PresentationError("unsupported_key", "Only Ed25519 and P-256 keys in Multikey form are known.")


def read_multikey(value: str) -> bytes:
    """The 32 bytes of an Ed25519 Multikey. Raises PresentationError ``unsupported_key`` for any other key or form."""
    algorithm, public_key = read_public_key(value)
    if algorithm != v.ED25519:
        raise PresentationError("unsupported_key", "Only Ed25519 keys in Multikey form are accepted.")
    return public_key


def algorithm_of(public_key_multibase: str) -> str:
    """The algorithm of a public key in Multikey form. Raises PresentationError ``unsupported_key``."""
    return read_public_key(public_key_multibase)[0]


def public_jwk(public_key_multibase: str) -> dict[str, str]:
    """The key as a JWK (RFC 8037 §2, RFC 7518 §6.2.1). Raises PresentationError ``unsupported_key``."""
    algorithm, public_key = read_public_key(public_key_multibase)
    if algorithm == v.ED25519:
        return {"kty": "OKP", "crv": "Ed25519", "x": _base64url(public_key)}
    y = _find_y(public_key)
    assert y is not None
    return {"kty": "EC", "crv": "P-256", "x": _base64url(public_key[1:]), "y": _base64url(y.to_bytes(32, "big"))}


def _find_y(point: bytes) -> int | None:
    """The other coordinate of a compressed point of P-256 (SEC 1 §2.3.4); None where there is no such point."""
    x = int.from_bytes(point[1:], "big")
    square = (x**3 - 3 * x + _P256_B) % _P256_P
    y = pow(square, (_P256_P + 1) // 4, _P256_P)
    if point[0] not in (2, 3) or x >= _P256_P or y * y % _P256_P != square:
        return None
    return y if y % 2 == point[0] % 2 else _P256_P - y


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def key_did(public_key: bytes) -> str:
    """The did:key of a public key, Ed25519 or P-256."""
    return f"did:key:{multikey(public_key)}"


def key_method(did: str, public_key: bytes) -> VerificationMethod:
    """The verification method of an issuer: its fragment *is* the Multikey value, so rotation gives new ids."""
    value = multikey(public_key)
    return VerificationMethod(id=f"{did}#{value}", controller=did, public_key_multibase=value)


def method_for_suite(method: VerificationMethod, suite: str) -> str:
    """
    The id under which a suite names ``method``.

    A did:web document lists an Ed25519 key twice (Multikey, Ed25519VerificationKey2020), each suite its own type;
    a did:key has the one.
    """
    if suite == v.ED25519_SIGNATURE_2020 and method.controller.startswith("did:web:"):
        return f"{method.id}-2020"
    return method.id


def web_did(host: str, path: Sequence[str] = ()) -> str:
    """The did:web of ``host`` (a port is written ``host:8000``) and path segments. Raises ValueError."""
    did = ":".join(["did:web:" + host.replace(":", "%3A"), *path])
    if not _DID_WEB.fullmatch(did):
        raise ValueError("A did:web needs a host name and plain path segments.")
    return did


def web_did_location(did: str) -> tuple[str, str]:
    """``(host, path)`` where a did:web's document is served. Raises ValueError for anything else."""
    match = _DID_WEB.fullmatch(did)
    if match is None:
        raise ValueError("Not a did:web.")
    segments = match[2].split(":")[1:] or [".well-known"]
    return match[1].replace("%3A", ":"), "/".join(["", *segments, "did.json"])


def did_document(
    did: str,
    methods: Sequence[VerificationMethod],
    revoked: Mapping[str, str] | None = None,
    *,
    anchoring: Sequence[AnchoringKey] = (),
    profile_url: str = "",
) -> dict[str, Any]:
    """
    The DID document of a did:web issuer (DID Core §5, CID 1.0 §2), ``methods`` newest first.

    Every key is listed in each form that verifiers look for: Multikey, Ed25519VerificationKey2020, JsonWebKey2020; the
    ids stand under ``assertionMethod`` as plain strings. Keys that sign no more stay, or what they signed would not
    verify. ``revoked`` has, by Multikey value, since when a key is compromised (xsd:dateTimeStamp): such a key keeps
    its entries, ``revoked`` in them, and leaves ``assertionMethod``.

    ``anchoring``: the keys that pay for anchors; :mod:`.anchoring_keys` says how they are listed. A revoked one leaves
    ``assertionMethod``, so that nothing else is signed with it. Where there are such keys, the document names the
    issuer's Profile at ``profile_url``, and Ed25519 keys have their JWK beside their Multikey, which verifiers of
    Blockcerts need.
    """
    revoked = revoked or {}
    entries: list[dict[str, Any]] = []
    trusted: list[str] = []
    for method in methods:
        since = revoked.get(method.public_key_multibase)
        forms = _forms(did, method, with_jwk=bool(anchoring))
        if since is None:
            trusted += [form["id"] for form in forms]
            entries += forms
        else:
            # The context of JsonWebKey2020 has no term for "revoked"; without it the entry would look good.
            entries += [{**form, "revoked": since} for form in forms if form["type"] != v.JSON_WEB_KEY_2020]
    document: dict[str, Any] = {
        "@context": [v.DID_V1, v.MULTIKEY_V1, v.ED25519_2020_V1, v.JWS_2020_V1],
        "id": did,
        "verificationMethod": entries,
        "assertionMethod": trusted,
    }
    if anchoring:
        document["@context"].append(dict(anchoring_keys.DID_TERMS))
        document["service"] = [anchoring_keys.service(did, profile_url)]
    for key in anchoring:
        forms = anchoring_keys.methods(did, key)
        entries += forms
        trusted += [form["id"] for form in forms if key.revoked is None]
    return document


def _forms(did: str, method: VerificationMethod, *, with_jwk: bool) -> list[dict[str, Any]]:
    value = method.public_key_multibase
    is_ed25519 = algorithm_of(value) == v.ED25519
    multikey_form: dict[str, Any] = {
        "id": method.id,
        "type": v.MULTIKEY,
        "controller": did,
        "publicKeyMultibase": value,
    }
    if with_jwk and is_ed25519:
        multikey_form["publicKeyJwk"] = public_jwk(value)
    forms: list[dict[str, Any]] = [multikey_form]
    if is_ed25519:
        method_id = method_for_suite(method, v.ED25519_SIGNATURE_2020)
        kind = v.ED25519_VERIFICATION_KEY_2020
        forms.append({"id": method_id, "type": kind, "controller": did, "publicKeyMultibase": value})
    jwk = {"id": f"{method.id}-jwk", "type": v.JSON_WEB_KEY_2020, "controller": did, "publicKeyJwk": public_jwk(value)}
    return [*forms, jwk]


def public_key_of(verification_method: str) -> tuple[str, bytes]:
    """
    ``(controller, public key)`` of a did:key verification method ``did:key:zX#zX``.

    Raises PresentationError: ``unsupported_did_method`` (nothing is ever fetched), ``unsupported_key``.
    """
    did, _, fragment = verification_method.partition("#")
    if not did.startswith("did:key:"):
        raise PresentationError("unsupported_did_method", "Only did:key holders are accepted; nothing is fetched.")
    value = did.removeprefix("did:key:")
    if fragment != value:
        raise PresentationError("unsupported_key", "The verification method does not name the key of its did:key.")
    return did, read_multikey(value)
