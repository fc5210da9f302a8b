"""Offers: making one, showing one."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.core.challenges import challenge_for
from openedx_verifiable_credentials.core.formats import qr
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.offer import offer_certificates
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState

WALLET_ENDPOINT = "/verifiable_credentials/api/v1/credentials/issue/"
CLAIM_PAGE = "/verifiable_credentials/offers/"


@dataclasses.dataclass(frozen=True)
class ShownOffer:
    """
    An offer as its owner sees it. ``state`` is open, claimed, revoked (all that it gave was) or expired. ``deep_link``
    holds the one-time challenge: show it to nobody else.
    """

    uuid: UUID
    wallet: WalletProfile
    state: str
    expires_at: datetime.datetime
    certificate_uuids: tuple[UUID, ...]
    claim_page: str
    deep_link: str = dataclasses.field(repr=False)

    @property
    def link(self) -> str:
        """What opens this offer: our claim page where the wallet is chosen there, else the wallet itself."""
        return self.claim_page if self.wallet.on_page else self.deep_link

    @property
    def link_qr_png(self) -> str:
        """:attr:`link` as a PNG in base64."""
        return qr.png_base64(self.link)

    def wallet_qr_svg(self, title: str) -> str:
        """:attr:`deep_link` as an SVG element; ``title`` is read aloud."""
        return qr.svg(self.deep_link, title)


def available_wallets() -> list[WalletProfile]:
    """In the order in which they are shown."""
    return list(wallets.WALLETS.values())


def make_offer(*, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet_id: str) -> ShownOffer:
    """
    Offer the caller's certificates to a wallet; the same call again soon gives the same offer.

    Raises OfferError, AwardError, CompositionError, SigningError, TransientError.
    """
    require_enabled()
    means = get_means()
    offer = offer_certificates(
        means,
        user_id=user_id,
        site_id=site_id,
        certificate_uuids=certificate_uuids,
        wallet=wallets.get_wallet(wallet_id),
    )
    return _shown(means, offer)


def get_offer(*, offer_uuid: UUID, user_id: int) -> ShownOffer:
    """The caller's offer, made on whatever site. Raises OfferError ``unknown_offer``, also for another's."""
    require_enabled()
    return _shown(get_means(), _own(offer_uuid, user_id))


def renew_offer(*, offer_uuid: UUID, user_id: int) -> ShownOffer:
    """A fresh offer of what the caller's earlier one held. Raises as :func:`make_offer`."""
    require_enabled()
    old = _own(offer_uuid, user_id)
    return make_offer(
        user_id=user_id,
        site_id=old.site_id,
        certificate_uuids=[UUID(value) for value in old.certificate_uuids],
        wallet_id=old.wallet_id,
    )


def _own(offer_uuid: UUID, user_id: int) -> Offer:
    offer = Offer.objects.select_related("issuer").filter(uuid=offer_uuid, learner__user_id=user_id).first()
    if offer is None:
        raise OfferError("unknown_offer", "There is no such offer.")
    return offer


def _shown(means: Means, offer: Offer) -> ShownOffer:
    wallet = wallets.get_wallet(offer.wallet_id)
    issuer = offer.issuer
    return ShownOffer(
        uuid=offer.uuid,
        wallet=wallet,
        state=_state(means, offer),
        expires_at=offer.expires_at,
        certificate_uuids=tuple(UUID(value) for value in offer.certificate_uuids),
        claim_page=f"{issuer.base_url}{CLAIM_PAGE}{offer.uuid}/",
        deep_link=wallets.deep_link(
            wallet,
            issuer=issuer.did,
            request_url=f"{issuer.base_url}{WALLET_ENDPOINT}{offer.uuid}/",
            challenge=challenge_for(means.offer_key, offer.uuid, offer.created),
        ),
    )


def _state(means: Means, offer: Offer) -> str:
    credentials = list(offer.credentials.values_list("state", "issued_at"))
    handed_over = {state for state, issued_at in credentials if issued_at is not None}
    # What a claim makes is handed over together: with an intent among them, it was not.
    if handed_over and all(state != CredentialState.INTENDED for state, _ in credentials):
        return "revoked" if handed_over == {CredentialState.REVOKED} else "claimed"
    if any(state != CredentialState.INTENDED for state, _ in credentials):
        return "expired"
    return "expired" if offer.expires_at <= means.now() else "open"
