"""
The keys that pay for anchors, as issuers publish them for verifiers of Blockcerts: verification methods and a service
in the DID document, entries in the Profile.

Since when and until when a key's transactions are to be believed stands in the Profile alone, where verifiers compare
it with the time of the block. The dates of a DID document they compare with now, so one there would end every anchor
that the key ever made.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject

_SECURITY = "https://w3id.org/security#"
_DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"
# What Blockcerts calls an account of an Ethereum chain.
_KOBLITZ = "ecdsa-koblitz-pubkey:"
# What no context defines that verifiers of DID documents are sure to have. Inline, so that there is nothing to fetch.
DID_TERMS: dict[str, Any] = {
    "IssuerProfile": "https://w3id.org/blockcerts#IssuerProfile",
    v.ECDSA_SECP256K1_RECOVERY_METHOD_2020: (
        "https://identity.foundation/EcdsaSecp256k1RecoverySignature2020#EcdsaSecp256k1RecoveryMethod2020"
    ),
    "blockchainAccountId": _SECURITY + "blockchainAccountId",
    "publicKeyJwk": {"@id": _SECURITY + "publicKeyJwk", "@type": "@json"},
}
PROFILE_TERMS: dict[str, Any] = {
    "publicKey": {
        "@id": _SECURITY + "publicKey",
        "@context": {
            "created": {"@id": "http://purl.org/dc/terms/created", "@type": _DATE_TIME},
            "expires": {"@id": _SECURITY + "expiration", "@type": _DATE_TIME},
            "revoked": {"@id": _SECURITY + "revoked", "@type": _DATE_TIME},
        },
    },
}


@dataclasses.dataclass(frozen=True)
class AnchoringKey:
    """
    ``address``: as :mod:`.accounts` writes it; ``public_key_multibase``: ``zQ3s…``; ``chain_ids``: the chains it is
    used on (EIP-155). Its transactions are to be believed from ``created`` on, and before ``expires`` and ``revoked``;
    None: to this day. A revoked key may be in other hands.
    """

    address: str
    public_key_multibase: str
    created: datetime.datetime
    expires: datetime.datetime | None = None
    revoked: datetime.datetime | None = None
    chain_ids: Collection[int] = ()


def method_id(did: str, public_key_multibase: str) -> str:
    """The method that anchors of the key name in the documents of the issuer ``did``."""
    return f"{did}#{public_key_multibase}"


def methods(did: str, key: AnchoringKey) -> list[JsonObject]:
    """
    The verification methods of the key in the DID document of ``did``, the one that anchors name first: Multikey,
    JsonWebKey2020, and its account on each chain. No date is in them; see this module.
    """
    own = method_id(did, key.public_key_multibase)
    jwk = accounts.public_jwk(accounts.read_multikey(key.public_key_multibase))
    forms: list[JsonObject] = [
        {"id": own, "type": v.MULTIKEY, "controller": did, "publicKeyMultibase": key.public_key_multibase},
        {"id": f"{own}-jwk", "type": v.JSON_WEB_KEY_2020, "controller": did, "publicKeyJwk": jwk},
    ]
    for chain_id in sorted(key.chain_ids):
        forms.append(
            {
                "id": f"{own}-eip155-{chain_id}",
                "type": v.ECDSA_SECP256K1_RECOVERY_METHOD_2020,
                "controller": did,
                "blockchainAccountId": accounts.account_id(chain_id, key.address),
            }
        )
    return forms


def service(did: str, profile_url: str) -> JsonObject:
    """Where the Profile of the issuer ``did`` is."""
    return {"id": f"{did}#profile", "type": "IssuerProfile", "serviceEndpoint": profile_url}


def profile_entries(keys: Sequence[AnchoringKey]) -> list[JsonObject]:
    """The ``publicKey`` of a Profile: the account of each key, and when its transactions are to be believed."""
    return [_profile_entry(key) for key in keys]


def _profile_entry(key: AnchoringKey) -> JsonObject:
    entry: JsonObject = {"id": _KOBLITZ + accounts.checksummed(key.address), "created": timestamp(key.created)}
    for name, moment in (("expires", key.expires), ("revoked", key.revoked)):
        if moment is not None:
            entry[name] = timestamp(moment)
    return entry
