"""Our own suites over any signer. Implements :class:`..ports.Securer`."""

from __future__ import annotations

import datetime

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.ports import Signer


class OwnSuites:
    """Canonicalises with PyLD, hashes, and has the signer sign 64 bytes."""

    def secure(self, document: JsonObject, *, suite: str, signer: Signer, created: datetime.datetime) -> JsonObject:
        """The proof of ``document``."""
        options = rdf_proof.ProofOptions(dids.method_for_suite(signer.method, suite), timestamp(created))
        proof = suites.configure(suite, options)
        message = rdf_proof.signing_input(document, proof, canonicalize)
        return rdf_proof.with_value(proof, signer.sign(message))
