"""Offer certificates to their owner's wallet."""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Collection
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError
from django.db import transaction

from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.achievements import digest_achievement
from openedx_verifiable_credentials.flows.steps.achievements import publish_achievements
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.keys import get_or_create_learner
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import Permit
from openedx_verifiable_credentials.flows.steps.proposals import propose
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.models import Offer


def offer_certificates(
    means: Means, *, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet: WalletProfile,
    left_out: Collection[str] = (),
) -> tuple[Offer, list[Permit]]:  # fmt: skip
    """
    The offer of these certificates to their owner's ``wallet``, and what policies permit of each. ``left_out``: claims
    that the learner leaves out.

    Asked again within the first half of an untouched offer's life, it is the same one: a double click, two tabs or a
    reloaded page show the same link. Raises AwardError, OfferError, SigningError, CompositionError.
    """
    now = means.now()
    proposals = propose(
        means,
        user_id=user_id,
        site_id=site_id,
        certificate_uuids=certificate_uuids,
        wallet=wallet,
        left_out=left_out,
        now=now,
    )
    plans = [_noted(one.plan, one.permit) for one in proposals.credentials]
    learner = get_or_create_learner(user_id, means.keks, now)
    new = Offer(
        uuid=uuid.uuid4(),
        learner=learner,
        issuer=proposals.issuers.front(site_id, plans[0].issuer),
        site_id=site_id,
        wallet_id=wallet.id,
        certificate_uuids=[str(award.certificate_uuid) for award in proposals.awards],
        issuings=[plan.as_json() for plan in plans],
        left_out=[name for name in CLAIMS if name in left_out],
        created=now,
        expires_at=now + means.offer_lifetime,
    )
    new.reuse_key = _reuse_key(new)
    publish_achievements([(one.plan, one.permit.published_terms) for one in proposals.credentials], now)
    return _created(new), list(proposals.permits.values())


def _created(new: Offer) -> Offer:
    for _ in range(ATTEMPTS):
        offer = _reusable(new)
        if offer is not None:
            return offer
        try:
            return _create(new)
        except DatabaseError as error:
            if not is_race(error):
                raise
            continue  # another click was faster: its offer is ours
    raise TransientError("busy", "The offer could not be made just now; try again.")


def _noted(plan: PlannedCredential, permit: Permit) -> PlannedCredential:
    """With what is published of its achievement."""
    return dataclasses.replace(plan, achievement=digest_achievement(plan, permit.published_terms))


def _reuse_key(offer: Offer) -> str:
    certificates = [UUID(value).hex for value in offer.certificate_uuids]
    parts = [offer.learner.uuid.hex, offer.wallet_id, *certificates, *offer.left_out]
    return hashlib.sha256(":".join(parts).encode("ascii")).hexdigest()


def _reusable(new: Offer) -> Offer | None:
    """The untouched offer of an earlier click. One that is used or half over gives up its place."""
    offer = Offer.objects.filter(reuse_key=new.reuse_key).select_related("issuer").first()
    if offer is None:
        return None
    half = offer.created + (offer.expires_at - offer.created) / 2
    if new.created < half and offer.issuings == new.issuings and not offer.credentials.exists():
        return offer
    Offer.objects.filter(pk=offer.pk).update(reuse_key=None)
    return None


@transaction.atomic
def _create(offer: Offer) -> Offer:
    offer.pk = None
    offer.save(force_insert=True)
    append_event(
        "offer.created",
        offer.created,
        offer=offer.uuid,
        certificates=offer.certificate_uuids,
        wallet=offer.wallet_id,
        issuer=offer.issuer.did,
    )
    return offer
