"""
What a claim policy would change, told before it is saved.

Certificates are counted by the host, by course run and program; none of them is read but one, as an example. Groups
about which the same rules speak are resolved once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

from django.db.models import Count

from openedx_verifiable_credentials.core import explaining
from openedx_verifiable_credentials.core.policies import Decision
from openedx_verifiable_credentials.core.policies import Levels
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import RuleBook
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateGroup
from openedx_verifiable_credentials.data import PolicyCase
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps import policies
from openedx_verifiable_credentials.flows.steps.examples import Sample
from openedx_verifiable_credentials.flows.steps.examples import as_example
from openedx_verifiable_credentials.flows.steps.examples import samples
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models.credential import CredentialState

# Asked for by key up to here; where more changes, the ledger is counted as a whole.
_MOST_KEYS = 500


@dataclasses.dataclass(frozen=True)
class Change:
    """One point, as it stands and as it would be."""

    before: Decision
    after: Decision

    @property
    def point(self) -> str:
        """Which (:data:`..core.policies.DEFAULTS`, or ``profile:…``, ``wallet:…``)."""
        return self.before.point

    def __str__(self) -> str:
        before, after = (explaining.in_words(self.point, one.value) for one in (self.before, self.after))
        return f"{explaining.label(self.point)}: {before} → {after}"


@dataclasses.dataclass(frozen=True)
class ChangedGroup:
    """A course run or program whose certificates would have other terms."""

    group: CertificateGroup
    changes: tuple[Change, ...]


@dataclasses.dataclass(frozen=True)
class Preview:
    """
    ``certificates``: awarded ones whose terms would change, all of ``groups`` together; ``issued``: their live
    credentials, which stay as they are. ``concerned``: course runs and programs that the policy speaks about, changed
    or not. ``samples``: before and after, of ``example``, in each profile; ``problem``: why there are none.
    """

    certificates: int
    groups: tuple[ChangedGroup, ...]
    issued: int
    concerned: int
    example: CertificateGroup | None = None
    samples: tuple[tuple[Sample, Sample], ...] = ()
    problem: str = ""

    @property
    def summary(self) -> list[tuple[str, int]]:
        """Each change in words, with the number of certificates that it is about; the most frequent first."""
        counts: dict[str, int] = {}
        for changed in self.groups:
            for change in changed.changes:
                counts[str(change)] = counts.get(str(change), 0) + changed.group.awarded
        return sorted(counts.items(), key=lambda one: -one[1])


@dataclasses.dataclass(frozen=True)
class _Compared:
    group: CertificateGroup
    before: Resolution
    after: Resolution
    changes: tuple[Change, ...]


def preview_policy(means: Means, policy: ClaimPolicy, *, deleted: bool = False) -> Preview:
    """
    What saving (or deleting) ``policy`` would change; what is saved of it, by its number, is what holds now.

    A constant number of queries. Raises what the host raises.
    """
    rows = list(policies.read_policies())
    saved = [row.rule for row in rows if row.pk == policy.pk]
    others = [row.rule for row in rows if row.pk != policy.pk]
    new = [] if deleted else [dataclasses.replace(policy.rule, ref="new")]
    groups = _groups(means, saved + new)
    compared = list(_compare(groups, RuleBook(others + saved), RuleBook(others + new)))
    changed = [one for one in compared if one.changes]
    found = Preview(
        certificates=sum(one.group.awarded for one in changed),
        groups=tuple(ChangedGroup(one.group, one.changes) for one in changed),
        issued=_count_issued([one.group for one in changed]),
        concerned=len(groups),
    )
    return _with_samples(means, found, changed + [one for one in compared if not one.changes])


def _groups(means: Means, rules: Iterable[Rule]) -> list[CertificateGroup]:
    """Those of the scope the policy has, and of the one it would have."""
    found: dict[PolicyCase, CertificateGroup] = {}
    for scope, key in dict.fromkeys((rule.scope, rule.key) for rule in rules):
        found |= {group.case: group for group in means.source.groups(scope.value, key)}
    return list(found.values())


def _compare(groups: Iterable[CertificateGroup], before: RuleBook, after: RuleBook) -> Iterator[_Compared]:
    known: dict[tuple[tuple[str, ...], ...], tuple[Resolution, Resolution, tuple[Change, ...]]] = {}
    for group in groups:
        then, now = before.levels(group.case), after.levels(group.case)
        # Levels are told apart, so that rules of different levels are never taken for each other.
        names = (*_names(then), ("→",), *_names(now))
        if names not in known:
            old, new = policies.decide(then), policies.decide(now)
            known[names] = old, new, _changes(old, new)
        yield _Compared(group, *known[names])


def _names(levels: Levels) -> Iterator[tuple[str, ...]]:
    return (tuple(rule.ref for rule in level) for level in levels)


def _changes(before: Resolution, after: Resolution) -> tuple[Change, ...]:
    pairs = ((old, after.decisions[point]) for point, old in before.decisions.items())
    return tuple(Change(old, new) for old, new in pairs if old.value != new.value)


def _count_issued(groups: Sequence[CertificateGroup]) -> int:
    """The live credentials of these groups."""
    wanted = {(group.case.site_id, _achievement_key(group)) for group in groups if group.awarded}
    rows = Credential.objects.filter(state=CredentialState.ISSUED)
    if len(wanted) <= _MOST_KEYS:
        rows = rows.filter(achievement_key__in=[key for _, key in wanted])
    counted = rows.values_list("site_id", "achievement_key").annotate(count=Count("pk")).order_by()
    return sum(count for site_id, key, count in counted if (site_id, key) in wanted)


def _achievement_key(group: CertificateGroup) -> str:
    return group.case.course_run or str(group.case.program)


def _with_samples(means: Means, found: Preview, compared: Sequence[_Compared]) -> Preview:
    shown = next((one for one in compared if one.group.example is not None), None)
    award = _example_award(means, shown)
    if shown is None or award is None:
        return dataclasses.replace(found, problem="No certificate of these has been awarded yet: there is no example.")
    try:
        plans = IssuersInUse().plan(means, award)
    except SigningError as error:
        return dataclasses.replace(found, example=shown.group, problem=str(error))
    before, after = (samples(plans, one, means.now()) for one in (shown.before, shown.after))
    return dataclasses.replace(found, example=shown.group, samples=tuple(zip(before, after, strict=True)))


def _example_award(means: Means, shown: _Compared | None) -> Award | None:
    """As if awarded today: when a learner was is theirs."""
    if shown is None or shown.group.example is None:
        return None
    award = means.source.get_awards([shown.group.example]).get(shown.group.example)
    return None if award is None else dataclasses.replace(as_example(award), awarded_at=means.now())
