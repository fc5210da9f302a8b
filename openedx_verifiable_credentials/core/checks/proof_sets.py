"""The proofs of a document, read and not yet believed (Data Integrity §2.1, §2.1.1 and §2.1.2)."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.core.text import is_absolute_iri
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError

MAX_PROOFS = 8
# By the suite: the algorithm that its key must have; None for one that signs with a transaction.
ALGORITHMS = {
    v.EDDSA_RDFC_2022: v.ED25519,
    v.EDDSA_JCS_2022: v.ED25519,
    v.ED25519_SIGNATURE_2020: v.ED25519,
    v.ECDSA_RDFC_2019: v.P256,
    v.MERKLE_PROOF_2019_SUITE: None,
}
# Suites that are named by the type of the proof; every other one stands in ``cryptosuite``.
_TYPES = {v.ED25519_SIGNATURE_2020: v.ED25519_SIGNATURE_2020, v.MERKLE_PROOF_2019: v.MERKLE_PROOF_2019_SUITE}


@dataclasses.dataclass(frozen=True)
class Proof:
    """
    One proof as it stands in the document. ``suite`` None: not one that is known here. ``previous``: the ids of the
    proofs it was made after; ``domains``: those it was made for.
    """

    number: int
    members: JsonObject = dataclasses.field(repr=False)
    suite: str | None
    method: str = dataclasses.field(repr=False)
    purpose: str
    created: datetime.datetime | None = None
    expires: datetime.datetime | None = None
    previous: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it calls itself."""
        suite = self.members.get("cryptosuite")
        return suite if isinstance(suite, str) and suite else str(self.members.get("type"))

    @property
    def algorithm(self) -> str | None:
        """Of its key."""
        return ALGORITHMS.get(self.suite or "")


def read_proofs(document: JsonObject) -> list[Proof]:
    """
    The proofs of ``document``. Those of types that are not known here have what every proof has (Data Integrity §2.1),
    a type and a purpose; beyond that they may look as they like.

    Raises DocumentError: ``no_proof``, ``malformed_proof``.
    """
    members = document.get("proof")
    members = members if isinstance(members, list) else [members]
    if members in ([], [None]):
        raise DocumentError("no_proof", "The document carries no proof.")
    if len(members) > MAX_PROOFS or not all(isinstance(member, dict) for member in members):
        raise malformed()
    proofs = [_read(number, member) for number, member in enumerate(members)]
    names = [proof.members["id"] for proof in proofs if "id" in proof.members]
    if not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        raise malformed()
    return proofs


def malformed() -> DocumentError:
    """What is raised where a proof is not as it must be."""
    return DocumentError("malformed_proof", "A proof lacks a member, or has one in the wrong form.")


def _read(number: int, members: JsonObject) -> Proof:
    method, purpose = _text(members, "verificationMethod"), _text(members, "proofPurpose")
    if not isinstance(members.get("type"), str) or not purpose:
        raise malformed()
    suite = _suite(members)
    is_known = suite is not None or members["type"] == v.DATA_INTEGRITY_PROOF
    if not is_absolute_iri(method) and (is_known or "verificationMethod" in members):
        raise malformed()
    if suite is None:
        return Proof(number, members, None, method, purpose)
    proof = Proof(
        number=number,
        members=members,
        suite=suite,
        method=method,
        purpose=purpose,
        created=_moment(members, "created"),
        expires=_moment(members, "expires"),
        previous=_strings(members, "previousProof"),
        domains=_strings(members, "domain"),
    )
    if not isinstance(members.get("challenge", ""), str):
        raise malformed()
    if proof.created is None and members["type"] != v.DATA_INTEGRITY_PROOF:
        raise malformed()
    return proof


def _suite(members: JsonObject) -> str | None:
    """Data Integrity §2.1: a ``DataIntegrityProof`` names its suite, and the other types that are known are one."""
    kind, suite = members["type"], members.get("cryptosuite")
    if kind == v.DATA_INTEGRITY_PROOF:
        if not isinstance(suite, str):
            raise malformed()
        return suite if suite in ALGORITHMS and suite not in _TYPES else None
    if kind in _TYPES and "cryptosuite" in members:
        raise malformed()
    return _TYPES.get(kind)


def _text(members: JsonObject, name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _moment(members: JsonObject, name: str) -> datetime.datetime | None:
    if name not in members:
        return None
    # Data Integrity §2.1: a date that was written without an offset by mistake is in UTC.
    moment = read_moment(members[name], without_zone=True)
    if moment is None:
        raise malformed()
    return moment


def _strings(members: JsonObject, name: str) -> tuple[str, ...]:
    value: Any = members.get(name, [])
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        raise malformed()
    return tuple(values)
