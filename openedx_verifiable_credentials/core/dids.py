"""did:key, did:web and Multikey (CID 1.0 §2.2.2, did:key v0.9, did:web)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import base58

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import PresentationError

ED25519_BYTES = 32
_ED25519_PREFIX = b"\xed\x01"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
# Nothing is percent-encoded but a port's colon, and no segment is "." or "..": a DID has one place, and stays in it.
_DID_WEB = re.compile(
    rf"did:web:({_LABEL}(?:\.{_LABEL})*(?:%3A[0-9]{{1,5}})?)((?::(?!\.{{1,2}}(?::|\Z))[A-Za-z0-9._~\-]+)*)"
)


def multikey(public_key: bytes) -> str:
    """The Multikey form ``z6Mk…`` of a 32-byte Ed25519 public key."""
    return "z" + base58.b58encode(_ED25519_PREFIX + public_key).decode("ascii")


def read_multikey(value: str) -> bytes:
    """
    The 32 bytes of an Ed25519 Multikey. Raises PresentationError ``unsupported_key`` for any other key or form.

    The value must be the one that :func:`multikey` writes: two spellings of one key would be two holders.
    """
    try:
        raw = base58.b58decode(value[1:]) if value[:1] == "z" and len(value) <= 64 else b""
    except ValueError:
        raw = b""
    public_key = raw[len(_ED25519_PREFIX) :]
    if len(public_key) != ED25519_BYTES or multikey(public_key) != value:
        raise PresentationError("unsupported_key", "Only Ed25519 keys in Multikey form are accepted.")
    return public_key


def key_did(public_key: bytes) -> str:
    """The did:key of an Ed25519 public key."""
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


def did_document(did: str, methods: Sequence[VerificationMethod]) -> dict[str, Any]:
    """
    The DID document of a did:web issuer (DID Core §5, CID 1.0 §2): every live key as Multikey and as
    Ed25519VerificationKey2020, both under ``assertionMethod`` as plain strings.
    """
    entries = [entry for method in methods for entry in _entries(did, method)]
    return {
        "@context": [v.DID_V1, v.MULTIKEY_V1, v.ED25519_2020_V1],
        "id": did,
        "verificationMethod": entries,
        "assertionMethod": [entry["id"] for entry in entries],
    }


def _entries(did: str, method: VerificationMethod) -> list[dict[str, str]]:
    return [
        {"id": method_id, "type": kind, "controller": did, "publicKeyMultibase": method.public_key_multibase}
        for kind, method_id in (
            (v.MULTIKEY, method.id),
            (v.ED25519_VERIFICATION_KEY_2020, method_for_suite(method, v.ED25519_SIGNATURE_2020)),
        )
    ]


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
