"""
The signature check: proof sets and proof chains (Data Integrity §4.4 and §4.5), each proof of a suite that is known.

A proof of a suite that is not known says nothing, for or against the document: anybody can add one. A known one that
does not verify fails the check; one whose key cannot be had leaves it open; and at least one must be valid.
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
from openedx_verifiable_credentials.core.checks import anchors
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.checks.proof_sets import Proof
from openedx_verifiable_credentials.core.checks.proof_sets import malformed
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.core.moments import SKEW
from openedx_verifiable_credentials.core.networks import NETWORKS
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.core.public_keys import PublicKey
from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites import merkle_proof
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.suites.merkle_proof import Anchor
from openedx_verifiable_credentials.core.suites.merkle_proof import MerkleProof
from openedx_verifiable_credentials.core.suites.rdf_proof import Canonicalizer
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

VALID = "signature_valid"
# What the check says where no proof failed: the first of these that a proof has.
_IN_ORDER = (
    "key_unavailable", anchors.ON_TEST_NETWORK, VALID, "wrong_purpose", anchors.NOT_FOUND, anchors.NOT_CHECKED,
    "unsupported_proof",
)  # fmt: skip

FindKey = Callable[[Proof], PublicKey | None]
# What the chain says of an anchor.
FindAnchor = Callable[[Proof, MerkleProof, Anchor], AnchorVerdict]


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
    """
    What became of one proof; ``code`` is one of ``codes.json``. ``anchors``: those that it names, as text; ``anchor``:
    what is known of the first.
    """

    proof: Proof
    code: str
    anchors: tuple[str, ...] = ()
    anchor: JsonObject | None = None

    def as_json(self) -> JsonObject:
        """For the detail of the check."""
        shape: JsonObject = {"suite": self.proof.name, "verificationMethod": self.proof.method, "code": self.code}
        if isinstance(self.proof.members.get("created"), str):
            shape["created"] = self.proof.members["created"]
        if self.anchors:
            shape["anchors"] = list(self.anchors)
        if self.anchor is not None:
            shape["anchor"] = self.anchor
        return shape


@dataclasses.dataclass(frozen=True)
class Judge:
    """What proofs are judged with. ``networks``: those that anchors may be on, by name."""

    find_key: FindKey
    find_anchor: FindAnchor
    expected: Expected
    canonicalize: Canonicalizer
    networks: Mapping[str, Network] = dataclasses.field(default_factory=lambda: NETWORKS)

    def judge(self, document: JsonObject, proofs: Sequence[Proof]) -> list[ProofResult]:
        """What became of each of ``proofs``, which are all that ``document`` has."""
        secured = _Secured(document, proofs, self.canonicalize)
        return [self._result(proof, secured) for proof in proofs]

    def _result(self, proof: Proof, secured: _Secured) -> ProofResult:
        if proof.suite is None or proof.members.get("@context", secured.context) != secured.context:
            return ProofResult(proof, "unsupported_proof")
        try:
            if proof.suite == v.MERKLE_PROOF_2019_SUITE:
                return self._merkle(proof, secured)
            code = self._signed(proof, secured)
        except VerifiableCredentialsError:
            code = "malformed_proof"
        return ProofResult(proof, self._made_for(proof) if code == VALID else code)

    def _signed(self, proof: Proof, secured: _Secured) -> str:
        key = self.find_key(proof)
        configuration, signature = rdf_proof.split(proof.members)
        if key is None:
            return "key_unavailable"
        if key.algorithm != proof.algorithm:
            # ecdsa-rdfc-2019 also knows P-384, which is not known here; an Ed25519 suite knows nothing else.
            return "unsupported_proof" if proof.suite == v.ECDSA_RDFC_2019 else "invalid_signature"
        message = secured.signing_input(proof, configuration)
        return VALID if public_keys.is_signed(message, signature, key) else "invalid_signature"

    def _merkle(self, proof: Proof, secured: _Secured) -> ProofResult:
        merkle = merkle_proof.read(proof.members.get("proofValue"), self.networks)
        named = tuple(str(anchor) for anchor in merkle.anchors)
        if not merkle.is_sound or merkle.target not in secured.leaves(proof):
            return ProofResult(proof, "invalid_signature", named)
        # The first anchor is the one that verifiers look up.
        anchor = merkle.anchors[0]
        verdict = self.find_anchor(proof, merkle, anchor)
        made_for = self._anchored_for(proof) if verdict.is_good else VALID
        code = verdict.code if made_for == VALID else made_for
        return ProofResult(proof, code, named, {**anchors.named(anchor), **verdict.detail})

    def _anchored_for(self, proof: Proof) -> str:
        # No leaf covers what a Merkle proof says of itself: whoever has it can write the challenge that is asked for.
        if self.expected.challenge is not None or self.expected.domain is not None:
            return "wrong_challenge"
        return self._made_for(proof)

    def _made_for(self, proof: Proof) -> str:
        expected = self.expected
        if proof.purpose != expected.purpose:
            return "wrong_purpose"
        if expected.challenge is not None and not _same(proof.members.get("challenge"), expected.challenge):
            return "wrong_challenge"
        if expected.domain is not None and expected.domain not in proof.domains:
            return "wrong_challenge"
        if proof.expires is not None and expected.moment - proof.expires >= SKEW:
            return "proof_expired"
        return VALID


def conclude(results: Sequence[ProofResult]) -> Check:
    """
    The check that follows from all of them. Beside a signature that is valid, an anchor that nobody looked up changes
    nothing; one that was looked for in vain, or is on a test network, is a warning; a wrong one fails the check.
    """
    found = [result.code for result in results]
    failed = [code for code in found if codes()[code]["outcome"] == Outcome.FAILED and code != "wrong_purpose"]
    code = (failed or [code for code in _IN_ORDER if code in found])[0]
    if code == VALID and anchors.NOT_FOUND in found:
        code = "anchor_unconfirmed"
    return check(code, proofs=[result.as_json() for result in results])


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8"), expected.encode("utf-8"))


class _Secured:
    """The document as each of its proofs signs it; its canonical form is made once for those that sign the same."""

    def __init__(self, document: JsonObject, proofs: Sequence[Proof], canonicalize: Canonicalizer):
        self.context: Any = document.get("@context")
        self._bare = {name: member for name, member in document.items() if name != "proof"}
        self._proofs = proofs
        self._canonicalize = canonicalize
        self._hashes: dict[tuple[bool, tuple[int, ...]], bytes] = {}

    def signing_input(self, proof: Proof, configuration: JsonObject) -> bytes:
        """Hash of the configuration, hash of the document with the proofs that come before (§4.5, step 4)."""
        is_jcs = proof.suite == v.EDDSA_JCS_2022
        if is_jcs:
            hashed = rdf_proof.sha256(eddsa_jcs.canonicalize(configuration))
        else:
            configuration = {name: member for name, member in configuration.items() if name != "@context"}
            hashed = rdf_proof.configuration_hash(self.context, configuration, self._canonicalize)
        return hashed + self._hash(self._previous(proof), is_jcs)

    def leaves(self, proof: Proof) -> set[bytes]:
        """What a Merkle proof may be over: the document with those that come before it, or alone."""
        if proof.previous:
            return {self._hash(self._previous(proof))}
        return {self._hash(()), self._hash(tuple(range(proof.number)))}

    def _previous(self, proof: Proof) -> tuple[int, ...]:
        numbers = {other.members["id"]: other.number for other in self._proofs if "id" in other.members}
        if not all(numbers.get(name, proof.number) != proof.number for name in proof.previous):
            raise malformed()
        return tuple(numbers[name] for name in proof.previous)

    def _hash(self, previous: tuple[int, ...], is_jcs: bool = False) -> bytes:
        key = (is_jcs, previous)
        if key not in self._hashes:
            document = dict(self._bare)
            if previous:
                document["proof"] = [self._proofs[number].members for number in previous]
            canonicalize = eddsa_jcs.canonicalize if is_jcs else self._canonicalize
            self._hashes[key] = rdf_proof.sha256(canonicalize(document))
        return self._hashes[key]
