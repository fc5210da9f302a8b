"""Claim policies: what holds for a certificate and why, what a change would do, and whether they contradict."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from collections.abc import Iterator
from uuid import UUID

from openedx_verifiable_credentials.api.means import get_certificate_source
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.api.sites import site_ids
from openedx_verifiable_credentials.core import explaining
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.policies import PROFILE
from openedx_verifiable_credentials.core.policies import WALLET
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import RuleBook
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.policies import scopes_of
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.wallets import WALLETS
from openedx_verifiable_credentials.data import CertificateGroup
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.flows.explain import Explanation
from openedx_verifiable_credentials.flows.explain import explain_certificate
from openedx_verifiable_credentials.flows.preview import Change
from openedx_verifiable_credentials.flows.preview import Preview
from openedx_verifiable_credentials.flows.preview import preview_policy
from openedx_verifiable_credentials.flows.steps import policies
from openedx_verifiable_credentials.models import ClaimPolicy

__all__ = [
    "Change", "Explanation", "Finding", "Preview", "check", "concerns_anything", "describe", "explain", "list_rules",
    "preview", "rule_as_json", "sayings", "whose",
]  # fmt: skip

describe = explaining.describe
sayings = explaining.sayings
whose = explaining.whose


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that makes no sense. ``about``: a policy, or course runs and programs, in words."""

    about: str
    message: str


def explain(certificate_uuid: UUID) -> Explanation:
    """
    What may be claimed of a certificate and what its credential would say, every point with its rule. Nothing of its
    learner. Raises AwardError ``unknown_certificate``, ConfigurationError.
    """
    return explain_certificate(get_means(), certificate_uuid)


def preview(policy: ClaimPolicy, *, deleted: bool = False) -> Preview:
    """
    What saving an edited or new policy would change, or ``deleted``: what deleting it would. Nothing is saved.

    Raises ConfigurationError.
    """
    return preview_policy(get_means(), policy, deleted=deleted)


def concerns_anything(policy: ClaimPolicy) -> bool:
    """Whether the service has a course run or program that this policy speaks about. Raises ConfigurationError."""
    return next(iter(get_certificate_source().groups(policy.scope, policy.key)), None) is not None


def list_rules() -> list[Rule]:
    """What every policy says, the oldest first."""
    return [row.rule for row in policies.read_policies()]


def rule_as_json(rule: Rule) -> JsonObject:
    """What a policy says, for programs."""
    return {
        "ref": rule.ref,
        "scope": rule.scope.value,
        "key": rule.key,
        "final": rule.final,
        "speaks_for_courses": rule.speaks_for_courses,
        "says": {point: explaining.as_json(value) for point, value in rule.says.items()},
    }


def check() -> Iterator[Finding]:
    """
    What is wrong with the policies: rows that cannot be read, ids of profiles and wallets that do not exist, scopes
    that nothing in the service has, and rules that together let nothing be claimed although none says so.

    The same number of queries for each site, however many policies and certificates there are.
    """
    rules = list_rules()
    source = get_certificate_source()
    groups = [group for site_id in site_ids() for group in source.groups(Scope.SITE.value, str(site_id))]
    places = {place for group in groups for level in scopes_of(group.case) for place in level}
    for rule in rules:
        if not rule.is_readable:
            yield Finding(explaining.whose(rule), "This policy cannot be read; save it anew, or delete it.")
        for message in _unknown_ids(rule):
            yield Finding(explaining.whose(rule), message)
        if (rule.scope, rule.key) not in places:
            yield Finding(explaining.whose(rule), "The service has no certificate that this policy speaks about.")
    for message, about in _contradictions(RuleBook(rules), groups).items():
        more = f" and {len(about) - 1} more" if len(about) > 1 else ""
        yield Finding(f"{_name(about[0])}{more}", message)


def _unknown_ids(rule: Rule) -> Iterator[str]:
    for what, known in ((PROFILE, PROFILES), (WALLET, WALLETS)):
        for unknown in sorted(map(str, rule.says.get(what, frozenset()) - known.keys())):
            yield f"There is no {what} {text.clean_line(unknown)}; known: {', '.join(known)}."


def _contradictions(book: RuleBook, groups: Iterable[CertificateGroup]) -> dict[str, list[CertificateGroup]]:
    """Each message, with the groups that it is about. Groups about which the same rules speak are resolved once."""
    found: dict[str, list[CertificateGroup]] = {}
    known: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for group in groups:
        levels = book.levels(group.case)
        names = tuple(tuple(rule.ref for rule in level) for level in levels)
        if names not in known:
            known[names] = explaining.contradictions(policies.decide(levels))
        for message in known[names]:
            found.setdefault(message, []).append(group)
    return found


def _name(group: CertificateGroup) -> str:
    return f"{group.case.kind.value} {group.case.course_run or group.case.program}"
