"""
Claim policies: what may be claimed, and what a credential may say. One pure function; every answer with its rule.

A *rule* is what one policy says for its scope; on what it does not speak, it has no part. Points are decided one by
one, from the widest scope to the nearest:

- a course certificate: its site › the organisation of its key › the programs it is part of, as far as their rules
  speak for courses › its course › its course run;
- a program certificate: its site › its organisations › its type › the program.

The nearest scope that speaks decides, unless a rule above it is final: then nothing below is asked. Where several
rules of one scope speak (several organisations, several programs) the strictest decides; of equally strict ones a final
one, then the first. Where nobody speaks, the default stands.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from openedx_verifiable_credentials.data import AchievementContent
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import PolicyCase
from openedx_verifiable_credentials.data import Terms


class Scope(enum.StrEnum):
    """What a policy speaks about."""

    SITE = "site"
    ORGANIZATION = "organization"
    PROGRAM_TYPE = "program_type"
    PROGRAM = "program"
    COURSE = "course"
    COURSE_RUN = "course_run"


ISSUING = "issuing"
ON_AWARD = "on_award"
VALIDITY = "validity_days"
CLAIMS = ("name", "email", "grade", "activity_dates", "evidence", "alignments", "signatories")
ABOUT_THE_LEARNER = ("name", "email", "grade", "activity_dates", "evidence")
CONTENT = tuple(field.name for field in dataclasses.fields(AchievementContent))
# A set of which each member is decided for itself: what a rule does not name in a set that it gives, it denies.
PROFILE, WALLET = "profile", "wallet"
_NOTHING_SAID = Terms()
DEFAULTS: Mapping[str, Any] = {
    ISSUING: True,
    ON_AWARD: False,
    VALIDITY: None,
    **{name: getattr(_NOTHING_SAID, name) for name in CLAIMS},
    **{name: getattr(_NOTHING_SAID.content, name) for name in CONTENT},
}


@dataclasses.dataclass(frozen=True)
class Rule:
    """
    What one policy says.

    ``key``: a site's number, an organisation's key, a program type's slug in lower case, a program's uuid with dashes,
    "organisation+number" or a course run key. ``ref``: what the rule is called in the ledger. ``says``: points (the
    names in :data:`DEFAULTS`) to values, and :data:`PROFILE` and :data:`WALLET` to sets of ids. ``is_readable``: not
    where the policy's row holds what no policy says; then nobody knows what it would withhold, and nothing is issued.
    """

    ref: str
    scope: Scope
    key: str
    says: Mapping[str, Any]
    final: bool = False
    speaks_for_courses: bool = False
    is_readable: bool = True


# The rules that speak about a case: the widest scope first, side by side those of one level.
Levels = tuple[tuple[Rule, ...], ...]


@dataclasses.dataclass(frozen=True)
class Decision:
    """One point, what holds, and the rule that decided; None: the default."""

    point: str
    value: Any
    rule: Rule | None


@dataclasses.dataclass(frozen=True)
class Resolution:
    """Every point's decision, in a fixed order."""

    decisions: Mapping[str, Decision]

    @property
    def may_issue(self) -> bool:
        """Whether anything may be claimed at all."""
        return bool(self.decisions[ISSUING].value)

    @property
    def issues_on_award(self) -> bool:
        """Whether a credential is issued as soon as its certificate is awarded, without anybody asking for it."""
        return self.may_issue and bool(self.decisions[ON_AWARD].value)

    @property
    def unreadable(self) -> Rule | None:
        """The rule because of which nothing may be claimed, where it is one that cannot be read."""
        rule = self.decisions[ISSUING].rule
        return None if rule is None or rule.is_readable else rule

    @property
    def profiles(self) -> tuple[str, ...]:
        """The ids of the credential profiles that are offered."""
        return self._offered(PROFILE)

    @property
    def wallets(self) -> tuple[str, ...]:
        """The ids of the wallets that are offered."""
        return self._offered(WALLET)

    def terms(self, left_out: Iterable[str] = ()) -> Terms:
        """What a credential may say, without the claims that the learner left out. Unknown names are ignored."""
        left_out = set(left_out)
        allowed = {name: bool(self.decisions[name].value) for name in CLAIMS}
        return Terms(
            **{name: is_allowed and name not in left_out for name, is_allowed in allowed.items()},
            validity_days=self.decisions[VALIDITY].value,
            content=AchievementContent(**{name: self.decisions[name].value for name in CONTENT}),
            left_out=tuple(name for name in CLAIMS if allowed[name] and name in left_out),
            left_out_too=tuple(name for name in CLAIMS if not allowed[name] and name in left_out),
            rules={point: one.rule.ref for point, one in self.decisions.items() if one.rule is not None},
        )

    def _offered(self, what: str) -> tuple[str, ...]:
        chosen = [one for one in self.decisions.values() if one.point.startswith(f"{what}:") and one.value]
        return tuple(one.point.partition(":")[2] for one in chosen)


