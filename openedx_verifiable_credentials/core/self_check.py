"""
What must hold before a signed credential leaves: the bytes are parsed afresh, canonicalised by the other
implementation, and the signature verified by the other library: libsodium (PyNaCl) for Ed25519, PyCryptodome for P-256,
where OpenSSL (cryptography) or a security module signed. Nothing of the signing pipeline is reused but the pinned
contexts.
"""

from __future__ import annotations

import nacl.exceptions
import nacl.signing
from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import vocabulary as v
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
        # The limit on size is for what others send: a long status list is larger.
        document, proof = profile.detach(json_text.read_object(raw, max_bytes=len(raw)))
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
    suite = profile.suite_for(dids.algorithm_of(method.public_key_multibase))
    options = rdf_proof.ProofOptions(dids.method_for_suite(method, suite), str(proof.get("created")))
    if configuration != suites.configure(suite, options):
        raise SigningError("self_check_failed", "The proof is not of the suite, key or purpose that was asked for.")
    issuer = document["issuer"]
    if (issuer["id"] if isinstance(issuer, dict) else issuer) != method.controller:
        raise SigningError("self_check_failed", "The issuer does not control the key that signed.")
    message = rdf_proof.signing_input(document, configuration, canonicalize_independently)
    if not _verifies(method.public_key_multibase, message, signature):
        raise SigningError("self_check_failed", "The signature does not verify.")


def _verifies(public_key_multibase: str, message: bytes, signature: bytes) -> bool:
    algorithm, public_key = dids.read_public_key(public_key_multibase)
    try:
        if algorithm == v.P256:
            key = ECC.import_key(public_key, curve_name="P-256")
            DSS.new(key, "fips-186-3").verify(SHA256.new(message), signature)
        else:
            nacl.signing.VerifyKey(public_key).verify(message, signature)
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False
    return True
