"""Offers: making one, showing one."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any
from typing import cast
from uuid import UUID

from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.core.challenges import challenge_for
from openedx_verifiable_credentials.core.formats import qr
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import PolicyCase
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.offer import offer_certificates
from openedx_verifiable_credentials.flows.steps import policies
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import any_policies
from openedx_verifiable_credentials.flows.steps.permits import wallets_of
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState

WALLET_ENDPOINT = "/verifiable_credentials/api/v1/credentials/issue/"
CLAIM_PAGE = "/verifiable_credentials/offers/"


@dataclasses.dataclass(frozen=True)
class ShownOffer:
    """
    An offer as its owner sees it. ``state`` is open, claimed, revoked (all that it gave was) or expired. ``deep_link``
    holds the one-time challenge: show it to nobody else. ``credential_uuids``: what it gave. ``allowed``: the claims
    that policies allow for any of its certificates; ``left_out``: those that the learner leaves out. ``can_present``
    and ``can_download``: what policies permit of our page's two ways.
    """

    uuid: UUID
    wallet: WalletProfile
    state: str
    expires_at: datetime.datetime
    certificate_uuids: tuple[UUID, ...]
    credential_uuids: tuple[UUID, ...]
    claim_page: str
    deep_link: str = dataclasses.field(repr=False)
    allowed: frozenset[str]
    left_out: frozenset[str]
    can_present: bool
    can_download: bool

    @property
    def link(self) -> str:
        """What opens this offer: our claim page where the wallet is chosen there, else the wallet itself."""
        return self.claim_page if self.wallet.on_page else self.deep_link

    @property
    def link_qr_png(self) -> str:
        """:attr:`link` as a PNG in base64."""
        return qr.png_base64(self.link)

    @property
    def released(self) -> frozenset[str]:
        """The claims that the credential makes, or one of several does."""
        return self.allowed - self.left_out

    def wallet_qr_svg(self, title: str) -> str:
        """:attr:`deep_link` as an SVG element; ``title`` is read aloud."""
        return qr.svg(self.deep_link, title)


def make_offer(
    *, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet_id: str, left_out: Collection[str] = ()
) -> ShownOffer:
    """
    Offer the caller's certificates to a wallet; the same call again soon gives the same offer. ``left_out``: claims
    (:data:`..core.policies.CLAIMS`) that the learner leaves out.

    Raises OfferError, AwardError, CompositionError, SigningError, TransientError.
    """
    require_enabled()
    means = get_means()
    offer, permits = offer_certificates(
        means,
        user_id=user_id,
        site_id=site_id,
        certificate_uuids=certificate_uuids,
        wallet=wallets.get_wallet(wallet_id),
        left_out=left_out,
    )
    return _shown(means, offer, [permit.resolution for permit in permits])


def get_offer(*, offer_uuid: UUID, user_id: int) -> ShownOffer:
    """The caller's offer, made on whatever site. Raises OfferError ``unknown_offer``, also for another's."""
    require_enabled()
    means = get_means()
    offer = _own(offer_uuid, user_id)
    return _shown(means, offer, _resolutions(means, offer))


def renew_offer(*, offer_uuid: UUID, user_id: int) -> ShownOffer:
    """A fresh offer of what the caller's earlier one held. Raises as :func:`make_offer`."""
    require_enabled()
    old = _own(offer_uuid, user_id)
    return make_offer(
        user_id=user_id,
        site_id=old.site_id,
        certificate_uuids=[UUID(value) for value in old.certificate_uuids],
        wallet_id=old.wallet_id,
        left_out=old.left_out,
    )


def _own(offer_uuid: UUID, user_id: int) -> Offer:
    offers = Offer.objects.select_related("issuer").annotate(are_policies=any_policies())
    offer = offers.filter(uuid=offer_uuid, learner__user_id=user_id).first()
    if offer is None:
        raise OfferError("unknown_offer", "There is no such offer.")
    return offer


def _resolutions(means: Means, offer: Offer) -> list[Resolution]:
    """What policies say of its certificates now: those that the service still has."""
    if not cast(Any, offer).are_policies:
        return [policies.resolve((), PolicyCase(CertificateKind.COURSE, offer.site_id))]
    found = means.source.get_awards([UUID(value) for value in offer.certificate_uuids])
    return list(policies.resolve_all(means.source, list(found.values())).values())


def _shown(means: Means, offer: Offer, resolutions: Sequence[Resolution]) -> ShownOffer:
    wallet = wallets.get_wallet(offer.wallet_id)
    issuer = offer.issuer
    rows = list(offer.credentials.only("uuid", "state", "issued_at", "terms").order_by("pk"))
    usable = [wallets_of(resolution) for resolution in resolutions]
    terms = [resolution.terms(offer.left_out) for resolution in resolutions]
    return ShownOffer(
        uuid=offer.uuid,
        wallet=wallet,
        state=_state(means, offer, rows),
        expires_at=offer.expires_at,
        certificate_uuids=tuple(UUID(value) for value in offer.certificate_uuids),
        credential_uuids=tuple(row.uuid for row in rows if row.issued_at) if _is_handed_over(rows) else (),
        claim_page=f"{issuer.base_url}{CLAIM_PAGE}{offer.uuid}/",
        deep_link=wallets.deep_link(
            wallet,
            issuer=issuer.did,
            request_url=f"{issuer.base_url}{WALLET_ENDPOINT}{offer.uuid}/",
            challenge=challenge_for(means.offer_key, offer.uuid, offer.created),
        ),
        allowed=_allowed([row.terms for row in rows if row.issued_at] or [one.as_json() for one in terms]),
        left_out=frozenset(offer.left_out),
        can_present=all(wallets.presenting_wallet(wallet) in ours for ours in usable),
        can_download=all(wallets.DOWNLOAD in ours for ours in usable) and all(one.name or one.email for one in terms),
    )


def _allowed(terms: Iterable[JsonObject]) -> frozenset[str]:
    """The claims that rules allowed, whether the learner left them out or not."""
    return frozenset(name for one in terms for name in CLAIMS if one.get(name) or name in one.get("left_out", ()))


def _state(means: Means, offer: Offer, rows: Sequence[Credential]) -> str:
    if _is_handed_over(rows):
        ended = {row.state for row in rows if row.issued_at is not None} == {CredentialState.REVOKED}
        return "revoked" if ended else "claimed"
    if any(row.state != CredentialState.INTENDED for row in rows):
        return "expired"
    return "expired" if offer.expires_at <= means.now() else "open"


def _is_handed_over(rows: Sequence[Credential]) -> bool:
    """What a claim makes is handed over together: with an intent among them, it was not."""
    is_given = any(row.issued_at is not None for row in rows)
    return is_given and all(row.state != CredentialState.INTENDED for row in rows)
