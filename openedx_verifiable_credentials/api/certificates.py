"""The learner's certificates, as far as they can be claimed."""

from __future__ import annotations

from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.flows.steps.claimable import is_claimable


def list_claimable(*, user_id: int, site_id: int) -> list[Award]:
    """Newest first, in a constant number of queries. Raises OfferError ``switched_off``."""
    require_enabled()
    now, prefix = timezone.now(), app_settings.retired_username_prefix()
    awards = get_certificate_source().list_awards(user_id, site_id)
    return [award for award in awards if is_claimable(award, now, prefix)]
