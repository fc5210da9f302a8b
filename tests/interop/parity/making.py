"""
What the documents are made with: issuers, what they publish, credentials, ways to change them. The same at every run.
"""

from __future__ import annotations

import base64
import copy
import dataclasses
import datetime
import json
from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.adapters.local_keys import LocalP256Signer
from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.local_keys import public_key
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from tests import awards
from tests import signed

NOW = datetime.datetime(2026, 6, 1, 12, 0, 0, tzinfo=datetime.UTC)
HOST = "credentials.example.org"
INDEX = 4_242
JsonObject = dict[str, Any]
Signer = LocalSigner | LocalP256Signer
WEB = signed.signer(8, host=HOST)
KEY = signed.signer()
THIEF = signed.signer(9)
_P256_SEED = Secret(bytes([5]) * 32)
P256 = LocalP256Signer(dids.key_did(public_key(_P256_SEED, v.P256)), _P256_SEED)
P256_WEB = LocalP256Signer(dids.web_did(HOST), _P256_SEED)
DID_ADDRESS = f"https://{HOST}/.well-known/did.json"


@dataclasses.dataclass(frozen=True)
class Case:
    """``documents``: what is at hand, by address; ``at``: the moment to judge for, now where it is None;
    ``expected``: what the proof of a presentation must be made for; ``networks``: chains that may be asked, as the
    verifier in the browser has them."""

    name: str
    raw: bytes
    documents: dict[str, bytes] = dataclasses.field(default_factory=dict)
    at: datetime.datetime | None = None
    now: datetime.datetime = NOW
    expected: dict[str, str] = dataclasses.field(default_factory=dict)
    networks: list[JsonObject] = dataclasses.field(default_factory=list)

    def line(self) -> str:
        """For judge.mjs."""
        return json.dumps(
            {
                "id": self.name,
                "raw": base64.b64encode(self.raw).decode(),
                "documents": {url: base64.b64encode(raw).decode() for url, raw in self.documents.items()},
                "now": self.now.isoformat(),
                "at": self.at and self.at.isoformat(),
                "expected": self.expected,
                "networks": self.networks,
            }
        )


def dumps(document: Any) -> bytes:
    """As somebody else may write it."""
    return json.dumps(document, ensure_ascii=False).encode()


# --- Signing


