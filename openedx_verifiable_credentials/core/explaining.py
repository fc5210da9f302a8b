"""
Decisions of claim policies in words, for operators. Nothing here is about a learner.

What policies and the catalogue say was typed by people: it is shown on one line and shortened.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core import wallets
from openedx_verifiable_credentials.core.policies import Decision
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.data import Alignment

_LABELS = {
    policies.ISSUING: "Issuing",
    policies.ON_AWARD: "Issued on award",
    policies.VALIDITY: "Validity",
    "name": "Learner's name",
    "email": "Hashed e-mail identifier",
    "grade": "Grade",
    "activity_dates": "Activity dates",
    "evidence": "Evidence link",
    "alignments": "Alignments",
    "signatories": "Signatories",
    "criteria": "Criteria",
    "description": "Description",
    "image_path": "Image",
    "tags": "Tags",
    "achievement_type": "Achievement type",
    "field_of_study": "Field of study",
    "language": "Language",
    "aligned_with": "Aligned with",
    "credits": "Credits",
}
_SETS = {policies.PROFILE: "Profile", policies.WALLET: "Wallet"}
_SCOPES = {
    Scope.SITE: "site",
    Scope.ORGANIZATION: "organisation",
    Scope.PROGRAM_TYPE: "program type",
    Scope.PROGRAM: "program",
    Scope.COURSE: "course",
    Scope.COURSE_RUN: "course run",
}
_MOST = 80


def describe(decision: Decision) -> str:
    """What holds and why: "Learner's name: withheld, because the rule of organisation ExampleX says so (final)"."""
    return f"{label(decision.point)}: {in_words(decision.point, decision.value)}, {because(decision.rule)}"


def label(point: str) -> str:
    """What a point is called."""
    what, _, member = point.partition(":")
    return f"{_SETS[what]} {member}" if member else _LABELS[what]


def in_words(point: str, value: Any) -> str:
    """What ``value`` means for a point."""
    if isinstance(value, bool):
        return _yes_or_no(point, value)
    if point == policies.VALIDITY:
        return "without an end" if value is None else f"{value} day{'' if value == 1 else 's'} from the award"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "none"
    if isinstance(value, tuple):
        return text.clean_line(", ".join(_name(one) for one in value), _MOST) or "none"
    return "made from the service's facts" if value in ("", None) else text.clean_line(str(value), _MOST)


def because(rule: Rule | None) -> str:
    """Which rule decided; "by default" where none did."""
    if rule is None:
        return "by default"
    if not rule.is_readable:
        return f"because the policy of {whose(rule)} cannot be read"
    return f"because the rule of {whose(rule)} says so{' (final)' if rule.final else ''}"


def whose(rule: Rule) -> str:
    """The scope that a rule is of."""
    return f"{_SCOPES[rule.scope]} {text.clean_line(rule.key)}"


def sayings(rule: Rule) -> list[str]:
    """Everything that a rule says, a line each."""
    return [f"{_LABELS.get(point) or f'{_SETS[point]}s'}: {in_words(point, said)}" for point, said in rule.says.items()]


def as_json(value: Any) -> Any:
    """What a point holds, in JSON."""
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple):
        return [dataclasses.asdict(one) if isinstance(one, Alignment) else one for one in value]
    return value


def contradictions(resolution: Resolution) -> list[str]:
    """Where rules let nothing be claimed although issuing is on, or offer a wallet without its profile."""
    if not resolution.may_issue:
        return []
    found = []
    if not resolution.profiles:
        found.append(f"No credential profile is left: {_denials(resolution, policies.PROFILE)}.")
    elif not wallets.usable_wallets(resolution.wallets, resolution.profiles):
        denials = _denials(resolution, policies.WALLET, policies.PROFILE)
        found.append(f"No wallet is left: {denials}.")
    for wallet in resolution.wallets:
        profile = wallets.WALLETS[wallet].profile_id
        named = resolution.decisions[f"{policies.WALLET}:{wallet}"].rule
        if named is not None and resolution.profiles and profile not in resolution.profiles:
            denied = resolution.decisions[f"{policies.PROFILE}:{profile}"].rule
            found.append(
                f"Wallet {wallet} verifies {profile}, which is not offered: the wallet is named by the rule of "
                f"{whose(named)}, the profile is denied {because(denied)}."
            )
    return found


def _denials(resolution: Resolution, *whats: str) -> str:
    denied = [one for one in resolution.decisions.values() if one.point.partition(":")[0] in whats and not one.value]
    return "; ".join(f"{label(one.point)} is denied {because(one.rule)}" for one in denied)


def _yes_or_no(point: str, value: bool) -> str:
    if point == policies.ISSUING:
        return "on" if value else "off"
    if point == policies.ON_AWARD:
        return "yes" if value else "no"
    if ":" in point:
        return "offered" if value else "not offered"
    return "allowed" if value else "withheld"


def _name(one: Any) -> str:
    return one.name if isinstance(one, Alignment) else str(one)
