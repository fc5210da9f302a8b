"""
A credential profile = data model + contexts + securing suite + how the proof is written.

``obv3-vc1`` is what today's Learner Credential Wallet verifies; ``obv3-vc2`` is what Open Badges certification and
newer verifiers ask for. A wallet names the profile it gets (:mod:`.wallets`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import SigningError


@dataclasses.dataclass(frozen=True)
class CredentialProfile:
    """
    ``suites`` names the securing suite for each key algorithm; ``valid_from`` and ``valid_until`` name the members that
    hold those dates; ``extended`` allows members that not every bundled copy of the Open Badges context knows;
    ``proof_in_array`` is the shape the data model's schema wants.
    """

    id: str
    contexts: tuple[str, ...]
    suites: Mapping[str, str]
    valid_from: str
    valid_until: str
    extended: bool
    proof_in_array: bool

    def suite_for(self, algorithm: str) -> str:
        """The securing suite for keys of ``algorithm``. Raises SigningError ``unsupported_key``."""
        try:
            return self.suites[algorithm]
        except KeyError:
            raise SigningError("unsupported_key", f"{self.id} cannot be signed with {algorithm} keys.") from None

    def attach(self, document: JsonObject, proof: JsonObject) -> JsonObject:
        """``document`` with ``proof`` in the shape of this profile."""
        return {**document, "proof": [proof] if self.proof_in_array else proof}

    def detach(self, document: JsonObject) -> tuple[JsonObject, JsonObject]:
        """The document without its proof, and the proof. Raises CompositionError ``proof_shape``."""
        proof = document.get("proof")
        if self.proof_in_array:
            proof = proof[0] if isinstance(proof, list) and len(proof) == 1 else None
        if not isinstance(proof, dict):
            raise CompositionError("proof_shape", f"A credential of {self.id} does not carry its proof like that.")
        return {name: value for name, value in document.items() if name != "proof"}, proof


OBV3_VC1 = CredentialProfile(
    id="obv3-vc1",
    contexts=(v.CREDENTIALS_V1, v.OPEN_BADGES_V3, v.STATUS_V1, v.ED25519_2020_V1),
    suites={v.ED25519: v.ED25519_SIGNATURE_2020},
    valid_from="issuanceDate",
    valid_until="expirationDate",
    extended=False,
    proof_in_array=False,
)
OBV3_VC2 = CredentialProfile(
    id="obv3-vc2",
    contexts=(v.CREDENTIALS_V2, v.OPEN_BADGES_V3),
    suites={v.ED25519: v.EDDSA_RDFC_2022, v.P256: v.ECDSA_RDFC_2019},
    valid_from="validFrom",
    valid_until="validUntil",
    extended=True,
    proof_in_array=True,
)
PROFILES = {profile.id: profile for profile in (OBV3_VC1, OBV3_VC2)}


def get_profile(profile_id: str) -> CredentialProfile:
    """The profile called ``profile_id``. Raises CompositionError ``unknown_profile``."""
    try:
        return PROFILES[profile_id]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise CompositionError("unknown_profile", f"There is no such credential profile; known: {known}.") from None
