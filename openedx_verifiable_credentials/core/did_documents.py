"""
DID documents of others (DID Core §5, CID 1.0 §2): which keys a DID has, and what for.

Only what verification needs is read. A method of a kind that is not known here is remembered without a key; one whose
id stands twice with different content makes the document ambiguous, and the document is refused.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from openedx_verifiable_credentials.core import accounts
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import public_keys
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.core.public_keys import PublicKey
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

MAX_BYTES = 64 * 1024
_MAX_METHODS = 200
# In which member each type has its key (CID 1.0 §2.2.2 and §2.2.3; vc-di-eddsa §3.6 for the 2020 one).
_MULTIBASE, _JWK = "publicKeyMultibase", "publicKeyJwk"
_KEY_TYPES = (v.MULTIKEY, v.ED25519_VERIFICATION_KEY_2020, v.JSON_WEB_KEY_2020, v.JSON_WEB_KEY)
# Those that may name an account of a blockchain, and what each member makes of it.
_ACCOUNT_TYPES = (
    v.MULTIKEY, v.JSON_WEB_KEY_2020, v.JSON_WEB_KEY, v.ECDSA_SECP256K1_VERIFICATION_KEY_2019,
    v.ECDSA_SECP256K1_RECOVERY_METHOD_2020,
)  # fmt: skip
_ADDRESS_READERS: Mapping[str, Callable[[Any], str]] = {
    _MULTIBASE: lambda value: accounts.address_of(accounts.read_multikey(value)),
    _JWK: lambda value: accounts.address_of(accounts.read_jwk(value)),
    "blockchainAccountId": accounts.read_account_id,
}
_RELATIONSHIPS = (v.ASSERTION_METHOD, v.AUTHENTICATION)
# In the place of a profile's address that cannot be read: nobody has anything there, so no date in it is passed over.
_NOWHERE = "invalid:"


@dataclasses.dataclass(frozen=True)
class Method:
    """
    A verification method. ``public_key`` None: of a kind, or written in a way, that is not known here. ``account``: the
    blockchain account that it is instead (CAIP-10), e.g. ``eip155:8453:0x…``; ``address``: that of the account or of
    its secp256k1 key, lower case, the same on every chain (:mod:`.accounts`). ``revoked`` and ``expires``: since when,
    None where the document does not say so (CID 1.0 §2.2).
    """

    id: str
    controller: str
    public_key: PublicKey | None
    revoked: datetime.datetime | None = None
    expires: datetime.datetime | None = None
    account: str | None = None
    address: str | None = None


@dataclasses.dataclass(frozen=True)
class DidDocument:
    """
    What a DID says of its keys: its methods by id, and the ids that each purpose lists. ``profile``: where the issuer's
    profile is, which dates the keys of its anchors; "" where the document names none.
    """

    did: str
    methods: Mapping[str, Method]
    listed: Mapping[str, frozenset[str]]
    profile: str = ""

    def find(self, method_id: str) -> Method | None:
        """The method, whatever it may be used for."""
        return self.methods.get(method_id)

    def lists(self, method_id: str, purpose: str) -> bool:
        """Whether the method may be used for ``purpose``."""
        return method_id in self.listed.get(purpose, frozenset())


def of_key(did: str) -> DidDocument:
    """
    The document of a did:key (did:key v0.9 §3.1): its one key, for every purpose.

    Raises DocumentError ``unsupported_key``.
    """
    value = did.removeprefix("did:key:")
    method = Method(f"{did}#{value}", did, public_keys.from_multibase(value))
    ids = frozenset((method.id,))
    return DidDocument(did, {method.id: method}, dict.fromkeys(_RELATIONSHIPS, ids))


def address_of(did: str) -> str:
    """Where a did:web's document is (did:web §2.5.2). Raises ValueError for anything else."""
    host, path = dids.web_did_location(did)
    return f"https://{host}{path}"


