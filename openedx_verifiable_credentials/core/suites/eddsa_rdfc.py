"""``DataIntegrityProof`` with cryptosuite ``eddsa-rdfc-2022`` (vc-di-eddsa §3.2)."""

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions
from openedx_verifiable_credentials.data import JsonObject


def configure(options: ProofOptions) -> JsonObject:
    """The proof without its value."""
    return {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": v.EDDSA_RDFC_2022, **options.members()}
