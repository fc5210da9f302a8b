"""
What of a credential is anchored, and the anchored form of it (Merkle Proof Signature Suite 2019; Data Integrity §4.4).

A leaf is SHA-256 of canonical N-Quads in safe mode: every member of the document is in it, so that verifiers that fill
in a vocabulary for what no context defines compute the same.
"""

from __future__ import annotations

import enum
import hashlib

from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import AnchoringError
from openedx_verifiable_credentials.exceptions import CompositionError


class Cover(enum.StrEnum):
    """What a leaf is the hash of: the document alone, or with the proof it was issued with."""

    DOCUMENT = "document"
    PROOF = "proof"


def leaf_of(document: JsonObject, covers: str) -> bytes:
    """
    The 32 bytes that stand for the signed ``document`` in a batch. ``covers``: a :class:`Cover`.

    Raises AnchoringError ``proof_shape`` (it has several proofs; or none, and the leaf covers one) and
    ``not_canonical`` (a member that no context defines, a context that is not pinned, a relative IRI).
    """
    bare, issued = _split(document, covers)
    covered = {**bare, "proof": [issued]} if issued is not None else bare
    try:
        quads = canonicalize(covered)
    except CompositionError as error:
        raise AnchoringError("not_canonical", f"This credential cannot be anchored: {error.message}") from error
    return hashlib.sha256(quads.encode("utf-8")).digest()


def anchored(document: JsonObject, covers: str, proof: JsonObject, profile: CredentialProfile) -> JsonObject:
    """
    The signed ``document`` in its anchored form; itself it stays as it is. ``proof``: the Merkle proof of its leaf.

    Where the leaf covers the proof of issue, ``proof`` stands behind that one, otherwise in its place, in the shape of
    ``profile``. Raises AnchoringError ``proof_shape``.
    """
    bare, issued = _split(document, covers)
    if issued is None:
        return profile.attach(bare, proof)
    return {**bare, "proof": [issued, proof]}


def _split(document: JsonObject, covers: str) -> tuple[JsonObject, JsonObject | None]:
    """The document without proof, and the proof of issue where the leaf covers it."""
    members = document.get("proof", [])
    proofs = members if isinstance(members, list) else [members]
    if len(proofs) > 1 or not all(isinstance(proof, dict) for proof in proofs):
        raise AnchoringError("proof_shape", "What is anchored is a credential with the one proof it was issued with.")
    bare = {name: member for name, member in document.items() if name != "proof"}
    if Cover(covers) is Cover.DOCUMENT:
        return bare, None
    if not proofs:
        raise AnchoringError("proof_shape", "The leaf covers the proof of issue, and the credential has none.")
    return bare, proofs[0]
