"""``Ed25519Signature2020`` (vc-di-eddsa §3.6). Its context must be in the document, or verifiers see no proof."""

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions
from openedx_verifiable_credentials.data import JsonObject


def configure(options: ProofOptions) -> JsonObject:
    """The proof without its value."""
    return {"type": v.ED25519_SIGNATURE_2020, **options.members()}
