"""Revoke credentials for ever; suspend them for a while."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows.steps.events import LIFTED
from openedx_verifiable_credentials.flows.steps.events import SUSPENDED
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.races import until_settled
from openedx_verifiable_credentials.flows.steps.revoking import REVOCABLE
from openedx_verifiable_credentials.flows.steps.revoking import Ended
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.revoking import revoke
from openedx_verifiable_credentials.flows.steps.selecting import CHUNK
from openedx_verifiable_credentials.flows.steps.selecting import Facts
from openedx_verifiable_credentials.flows.steps.status_lists import mark_suspended
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import StatusList
from openedx_verifiable_credentials.models.credential import LIVE_STATES
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason


@dataclasses.dataclass
class Revocation:
    """
    How far a revocation has come: credentials revoked by it, those of them that have no place in a status list (of
    which verifiers cannot learn it), those found over already, ids that nothing has, and the primary keys of the status
    lists that changed.
    """

    revoked: int = 0
    unlisted: int = 0
    over: int = 0
    unknown: list[UUID] = dataclasses.field(default_factory=list)
    lists: set[int] = dataclasses.field(default_factory=set)


def revoke_by_ids(
    ids: Sequence[UUID], field: str, ending: Ending, *, dry_run: bool = False
) -> Iterator[Revocation]:  # fmt: skip
    """
    Revoke the credentials whose ``field`` (``uuid`` or ``certificate_uuid``) is one of ``ids``; yields what is done so
    far after each chunk, the last one included. Raises TransientError.
    """
    result = Revocation()
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), CHUNK):
        part = distinct[start : start + CHUNK]
        rows = list(Credential.objects.filter(**{f"{field}__in": part}).values_list("pk", field, "state"))
        found = {row[1] for row in rows}
        result.unknown += [one for one in part if one not in found]
        pks = [row[0] for row in rows if row[2] in REVOCABLE]
        result.over += len(rows) - len(pks)
        _end(pks, ending, result, dry_run)
        yield result


def revoke_own(credential_uuid: UUID, user_id: int, now: datetime.datetime) -> Ended:
    """
    Revoke what was handed to this learner, who does not want it any more; what is over is left as it is.

    Raises LedgerError ``unknown_credential``, also for another's; TransientError ``busy``.
    """
    own = Credential.objects.filter(uuid=credential_uuid, learner__user_id=user_id, issued_at__isnull=False)
    found = own.values_list("pk", "state").first()
    if found is None:
        raise LedgerError("unknown_credential", "You have no such credential.")
    pk, state = found
    # One that was superseded is revoked in its status list already, and says which one counts instead.
    return revoke([pk], Ending(EndReason.HOLDER, now)) if state == CredentialState.ISSUED else Ended()


def revoke_by_facts(facts: Facts, ending: Ending, *, dry_run: bool = False) -> Iterator[Revocation]:
    """
    The same for every credential of which ``facts`` hold; those that are over are counted only where there is nothing
    to revoke. Raises TransientError.
    """
    result = Revocation()
    for rows in facts.chunks():
        _end([pk for pk, _ in rows], ending, result, dry_run)
        yield result
    if not result.revoked:
        result.over = facts.count_over()
        yield result


def _end(pks: Sequence[int], ending: Ending, result: Revocation, dry_run: bool) -> None:
    # Chunks of credentials, not of certificates: those may have many.
    for start in range(0, len(pks), CHUNK):
        part = pks[start : start + CHUNK]
        if dry_run:
            result.revoked += len(part)
            result.unlisted += Credential.objects.filter(pk__in=part, status_list=None).count()
            continue
        ended = revoke(part, ending)
        result.revoked += ended.count
        result.unlisted += ended.unlisted
        result.over += len(part) - ended.count
        result.lists |= ended.lists


def suspend(credential_uuid: UUID, suspended: bool, now: datetime.datetime, by: int | None = None) -> int | None:
    """
    Suspend a live credential, or lift that; the primary key of its status list, None where it was so already. ``by`` is
    the number of the staff account that decided.

    Where the list's bits are damaged the ledger alone knows, until they are rebuilt. Raises LedgerError
    ``unknown_credential``, ``credential_ended``, ``cannot_suspend``; TransientError ``busy``; StatusListError
    ``index_out_of_range``: no list can ever say it of this credential, so nothing is recorded.
    """
    busy = "Others are changing the same credentials just now; try again."
    return until_settled(lambda: _suspend(credential_uuid, suspended, now, by), busy)


@transaction.atomic
def _suspend(credential_uuid: UUID, suspended: bool, now: datetime.datetime, by: int | None) -> int | None:
    rows = Credential.objects.filter(uuid=credential_uuid)
    # A write comes first: it locks the row on every database.
    rows.update(created=F("created"))
    row = rows.select_for_update().defer("sealed_document").first()
    if row is None:
        raise LedgerError("unknown_credential", "There is no such credential.")
    if row.state not in LIVE_STATES:
        raise LedgerError("credential_ended", "This credential is over; that cannot be changed any more.")
    if row.status_list_id is None or not StatusList.objects.filter(pk=row.status_list_id, suspends=True).exists():
        raise LedgerError(
            "cannot_suspend",
            "This credential cannot be suspended: only those made while OPENEDX_VC_SUSPENSION was True can.",
        )
    if row.suspended is suspended:
        return None
    rows.update(suspended=suspended)
    mark_suspended([row], suspended, now)
    append_event(
        SUSPENDED if suspended else LIFTED,
        now,
        credential=row.uuid,
        certificate=row.certificate_uuid,
        staff=None if by is None else str(by),
    )
    return row.status_list_id
