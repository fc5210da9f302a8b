"""Erasure. It goes on while the switch is off, and whatever is wrong with keys."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.flows import erase
from openedx_verifiable_credentials.flows.erase import Erased
from openedx_verifiable_credentials.flows.erase import World

__all__ = ["Erased", "erase_by_username", "erase_learners_of", "erase_retired", "tidy_learners"]


def erase_retired(*, dry_run: bool = False) -> Iterator[Erased]:
    """Erase every learner whose username starts with the configured prefix now; the result so far, chunk by chunk."""
    return erase.erase_retired(_world(), dry_run=dry_run)


def erase_by_username(username: str, *, dry_run: bool = False) -> Erased | None:
    """
    Erase the learner with exactly this username; None where the service knows nobody by it.

    Raises TransientError ``busy``.
    """
    return erase.erase_by_username(_world(), username, dry_run=dry_run)


def erase_learners_of(credential_uuids: Sequence[UUID], *, dry_run: bool = False) -> Erased:
    """
    Erase all that is held about the learners of these credentials; nobody needs to know who they are.

    Raises TransientError ``busy``: who was erased before it stays erased.
    """
    return erase.erase_learners_of(_world(), credential_uuids, dry_run=dry_run)


def tidy_learners(*, everything: bool = False, dry_run: bool = False) -> int:
    """Delete learners' rows that hold nothing; with ``everything`` documents without a key, too. How many rows."""
    world = _world()
    orphans = erase.erase_orphans(world, dry_run=dry_run) if everything else 0
    return orphans + erase.forget_idle_learners(world, dry_run=dry_run)


def _world() -> World:
    return World(
        source=get_certificate_source(), retired_prefix=app_settings.retired_username_prefix(), now=timezone.now
    )
