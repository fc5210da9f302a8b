"""Issue what was offered: to a wallet that proves who holds it, or to the learner who downloads it."""

from __future__ import annotations

import json
from typing import Any
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.challenges import challenge_for
from openedx_verifiable_credentials.core.presentations import verify_presentation
from openedx_verifiable_credentials.core.wallets import DOWNLOAD
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.core.wallets import get_wallet
from openedx_verifiable_credentials.core.wallets import presenting_wallet
from openedx_verifiable_credentials.data import Holder
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.flows.steps.claimable import get_claimable
from openedx_verifiable_credentials.flows.steps.issuers import planned
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import any_policies
from openedx_verifiable_credentials.flows.steps.release import Claim
from openedx_verifiable_credentials.flows.steps.release import release
from openedx_verifiable_credentials.models import Offer


def issue_to_wallet(means: Means, *, offer_uuid: UUID, presentation: JsonObject) -> bytes:
    """
    The credential for the holder who made ``presentation``; several come in a bare presentation.

    Anyone may call this: what counts is the proof. Raises OfferError, PresentationError, AwardError, CompositionError,
    SigningError, TransientError.
    """
    offer = _open_offer(means, offer_uuid)
    base_url = offer.issuer.base_url
    holder = verify_presentation(
        presentation,
        challenge=challenge_for(means.offer_key, offer.uuid, offer.created),
        domains=frozenset((base_url, urlsplit(base_url).netloc)),
    )
    return _issue(means, offer, presenting_wallet(get_wallet(offer.wallet_id)), holder)


def issue_for_download(means: Means, *, offer_uuid: UUID, user_id: int) -> bytes:
    """The credential as a file, its subject a random urn:uuid. Raises as :func:`issue_to_wallet`."""
    offer = _open_offer(means, offer_uuid, owner=user_id)
    return _issue(means, offer, DOWNLOAD, None)


def _open_offer(means: Means, offer_uuid: UUID, owner: int | None = None) -> Offer:
    """``owner`` is a user: to anyone else the offer does not exist, whatever its state."""
    offers = Offer.objects.select_related("learner", "issuer").annotate(are_policies=any_policies())
    offer = offers.filter(uuid=offer_uuid).first()
    if offer is None or (owner is not None and owner != offer.learner.user_id):
        raise OfferError("unknown_offer", "There is no such offer.")
    if offer.expires_at <= means.now():
        raise OfferError("offer_expired", "This offer has expired; make a new one on the certificates page.")
    return offer


def _issue(means: Means, offer: Offer, wallet: WalletProfile, holder: Holder | None) -> bytes:
    awards = get_claimable(
        means.source,
        [UUID(value) for value in offer.certificate_uuids],
        user_id=offer.learner.user_id,
        site_id=offer.site_id,
        retired_prefix=means.retired_prefix,
        now=means.now(),
    )
    plans = planned(offer, awards)
    learner_key = keys.open_learner_key(offer.learner, means.keks)
    claim = Claim(
        offer=offer,
        wallet=wallet,
        holder=holder,
        plans=plans,
        learner_key=learner_key,
        are_policies=cast(Any, offer).are_policies,
    )
    documents = release(means, claim)
    if len(documents) == 1:
        return documents[0]
    return json_text.write(open_badges.present([json.loads(raw) for raw in documents]))
