"""
What policies permit of a claim: whether at all, into which wallet, and what its credential may say. Asked at the offer,
and again at the claim.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterable
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists

from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.wallets import WalletProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import PolicyCase
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.flows.steps import policies
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.ports import CertificateSource

_TITLE_LENGTH = 100


@dataclasses.dataclass(frozen=True)
class Permit:
    """
    What holds for one certificate. ``award`` has the details that ``terms`` ask for; ``terms`` are without the claims
    that the learner left out.
    """

    award: Award
    resolution: Resolution
    terms: Terms

    @property
    def wallets(self) -> list[WalletProfile]:
        """Those that it may go into."""
        return wallets_of(self.resolution)

    @property
    def published_terms(self) -> Terms:
        """What is published of the achievement: the same for all, whatever this learner leaves out."""
        return self.resolution.terms()


def any_policies() -> Exists:
    """For an annotation: whether there are policies at all. Where there are none, nobody need be asked."""
    return Exists(ClaimPolicy.objects.all())


def any_policies_now() -> bool:
    """Asked at once."""
    return ClaimPolicy.objects.exists()


def wallets_of(resolution: Resolution) -> list[WalletProfile]:
    """The wallets that are offered, with the credential profiles that they get; none while issuing is off."""
    return wallets.usable_wallets(resolution.wallets, resolution.profiles) if resolution.may_issue else []


def wallets_now(award: Award, resolution: Resolution, now: datetime.datetime) -> list[WalletProfile]:
    """The same, where a credential that was issued ``now`` would not be over at once."""
    return [] if _is_over(award, resolution.terms(), now) else wallets_of(resolution)


def get_resolutions(
    source: CertificateSource, awards: Sequence[Award], *, are_policies: bool = True
) -> dict[UUID, Resolution]:
    """What policies say, by certificate. No query where ``are_policies`` is false."""
    if are_policies:
        return policies.resolve_all(source, awards)
    nobody_speaks = policies.resolve((), PolicyCase(CertificateKind.COURSE, 0))
    return {award.certificate_uuid: nobody_speaks for award in awards}


def get_permits(
    source: CertificateSource, awards: Sequence[Award], left_out: Iterable[str] = (), *, are_policies: bool = True
) -> dict[UUID, Permit]:
    """What holds now, by certificate. No query where ``are_policies`` is false."""
    left_out = tuple(left_out)
    found = get_resolutions(source, awards, are_policies=are_policies)
    terms = {certificate: one.terms(left_out) for certificate, one in found.items()}
    details = frozenset(detail for one in terms.values() for detail in one.details)
    completed = source.complete(awards, details) if details else awards
    return {
        award.certificate_uuid: Permit(award, found[award.certificate_uuid], terms[award.certificate_uuid])
        for award in completed
    }


def require_permitted(permits: Sequence[Permit], wallet: WalletProfile, now: datetime.datetime) -> None:
    """
    Every certificate may be claimed into ``wallet``.

    Raises AwardError ``policy_unreadable``, ``issuing_off``, ``validity_over``; OfferError ``wallet_not_offered``.
    """
    for permit in permits:
        this = _name(permit, among=len(permits))
        if permit.resolution.unreadable is not None:
            message = f"{this} cannot be claimed now: its claim policy is damaged. Tell those who run this site."
            raise AwardError("policy_unreadable", message, field="credential_uuid")
        if not permit.resolution.may_issue:
            message = f"{this} is not offered as a verifiable credential."
            raise AwardError("issuing_off", message, field="credential_uuid")
        if wallet.id not in permit.resolution.wallets or wallet.profile_id not in permit.resolution.profiles:
            raise OfferError("wallet_not_offered", _other_wallets(this, wallet, permit), field="storage_id")
        if _is_over(permit.award, permit.terms, now):
            message = f"{this} can be claimed for {permit.terms.validity_days} days after its award; they are over."
            raise AwardError("validity_over", message, field="credential_uuid")


def is_same(kept: JsonObject, terms: Terms) -> bool:
    """Whether a ledger row's terms say what ``terms`` do, whichever rules decided."""
    known = Terms().as_json()
    current = json.loads(json.dumps(terms.as_json()))
    return {**known, **kept, "rules": None} == {**known, **current, "rules": None}


def _is_over(award: Award, terms: Terms, now: datetime.datetime) -> bool:
    until = open_badges.valid_until(award, terms)
    return until is not None and until <= now


def _name(permit: Permit, among: int) -> str:
    """Of several certificates, the one at fault is named."""
    title = text.clean_line(permit.award.title, _TITLE_LENGTH) if among > 1 else ""
    return f"The certificate “{title}”" if title else "This certificate"


def _other_wallets(this: str, wallet: WalletProfile, permit: Permit) -> str:
    others = ", ".join(other.name for other in permit.wallets)
    advice = f"choose one of: {others}" if others else "no other wallet is, either"
    return f"{this} is not offered to this wallet ({wallet.name}); {advice}."
