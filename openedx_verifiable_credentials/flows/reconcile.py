"""Bring the ledger in line with the host: a certificate that is revoked or gone ends its credentials."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from collections.abc import Set
from uuid import UUID

from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.record import abandon
from openedx_verifiable_credentials.flows.steps.record import is_over
from openedx_verifiable_credentials.flows.steps.revoking import REVOCABLE
from openedx_verifiable_credentials.flows.steps.revoking import Ended
from openedx_verifiable_credentials.flows.steps.revoking import Ending
from openedx_verifiable_credentials.flows.steps.revoking import revoke
from openedx_verifiable_credentials.flows.steps.selecting import Facts
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models import WorkCursor
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.models.credential import EndReason
from openedx_verifiable_credentials.ports import CertificateSource

_CHUNK = 500
_KEEP_OFFERS = datetime.timedelta(days=1)
_CURSOR = "reconcile"
# What is before a cursor was compared that long ago, at most: an old one, perhaps a restored one, would hide changes.
_KEEP_CURSOR = datetime.timedelta(hours=6)
# Of a chunk of a comparison: more than so many certificates, and more than one in so many, are not gone by chance.
_FEW_DELETED = 3
_ONE_IN = 10


@dataclasses.dataclass(frozen=True)
class World:
    """What reconciling works with: no key, so that it goes on whatever is wrong with keys."""

    source: CertificateSource
    now: Callable[[], datetime.datetime]


@dataclasses.dataclass
class Reconciled:
    """
    How many certificates were looked at, how many credentials ended and why, and the primary keys of the status lists
    that changed by it.
    """

    looked_at: int = 0
    reasons: Counter[str] = dataclasses.field(default_factory=Counter)
    lists: set[int] = dataclasses.field(default_factory=set)

    @property
    def revoked(self) -> int:
        """How many credentials ended."""
        return self.reasons.total()


def note_change(certificate_uuid: UUID, now: datetime.datetime) -> None:
    """One row of work."""
    HostChange.objects.create(certificate_uuid=certificate_uuid, created=now)


def tidy(world: World, *, dry_run: bool = False) -> int:
    """End intents whose offers are over; delete offers of the day before yesterday that nobody took."""
    now = world.now()
    stale = Credential.objects.filter(is_over(now), state=CredentialState.INTENDED)
    untaken = Offer.objects.filter(expires_at__lt=now - _KEEP_OFFERS, credentials__isnull=True)
    count = stale.count() + untaken.count()
    if not dry_run:
        abandon(list(stale), now)
        while pks := list(untaken.values_list("pk", flat=True)[:_CHUNK]):
            Offer.objects.filter(pk__in=pks, credentials__isnull=True).delete()
    return count


def reconcile_changes(world: World, *, dry_run: bool = False) -> Iterator[Reconciled]:
    """
    Work through what the host changed since the last time; yields the result so far after each chunk.

    A certificate that was noted was not awarded then: whatever it is now, credentials of before that moment end.
    Dies anywhere without loss: rows go after their work. Raises TransientError, and whatever the source does.
    """
    result, last = Reconciled(), 0
    while rows := list(HostChange.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        last = rows[-1].pk
        _reconcile(world, rows, result, dry_run)
        if not dry_run:
            HostChange.objects.filter(pk__in=[row.pk for row in rows]).delete()
        yield result


def reconcile_all(
    world: World, facts: Facts, *, dry_run: bool = False, restart: bool = False, accept_deletions: bool = False
) -> Iterator[Reconciled]:  # fmt: skip
    """
    Compare every certificate that has credentials of which ``facts`` hold with the host; yields the result so far after
    each chunk.

    One that was stopped in the last six hours goes on where it was, with the same facts; ``restart`` begins anew. A dry
    run begins anew and remembers nothing. Raises as :func:`reconcile_changes`; and LedgerError ``too_many_deleted``
    before anything of a chunk ends, unless ``accept_deletions`` is true.
    """
    cursor = WorkCursor.objects.filter(name=_cursor_name(facts))
    if restart and not dry_run:
        cursor.delete()
    result = Reconciled()
    for rows in facts.chunks(after=0 if dry_run else stopped_at(world, facts)):
        certificate_uuids = {certificate_uuid for _, certificate_uuid in rows}
        statuses = world.source.statuses(certificate_uuids)
        if not dry_run and not accept_deletions:
            _require_few_deleted(certificate_uuids, statuses)
        result.looked_at += len(certificate_uuids)
        over = [(pk, certificate_uuid) for pk, certificate_uuid in rows if statuses.get(certificate_uuid) != AWARDED]
        _end(world, over, statuses, result, dry_run)
        if rows and not dry_run:
            defaults = {"position": rows[-1][0], "updated": world.now()}
            WorkCursor.objects.update_or_create(name=_cursor_name(facts), defaults=defaults)
        yield result
    if not dry_run:
        cursor.delete()


def stopped_at(world: World, facts: Facts) -> int:
    """The primary key after which a stopped comparison of the same credentials goes on; 0: from the beginning."""
    cursor = WorkCursor.objects.filter(name=_cursor_name(facts)).first()
    return cursor.position if cursor is not None and _is_recent(cursor, world.now()) else 0


def is_outdated(world: World, facts: Facts) -> bool:
    """Whether one was stopped, but too long ago to go on there."""
    cursor = WorkCursor.objects.filter(name=_cursor_name(facts)).first()
    return cursor is not None and not _is_recent(cursor, world.now())


def _is_recent(cursor: WorkCursor, now: datetime.datetime) -> bool:
    return now - _KEEP_CURSOR <= cursor.updated <= now


def _require_few_deleted(certificate_uuids: Set[UUID], statuses: Mapping[UUID, str]) -> None:
    """A host that lost its certificates, or has only some of them back, must not end their credentials for ever."""
    gone = len(certificate_uuids - statuses.keys())
    if gone > _FEW_DELETED and gone * _ONE_IN > len(certificate_uuids):
        raise LedgerError(
            "too_many_deleted",
            f"The service does not have {gone} of {len(certificate_uuids)} certificates: none of their credentials was "
            "ended. Where its tables are not fully restored, restore them first. Where the certificates were deleted "
            "on purpose, look with --dry-run, then run again with --accept-deletions.",
        )


def _cursor_name(facts: Facts) -> str:
    return f"{_CURSOR} {facts.digest()}" if facts.is_given() else _CURSOR


def _reconcile(world: World, changes: Sequence[HostChange], result: Reconciled, dry_run: bool) -> None:
    noted: dict[UUID, datetime.datetime] = {}
    for change in changes:
        noted[change.certificate_uuid] = max(change.created, noted.get(change.certificate_uuid, change.created))
    statuses = world.source.statuses(noted.keys())
    result.looked_at += len(noted)
    rows = Credential.objects.filter(certificate_uuid__in=noted, state__in=REVOCABLE)
    over = [
        (pk, certificate_uuid)
        for pk, certificate_uuid, created in rows.values_list("pk", "certificate_uuid", "created")
        # Awarded again since: what it had when it was revoked is over, what was issued for the new award is not.
        if statuses.get(certificate_uuid) != AWARDED or created <= noted[certificate_uuid]
    ]
    _end(world, over, statuses, result, dry_run)


def _end(
    world: World, over: Sequence[tuple[int, UUID]], statuses: Mapping[UUID, str], result: Reconciled, dry_run: bool
) -> None:
    """End ``over`` (primary key, certificate); the reason is whether the host still has the certificate."""
    reasons: dict[EndReason, list[int]] = {EndReason.HOST_REVOKED: [], EndReason.HOST_DELETED: []}
    for pk, certificate_uuid in over:
        reasons[EndReason.HOST_REVOKED if certificate_uuid in statuses else EndReason.HOST_DELETED].append(pk)
    for reason, pks in reasons.items():
        for start in range(0, len(pks), _CHUNK):
            part = pks[start : start + _CHUNK]
            ended = Ended(len(part)) if dry_run else revoke(part, Ending(reason, world.now()))
            result.reasons[reason.value] += ended.count
            result.lists |= ended.lists
