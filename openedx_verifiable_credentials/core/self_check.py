"""
What must hold before a signed credential leaves: the bytes are parsed afresh, canonicalised by the other
implementation, and the signature verified by the other library. Nothing of the signing pipeline is reused but the
pinned contexts.
"""

from __future__ import annotations

import nacl.exceptions
import nacl.signing

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError


def require_good_release(
    raw: bytes, *, unsigned: JsonObject, profile: CredentialProfile, method: VerificationMethod
) -> None:
    """
    Raises SigningError ``self_check_failed`` unless ``raw`` is ``unsigned`` with one good proof by ``method``.
    """
    try:
        document, proof = profile.detach(json_text.read_object(raw))
        if document != unsigned:
            raise SigningError("self_check_failed", "The signed document is not the one that was to be signed.")
        _require_proof(document, proof, profile, method)
    except SigningError:
        raise
    except VerifiableCredentialsError as error:
        raise SigningError("self_check_failed", "The signed document cannot be verified.") from error


def _require_proof(
    document: JsonObject, proof: JsonObject, profile: CredentialProfile, method: VerificationMethod
) -> None:
    configuration, signature = rdf_proof.split(proof)
    options = rdf_proof.ProofOptions(dids.method_for_suite(method, profile.suite), str(proof.get("created")))
    if configuration != suites.configure(profile.suite, options):
        raise SigningError("self_check_failed", "The proof is not of the suite, key or purpose that was asked for.")
    if document["issuer"]["id"] != method.controller:
        raise SigningError("self_check_failed", "The issuer does not control the key that signed.")
    message = rdf_proof.signing_input(document, configuration, canonicalize_independently)
    try:
        nacl.signing.VerifyKey(dids.read_multikey(method.public_key_multibase)).verify(message, signature)
    except nacl.exceptions.BadSignatureError:
        raise SigningError("self_check_failed", "The signature does not verify.") from None