def prove(
    document: JsonObject, signer: Signer, suite: str, *, previous: list[JsonObject] | None = None, **members: Any
) -> JsonObject:
    """A proof over ``document``; ``members`` are added to it, or left out where they are None."""
    kind = (
        {"type": suite} if suite == v.ED25519_SIGNATURE_2020 else {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": suite}
    )
    proof = {
        **kind,
        "created": "2026-03-02T08:00:00Z",
        "verificationMethod": dids.method_for_suite(signer.method, suite),
        "proofPurpose": v.ASSERTION_METHOD,
        **members,
    }
    proof = {name: value for name, value in proof.items() if value is not None}
    document = {name: value for name, value in document.items() if name != "proof"}
    if previous:
        document["proof"] = previous
    if suite == v.EDDSA_JCS_2022:
        message = rdf_proof.sha256(eddsa_jcs.canonicalize(proof)) + rdf_proof.sha256(eddsa_jcs.canonicalize(document))
    else:
        message = rdf_proof.signing_input(document, proof, canonicalize)
    return rdf_proof.with_value(proof, signer.sign(message))


def sign(document: JsonObject, signer: Signer, profile: CredentialProfile) -> JsonObject:
    """With the proof that ``profile`` has; of a document that has no RDF, with one over something else."""
    algorithm = v.P256 if isinstance(signer, LocalP256Signer) else v.ED25519
    suite = profile.suite_for(algorithm)
    try:
        proof = prove(document, signer, suite)
    except CompositionError:
        proof = prove(
            {"@context": list(profile.contexts), "id": "urn:x:y", "type": v.VERIFIABLE_CREDENTIAL}, signer, suite
        )
    return profile.attach(document, proof)


# --- What is published


def did_document(**changes: Any) -> JsonObject:
    """Of the did:web issuer; a member that is None is left out."""
    document = {**dids.did_document(WEB.method.controller, [WEB.method, P256_WEB.method]), **changes}
    return {name: value for name, value in document.items() if value is not None}


def list_url(signer: Signer, form: ListForm = ListForm.REVOCATION) -> str:
    name = "web" if signer.method.controller.startswith("did:web") else signer.method.public_key_multibase[:12]
    return status_list.list_url(f"https://{HOST}", name, form)


def status_document(
    signer: Signer,
    profile: CredentialProfile,
    form: ListForm = ListForm.REVOCATION,
    *,
    indices: tuple[int, ...] = (),
    until: datetime.datetime = NOW + datetime.timedelta(days=7),
    change: Callable[[JsonObject], None] | None = None,
    by: Signer | None = None,
) -> JsonObject:
    """A signed list; ``change`` is applied before it is signed, ``by`` another than its issuer."""
    algorithm = v.P256 if isinstance(signer, LocalP256Signer) else v.ED25519
    written = status_list.list_profile(profile, form, algorithm)
    document = status_list.compose_list(
        status_list.with_bits(status_list.empty_bits(status_list.MIN_LENGTH), indices),
        form,
        profile=written,
        url=list_url(signer, form),
        issuer=signer.method.controller,
        valid_from=signed.CREATED,
        valid_until=until,
        ttl=datetime.timedelta(hours=1),
    )
    if change is not None:
        change(document)
    return sign(document, by or signer, written)


def published(signer: Signer, profile: CredentialProfile, **options: Any) -> dict[str, bytes]:
    """The DID document of the web issuer and the list of ``signer``."""
    return {DID_ADDRESS: dumps(did_document()), list_url(signer): dumps(status_document(signer, profile, **options))}


def entry(signer: Signer, **changes: Any) -> JsonObject:
    """A status entry; a member that is None is left out."""
    members = {**status_list.compose_entry(list_url(signer), INDEX, ListForm.REVOCATION), **changes}
    return {name: value for name, value in members.items() if value is not None}


def unsigned(
    signer: Signer, profile: CredentialProfile, award: Any = None, status: Any = None, terms: Terms = Terms(grade=True)
) -> JsonObject:
    """A credential as we compose it, with a place in a list."""
    return open_badges.compose(
        award or awards.full_award(),
        terms,
        profile=profile,
        issuer=awards.issuer_profile(signer.method.controller),
        credential_id=awards.CREDENTIAL_ID,
        subject_id=awards.SUBJECT,
        status=[entry(signer)] if status is None else status,
        salt=awards.SALT,
    )


def credential(
    signer: Signer = KEY, profile: CredentialProfile = OBV3_VC2, award: Any = None, terms: Terms = Terms(grade=True)
) -> JsonObject:
    """One that is good in every way, while :func:`published` is at hand."""
    return sign(unsigned(signer, profile, award, terms=terms), signer, profile)


# --- Changing


def walk(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value in ``node`` with the way to it."""
    yield path, node
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from walk(value, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with ``value`` at ``path``; without what is there where it is None."""
    changed = copy.deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return changed


def set_at(document: JsonObject, path: tuple[Any, ...], value: Any) -> JsonObject:
    """A copy with ``value``, which may be None, at ``path``."""
    changed = replaced(document, path, "placeholder")
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


def signed_or_not(name: str, document: JsonObject, at_hand: dict[str, bytes]) -> Iterator[Case]:
    """Signed with both kinds of suite where that can be; with a signature of something else where it cannot."""

    jcs = prove(document, KEY, v.EDDSA_JCS_2022)
    yield Case(f"{name} (jcs)", dumps({**document, "proof": [jcs]}), at_hand)
    try:
        proof = prove(document, KEY, v.EDDSA_RDFC_2022)
    except VerifiableCredentialsError:
        proof = {**jcs, "cryptosuite": v.EDDSA_RDFC_2022}
    yield Case(name, dumps({**document, "proof": [proof]}), at_hand)
