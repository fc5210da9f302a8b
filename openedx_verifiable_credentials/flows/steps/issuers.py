"""The issuers that are in use, and which of them sign for an award."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.db.models import QuerySet

from openedx_verifiable_credentials.core import issuing
from openedx_verifiable_credentials.core.issuing import IssuerScope
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import Offer


@dataclasses.dataclass(frozen=True)
class PlannedCredential:
    """
    One credential of an offer: the certificate it says, the issuer that signs it, the organisation it is for.
    ``achievement``: a digest of what was published of its achievement; "" where that is not known.
    """

    award: Award
    issuer: Issuer
    organization_key: str
    reason: str
    achievement: str = ""

    def as_json(self) -> JsonObject:
        """For the offer's row."""
        return {
            "certificate": str(self.award.certificate_uuid),
            "issuer": self.issuer.pk,
            "organization": self.organization_key,
            "reason": self.reason,
            "achievement": self.achievement,
        }


def issuers_in_use() -> QuerySet[Issuer]:
    """Those that sign something new: for an organisation, for a site, or as the default."""
    return Issuer.objects.filter(Q(is_default=True) | Q(scope_key__isnull=False)).order_by("pk")


class IssuersInUse:
    """Read once for a request."""

    def __init__(self) -> None:
        self._by_pk = {row.pk: row for row in issuers_in_use()}
        self._scopes = [
            IssuerScope(row.pk, row.organization_key, row.site_id if row.scope_key else None, bool(row.is_default))
            for row in self._by_pk.values()
        ]

    def has(self, issuer_id: int) -> bool:
        """Whether the issuer with this primary key is among them."""
        return issuer_id in self._by_pk

    def plan(self, means: Means, award: Award) -> list[PlannedCredential]:
        """Who signs for ``award``: one, or each of its organisations. Raises SigningError ``no_issuer``."""
        site_id = award.platform.site_id
        chosen = issuing.resolve(
            self._scopes,
            organizations=award.issuing_organizations,
            site_id=site_id,
            joint=means.joint.get(str(site_id), means.joint["default"]),
        )
        return [
            PlannedCredential(award, self._by_pk[one.issuer_id], one.organization_key, one.reason.value)
            for one in chosen
        ]

    def front(self, site_id: int, otherwise: Issuer) -> Issuer:
        """Whose addresses links on a site have: the site's issuer, or the default."""
        try:
            chosen = issuing.resolve(self._scopes, organizations=(), site_id=site_id)
        except SigningError:
            return otherwise
        return self._by_pk[chosen[0].issuer_id]


def planned(offer: Offer, awards: Iterable[Award]) -> list[PlannedCredential]:
    """What an offer's row says, with its issuers: in no query where its own is the only one, else in one."""
    issuers = {offer.issuer_id: offer.issuer}
    others = {row["issuer"] for row in offer.issuings} - issuers.keys()
    if others:
        issuers |= Issuer.objects.in_bulk(others)
    by_uuid = {award.certificate_uuid: award for award in awards}
    return [
        PlannedCredential(
            by_uuid[UUID(row["certificate"])],
            issuers[row["issuer"]],
            row["organization"],
            row.get("reason", ""),
            row.get("achievement", ""),
        )
        for row in offer.issuings
    ]
