"""Offer certificates to their owner's wallet."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import secrets
import uuid
from collections.abc import Collection
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError
from django.db import transaction

from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.core.wallets import presenting_wallet
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.achievements import digest_achievement
from openedx_verifiable_credentials.flows.steps.achievements import publish_achievements
from openedx_verifiable_credentials.flows.steps.claimable import get_claimable
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.keys import get_or_create_learner
from openedx_verifiable_credentials.flows.steps.keys import get_signing_keys
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import Permit
from openedx_verifiable_credentials.flows.steps.permits import get_permits
from openedx_verifiable_credentials.flows.steps.permits import require_permitted
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.flows.steps.record import require_names
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
    certificate_uuids = _distinct(certificate_uuids, means.max_certificates)
    awards = get_claimable(
        means.source,
        certificate_uuids,
        user_id=user_id,
        site_id=site_id,
        retired_prefix=means.retired_prefix,
        now=now,
    )
    permits = get_permits(means.source, awards, left_out)
    _require_a_way(list(permits.values()), wallet, now)
    issuers = IssuersInUse()
    plans = [_noted(plan, permits[award.certificate_uuid]) for award in awards for plan in issuers.plan(means, award)]
    get_signing_keys([plan.issuer for plan in plans], get_profile(wallet.profile_id))
    learner = get_or_create_learner(user_id, means.keks, now)
    new = Offer(
        uuid=uuid.uuid4(),
        learner=learner,
        issuer=issuers.front(site_id, plans[0].issuer),
        site_id=site_id,
        wallet_id=wallet.id,
        certificate_uuids=[str(award.certificate_uuid) for award in awards],
        issuings=[plan.as_json() for plan in plans],
        left_out=[name for name in CLAIMS if name in left_out],
        created=now,
        expires_at=now + means.offer_lifetime,
    )
    new.reuse_key = _reuse_key(new)
    permitted = [(plan, permits[plan.award.certificate_uuid]) for plan in plans]
    _require_composable(permitted, wallet, now)
    publish_achievements([(plan, permit.published_terms) for plan, permit in permitted], now)
    return _created(new), list(permits.values())


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


def _distinct(certificate_uuids: Sequence[UUID], limit: int) -> list[UUID]:
    distinct = list(dict.fromkeys(certificate_uuids))
    if not distinct:
        raise OfferError("no_certificate", "Name at least one certificate.", field="credential_uuid")
    if len(distinct) > limit:
        message = f"An offer holds at most {limit} certificates."
        raise OfferError("too_many_certificates", message, field="credential_uuid")
    return distinct


def _require_a_way(permits: Sequence[Permit], wallet: WalletProfile, now: datetime.datetime) -> None:
    """Policies permit what ``wallet`` does with an offer; where our page is its way, one of the two that it shows."""
    require_permitted(permits, wallet, now)
    if wallet.deep_link is None and any(presenting_wallet(wallet) not in permit.wallets for permit in permits):
        for permit in permits:
            require_names([permit.award], permit.terms)


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


def _require_composable(
    permitted: Sequence[tuple[PlannedCredential, Permit]], wallet: WalletProfile, now: datetime.datetime
) -> None:
    """What cannot become a credential is told to the learner who clicks, not to the wallet that comes later."""
    profile = get_profile(wallet.profile_id)
    for plan, permit in permitted:
        nobody = uuid.uuid4().urn
        document = open_badges.compose(
            permit.award,
            permit.terms,
            profile=profile,
            issuer=plan.issuer.profile,
            credential_id=nobody,
            subject_id=nobody,
            salt=secrets.token_hex(),
        )
        lint.require_signable(document, profile, now)
