"""Bring the ledger in line with the host: a certificate that is revoked or gone ends its credentials."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.record import abandon
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import HostChange
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState
from openedx_verifiable_credentials.ports import CertificateSource

_CHUNK = 500
_KEEP_OFFERS = datetime.timedelta(days=1)
_ENDABLE = (CredentialState.INTENDED, CredentialState.ISSUED, CredentialState.SUPERSEDED)


@dataclasses.dataclass(frozen=True)
class World:
    """What reconciling works with: no key, so that it goes on whatever is wrong with keys."""

    source: CertificateSource
    now: Callable[[], datetime.datetime]


@dataclasses.dataclass
class Reconciled:
    """How many certificates were looked at, and how many credentials ended."""

    looked_at: int = 0
    revoked: int = 0


def note_change(certificate_uuid: UUID, now: datetime.datetime) -> None:
    """One row of work."""
    HostChange.objects.create(certificate_uuid=certificate_uuid, created=now)


def tidy(world: World, *, dry_run: bool = False) -> int:
    """End intents whose offers are over; delete offers of the day before yesterday that nobody took."""
    now = world.now()
    stale = Credential.objects.filter(state=CredentialState.INTENDED, offer__expires_at__lt=now)
    untaken = Offer.objects.filter(expires_at__lt=now - _KEEP_OFFERS, credentials__isnull=True)
    count = stale.count() + untaken.count()
    if not dry_run:
        abandon(list(stale), now)
        while pks := list(untaken.values_list("pk", flat=True)[:_CHUNK]):
            Offer.objects.filter(pk__in=pks, credentials__isnull=True).delete()
    return count


def reconcile_changes(world: World, *, dry_run: bool = False) -> Reconciled:
    """Work through what the host changed since the last time. Dies anywhere without loss: rows go after their work."""
    result, last = Reconciled(), 0
    while rows := list(HostChange.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        last = rows[-1].pk
        _reconcile(world, {row.certificate_uuid for row in rows}, result, dry_run)
        if not dry_run:
            HostChange.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return result


def reconcile_all(world: World, *, dry_run: bool = False) -> Iterable[Reconciled]:
    """Compare every certificate that has credentials with the host; yields the result so far after each chunk."""
    result, last = Reconciled(), 0
    while True:
        rows = list(
            Credential.objects.filter(pk__gt=last, state__in=_ENDABLE)
            .order_by("pk")
            .values_list("pk", "certificate_uuid")[:_CHUNK]
        )
        if not rows:
            return
        last = rows[-1][0]
        _reconcile(world, {certificate_uuid for _, certificate_uuid in rows}, result, dry_run)
        yield result


def _reconcile(world: World, certificate_uuids: set[UUID], result: Reconciled, dry_run: bool) -> None:
    statuses = world.source.statuses(certificate_uuids)
    over = [uuid for uuid in certificate_uuids if statuses.get(uuid) != AWARDED]
    result.looked_at += len(certificate_uuids)
    rows = list(Credential.objects.filter(certificate_uuid__in=over, state__in=_ENDABLE).order_by("pk"))
    for row in rows:
        result.revoked += 1 if dry_run else _revoke(world, row)


@transaction.atomic
def _revoke(world: World, row: Credential) -> int:
    now = world.now()
    ended = Credential.objects.filter(pk=row.pk, state__in=_ENDABLE).update(
        state=CredentialState.REVOKED, live_key=None, ended_at=now
    )
    if ended:
        append_event("credential.revoked", now, credential=row.uuid, certificate=row.certificate_uuid, reason="host")
    return ended
