"""
What learners were given: page by page with what each credential says in short, and revoked where its holder wants to.
All of it works while the switch is off, and none of it needs an issuer's key: a wallet that was lost can always be told
from a good one.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models import OuterRef
from django.db.models import QuerySet
from django.db.models import Subquery
from django.utils import timezone

from openedx_verifiable_credentials.api.anchored import Anchor
from openedx_verifiable_credentials.api.anchored import anchor_of
from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.api.paging import PAGE_SIZE
from openedx_verifiable_credentials.api.paging import Page
from openedx_verifiable_credentials.api.paging import require_page
from openedx_verifiable_credentials.api.paging import start_of
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.api.public_credentials import status_of
from openedx_verifiable_credentials.api.revoking import publish_at_once
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows import anchored
from openedx_verifiable_credentials.flows import revoke as flow
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Share
from openedx_verifiable_credentials.models.credential import CredentialState

logger = logging.getLogger(__name__)

_END_OF_DID = 8


@dataclasses.dataclass(frozen=True)
class IssuedCredential:
    """
    A credential of the caller's. ``state`` is a status as :class:`..api.public_credentials.SharedCredential` has it,
    ``page`` the address of its public page, None where it is not shared. ``replaces``: the one that it was issued anew
    for; ``replaced_by``: the one that was issued anew for it; ``came_from``: the one of a batch that was claimed into a
    wallet by it. ``holder``: how the DID of its wallet ends. ``anchor``: None where it is not to be anchored. What the
    credential says (``title``, ``holder``, ``valid_until``) is empty where it is ``withheld`` or cannot be read now.
    """

    uuid: UUID
    certificate_uuid: UUID
    kind: str
    profile_id: str
    state: str
    issued_at: datetime.datetime
    page: str | None
    replaces: UUID | None
    replaced_by: UUID | None
    came_from: UUID | None
    title: str
    issuer_name: str
    wallet_id: str
    wallet_name: str
    is_bound: bool
    holder: str | None = dataclasses.field(repr=False)
    valid_until: datetime.datetime | None
    withheld: bool
    can_revoke: bool
    anchor: Anchor | None = None


def page_of_issued(*, user_id: int, number: int = 1) -> Page[IssuedCredential]:
    """
    What was handed to the learner, on whatever site, newest first; with three queries.

    Raises OfferError ``invalid_request`` where there is no page of this ``number``.
    """
    own = _own(user_id)
    count = own.count()
    require_page(number, count)
    start = start_of(number)
    # Sorted by themselves: what is sorted goes through the database's memory, and documents are large.
    pks = list(own.order_by(*_NEWEST_FIRST).values_list("pk", flat=True)[start : start + PAGE_SIZE])
    return Page(_read(own.filter(pk__in=pks)), number, count)


def get_issued(credential_uuid: UUID, *, user_id: int) -> IssuedCredential:
    """The caller's credential. Raises LedgerError ``unknown_credential``, also for another's."""
    found = _read(_own(user_id).filter(uuid=credential_uuid))
    if not found:
        raise LedgerError("unknown_credential", "You have no such credential.")
    return found[0]


def revoke_own(credential_uuid: UUID, *, user_id: int) -> IssuedCredential:
    """
    Revoke the caller's credential for ever, and publish it at once; what is over already is left as it is.

    Where it cannot be published just now, it waits for the next ``vc_publish_status``. Raises LedgerError
    ``unknown_credential``, also for another's; TransientError ``busy``.
    """
    publish_at_once(flow.revoke_own(credential_uuid, user_id, timezone.now()).lists)
    return get_issued(credential_uuid, user_id=user_id)


_NEWEST_FIRST = ("-issued_at", "-pk")


def _own(user_id: int) -> QuerySet[Credential]:
    return Credential.objects.filter(learner__user_id=user_id, issued_at__isnull=False)


@without_variables
def _read(rows: QuerySet[Credential]) -> list[IssuedCredential]:
    """``rows``: credentials of one learner."""
    live = Share.objects.filter(credential=OuterRef("pk"), live=True).values("share_id")[:1]
    successor = Credential.objects.filter(replaces=OuterRef("pk"), issued_at__isnull=False).values("uuid")[:1]
    found = list(
        rows.select_related("issuer", "key", "learner", "shape", *anchored.STANDING)
        .defer("terms", "shape__terms", "key__sealed_seed", *anchored.NOT_READ)
        .annotate(share_id=Subquery(live), predecessor=F("replaces__uuid"), successor=Subquery(successor))
        .annotate(origin=F("came_from__uuid"))
        .order_by(*_NEWEST_FIRST)
    )
    learner_key = _learner_key(found)
    return [_issued(row, _opened(row, learner_key)) for row in found]


def _learner_key(rows: Sequence[Credential]) -> Secret | None:
    if not rows or rows[0].learner is None:
        return None
    try:
        return keys.open_learner_key(rows[0].learner, get_key_encryption_keys())
    except ConfigurationError as error:
        logger.error("What credentials say cannot be listed: %s", error)
        return None


def _opened(row: Credential, learner_key: Secret | None) -> JsonObject:
    """The document; an empty one where there is none, or none that can be read."""
    if learner_key is None or row.sealed_document is None:
        return {}
    try:
        document: JsonObject = json.loads(keys.open_document(row, learner_key))
    except ConfigurationError as error:
        logger.error("What a credential says cannot be listed: %s", error)
        return {}
    return document


def _issued(row: Any, document: JsonObject) -> IssuedCredential:
    """``row``: a credential with what :func:`_read` adds."""
    said = facts.read(document)
    wallet = wallets.WALLETS.get(row.wallet_id)
    return IssuedCredential(
        uuid=row.uuid,
        certificate_uuid=row.certificate_uuid,
        kind=row.kind,
        profile_id=row.profile_id,
        state=status_of(row)[0],
        issued_at=row.issued_at,
        page=None if row.share_id is None else page_address(row.issuer.base_url, row.share_id),
        replaces=row.predecessor,
        replaced_by=row.successor,
        came_from=row.origin,
        title=said.title,
        issuer_name=said.issuer_name or row.issuer.name,
        wallet_id=row.wallet_id,
        wallet_name=row.wallet_id if wallet is None else wallet.name,
        is_bound=row.is_bound,
        holder=facts.subject_id(document)[-_END_OF_DID:] or None if row.is_bound else None,
        valid_until=said.valid_until,
        withheld=row.sealed_document is None,
        can_revoke=row.state == CredentialState.ISSUED,
        anchor=anchor_of(row),
    )
