"""``DataIntegrityProof`` with cryptosuite ``ecdsa-rdfc-2019`` (vc-di-ecdsa §3.2), with P-256 keys and SHA-256."""

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions
from openedx_verifiable_credentials.data import JsonObject


def configure(options: ProofOptions) -> JsonObject:
    """The proof without its value."""
    return {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": v.ECDSA_RDFC_2019, **options.members()}
