"""Who changed what, and when: of what people edit. The user is a number, as everywhere here."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


def edits(**more: Any) -> HistoricalRecords:
    """A history of a model's rows, without a foreign key to the host's users."""
    return HistoricalRecords(
        history_user_id_field=models.PositiveBigIntegerField(null=True),
        history_user_getter=_number_of_editor,
        history_user_setter=_keep_number,
        **more,
    )


def _number_of_editor(historical_instance: Any) -> int | None:
    number: int | None = historical_instance.history_user_id
    return number


def _keep_number(historical_instance: Any, user: Any) -> None:
    historical_instance.history_user_id = getattr(user, "pk", user)
