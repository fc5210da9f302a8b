"""
Others: issuers with keys and DID documents of their own, what they sign, and lists of theirs.

Signs with PyLD and rfc8785 by hand, where the verifier canonicalises with pyoxigraph: the two share no code.
"""

from __future__ import annotations

import base64
import copy
import datetime
import hashlib
import json

import base58
import rfc8785

from openedx_verifiable_credentials.adapters.local_keys import make_signer
from openedx_verifiable_credentials.adapters.local_keys import public_key
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.data import Secret

CREATED = "2026-03-02T08:00:00Z"
NOW = datetime.datetime(2026, 4, 1, 12, 0, 0, tzinfo=datetime.UTC)
HOST = "issuer.example"
LIST_URL = f"https://{HOST}/status/1"
TYPES = {
    v.ED25519_SIGNATURE_2020: {"type": v.ED25519_SIGNATURE_2020},
    **{
        suite: {"type": v.DATA_INTEGRITY_PROOF, "cryptosuite": suite}
        for suite in (v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022, v.ECDSA_RDFC_2019)
    },
}


def signer(seed_byte=21, *, host=None, algorithm=v.ED25519):
    """A key, of a did:key or, with ``host``, of a did:web."""
    seed = Secret(bytes([seed_byte]) * 32)
    did = dids.web_did(host) if host else dids.key_did(public_key(seed, algorithm))
    return make_signer(did, seed, algorithm)


def secure(document, by, suite=v.EDDSA_RDFC_2022, *, after=(), as_array=False, **members):
    """
    ``document`` with one more proof by ``by``. ``members`` are the proof's own, None leaves one out; ``after``: the ids
    of the proofs it comes after.
    """
    proof = {
        **TYPES[suite],
        "created": CREATED,
        "verificationMethod": by.method.id,
        "proofPurpose": v.ASSERTION_METHOD,
        **members,
    }
    proof = {name: value for name, value in proof.items() if value is not None}
    if after:
        proof["previousProof"] = list(after) if len(after) > 1 else after[0]
    bare = {name: value for name, value in document.items() if name != "proof"}
    earlier = document.get("proof", [])
    earlier = earlier if isinstance(earlier, list) else [earlier]
    signed = dict(bare)
    if after:
        signed["proof"] = [one for one in earlier if one.get("id") in after]
    signature = by.sign(_message(signed, proof, bare["@context"], suite))
    proof["proofValue"] = "z" + base58.b58encode(signature).decode()
    if earlier or as_array:
        return {**bare, "proof": [*earlier, proof]}
    return {**bare, "proof": proof}


def _message(document, proof, context, suite):
    if suite == v.EDDSA_JCS_2022:
        parts = (rfc8785.dumps(proof), rfc8785.dumps(document))
    else:
        parts = (canonicalize({"@context": context, **proof}).encode(), canonicalize(document).encode())
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def credential(by, *, contexts=(v.CREDENTIALS_V2,), status=None, **members):
    """A small one, unsigned."""
    document = {
        "@context": list(contexts),
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential"],
        "issuer": by.method.controller,
        "validFrom": "2026-03-01T00:00:00Z",
        "credentialSubject": {"id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"},
        **members,
    }
    if status is not None:
        document["credentialStatus"] = status
    return document


def entry(index=94_567, *, url=LIST_URL, purpose="revocation", **members):
    """A status entry."""
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
        **members,
    }


def list_credential(by, indices=(), *, url=LIST_URL, purpose="revocation", length=131_072, **members):
    """An unsigned Bitstring status list with these bits set."""
    bits = status_list.with_bits(status_list.empty_bits(length), indices)
    return {
        "@context": [v.CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": by.method.controller,
        "validFrom": "2026-03-31T00:00:00Z",
        "validUntil": "2026-04-02T00:00:00Z",
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": status_list.encode(bits),
        },
        **members,
    }


def did_document(*methods, did=None, **members):
    """The document of a did:web with the keys of these signers."""
    did = did or methods[0].method.controller
    return {**dids.did_document(did, [one.method for one in methods]), **members}


def did_url(host=HOST):
    """Where it is."""
    return f"https://{host}/.well-known/did.json"


def raw(document):
    """As bytes."""
    return json.dumps(document, ensure_ascii=False).encode()


def changed(document, **members):
    """A copy with other members."""
    return {**copy.deepcopy(document), **members}


def token(claims, by, *, key_id=None, **header):
    """A compact JWS by an Ed25519 or P-256 key, put together by hand."""
    algorithm = {v.ED25519: "EdDSA", v.P256: "ES256"}[dids.algorithm_of(by.method.public_key_multibase)]
    header = {"alg": algorithm, "typ": "vc+jwt", **({"kid": key_id} if key_id else {}), **header}
    message = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{message}.{_base64url(by.sign(message.encode()))}".encode()


def presentation(credentials, by, *, suite=v.EDDSA_RDFC_2022, holder=True, signed=True, **members):
    """One that carries ``credentials``, by its holder; ``members`` are those of its proof."""
    document = {"@context": [v.CREDENTIALS_V2], "type": ["VerifiablePresentation"]}
    if holder:
        document["holder"] = by.method.controller
    if credentials:
        document["verifiableCredential"] = credentials
    if not signed:
        return document
    return secure(document, by, suite, **{"proofPurpose": v.AUTHENTICATION, **members})


def _base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
