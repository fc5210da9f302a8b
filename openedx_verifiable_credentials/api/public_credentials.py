"""
What anyone may see of a credential that its holder shares: what it says, who issued it and whether it still counts. Of
one that was erased since: that it is withheld, and its status.

Nothing but the id of a share opens it. Served whether the switch is on or off: what was shared is in the hands of
those who rely on it. Read with one query; nothing is signed, written or fetched.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
import re
from urllib.parse import urlsplit
from uuid import UUID

from openedx_verifiable_credentials.api.anchored import Anchor
from openedx_verifiable_credentials.api.anchored import anchor_of
from openedx_verifiable_credentials.api.anchored import anchored_bytes
from openedx_verifiable_credentials.api.badge_images import own_path
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core.checks import dates
from openedx_verifiable_credentials.core.facts import Facts
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.core.status_list import list_url
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows import anchored
from openedx_verifiable_credentials.flows.anchored import Inclusion
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Share
from openedx_verifiable_credentials.models.credential import CredentialState

logger = logging.getLogger(__name__)

PAGE = "/verifiable_credentials/c/"
VALID = "valid"
WITHHELD = "withheld"
_BY_DATES = ("expired", "not_yet_valid")
_SHARE_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclasses.dataclass(frozen=True)
class SharedCredential:
    """
    ``status``: "valid", "suspended", "revoked", "superseded", or "compromised" (its issuer's key was not the issuer's
    alone any more when it was signed); ``since``: when that began, where it is known. ``sha256``: of the signed
    document, hexadecimal. ``raw``: that document as it was handed out, None where it is withheld. ``lists``: the uuid
    and form of each status list that the document names. ``anchor``: None where it is not to be anchored;
    ``included``: what its anchored form is composed with, None while there is none.
    """

    share_id: str
    issuer_did: str
    issuer_name: str
    base_url: str
    issuer_page: str
    profile_id: str
    status: str
    since: datetime.datetime | None
    sha256: str
    lists: tuple[tuple[UUID, ListForm], ...]
    raw: bytes | None = dataclasses.field(repr=False)
    anchor: Anchor | None = None
    included: Inclusion | None = None

    @property
    def withheld(self) -> bool:
        """Whether its document was erased."""
        return self.raw is None

    @property
    def is_anchored(self) -> bool:
        """Whether its anchored form can be had."""
        return not self.withheld and self.included is not None

    @property
    def document(self) -> JsonObject | None:
        """What it says; None where it is withheld."""
        if self.raw is None:
            return None
        document: JsonObject = json.loads(self.raw)
        return document

    @property
    def facts(self) -> Facts | None:
        """What it says, for people; None where it is withheld."""
        document = self.document
        return None if document is None else facts.read(document)

    @property
    def picture(self) -> str:
        """
        The path of the achievement's picture where it is one of our own badge images, "" otherwise: the page that shows
        it asks no other origin than its own.
        """
        return own_path(self.document or {}, self.base_url)

    def state_at(self, now: datetime.datetime) -> str:
        """In one word: "withheld"; a status; or what the dates say of a valid one, "expired" or "not_yet_valid"."""
        document = self.document
        if document is None:
            return WITHHELD
        if self.status != VALID:
            return self.status
        said = dates.judge(document, now).code
        return said if said in _BY_DATES else VALID

    @property
    def page(self) -> str:
        """The address of its public page; the JSON of the credential and the evidence file are below it."""
        return page_address(self.base_url, self.share_id)

    @property
    def issuer_domain(self) -> str:
        """The domain that the issuer's did:web proves; "" for other DIDs."""
        return dids.web_did_location(self.issuer_did)[0] if self.issuer_did.startswith("did:web:") else ""

    @property
    def did_web_address(self) -> str | None:
        """What the issuer's did:web stands for (did:web §2.5.2); None for a DID that is its own document (did:key)."""
        return f"https://{''.join(dids.web_did_location(self.issuer_did))}" if self.issuer_domain else None

    @property
    def did_document_address(self) -> str | None:
        """Where that is served: the same, but for a service without TLS, on loopback."""
        address, own = self.did_web_address, urlsplit(self.base_url)
        if address is None or own.netloc != self.issuer_domain:
            return address
        return f"{own.scheme}:{address.partition(':')[2]}"

    @property
    def keys_address(self) -> str:
        """Where the issuer's key history is served."""
        return f"{self.issuer_page}keys.json"

    @property
    def list_addresses(self) -> tuple[str, ...]:
        """Where the status lists are served that the document names."""
        return tuple(list_url(self.base_url, str(list_uuid), form) for list_uuid, form in self.lists)


