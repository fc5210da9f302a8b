"""
A learner's certificates, page by page: those that can be claimed, and those that cannot, with the reason in one word.
A page costs the same number of queries however many certificates there are.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.api.paging import PAGE_SIZE
from openedx_verifiable_credentials.api.paging import Page
from openedx_verifiable_credentials.api.paging import require_page
from openedx_verifiable_credentials.api.paging import start_of
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.core.policies import ABOUT_THE_LEARNER
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.flows.steps.claimable import why_not_claimable
from openedx_verifiable_credentials.flows.steps.permits import get_resolutions
from openedx_verifiable_credentials.flows.steps.permits import wallets_now
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState

READY = "ready"
NOT_YET = "not_yet"
REVOKED = "revoked"
NOT_OFFERED = "not_offered"
_STATES = {"certificate_revoked": REVOKED, "certificate_not_visible": NOT_YET}


@dataclasses.dataclass(frozen=True)
class OwnCertificate:
    """
    ``state``: "ready"; "not_yet", from ``available_from`` on where that is known; "revoked" by the service;
    "not_offered" as a credential. ``wallet_ids``: where it may go, nowhere unless it is ready; ``claims``: what its
    credential would say of the learner, each of which may be left out; ``claimed``: how many live credentials of it the
    learner has.
    """

    award: Award
    state: str
    available_from: datetime.datetime | None
    wallet_ids: tuple[str, ...]
    claims: tuple[str, ...]
    claimed: int


def page_of_certificates(*, user_id: int, site_id: int, number: int) -> Page[OwnCertificate]:
    """
    The learner's certificates on a site, newest first. A learner who was retired has none.

    Raises OfferError ``switched_off``, ``invalid_request`` where there is no page of this ``number``.
    """
    require_enabled()
    now, source = timezone.now(), get_certificate_source()
    awards, count = source.page_of_awards(user_id, site_id, start=start_of(number), count=PAGE_SIZE)
    if source.retired_users((user_id,), app_settings.retired_username_prefix()):
        awards, count = [], 0
    require_page(number, count)
    held = get_resolutions(source, awards) if awards else {}
    claimed = _claimed([award.certificate_uuid for award in awards], user_id)
    items = [
        _shown(award, held[award.certificate_uuid], now, claimed.get(award.certificate_uuid, 0)) for award in awards
    ]
    return Page(items, number, count)


def _claimed(certificate_uuids: Collection[UUID], user_id: int) -> dict[UUID, int]:
    """How many live credentials the learner was handed of each."""
    if not certificate_uuids:
        return {}
    rows = Credential.objects.filter(
        certificate_uuid__in=certificate_uuids,
        learner__user_id=user_id,
        state=CredentialState.ISSUED,
        issued_at__isnull=False,
    )
    return dict(rows.order_by().values_list("certificate_uuid").annotate(number=Count("pk")))


def _shown(award: Award, resolution: Resolution, now: datetime.datetime, claimed: int) -> OwnCertificate:
    refusal = why_not_claimable(award, now)
    usable = wallets_now(award, resolution, now) if refusal is None else []
    state = _STATES.get(refusal.code, NOT_OFFERED) if refusal is not None else READY if usable else NOT_OFFERED
    terms = resolution.terms()
    return OwnCertificate(
        award=award,
        state=state,
        available_from=_available_from(award) if state == NOT_YET else None,
        wallet_ids=tuple(wallet.id for wallet in usable),
        claims=tuple(name for name in ABOUT_THE_LEARNER if getattr(terms, name)) if usable else (),
        claimed=claimed,
    )


def _available_from(award: Award) -> datetime.datetime | None:
    """None where the service cannot say it, as for a program of which no course was passed."""
    return None if award.visible_from is None else max(award.visible_from, award.awarded_at)
