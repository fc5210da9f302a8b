"""
Anchored credentials of an issuer that is not ours, what it publishes, and what its transactions carry.

The account is that of the generator of secp256k1, whose key is 1: a node of a test lets anybody send from any account.
"""

from __future__ import annotations

from openedx_verifiable_credentials.core.suites import merkle_proof
from tests import foreign
from tests import merkle

BY = foreign.signer(host=foreign.HOST)
DID = BY.method.controller
METHOD = f"{DID}#base-1"
POINT = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
ACCOUNT = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
STRANGER = "0x00000000000000000000000000000000000000aa"
PROFILE_URL = f"https://{foreign.HOST}/issuer.json"
CREATED = "2026-01-01T00:00:00Z"


def did_document(account=ACCOUNT, *, profile=None, **members):
    """
    With the account among its methods, written in capitals as some do. ``profile``: where its profile is; ``members``:
    of the method, None leaves one out.
    """
    document = foreign.did_document(BY)
    entry = {
        "id": METHOD,
        "type": "EcdsaSecp256k1RecoveryMethod2020",
        "controller": DID,
        "blockchainAccountId": f"eip155:8453:0x{account[2:].upper()}",
        **members,
    }
    document["verificationMethod"].append({name: value for name, value in entry.items() if value is not None})
    document["assertionMethod"].append(METHOD)
    if profile is not None:
        document["service"] = [{"id": f"{DID}#issuer", "type": "IssuerProfile", "serviceEndpoint": profile}]
    return document


def profile(*entries):
    """The issuer's profile; each entry: other members of the account's key, None leaves one out."""
    keys = [{"id": f"ecdsa-koblitz-pubkey:{ACCOUNT}", "created": CREATED, **members} for members in entries]
    keys = [{name: value for name, value in key.items() if value is not None} for key in keys]
    return {"@context": [], "type": ["Profile"], "id": PROFILE_URL, "name": "Issuer", "publicKey": keys}


def published(**members):
    """What is fetched of the issuer, by address."""
    return {foreign.did_url(): did_document(**members)}


def unsigned(name="Course"):
    """A credential without proof."""
    return foreign.credential(BY, name=name)


def signed(name="Course"):
    """With its issuer's signature, in an array."""
    return foreign.secure(unsigned(name), BY, as_array=True)


def root_of(document):
    """The root of a batch of two in which ``document`` is."""
    return merkle.tree([merkle.leaf(document), bytes(32)])[0]


def anchored(document, *, network=merkle.BASE_SEPOLIA, transaction=merkle.TRANSACTION, root=None, **members):
    """
    ``document`` with a Merkle proof over all that it has. ``transaction``: 64 digits, with or without 0x; ``root``: of
    another tree, so that the proof is not sound.
    """
    own, [path, _] = merkle.tree([merkle.leaf(document), bytes(32)])
    proof = merkle.proof(
        root or own,
        merkle.leaf(document),
        path,
        kind="merkle-proof-2019",
        network=network,
        transaction=transaction.removeprefix("0x"),
        members={"verificationMethod": METHOD, **members},
    )
    earlier = document.get("proof")
    return {**document, "proof": proof if earlier is None else [*earlier, proof]}


def is_sound(document):
    """Whether the last proof of ``document`` leads from its leaf to its root."""
    proofs = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
    return merkle_proof.read(proofs[-1]["proofValue"]).is_sound
