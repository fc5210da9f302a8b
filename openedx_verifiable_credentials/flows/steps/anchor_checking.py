"""
The anchor of a proof, looked up: what the chain has, and whether the account that sent it was the issuer's at the time.
Each transaction and each profile is asked for once.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from collections.abc import Sequence

from openedx_verifiable_credentials.core.checks import anchors
from openedx_verifiable_credentials.core.checks import profile_keys
from openedx_verifiable_credentials.core.checks.anchors import AnchorVerdict
from openedx_verifiable_credentials.core.checks.profile_keys import KeyPeriod
from openedx_verifiable_credentials.core.checks.proof_sets import Proof
from openedx_verifiable_credentials.core.did_documents import DidDocument
from openedx_verifiable_credentials.core.networks import Network
from openedx_verifiable_credentials.core.suites.merkle_proof import Anchor
from openedx_verifiable_credentials.core.suites.merkle_proof import MerkleProof
from openedx_verifiable_credentials.data import AnchoredRoot
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.flows.steps.finding import Finder
from openedx_verifiable_credentials.flows.steps.finding import Problem
from openedx_verifiable_credentials.flows.steps.finding import Recent
from openedx_verifiable_credentials.ports import ChainReader

_RECENT = 256


class AnchorChecker:
    """``chain`` None: none is asked. ``networks``: those that anchors may be on, by name."""

    def __init__(self, chain: ChainReader | None, finder: Finder, networks: Mapping[str, Network]):
        self.networks = networks
        self._chain = chain
        self._finder = finder
        self._transactions: Recent[AnchoredRoot | str] = Recent(_RECENT)
        self._profiles: Recent[Sequence[KeyPeriod] | None] = Recent(_RECENT)

    def check(
        self, proof: Proof, merkle: MerkleProof, anchor: Anchor, document: DidDocument | str
    ) -> tuple[AnchorVerdict, datetime.datetime | None]:
        """
        What becomes of a sound proof with this anchor; and the time of its block, None where it is in none.
        ``document``: that of the DID of the key that ``proof`` names, or the code that says why it could not be had.
        """
        name = f"{anchor.chain}:{anchor.network}:{anchor.transaction}"
        found = self._transactions.get(name, lambda: self._look_up(anchor))
        if isinstance(found, str):
            return AnchorVerdict(found), None
        if isinstance(document, str):
            code = "key_unavailable"
        else:
            code = self._judge(merkle.root, found, proof.method, document)
        return AnchorVerdict(code, anchors.shown(found)), found.block_time

    def _look_up(self, anchor: Anchor) -> AnchoredRoot | str:
        """What the chain has, or the code that says why there is nothing."""
        if self._chain is None or not anchor.transaction:
            return anchors.NOT_CHECKED
        try:
            found = self._chain.find_anchor(anchor.chain, anchor.network, anchor.transaction)
        except VerifiableCredentialsError as error:
            return anchors.REFUSALS.get(error.code, anchors.NOT_CHECKED)
        return anchors.NOT_CHECKED if found is None else found

    def _judge(self, root: bytes, found: AnchoredRoot, method_id: str, document: DidDocument) -> str:
        method = document.find(method_id)
        code = anchors.judge(root, found, method.address if method is not None else None)
        if code in (anchors.CONFIRMED, anchors.ON_TEST_NETWORK) and document.profile:
            periods = self._profiles.get(document.profile, lambda: self._find_periods(document.profile))
            if periods is None:
                return anchors.NOT_CHECKED
            if not profile_keys.counts(periods, found.sender, found.block_time):
                return anchors.WRONG_SENDER
        return code

    def _find_periods(self, address: str) -> Sequence[KeyPeriod] | None:
        raw = self._finder.find(address, profile_keys.MAX_BYTES)
        return None if isinstance(raw, Problem) else profile_keys.read(raw)
