"""Mails that tell learners what a batch issued to them."""

from __future__ import annotations

from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import is_enabled_now
from openedx_verifiable_credentials.flows import mail_learners
from openedx_verifiable_credentials.flows.mail_learners import Mailed
from openedx_verifiable_credentials.flows.steps.bulk import tidying
from openedx_verifiable_credentials.models import Batch

__all__ = ["Mailed", "by_state", "send_waiting", "unsure"]


def send_waiting(limit: int | None = None) -> Mailed:
    """
    One round: up to ``limit`` mails (by default the setting's number), of batches that are over. Nothing while the
    switch is off. Where it sent or dropped as many as that, there may be more.

    Raises TransientError ``mail_server_down``: what was not handed over waits; ConfigurationError.
    """
    if not is_enabled_now():
        return Mailed()
    most = app_settings.mails_at_once() if limit is None else limit
    return mail_learners.mail_learners(get_means(), sender=app_settings.mail_from(), most=most)


def unsure() -> int:
    """Mails of which nobody knows whether they went out; they are never sent again."""
    return mail_learners.unsure(timezone.now())


def by_state(batch_pk: int) -> dict[str, int]:
    """How many mails of a batch wait, are being sent, were sent, failed."""
    batch = Batch.objects.filter(pk=batch_pk).first()
    return {} if batch is None else tidying.mails(batch)
