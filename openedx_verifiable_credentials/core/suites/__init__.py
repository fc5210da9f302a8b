"""One module a securing suite. Each says how a proof is configured; :mod:`.rdf_proof` holds what they share."""

from __future__ import annotations

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites import ecdsa_rdfc
from openedx_verifiable_credentials.core.suites import ed25519_2020
from openedx_verifiable_credentials.core.suites import eddsa_rdfc
from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import PresentationError

_SUITES = {
    v.EDDSA_RDFC_2022: eddsa_rdfc,
    v.ED25519_SIGNATURE_2020: ed25519_2020,
    v.ECDSA_RDFC_2019: ecdsa_rdfc,
}


def configure(suite: str, options: ProofOptions) -> JsonObject:
    """The proof of ``suite`` without its value. Raises KeyError for a suite that is not ours."""
    proof: JsonObject = _SUITES[suite].configure(options)
    return proof


def suite_of(proof: JsonObject) -> str:
    """The suite of a holder's proof: theirs are Ed25519. Raises PresentationError ``unsupported_proof_type``."""
    kind = proof.get("type")
    if kind == v.DATA_INTEGRITY_PROOF and proof.get("cryptosuite") == v.EDDSA_RDFC_2022:
        return v.EDDSA_RDFC_2022
    if kind == v.ED25519_SIGNATURE_2020 and "cryptosuite" not in proof:
        return v.ED25519_SIGNATURE_2020
    raise PresentationError(
        "unsupported_proof_type", f"The proof must be {v.ED25519_SIGNATURE_2020} or {v.EDDSA_RDFC_2022}."
    )
