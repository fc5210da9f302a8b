"""
What a wallet must prove before it is handed a credential (VCDM §4.13, Data Integrity §4.3).

A presentation with one proof, made for *this* offer's challenge, for the purpose of authentication, by the key that
controls the holder's did:key. Nothing is fetched, whatever the presentation names. The checks run from cheap to dear;
JSON-LD is processed only for a document whose every member is already known to be plain.
"""

from __future__ import annotations

import hmac
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.text import is_absolute_iri
from openedx_verifiable_credentials.data import Holder
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import PresentationError

_BASE_CONTEXTS = (v.CREDENTIALS_V1, v.CREDENTIALS_V2)
_MORE_CONTEXTS = frozenset((v.CREDENTIALS_V1, v.CREDENTIALS_V2, v.ED25519_2020_V1, v.DATA_INTEGRITY_V2))
_MEMBERS = frozenset(("@context", "id", "type", "holder", "proof", "verifiableCredential"))
_PROOF_MEMBERS = frozenset(
    (
        "@context",
        "type",
        "cryptosuite",
        "created",
        "verificationMethod",
        "proofPurpose",
        "challenge",
        "domain",
        "proofValue",
    )
)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})")


def verify_presentation(presentation: JsonObject, *, challenge: str, domains: frozenset[str]) -> Holder:
    """
    The holder who made ``presentation`` for ``challenge``.

    ``domains`` are the spellings under which this service may be named in a proof; a proof that names no domain is
    accepted, since the deployed wallet flow has none. Raises PresentationError with a code for each thing that can be
    wrong; what it reveals never depends on secret values.
    """
    _require_plain(presentation)
    proof = _single_proof(presentation)
    suite = suites.suite_of(proof)
    _require_purpose(proof, challenge, domains)
    holder, public_key = _holder(presentation, proof)
    _require_signature(presentation, proof, suite, public_key)
    return Holder(did=holder)


def _require_plain(presentation: JsonObject) -> None:
    """Only the members and contexts a wallet's bare presentation has: nothing costly or foreign reaches JSON-LD."""
    if not presentation.keys() <= _MEMBERS:
        raise PresentationError("unexpected_member", "The presentation has a member that is not expected here.")
    contexts = presentation.get("@context")
    if isinstance(contexts, str):
        contexts = [contexts]
    if (
        not isinstance(contexts, list)
        or not contexts
        or len(contexts) > len(_MORE_CONTEXTS)
        or not all(isinstance(context, str) for context in contexts)
        or contexts[0] not in _BASE_CONTEXTS
        or not _MORE_CONTEXTS.issuperset(contexts)
        or len(set(contexts)) != len(contexts)
    ):
        raise PresentationError("unsupported_context", "The presentation has a JSON-LD context that is not accepted.")
    types = presentation.get("type")
    if types not in (v.VERIFIABLE_PRESENTATION, [v.VERIFIABLE_PRESENTATION]):
        raise PresentationError("not_a_presentation", "The body is not a VerifiablePresentation.")
    if presentation.get("verifiableCredential", []) != []:
        raise PresentationError("unexpected_member", "The presentation must not carry credentials.")
    identifier = presentation.get("id")
    if identifier is not None and not is_absolute_iri(identifier):
        raise PresentationError("unexpected_member", "The id of the presentation is not an absolute IRI.")


def _single_proof(presentation: JsonObject) -> JsonObject:
    proof: Any = presentation.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if proof is None or proof == []:
        raise PresentationError("missing_proof", "The presentation has no proof.")
    if not isinstance(proof, dict) or not all(isinstance(proof[name], str) for name in proof.keys() - {"@context"}):
        raise PresentationError("malformed_proof", "The proof must be one object of strings.")
    if not proof.keys() <= _PROOF_MEMBERS or not _DATE_TIME.fullmatch(str(proof.get("created"))):
        raise PresentationError("malformed_proof", "The proof lacks a member or has one that is not expected.")
    if "@context" in proof and proof["@context"] != presentation["@context"]:
        raise PresentationError("unsupported_context", "The proof has a JSON-LD context of its own.")
    return proof


def _require_purpose(proof: JsonObject, challenge: str, domains: frozenset[str]) -> None:
    if proof.get("proofPurpose") != v.AUTHENTICATION:
        raise PresentationError("wrong_purpose", "The proof was not made for the purpose of authentication.")
    given = proof.get("challenge")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode("utf-8", "replace"), challenge.encode()):
        raise PresentationError("wrong_challenge", "The proof was not made for the challenge of this offer.")
    if "domain" in proof and proof["domain"] not in domains:
        raise PresentationError("wrong_domain", "The proof was made for another domain.")


def _holder(presentation: JsonObject, proof: JsonObject) -> tuple[str, bytes]:
    method, holder = proof.get("verificationMethod"), presentation.get("holder")
    if not isinstance(method, str) or not isinstance(holder, str):
        raise PresentationError("missing_holder", "The presentation must name its holder and verification method.")
    if not holder.startswith("did:key:"):
        raise PresentationError("unsupported_did_method", "Only did:key holders are accepted; nothing is fetched.")
    controller, public_key = dids.public_key_of(method)
    if controller != holder:
        raise PresentationError("holder_mismatch", "The holder is not the controller of the key that signed.")
    return controller, public_key


def _require_signature(presentation: JsonObject, proof: JsonObject, suite: str, public_key: bytes) -> None:
    configuration, signature = rdf_proof.split(proof)
    document = {name: value for name, value in presentation.items() if name != "proof"}
    # The hashed configuration has the document's contexts; a copy inside the proof is dropped first.
    configuration.pop("@context", None)
    try:
        message = rdf_proof.signing_input(document, configuration, canonicalize)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        raise PresentationError(
            "invalid_signature", f"The {suite} signature of the presentation is not valid."
        ) from None
    except CompositionError as error:
        raise PresentationError("not_canonical", "The presentation is not JSON-LD that can be verified.") from error
