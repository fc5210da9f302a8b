"""
What anyone may know of a credential by its id: who issued it and whether it still counts. Nothing about its holder.

Served whether the switch is on or off: what was issued is in the hands of verifiers.
"""

from __future__ import annotations

import dataclasses
import datetime
from uuid import UUID

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState


@dataclasses.dataclass(frozen=True)
class PublicCredential:
    """
    ``visibility``: "unpublished" (its holder shows it to whom they choose) or "withheld" (erased). ``status``: "valid",
    "suspended", "revoked", "superseded", or "compromised" (its issuer's key was not the issuer's alone any more when it
    was signed); ``since``: when that began, where it is known.
    """

    uuid: UUID
    issuer_name: str
    issuer_did: str
    visibility: str
    status: str
    since: datetime.datetime | None


def find_public_credential(credential_uuid: UUID) -> PublicCredential | None:
    """With one query; None also for what was never handed out."""
    row = (
        Credential.objects.filter(uuid=credential_uuid, issued_at__isnull=False)
        .select_related("issuer", "key")
        .defer("sealed_document", "terms")
        .first()
    )
    if row is None:
        return None
    status, since = _status(row)
    return PublicCredential(
        uuid=row.uuid,
        issuer_name=row.issuer.name,
        issuer_did=row.issuer.did,
        visibility="unpublished" if row.erased_at is None else "withheld",
        status=status,
        since=since,
    )


def _status(row: Credential) -> tuple[str, datetime.datetime | None]:
    """What ended it comes first; a suspension can be lifted."""
    if row.state in (CredentialState.REVOKED, CredentialState.SUPERSEDED):
        return str(row.state), row.ended_at
    compromised = row.key.compromised_since
    # The date in the proof is the intent's; a key that leaked may have made any date, so this one is ours.
    if compromised is not None and row.created >= compromised:
        return "compromised", compromised
    return ("suspended", None) if row.suspended else ("valid", None)
