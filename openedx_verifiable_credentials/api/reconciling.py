"""The host's changes. These go on while the switch is off."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.api.revoking import publish_at_once
from openedx_verifiable_credentials.flows import reconcile
from openedx_verifiable_credentials.flows.reconcile import Reconciled
from openedx_verifiable_credentials.flows.reconcile import World
from openedx_verifiable_credentials.flows.steps.bulk import tidying
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED
from openedx_verifiable_credentials.flows.steps.selecting import Facts
from openedx_verifiable_credentials.models import HostChange

__all__ = [
    "AWARDED",
    "Facts",
    "Reconciled",
    "changes",
    "changes_wait_since",
    "comparison",
    "is_outdated",
    "note_certificate_change",
    "reconcile_changes",
    "stopped_at",
    "tidy",
    "tidy_batches",
]

# Three rounds of a vc_reconcile that runs every five minutes.
_PATIENCE = datetime.timedelta(minutes=15)


def note_certificate_change(certificate_uuid: UUID) -> None:
    """Remember that the host changed a certificate; cheap, signs nothing."""
    reconcile.note_change(certificate_uuid, timezone.now())


def reconcile_changes() -> Reconciled:
    """End the credentials of certificates that the host revoked or deleted since the last time, and publish that."""
    result = [Reconciled(), *changes()][-1]
    publish_at_once(result.lists)
    return result


def changes(*, dry_run: bool = False) -> Iterator[Reconciled]:
    """
    The same step by step: yields what is done so far after each chunk, and publishes nothing.

    The lists that changed are due for the next publication; :func:`..revoking.publish_at_once` does not wait for it.
    """
    return reconcile.reconcile_changes(_world(), dry_run=dry_run)


def comparison(
    facts: Facts, *, dry_run: bool = False, restart: bool = False, accept_deletions: bool = False
) -> Iterator[Reconciled]:
    """
    The same for every certificate that has credentials of which ``facts`` hold, whether a change was noted or not.

    Goes on where one that was stopped in the last six hours was. Raises LedgerError ``unknown_issuer``; and, before
    anything of a chunk ends, ``too_many_deleted`` where the host has too few of its certificates and that is not
    accepted.
    """
    facts.require_known()
    return reconcile.reconcile_all(_world(), facts, dry_run=dry_run, restart=restart, accept_deletions=accept_deletions)


def stopped_at(facts: Facts) -> int:
    """Where a comparison of the same credentials that was stopped goes on; 0: from the beginning."""
    return reconcile.stopped_at(_world(), facts)


def is_outdated(facts: Facts) -> bool:
    """Whether one was stopped, but too long ago to go on there: it begins anew."""
    return reconcile.is_outdated(_world(), facts)


def tidy(*, dry_run: bool = False) -> int:
    """End intents whose offers are over, and forget old offers that nobody took; how many rows that were."""
    return reconcile.tidy(_world(), dry_run=dry_run)


def tidy_batches(*, dry_run: bool = False) -> int:
    """
    Delete the parts, refusals and mails of batches that have long been over, which keep their counts; how many rows
    that were. Raises ConfigurationError.
    """
    return tidying.forget_parts(timezone.now() - app_settings.keep_batch_parts(), dry_run=dry_run)


def changes_wait_since() -> datetime.datetime | None:
    """Since when a change of the host has waited much longer than it should; None where none has."""
    oldest: datetime.datetime | None = HostChange.objects.aggregate(oldest=Min("created"))["oldest"]
    return oldest if oldest is not None and oldest < timezone.now() - _PATIENCE else None


def _world() -> World:
    return World(source=get_certificate_source(), now=timezone.now)