def read(raw: bytes, did: str) -> DidDocument:
    """
    The document of ``did`` in ``raw``: JSON, plain or JSON-LD. Its ``id`` is the DID (did:web §2.5.2).

    Raises DocumentError ``invalid_did_document``.
    """
    try:
        document = json_text.read_object(raw, max_bytes=MAX_BYTES)
    except VerifiableCredentialsError as error:
        raise _invalid() from error
    if document.get("id") != did:
        raise _invalid()
    methods: dict[str, Method] = {}
    listed: dict[str, frozenset[str]] = {}
    entries: dict[str, JsonObject] = {}
    for entry in _objects(document.get("verificationMethod", [])):
        _add(did, entry, entries, methods)
    for purpose in _RELATIONSHIPS:
        listed[purpose] = frozenset(_listed(did, document.get(purpose, []), entries, methods))
    if len(methods) > _MAX_METHODS:
        raise _invalid()
    return DidDocument(did, methods, listed, _find_profile(document.get("service")))


def _find_profile(services: Any) -> str:
    """The address of the first service that is an issuer's profile (DID Core §5.4; Blockcerts v3)."""
    for service in services if isinstance(services, list) else [services]:
        if not isinstance(service, dict):
            continue
        kinds = service.get("type")
        if "IssuerProfile" in (kinds if isinstance(kinds, list) else [kinds]):
            address = service.get("serviceEndpoint")
            return address if isinstance(address, str) and address else _NOWHERE
    return ""


def _listed(
    did: str, members: Any, entries: dict[str, JsonObject], methods: dict[str, Method]
) -> Iterator[str]:  # fmt: skip
    for member in members if isinstance(members, list) else [members]:
        if isinstance(member, dict):
            yield _add(did, member, entries, methods)
        elif isinstance(member, str):
            yield _absolute(did, member)
        else:
            raise _invalid()


def _add(did: str, entry: JsonObject, entries: dict[str, JsonObject], methods: dict[str, Method]) -> str:
    if not isinstance(entry.get("id"), str):
        raise _invalid()
    method_id = _absolute(did, entry["id"])
    if entries.setdefault(method_id, entry) != entry:
        raise _invalid()
    controller = entry.get("controller")
    if not isinstance(controller, str):
        raise _invalid()
    methods[method_id] = Method(
        id=method_id,
        controller=controller,
        public_key=_find_key(entry),
        revoked=_moment(entry.get("revoked")),
        expires=_moment(entry.get("expires")),
        account=account if isinstance(account := entry.get("blockchainAccountId"), str) else None,
        address=_find_address(entry),
    )
    return method_id


def _find_key(entry: JsonObject) -> PublicKey | None:
    """Both forms of one key may stand side by side, as some verifiers want it; two keys in one method are none."""
    if entry.get("type") not in _KEY_TYPES:
        return None
    try:
        found = [public_keys.from_multibase(entry[_MULTIBASE])] if _MULTIBASE in entry else []
        found += [public_keys.from_jwk(entry[_JWK])] if _JWK in entry else []
    except VerifiableCredentialsError:
        return None
    return found[0] if found and all(key.is_same(found[0]) for key in found) else None


def _find_address(entry: JsonObject) -> str | None:
    """Likewise: whatever says which account it is says the same."""
    if entry.get("type") not in _ACCOUNT_TYPES:
        return None
    try:
        found = {read_address(entry[name]) for name, read_address in _ADDRESS_READERS.items() if name in entry}
    except VerifiableCredentialsError:
        return None
    return found.pop() if len(found) == 1 else None


def _moment(value: Any) -> datetime.datetime | None:
    """A date that cannot be read is as bad as the earliest one: the method is not to be used."""
    if value is None:
        return None
    return read_moment(value) or datetime.datetime.min.replace(tzinfo=datetime.UTC)


def _absolute(did: str, method_id: str) -> str:
    # DID Core §3.2.2: a relative DID URL is resolved against the DID of its document.
    return did + method_id if method_id.startswith("#") else method_id


def _objects(value: Any) -> list[JsonObject]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _invalid()
    return value


def _invalid() -> DocumentError:
    return DocumentError("invalid_did_document", "This is not the DID document of that DID.")
