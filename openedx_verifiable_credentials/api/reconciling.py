"""The host's changes. These go on while the switch is off."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.flows import reconcile
from openedx_verifiable_credentials.flows.reconcile import Reconciled
from openedx_verifiable_credentials.flows.reconcile import World
from openedx_verifiable_credentials.flows.steps.claimable import AWARDED

__all__ = ["AWARDED", "Reconciled", "note_certificate_change", "reconcile_all", "reconcile_changes", "tidy"]


def note_certificate_change(certificate_uuid: UUID) -> None:
    """Remember that the host changed a certificate; cheap, signs nothing."""
    reconcile.note_change(certificate_uuid, timezone.now())


def reconcile_changes(*, dry_run: bool = False) -> Reconciled:
    """End the credentials of certificates that the host revoked or deleted since the last time."""
    return reconcile.reconcile_changes(_world(), dry_run=dry_run)


def reconcile_all(*, dry_run: bool = False) -> Iterable[Reconciled]:
    """The same for every certificate that has credentials, whether a change was noted or not."""
    return reconcile.reconcile_all(_world(), dry_run=dry_run)


def tidy(*, dry_run: bool = False) -> int:
    """End intents whose offers are over, and forget old offers that nobody took; how many rows that were."""
    return reconcile.tidy(_world(), dry_run=dry_run)


def _world() -> World:
    return World(source=get_certificate_source(), now=timezone.now)
