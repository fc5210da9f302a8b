"""
What learners do with the credentials they have: see them, turn a public page of one on, and off.

Turning one on needs the switch. Seeing and turning off do not: what was shared goes on being served, so it must always
be possible to take it back.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models import OuterRef
from django.db.models import Subquery
from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.public_credentials import page_address
from openedx_verifiable_credentials.api.public_credentials import status_of
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.flows import share as flow
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Share


@dataclasses.dataclass(frozen=True)
class IssuedCredential:
    """
    A credential of the caller's. ``state`` is a status as :class:`..api.public_credentials.SharedCredential` has it,
    ``page`` the address of its public page, None where it is not shared. ``replaces``: the one that it was issued anew
    for; ``replaced_by``: the one that was issued anew for it.
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


def list_issued(*, user_id: int) -> list[IssuedCredential]:
    """Every credential that was handed to the learner, on whatever site, newest first; with one query."""
    live = Share.objects.filter(credential=OuterRef("pk"), live=True).values("share_id")[:1]
    successor = Credential.objects.filter(replaces=OuterRef("pk"), issued_at__isnull=False).values("uuid")[:1]
    rows = (
        Credential.objects.filter(learner__user_id=user_id, issued_at__isnull=False)
        .select_related("issuer", "key")
        .defer("sealed_document", "terms", "key__sealed_seed")
        .annotate(share_id=Subquery(live), predecessor=F("replaces__uuid"), successor=Subquery(successor))
        .order_by("-issued_at", "-pk")
    )
    return [_issued(row) for row in rows]


@without_variables
def share(credential_uuid: UUID, *, user_id: int) -> str:
    """
    The address of the credential's public page, turned on if it is not; the same again and again while it is.

    Raises OfferError ``switched_off``, LedgerError ``unknown_credential``, TransientError, ConfigurationError.
    """
    require_enabled()
    made = flow.share(get_means(), credential_uuid=credential_uuid, user_id=user_id)
    return page_address(made.credential.issuer.base_url, made.share_id)


def unshare(credential_uuid: UUID, *, user_id: int) -> None:
    """
    Turn the credential's public page off, for ever: the next one has another address. Nothing happens where there is
    none. Works while the switch is off.

    Raises LedgerError ``unknown_credential``, TransientError.
    """
    flow.unshare(credential_uuid=credential_uuid, user_id=user_id, now=timezone.now())


def _issued(row: Any) -> IssuedCredential:
    """``row``: a credential with what :func:`list_issued` adds."""
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
    )
