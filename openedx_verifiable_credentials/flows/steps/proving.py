"""Signature and issuer of a document: its keys are found, each DID document once, and its proofs judged."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Sequence

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core.checks import issuer as issuers
from openedx_verifiable_credentials.core.checks import proof_sets
from openedx_verifiable_credentials.core.checks import proofs
from openedx_verifiable_credentials.core.checks import tokens
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.checks.issuer import Finding
from openedx_verifiable_credentials.core.checks.proof_sets import Proof
from openedx_verifiable_credentials.core.checks.proofs import Expected
from openedx_verifiable_credentials.core.checks.report import Check
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.core.did_documents import DidDocument
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.core.suites.merkle_proof import Anchor
from openedx_verifiable_credentials.core.suites.merkle_proof import MerkleProof
from openedx_verifiable_credentials.core.suites.vc_jwt import ParsedToken
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.anchor_checking import AnchorChecker
from openedx_verifiable_credentials.flows.steps.finding import Finder
from openedx_verifiable_credentials.flows.steps.finding import Problem
from openedx_verifiable_credentials.flows.steps.finding import Recent
from openedx_verifiable_credentials.flows.steps.understanding import Understood

_PROBLEMS = {
    Problem.UNREACHABLE: "issuer_unreachable",
    Problem.TOO_LARGE: "issuer_unreachable",
    Problem.REFUSED: "issuer_refused",
    Problem.OFFLINE: "offline",
}
_RECENT_DIDS = 256


@dataclasses.dataclass(frozen=True)
class Proven:
    """``issuer_id``: whose the document says it is; ``created``: the dates that its proofs bear."""

    signature: Check
    issuer: Check
    issuer_id: str
    created: Sequence[datetime.datetime] = ()


class Prover:
    """Proves documents, and keeps the DID documents it found for the next one."""

    def __init__(
        self,
        finder: Finder,
        find_own_keys: Callable[[str], Sequence[KeyRecord] | None],
        anchors: AnchorChecker,
        now: Callable[[], datetime.datetime],
    ):
        self._finder = finder
        self._find_own_keys = find_own_keys
        self._anchors = anchors
        self._now = now
        self._dids: Recent[DidDocument | str] = Recent(_RECENT_DIDS)
        self._histories: Recent[Sequence[KeyRecord] | None] = Recent(_RECENT_DIDS)

    def prove(self, understood: Understood, whose: str, expected: Expected) -> Proven:
        """
        What the proofs of a document prove that says it is ``whose``; "": it does not say, and the controller of the
        key that signed will do.
        """
        if understood.token is not None:
            return self._prove_token(understood.token, whose, expected)
        try:
            found = proof_sets.read_proofs(understood.document)
        except VerifiableCredentialsError as error:
            return Proven(check(error.code), check("issuer_not_reached"), whose)
        findings = {proof.number: self._look_up(proof, expected.moment) for proof in found if proof.suite is not None}

        def find_anchor(proof: Proof, merkle: MerkleProof, anchor: Anchor) -> AnchorVerdict:
            document = self._document(issuers.controller_of(proof.method))
            verdict, at = self._anchors.check(proof, merkle, anchor, document)
            if at is not None and not isinstance(document, str):
                findings[proof.number] = issuers.look_up_anchor(proof, document, at)
            return verdict

        judge = proofs.Judge(
            find_key=lambda proof: findings[proof.number].public_key,
            find_anchor=find_anchor,
            expected=expected,
            canonicalize=understood.canonicalize,
            networks=self._anchors.networks,
        )
        results = judge.judge(understood.document, found)
        known = [(result, findings[result.proof.number]) for result in results if result.proof.number in findings]
        whose = whose or next((finding.controller for _, finding in known), "")
        unknown = [proof.method for proof in found if proof.suite is None]
        created = [proof.created for proof in found if proof.created is not None]
        return Proven(proofs.conclude(results), issuers.judge(whose, known, unknown), whose, created)

    def _prove_token(self, token: ParsedToken, whose: str, expected: Expected) -> Proven:
        proof = tokens.as_proof(token, whose)
        if not proof.method and whose.startswith("did:"):
            document = self._document(whose)
            method = "" if isinstance(document, str) else tokens.find_method(token, document)
            proof = dataclasses.replace(proof, method=method or whose)
        finding = self._look_up(proof, expected.moment)
        key = finding.public_key or tokens.find_key_in_header(token)
        result = tokens.judge(token, proof, key, expected)
        if not issuers.controller_of(proof.method):
            # Nothing says whose the key is.
            finding = dataclasses.replace(finding, controller=whose, code="unsupported_issuer")
        return Proven(proofs.conclude([result]), issuers.judge(whose, [(result, finding)]), whose)

    def _look_up(self, proof: Proof, at: datetime.datetime) -> Finding:
        did = issuers.controller_of(proof.method)
        records = self._histories.get(did, lambda: self._find_own_keys(did))
        # A DID document says what is so now, for whatever moment is asked; a given one says what was so then.
        moment = at if self._is_given(did) else max(at, self._now())
        return issuers.look_up(proof, self._document(did), records=records, now=moment)

    def _is_given(self, did: str) -> bool:
        try:
            return self._finder.is_given(did_documents.address_of(did))
        except ValueError:
            return False

    def _document(self, did: str) -> DidDocument | str:
        return self._dids.get(did, lambda: self._resolve(did))

    def _resolve(self, did: str) -> DidDocument | str:
        """The DID document, or the code that says why there is none."""
        try:
            if did.startswith("did:key:"):
                return did_documents.of_key(did)
            url = did_documents.address_of(did)
        except (ValueError, VerifiableCredentialsError):
            return "unsupported_issuer"
        raw = self._finder.find(url, did_documents.MAX_BYTES)
        if isinstance(raw, Problem):
            return _PROBLEMS[raw]
        try:
            return did_documents.read(raw, did)
        except VerifiableCredentialsError as error:
            return error.code
