"""Offer certificates to their owner's wallet."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError
from django.db import transaction

from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.claimable import get_claimable
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.keys import get_or_create_learner
from openedx_verifiable_credentials.flows.steps.keys import get_signing_keys
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.races import ATTEMPTS
from openedx_verifiable_credentials.flows.steps.races import is_race
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer


def offer_certificates(
    means: Means, *, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet: WalletProfile
) -> Offer:
    """
    The offer of these certificates to their owner's ``wallet``.

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
    issuers = IssuersInUse()
    plans = [plan for award in awards for plan in issuers.plan(means, award)]
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
        reuse_key=_reuse_key(learner, wallet, certificate_uuids),
        created=now,
        expires_at=now + means.offer_lifetime,
    )
    _require_composable(plans, wallet, now)
    _publish_achievements(plans, now)
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


def _reuse_key(learner: Learner, wallet: WalletProfile, certificate_uuids: Sequence[UUID]) -> str:
    parts = [learner.uuid.hex, wallet.id, *(certificate_uuid.hex for certificate_uuid in certificate_uuids)]
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


def _require_composable(plans: Sequence[PlannedCredential], wallet: WalletProfile, now: datetime.datetime) -> None:
    """What cannot become a credential is told to the learner who clicks, not to the wallet that comes later."""
    profile = get_profile(wallet.profile_id)
    for plan in plans:
        nobody = uuid.uuid4().urn
        document = open_badges.compose(
            plan.award, Terms(), profile=profile, issuer=plan.issuer.profile, credential_id=nobody, subject_id=nobody
        )
        lint.require_signable(document, profile, now)


def _publish_achievements(plans: Sequence[PlannedCredential], now: datetime.datetime) -> None:
    """
    What a credential's ``achievement.id`` answers must be there before the credential is.

    One statement each and no lock held: a whole class clicks at once.
    """
    for plan in plans:
        document = open_badges.compose_achievement(plan.award, issuer=plan.issuer.profile, extended=True)
        rows = Achievement.objects.filter(address_digest=Achievement.digest(document["id"]))
        published = rows.first()
        if published is None:
            _publish_new(plan.issuer, document, now)
        elif published.document != document:
            rows.update(document=document, updated=now)


def _publish_new(issuer: Issuer, document: JsonObject, now: datetime.datetime) -> None:
    address = document["id"]
    try:
        with transaction.atomic():
            Achievement.objects.create(
                issuer=issuer,
                address=address,
                address_digest=Achievement.digest(address),
                document=document,
                updated=now,
            )
    except DatabaseError as error:
        if not is_race(error):
            raise
        # Another learner's click has just published it.
