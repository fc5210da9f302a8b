"""Issuing on award, without anybody asking: certificates that the service awards, where policies want it."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import is_enabled_now
from openedx_verifiable_credentials.flows.order_awards import Drained
from openedx_verifiable_credentials.flows.order_awards import order_awards
from openedx_verifiable_credentials.flows.steps.bulk import awards

__all__ = ["Drained", "drain", "note_award"]


def note_award(certificate_uuid: UUID) -> None:
    """Remember that the service awarded a certificate, where any policy may want its credential issued; cheap."""
    awards.note(certificate_uuid, timezone.now())


def drain() -> Drained:
    """
    Order the credentials of new awards: afterwards they are batches, as any other. Nothing while the switch is off; the
    rows wait. Cheap where there is nothing to do.

    Raises TransientError ``busy``, ConfigurationError.
    """
    if not is_enabled_now():
        return Drained()
    return order_awards(get_means(), profile_id=app_settings.bulk_profile(), mail=app_settings.mail_on_award())
