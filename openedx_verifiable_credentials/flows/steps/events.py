"""The event row every flow appends."""

from __future__ import annotations

import datetime
from uuid import UUID

from openedx_verifiable_credentials.models import Event


def append_event(kind: str, at: datetime.datetime, **ids: UUID | str | list[str] | None) -> None:
    """``ids`` are ids only: uuids, DIDs of issuers, codes. Nothing personal."""
    Event.objects.create(kind=kind, at=at, ids={name: _plain(value) for name, value in ids.items()})


def _plain(value: UUID | str | list[str] | None) -> str | list[str] | None:
    return str(value) if isinstance(value, UUID) else value
