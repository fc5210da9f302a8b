"""What stands behind the addresses inside issued documents. Served whether the switch is on or off."""

from __future__ import annotations

from urllib.parse import quote
from urllib.parse import urlsplit

from openedx_verifiable_credentials.api.anchor_keys import list_anchor_keys
from openedx_verifiable_credentials.core import anchoring_keys
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import key_history
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.achievements import ACHIEVEMENTS_PATH
from openedx_verifiable_credentials.core.key_history import KeyRecord
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Issuer


def find_achievement(kind: str, key: str, host: str) -> JsonObject | None:
    """
    The Achievement at ``…/achievements/<kind>/<key>/``. ``host`` chooses among our own base URLs; where none has it
    (a proxy that renames it), any will do.
    """
    path = f"{ACHIEVEMENTS_PATH}{kind}/{quote(key, safe='')}/"
    bases = sorted(
        set(Issuer.objects.values_list("base_url", flat=True)), key=lambda base: (urlsplit(base).netloc != host, base)
    )
    digests = [Achievement.digest(base + path) for base in bases]
    found = {row.address_digest: row for row in Achievement.objects.filter(address_digest__in=digests)}
    row = next((found[digest] for digest in digests if digest in found), None)
    return {"@context": [v.CREDENTIALS_V2, v.OPEN_BADGES_V3], **row.document} if row else None


def find_issuer_profile(slug: str) -> JsonObject | None:
    """
    The issuer's Profile. Where it is a did:web issuer, and there are keys that pay for anchors, with ``publicKey``: the
    account of each, and when its anchors are to be believed; see :mod:`..core.anchoring_keys`.
    """
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None:
        return None
    document: JsonObject = {
        "@context": [v.CREDENTIALS_V2, v.OPEN_BADGES_V3],
        **open_badges.profile_document(issuer.profile),
    }
    keys = list_anchor_keys() if issuer.did.startswith("did:web:") else []
    if keys:
        document["@context"].append(dict(anchoring_keys.PROFILE_TERMS))
        document["publicKey"] = anchoring_keys.profile_entries(keys)
    return document


def find_did_document(did: str) -> JsonObject | None:
    """The DID document of one of our did:web issuers, from the database."""
    return _did_document(Issuer.objects.filter(did=did).first())


def find_issuer_did_document(slug: str) -> JsonObject | None:
    """The DID document of the did:web issuer whose DID ends with ``issuers:<slug>``."""
    issuer = Issuer.objects.filter(slug=slug).first()
    is_here = issuer is not None and issuer.did.endswith(f":verifiable_credentials:issuers:{slug}")
    return _did_document(issuer if is_here else None)


def _did_document(issuer: Issuer | None) -> JsonObject | None:
    if issuer is None or not issuer.did.startswith("did:web:"):
        return None
    did = issuer.did
    keys = list(issuer.keys.order_by("-created", "-pk"))
    methods = [VerificationMethod(f"{did}#{key.public_key_multibase}", did, key.public_key_multibase) for key in keys]
    revoked = {key.public_key_multibase: timestamp(key.compromised_since) for key in keys if key.compromised_since}
    return dids.did_document(
        did, methods, revoked, anchoring=list_anchor_keys(), profile_url=issuer.profile_url
    )  # fmt: skip


def find_key_history(slug: str) -> JsonObject | None:
    """Every key an issuer has had, newest first; see :mod:`..core.key_history`."""
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None:
        return None
    return key_history.compose(issuer.did, key_records(issuer))


def key_records(issuer: Issuer) -> list[KeyRecord]:
    """Every key that ``issuer`` has had, newest first."""
    return [
        KeyRecord(key.public_key_multibase, key.created, key.retired_at, key.compromised_since)
        for key in issuer.keys.order_by("-created", "-pk")
    ]
