"""
What ``eddsa-rdfc-2022``, ``Ed25519Signature2020`` and, with P-256 keys, ``ecdsa-rdfc-2019`` share (Data Integrity §4;
vc-di-eddsa §3.2 and §3.6; vc-di-ecdsa §3.2).

All sign 64 bytes: SHA-256 of the canonical proof configuration, then SHA-256 of the canonical document. The
configuration carries the document's own ``@context`` while it is hashed, never in the released proof.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from typing import Any

import base58

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PresentationError

SIGNATURE_BYTES = 64
Canonicalizer = Callable[[dict[str, Any]], str]


@dataclasses.dataclass(frozen=True)
class ProofOptions:
    """What a proof says beside its value. ``created`` is an XML Schema dateTime in UTC, to the second."""

    verification_method: str
    created: str
    purpose: str = v.ASSERTION_METHOD
    challenge: str | None = None
    domain: str | None = None

    def members(self) -> JsonObject:
        """The members, in the order in which they are written."""
        members = {
            "created": self.created,
            "verificationMethod": self.verification_method,
            "proofPurpose": self.purpose,
            "challenge": self.challenge,
            "domain": self.domain,
        }
        return {name: value for name, value in members.items() if value is not None}


def signing_input(document: JsonObject, proof: JsonObject, canonicalize: Canonicalizer) -> bytes:
    """
    The 64 bytes that ``proof`` signs: hash of the configuration, then hash of the document (vc-di-eddsa §3.2.4).

    ``document`` has no ``proof``; ``proof`` has no ``proofValue``. Raises what ``canonicalize`` raises.
    """
    return configuration_hash(document["@context"], proof, canonicalize) + sha256(canonicalize(document))


def configuration_hash(context: Any, proof: JsonObject, canonicalize: Canonicalizer) -> bytes:
    """
    SHA-256 of the canonical proof configuration (vc-di-eddsa §3.2.5): ``proof`` without its value, under the document's
    ``context``. Raises what ``canonicalize`` raises.
    """
    return sha256(canonicalize({"@context": context, **proof}))


def with_value(proof: JsonObject, signature: bytes) -> JsonObject:
    """``proof`` with its value, multibase base58-btc (vc-di-eddsa §3.2.1)."""
    return {**proof, "proofValue": "z" + base58.b58encode(signature).decode("ascii")}


def split(proof: JsonObject) -> tuple[JsonObject, bytes]:
    """
    A proof without its value, and the 64 bytes of that value.

    Raises PresentationError ``invalid_proof_value``: absent, not base58-btc in its one spelling, or not 64 bytes.
    """
    value = proof.get("proofValue")
    try:
        signature = (
            base58.b58decode(value[1:]) if isinstance(value, str) and value[:1] == "z" and len(value) < 96 else b""
        )
    except ValueError:
        signature = b""
    if len(signature) != SIGNATURE_BYTES or with_value({}, signature)["proofValue"] != value:
        raise PresentationError("invalid_proof_value", "The proof value is not 64 bytes in base58-btc.")
    return {name: member for name, member in proof.items() if name != "proofValue"}, signature


def sha256(text: str) -> bytes:
    """Of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).digest()
