"""Certificates: which a learner can claim, and into which wallets; which are whose."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.variables import without_variables
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.flows.steps.claimable import is_claimable
from openedx_verifiable_credentials.flows.steps.permits import get_resolutions
from openedx_verifiable_credentials.flows.steps.permits import wallets_now
from openedx_verifiable_credentials.models import ClaimPolicy


def list_claimable(*, user_id: int, site_id: int) -> list[Award]:
    """Newest first, in a constant number of queries. Raises OfferError ``switched_off``."""
    require_enabled()
    return [award for award, _ in _claimable(user_id, site_id)]


def available_wallets(*, user_id: int, site_id: int) -> list[WalletProfile]:
    """
    Those that policies offer for at least one of the learner's certificates, in the order in which they are shown; all
    of them where the learner has none that could be claimed. Raises OfferError ``switched_off``.
    """
    require_enabled()
    if not ClaimPolicy.objects.exists():
        return list(wallets.WALLETS.values())
    offered = {wallet for _, usable in _claimable(user_id, site_id) for wallet in usable}
    return [wallet for wallet in wallets.WALLETS.values() if wallet in offered or not offered]


def _claimable(user_id: int, site_id: int) -> list[tuple[Award, list[WalletProfile]]]:
    """With the wallets that each may go into; those that may go into none are left out."""
    now, prefix, source = timezone.now(), app_settings.retired_username_prefix(), get_certificate_source()
    awards = [award for award in source.list_awards(user_id, site_id) if is_claimable(award, now, prefix)]
    held = get_resolutions(source, awards)
    found = [(award, wallets_now(award, held[award.certificate_uuid], now)) for award in awards]
    return [(award, usable) for award, usable in found if usable]


@without_variables
def find_certificates_of(username: str) -> set[UUID]:
    """Every certificate under exactly this username, for staff who search; the name goes nowhere else."""
    return get_certificate_source().certificates_of(username)[0]
