"""
The signature check: proof sets and proof chains (Data Integrity §4.4 and §4.5), each proof of a suite that is known.

A proof of a suite that is not known says nothing, for or against the document: anybody can add one. A known one that
does not verify fails the check, and at least one must be valid.
"""

from __future__ import annotations

import dataclasses
import datetime
import hmac
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.core.moments import SKEW
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.core.public_keys import PublicKey
from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.core.text import is_absolute_iri
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PresentationError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

MAX_PROOFS = 8
VALID = "signature_valid"
# The algorithm that the key of a suite must have.
_ALGORITHMS = {
    v.EDDSA_RDFC_2022: v.ED25519,
    v.EDDSA_JCS_2022: v.ED25519,
    v.ED25519_SIGNATURE_2020: v.ED25519,
    v.ECDSA_RDFC_2019: v.P256,
}
# What the check says where no proof is valid and none failed: the first of these that a proof has.
_UNDECIDED = ("wrong_purpose", "key_unavailable", "anchor_not_checked", "unsupported_proof")


@dataclasses.dataclass(frozen=True)
class Proof:
    """
    One proof as it stands in the document. ``suite`` None: not one that is known here. ``previous``: the ids of the
    proofs it was made after; ``domains``: those it was made for.
    """

    number: int
    members: JsonObject = dataclasses.field(repr=False)
    suite: str | None
    method: str
    purpose: str
    created: datetime.datetime | None
    expires: datetime.datetime | None
    previous: tuple[str, ...]
    domains: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it calls itself."""
        return str(self.members.get("cryptosuite") or self.members.get("type"))


@dataclasses.dataclass(frozen=True)
class Expected:
    """
    What proofs must have been made for. ``moment``: when they must not have expired; ``challenge`` and ``domain`` None:
    any will do.
    """

    purpose: str
    moment: datetime.datetime
    challenge: str | None = None
    domain: str | None = None


@dataclasses.dataclass(frozen=True)
class ProofResult:
    """What became of one proof; ``code`` is one of ``codes.json``."""

    proof: Proof
    code: str

    def as_json(self) -> JsonObject:
        """For the detail of the check."""
        return {
            "suite": self.proof.name,
            "verificationMethod": self.proof.method,
            "created": self.proof.members.get("created"),
            "code": self.code,
        }


FindKey = Callable[[Proof], PublicKey | None]


def read_proofs(document: JsonObject) -> list[Proof]:
    """
    The proofs of ``document`` (Data Integrity §2.1, §2.1.1).

    Raises VerifiableCredentialsError: ``no_proof``, ``malformed_proof``.
    """
    members = document.get("proof")
    members = members if isinstance(members, list) else [members]
    if members in ([], [None]):
        raise PresentationError("no_proof", "The document carries no proof.")
    if len(members) > MAX_PROOFS or not all(isinstance(member, dict) for member in members):
        raise _malformed()
    return [_read(number, member) for number, member in enumerate(members)]


def judge(
    document: JsonObject, proofs: Sequence[Proof], *, find_key: FindKey, expected: Expected, canonicalize: Canonicalizer
) -> list[ProofResult]:
    """What became of each of ``proofs``, which are all that ``document`` has."""
    secured = _Secured(document, proofs, canonicalize)
    return [ProofResult(proof, _judge(proof, secured, find_key, expected)) for proof in proofs]


def conclude(results: Sequence[ProofResult]) -> Check:
    """The check that follows from all of them."""
    found = [result.code for result in results]
    failed = [code for code in found if codes()[code]["outcome"] == Outcome.FAILED and code != "wrong_purpose"]
    code = (failed or [VALID] * (VALID in found) or [code for code in _UNDECIDED if code in found])[0]
    return check(code, proofs=[result.as_json() for result in results])


def _read(number: int, members: JsonObject) -> Proof:
    kind, method, purpose = members.get("type"), members.get("verificationMethod"), members.get("proofPurpose")
    if not isinstance(kind, str) or not isinstance(members.get("cryptosuite", ""), str):
        raise _malformed()
    suite = members.get("cryptosuite") if kind == v.DATA_INTEGRITY_PROOF else kind
    proof = Proof(
        number=number,
        members=members,
        suite=suite if suite in _ALGORITHMS and _is_spelled(kind, members) else None,
        method=method if isinstance(method, str) else "",
        purpose=purpose if isinstance(purpose, str) else "",
        created=read_moment(members.get("created")),
        expires=read_moment(members.get("expires")),
        previous=_strings(members, "previousProof"),
        domains=_strings(members, "domain"),
    )
    if proof.suite is not None and not _is_complete(proof):
        raise _malformed()
    return proof


def _is_spelled(kind: str, members: JsonObject) -> bool:
    """A suite of DataIntegrityProof is named in ``cryptosuite``, any other in ``type``."""
    return (kind == v.DATA_INTEGRITY_PROOF) == ("cryptosuite" in members)


def _is_complete(proof: Proof) -> bool:
    members = proof.members
    return (
        is_absolute_iri(proof.method)
        and proof.purpose != ""
        and all(name not in members or moment is not None for name, moment in _dates(proof))
        and ("created" in members or proof.suite != v.ED25519_SIGNATURE_2020)
        and isinstance(members.get("challenge", ""), str)
    )


def _dates(proof: Proof) -> list[tuple[str, datetime.datetime | None]]:
    return [("created", proof.created), ("expires", proof.expires)]


def _strings(members: JsonObject, name: str) -> tuple[str, ...]:
    value: Any = members.get(name, [])
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        # A chained proof of an older kind repeats the proof it follows.
        return () if members.get("type") != v.DATA_INTEGRITY_PROOF else _raise()
    return tuple(values)


def _judge(proof: Proof, secured: _Secured, find_key: FindKey, expected: Expected) -> str:
    if proof.suite is None or proof.members.get("@context", secured.context) != secured.context:
        return "unsupported_proof"
    key = find_key(proof)
    if key is None:
        return "key_unavailable"
    if key.algorithm != _ALGORITHMS[proof.suite]:
        # ecdsa-rdfc-2019 also knows P-384; an Ed25519 suite knows nothing else.
        return "unsupported_proof" if proof.suite == v.ECDSA_RDFC_2019 else "invalid_signature"
    try:
        configuration, signature = rdf_proof.split(proof.members)
        message = secured.signing_input(proof, configuration)
    except VerifiableCredentialsError:
        return "malformed_proof"
    if not public_keys.is_signed(message, signature, key):
        return "invalid_signature"
    return _made_for(proof, expected)


def _made_for(proof: Proof, expected: Expected) -> str:
    if proof.purpose != expected.purpose:
        return "wrong_purpose"
    if expected.challenge is not None and not _same(proof.members.get("challenge"), expected.challenge):
        return "wrong_challenge"
    if expected.domain is not None and expected.domain not in proof.domains:
        return "wrong_challenge"
    if proof.expires is not None and expected.moment - SKEW >= proof.expires:
        return "proof_expired"
    return VALID


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8"), expected.encode("utf-8"))


class _Secured:
    """The document as each of its proofs signs it; its canonical form is made once for those that sign the same."""

    def __init__(self, document: JsonObject, proofs: Sequence[Proof], canonicalize: Canonicalizer):
        self.context = document.get("@context")
        self._bare = {name: member for name, member in document.items() if name != "proof"}
        self._proofs = proofs
        self._canonicalizers: Mapping[bool, Canonicalizer] = {True: eddsa_jcs.canonicalize, False: canonicalize}
        self._hashes: dict[tuple[bool, tuple[int, ...]], bytes] = {}

    def signing_input(self, proof: Proof, configuration: JsonObject) -> bytes:
        """Hash of the configuration, hash of the document with the proofs that come before (§4.5, step 4)."""
        is_jcs = proof.suite == v.EDDSA_JCS_2022
        canonicalize = self._canonicalizers[is_jcs]
        if is_jcs:
            hashed = rdf_proof.sha256(canonicalize(configuration))
        else:
            configuration = {name: member for name, member in configuration.items() if name != "@context"}
            hashed = rdf_proof.configuration_hash(self.context, configuration, canonicalize)
        return hashed + self._document_hash(self._previous(proof), is_jcs)

    def _previous(self, proof: Proof) -> tuple[int, ...]:
        numbers = {other.members.get("id"): other.number for other in self._proofs if "id" in other.members}
        if not all(name in numbers and numbers[name] != proof.number for name in proof.previous):
            raise _malformed()
        return tuple(numbers[name] for name in proof.previous)

    def _document_hash(self, previous: tuple[int, ...], is_jcs: bool) -> bytes:
        key = (is_jcs, previous)
        if key not in self._hashes:
            document = dict(self._bare)
            if previous:
                document["proof"] = [self._proofs[number].members for number in previous]
            self._hashes[key] = rdf_proof.sha256(self._canonicalizers[is_jcs](document))
        return self._hashes[key]


def _malformed() -> VerifiableCredentialsError:
    return PresentationError("malformed_proof", "A proof lacks a member, or has one in the wrong form.")


def _raise() -> tuple[str, ...]:
    raise _malformed()
