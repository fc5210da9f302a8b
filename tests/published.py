"""What issuers publish, for tests of verification: a fetcher that serves it and counts, named by a setting."""

from __future__ import annotations

import collections
import datetime
import json
from typing import Any

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import FetchError
from tests import awards
from tests import signed

PATH = "tests.published.Published"
_served: dict[str, bytes] = {}
asked: collections.Counter[str] = collections.Counter()


class Published:
    """Implements ``ports.Fetcher``."""

    def fetch(self, url: str, *, max_bytes: int) -> bytes:
        """What was given to :func:`serve`."""
        asked[url] += 1
        if url not in _served:
            raise FetchError("fetch_failed", "Nothing is served there.")
        if len(_served[url]) > max_bytes:
            raise FetchError("too_large", "It is too large.")
        return _served[url]


def reset() -> None:
    """Nothing is served, nothing was asked for."""
    _served.clear()
    asked.clear()


def serve(url: str, document: Any) -> None:
    """From now on."""
    _served[url] = json.dumps(document).encode()


class Issuer:
    """An issuer that is not ours: a did:web with one status list, all of it served."""

    def __init__(self, host: str = "issuer.example.org", seed_byte: int = 33):
        self.signer = signed.signer(seed_byte, host=host)
        self.did = self.signer.method.controller
        self.did_url = did_documents.address_of(self.did)
        self.list_url = f"https://{host}/status/1"
        serve(self.did_url, dids.did_document(self.did, [self.signer.method]))
        self.revoke()

    def revoke(self, *indices: int) -> None:
        """These and no others."""
        profile = status_list.list_profile(OBV3_VC2, ListForm.REVOCATION, v.ED25519)
        document = status_list.compose_list(
            status_list.with_bits(status_list.empty_bits(status_list.MIN_LENGTH), indices),
            ListForm.REVOCATION,
            profile=profile,
            url=self.list_url,
            issuer=self.did,
            valid_from=signed.CREATED,
            valid_until=signed.CREATED + datetime.timedelta(days=36_525),
            ttl=datetime.timedelta(minutes=5),
        )
        serve(self.list_url, signed.sign(document, profile, self.signer))

    def issue(self, index: int, **changes: Any) -> dict[str, Any]:
        """A credential with a place in the list."""
        entry = status_list.compose_entry(self.list_url, index, ListForm.REVOCATION)
        unsigned = signed.unsigned(awards.full_award(**changes), OBV3_VC2, self.did, status=[entry])
        return signed.sign(unsigned, OBV3_VC2, self.signer)


def present(credentials: list[dict[str, Any]], challenge: str, seed_byte: int = 40) -> dict[str, Any]:
    """A presentation of them by a holder with a did:key."""
    from openedx_verifiable_credentials.core import canonical
    from openedx_verifiable_credentials.core import suites
    from openedx_verifiable_credentials.core.suites import rdf_proof
    from openedx_verifiable_credentials.core.suites.rdf_proof import ProofOptions

    holder = signed.signer(seed_byte)
    document = {
        "@context": [v.CREDENTIALS_V2],
        "type": [v.VERIFIABLE_PRESENTATION],
        "holder": holder.method.controller,
        "verifiableCredential": credentials,
    }
    options = ProofOptions(holder.method.id, "2026-03-02T08:00:00Z", v.AUTHENTICATION, challenge)
    proof = suites.configure(v.EDDSA_RDFC_2022, options)
    signature = holder.sign(rdf_proof.signing_input(document, proof, canonical.canonicalize))
    return {**document, "proof": rdf_proof.with_value(proof, signature)}
