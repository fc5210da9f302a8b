"""
What would be in the wallet after an offer: certificates of the caller's, what policies permit of each, who signs, and
the unsigned credentials themselves. Nothing is written.

Offers begin with this, and so does what a learner is shown before they make one: whoever is shown a credential is
refused it for the same reasons, and no other.
"""

from __future__ import annotations

import dataclasses
import datetime
import secrets
import uuid
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.profiles import get_profile
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.core.wallets import presenting_wallet
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.steps.claimable import get_claimable
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential
from openedx_verifiable_credentials.flows.steps.keys import get_signing_keys
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import Permit
from openedx_verifiable_credentials.flows.steps.permits import get_permits
from openedx_verifiable_credentials.flows.steps.permits import require_permitted
from openedx_verifiable_credentials.flows.steps.record import require_names


@dataclasses.dataclass(frozen=True)
class Proposal:
    """
    One credential that could be made. ``document``: as it would be, unsigned, of nobody's wallet, without a status
    entry.
    """

    plan: PlannedCredential
    permit: Permit
    document: JsonObject = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Proposals:
    """Those of one request, by certificate as asked for; of a joint program there may be several."""

    awards: Sequence[Award]
    permits: Mapping[UUID, Permit]
    issuers: IssuersInUse
    credentials: Sequence[Proposal]


def propose(
    means: Means, *, user_id: int, site_id: int, certificate_uuids: Sequence[UUID], wallet: WalletProfile,
    left_out: Collection[str], now: datetime.datetime,
) -> Proposals:  # fmt: skip
    """
    What an offer of these certificates to their owner's ``wallet`` would hold, in a constant number of queries.

    Raises AwardError, OfferError, SigningError, CompositionError.
    """
    awards = get_claimable(
        means.source,
        _distinct(certificate_uuids, means.max_certificates),
        user_id=user_id,
        site_id=site_id,
        retired_prefix=means.retired_prefix,
        now=now,
    )
    permits = get_permits(means.source, awards, left_out)
    _require_a_way(list(permits.values()), wallet, now)
    issuers = IssuersInUse()
    plans = [plan for award in awards for plan in issuers.plan(means, award)]
    get_signing_keys([plan.issuer for plan in plans], get_profile(wallet.profile_id))
    credentials = [_composed(plan, permits[plan.award.certificate_uuid], wallet, now) for plan in plans]
    return Proposals(awards, permits, issuers, credentials)


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


def _composed(plan: PlannedCredential, permit: Permit, wallet: WalletProfile, now: datetime.datetime) -> Proposal:
    """What cannot become a credential is told to the learner who clicks, not to the wallet that comes later."""
    profile = get_profile(wallet.profile_id)
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
    return Proposal(plan, permit, document)
