"""The event row every flow appends."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from uuid import UUID

from openedx_verifiable_credentials.models import Event

# Whose ids have the number of a staff account: a revocation's is in the credential's row.
SUSPENDED = "credential.suspended"
LIFTED = "credential.suspension_lifted"
SUSPENSION_KINDS = (SUSPENDED, LIFTED)


def append_event(kind: str, at: datetime.datetime, **ids: UUID | str | list[str] | None) -> None:
    """``ids`` are ids only: uuids, DIDs of issuers, codes; of people only the number of a staff account (``staff``)."""
    _event(kind, at, ids).save()


def append_events(kind: str, at: datetime.datetime, each: Iterable[Mapping[str, UUID | str | None]]) -> None:
    """One event for each of ``each``, whose ids are as in :func:`append_event`, with one statement."""
    Event.objects.bulk_create(_event(kind, at, ids) for ids in each)


def forget_staff(number: str, credentials: Collection[str]) -> None:
    """Take the account ``number`` out of the suspensions of these credentials (uuids), and out of their liftings."""
    for event in Event.objects.filter(kind__in=SUSPENSION_KINDS, ids__staff=number):
        if event.ids["credential"] in credentials:
            Event.objects.filter(pk=event.pk).update(ids={**event.ids, "staff": None})


def _event(kind: str, at: datetime.datetime, ids: Mapping[str, UUID | str | list[str] | None]) -> Event:
    credential = ids.get("credential")
    return Event(
        kind=kind,
        at=at,
        ids={name: _plain(value) for name, value in ids.items()},
        credential=credential if isinstance(credential, UUID) else None,
    )


def _plain(value: UUID | str | list[str] | None) -> str | list[str] | None:
    return str(value) if isinstance(value, UUID) else value