def scopes_of(case: PolicyCase) -> Sequence[Sequence[tuple[Scope, str]]]:
    """The scopes that ``case`` lies in, the widest first; those side by side in their order."""
    levels = [[(Scope.SITE, str(case.site_id))], [(Scope.ORGANIZATION, key) for key in case.organizations]]
    if case.kind is CertificateKind.COURSE:
        levels += [[(Scope.PROGRAM, str(program)) for program in case.programs]]
        levels += [[(Scope.COURSE, case.course)], [(Scope.COURSE_RUN, case.course_run)]]
    else:
        levels += [[(Scope.PROGRAM_TYPE, case.program_type)], [(Scope.PROGRAM, str(case.program or ""))]]
    return [[(scope, key) for scope, key in level if key] for level in levels]


class RuleBook:
    """Rules by their scope and key, one for each: made once, asked about many cases."""

    def __init__(self, rules: Iterable[Rule]):
        self._rules = {(rule.scope, rule.key): rule for rule in rules}

    def levels(self, case: PolicyCase) -> Levels:
        """
        The rules that speak about ``case``, the widest scope first; those side by side in their order. Cases with the
        same rules have the same terms.
        """
        found = (
            tuple(rule for place in level if (rule := self._rules.get(place)) is not None and _speaks(rule, case))
            for level in scopes_of(case)
        )
        return tuple(level for level in found if level)


def resolve(
    rules: Iterable[Rule], case: PolicyCase, *, profiles: Sequence[str] = (), wallets: Sequence[str] = ()
) -> Resolution:
    """
    What holds for ``case``. ``rules`` may be more than concern it, one for a scope and key at most; ``profiles`` and
    ``wallets`` are the ids of all there are.
    """
    return decide(RuleBook(rules).levels(case), profiles=profiles, wallets=wallets)


def decide(levels: Levels, *, profiles: Sequence[str] = (), wallets: Sequence[str] = ()) -> Resolution:
    """What holds where these rules speak, the widest scope first. As :func:`resolve`."""
    decisions = [_decide(levels, point, point, default) for point, default in DEFAULTS.items()]
    # Also where a rule above it is final: that one may be silent about what this one withholds.
    unreadable = next((rule for level in levels for rule in level if not rule.is_readable), None)
    if unreadable is not None:
        decisions.append(Decision(ISSUING, False, unreadable))
    for what, ids in ((PROFILE, profiles), (WALLET, wallets)):
        decisions += [_decide(levels, f"{what}:{one}", what, True, one) for one in ids]
    return Resolution({one.point: one for one in decisions})


def _speaks(rule: Rule, case: PolicyCase) -> bool:
    return rule.scope is not Scope.PROGRAM or case.kind is CertificateKind.PROGRAM or rule.speaks_for_courses


def _decide(levels: Levels, point: str, said: str, default: Any, member: str | None = None) -> Decision:
    speaking = [level for level in (_about(level, said) for level in levels) if level]
    if not speaking:
        return Decision(point, default, None)
    deciding = next((level for level in speaking if any(rule.final for rule in level)), speaking[-1])
    return min((Decision(point, _value(rule, said, member), rule) for rule in deciding), key=_strictest_first)


def _about(level: tuple[Rule, ...], said: str) -> list[Rule]:
    return [rule for rule in level if said in rule.says]


def _value(rule: Rule, said: str, member: str | None) -> Any:
    return rule.says[said] if member is None else member in rule.says[said]


def _strictest_first(decision: Decision) -> tuple[int, bool]:
    """Nothing is stricter than "no"; a short validity than a long one. Texts are not strict."""
    assert decision.rule is not None
    strictness = int(decision.value) if isinstance(decision.value, bool) or decision.point == VALIDITY else 0
    return strictness, not decision.rule.final
