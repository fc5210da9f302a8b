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
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import TransientError
from openedx_verifiable_credentials.flows.steps.claimable import get_claimable
from openedx_verifiable_credentials.flows.steps.events import append_event
from openedx_verifiable_credentials.flows.steps.keys import get_or_create_learner
from openedx_verifiable_credentials.flows.steps.keys import get_signing_key
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
    _require_composable(awards, key.issuer, wallet, now)
    _publish_achievements(awards, key.issuer, now)
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
    offer = Offer.objects.filter(reuse_key=new.reuse_key).select_related("key__issuer").first()
    if offer is None:
        return None
    half = offer.created + (offer.expires_at - offer.created) / 2
    if new.created < half and not offer.credentials.exists():
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
        issuer=offer.key.issuer.did,
    )
    return offer


def _require_composable(awards: Sequence[Award], issuer: Issuer, wallet: WalletProfile, now: datetime.datetime) -> None:
    """What cannot become a credential is told to the learner who clicks, not to the wallet that comes later."""
    profile = get_profile(wallet.profile_id)
    for award in awards:
        nobody = uuid.uuid4().urn
        document = open_badges.compose(
            award, Terms(), profile=profile, issuer=issuer.profile, credential_id=nobody, subject_id=nobody
        )
        lint.require_signable(document, profile, now)


def _publish_achievements(awards: Sequence[Award], issuer: Issuer, now: datetime.datetime) -> None:
    """
    What a credential's ``achievement.id`` answers must be there before the credential is.

    One statement each and no lock held: a whole class clicks at once.
    """
    for award in awards:
        document = open_badges.compose_achievement(award, issuer=issuer.profile, extended=True)
        rows = Achievement.objects.filter(address_digest=Achievement.digest(document["id"]))
        published = rows.first()
        if published is None:
            _publish_new(issuer, document, now)
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