def page_address(base_url: str, share_id: str) -> str:
    """Where the public page is."""
    return f"{base_url}{PAGE}{share_id}/"


@without_variables
def find_shared(share_id: str) -> SharedCredential | None:
    """
    What is shared under this id; None for what never was and for what has ended, with the same single query.

    Raises TransientError ``unreadable_credential``.
    """
    if not _SHARE_ID.fullmatch(share_id):
        return None
    found = (
        Share.objects.filter(share_id=share_id, live=True)
        .select_related(*anchored.below("credential", _READ))
        .defer(*_NOT_READ)
        .first()
    )
    # Some collations take ids that differ in case for the same.
    if found is None or found.share_id != share_id:
        return None
    row = found.credential
    status, since = status_of(row)
    return SharedCredential(
        share_id=share_id,
        issuer_did=row.issuer.did,
        issuer_name=row.issuer.name,
        base_url=row.issuer.base_url,
        issuer_page=row.issuer.profile_url,
        profile_id=row.profile_id,
        status=status,
        since=since,
        sha256=found.sha256,
        lists=_lists(row),
        raw=_opened(row),
        anchor=anchor_of(row),
        included=anchored.inclusion(row),
    )


def anchored_form(shared: SharedCredential) -> bytes:
    """
    The shared credential with the proof that it is anchored.

    Raises LedgerError ``withheld``, ``not_anchored``, ``anchor_pending``; TransientError ``unreadable_credential``.
    """
    if shared.raw is None:
        raise withheld()
    return anchored_bytes(shared.raw, shared.anchor, shared.included)


def withheld() -> LedgerError:
    """For what is asked of a credential that was erased."""
    return LedgerError("withheld", "What this credential says is withheld at its holder's request.")


def status_of(row: Credential) -> tuple[str, datetime.datetime | None]:
    """Status and since when. What ended it comes first; a suspension can be lifted."""
    if row.state in (CredentialState.REVOKED, CredentialState.SUPERSEDED):
        return str(row.state), row.ended_at
    compromised = row.key.compromised_since
    # The date in the proof is the intent's; a key that leaked may have made any date, so this one is ours.
    if compromised is not None and row.created >= compromised:
        return "compromised", compromised
    return ("suspended", None) if row.suspended else (VALID, None)


_READ = ("issuer", "key", "learner", "status_list", "shape", *anchored.WHOLE)
_NOT_READ = (
    *anchored.below("credential", anchored.NOT_READ),
    "credential__terms",
    "credential__shape__terms",
    "credential__key__sealed_seed",
    "credential__status_list__bits",
    "credential__status_list__suspension_bits",
    "credential__status_list__sealed_order_key",
)


def _lists(row: Credential) -> tuple[tuple[UUID, ListForm], ...]:
    if row.status_list is None:
        return ()
    forms = (ListForm.REVOCATION, ListForm.SUSPENSION) if row.status_list.suspends else (ListForm.REVOCATION,)
    return tuple((row.status_list.uuid, form) for form in forms)


def _opened(row: Credential) -> bytes | None:
    if row.learner is None or row.sealed_document is None:
        return None
    try:
        return keys.open_document(row, keys.open_learner_key(row.learner, get_key_encryption_keys()))
    except ConfigurationError as error:
        logger.error("A shared credential cannot be shown: %s", error)
        raise TransientError(
            "unreadable_credential", "This credential cannot be shown just now; try again later."
        ) from None
