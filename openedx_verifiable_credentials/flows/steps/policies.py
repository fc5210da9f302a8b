"""Claim policies as they stand now. One query; one more of the host's where a program speaks for its courses."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.db.models import QuerySet

from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core.policies import Levels
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import PolicyCase
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.ports import CertificateSource

logger = logging.getLogger(__name__)


def resolve_all(source: CertificateSource, awards: Sequence[Award]) -> dict[UUID, Resolution]:
    """What holds for each of these certificates, by its uuid. A rule that cannot be read is logged, once."""
    rules = rules_for(award.policy_case for award in awards)
    if _programs_matter(rules, awards):
        awards = source.complete(awards, {Detail.PROGRAMS})
    # Most of a batch's certificates are one case.
    cases = {award.certificate_uuid: award.policy_case for award in awards}
    held = {case: resolve(rules, case) for case in set(cases.values())}
    found = {certificate_uuid: held[case] for certificate_uuid, case in cases.items()}
    for ref in {one.unreadable.ref for one in held.values() if one.unreadable is not None}:
        logger.error("Claim policy %s cannot be read; nothing that it speaks about can be claimed", ref.split(".")[0])
    return found


def resolve(rules: Iterable[Rule], case: PolicyCase) -> Resolution:
    """What holds for ``case`` of all the profiles and wallets there are."""
    return policies.resolve(rules, case, profiles=tuple(PROFILES), wallets=tuple(WALLETS))


def rules_for(cases: Iterable[PolicyCase]) -> list[Rule]:
    """The rules of every scope that the cases lie in, and those of all programs that speak for their courses."""
    places = {place for case in cases for level in policies.scopes_of(case) for place in level}
    named = Q(scope_digest__in=[ClaimPolicy.digest(scope.value, key) for scope, key in places])
    for_courses = Q(scope=Scope.PROGRAM.value, speaks_for_courses=True)
    return [row.rule for row in read_policies().filter(named | for_courses)]


def read_policies() -> QuerySet[ClaimPolicy]:
    """All of them, without the bytes of their pictures."""
    return ClaimPolicy.objects.select_related("image").defer("image__data").order_by("pk")


def decide(levels: Levels) -> Resolution:
    """What holds where these rules speak, of all the profiles and wallets there are."""
    return policies.decide(levels, profiles=tuple(PROFILES), wallets=tuple(WALLETS))


def _programs_matter(rules: Iterable[Rule], awards: Iterable[Award]) -> bool:
    speaks = any(rule.scope is Scope.PROGRAM and rule.speaks_for_courses for rule in rules)
    return speaks and any(award.kind is CertificateKind.COURSE for award in awards)
