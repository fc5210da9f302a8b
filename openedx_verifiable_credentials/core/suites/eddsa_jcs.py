"""
``DataIntegrityProof`` with cryptosuite ``eddsa-jcs-2022`` (vc-di-eddsa §3.3): the JSON itself is signed, in the JSON
Canonicalization Scheme (RFC 8785), so members are covered whether or not a context defines them.
"""

from __future__ import annotations

from typing import Any

import rfc8785

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError


def configure(options: ProofOptions) -> JsonObject:
    """The proof without its value."""
    return {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": v.EDDSA_JCS_2022, **options.members()}


def canonicalize(document: dict[str, Any]) -> str:
    """
    ``document`` in the JSON Canonicalization Scheme (RFC 8785 §3.2).

    Raises CompositionError ``not_canonical``: a number that JSON readers do not agree on, half a surrogate pair.
    """
    try:
        return rfc8785.dumps(document).decode("utf-8")
    except (ValueError, RecursionError) as error:
        raise CompositionError("not_canonical", "The document has no canonical JSON form.") from error
