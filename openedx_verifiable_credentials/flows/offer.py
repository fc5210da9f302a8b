"""Offer certificates to their owner's wallet."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError
from django.db import transaction

from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.claimable import get_claimable
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.keys import get_or_create_learner
from openedx_verifiable_credentials.flows.steps.keys import get_signing_key
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer

_ATTEMPTS = 5


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
    awards = get_claimable(means.source, certificate_uuids, user_id=user_id, site_id=site_id, now=now)
    key = get_signing_key()
    learner = get_or_create_learner(user_id, means.keks, now)
    new = Offer(
        uuid=uuid.uuid4(),
        learner=learner,
        key=key,
        site_id=site_id,
        wallet_id=wallet.id,
        certificate_uuids=[str(award.certificate_uuid) for award in awards],
        reuse_key=_reuse_key(learner, wallet, certificate_uuids),
        created=now,
        expires_at=now + means.offer_lifetime,
    )
    for _ in range(_ATTEMPTS):
        offer = _reusable(new)
        if offer is not None:
            return offer
        try:
            return _create(new, awards)
        except IntegrityError:
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
    offer = Offer.objects.filter(reuse_key=new.reuse_key).select_related("key__issuer").first()
    if offer is None:
        return None
    half = offer.created + (offer.expires_at - offer.created) / 2
    if new.created < half and not offer.credentials.exists():
        return offer
    Offer.objects.filter(pk=offer.pk).update(reuse_key=None)
    return None


@transaction.atomic
def _create(offer: Offer, awards: Sequence[Award]) -> Offer:
    offer.save(force_insert=True)
    issuer = offer.key.issuer
    _publish_achievements(issuer, awards, offer.created)
    append_event(
        "offer.created",
        offer.created,
        offer=offer.uuid,
        certificates=offer.certificate_uuids,
        wallet=offer.wallet_id,
        issuer=issuer.did,
    )
    return offer


def _publish_achievements(issuer: Issuer, awards: Sequence[Award], now: datetime.datetime) -> None:
    """What a credential's ``achievement.id`` answers must be there before the credential is."""
    profile = get_profile("obv3-vc2")
    for award in awards:
        document = open_badges.compose_achievement(award, issuer=issuer.profile, extended=profile.extended)
        digest = Achievement.digest(document["id"])
        published = Achievement.objects.filter(address_digest=digest).first()
        if published is None or published.document != document:
            Achievement.objects.update_or_create(
                address_digest=digest,
                defaults={"issuer": issuer, "address": document["id"], "document": document, "updated": now},
            )
