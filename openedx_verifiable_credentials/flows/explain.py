"""Why a certificate may be claimed or not, and what its credential would say. Reads, and changes nothing."""

from __future__ import annotations

import dataclasses
import datetime
from uuid import UUID

from openedx_verifiable_credentials.core import explaining
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.policies import Decision
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import AwardError
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.flows.steps import policies
from openedx_verifiable_credentials.flows.steps import record
from openedx_verifiable_credentials.flows.steps.claimable import why_not_claimable
from openedx_verifiable_credentials.flows.steps.examples import Sample
from openedx_verifiable_credentials.flows.steps.examples import as_example
from openedx_verifiable_credentials.flows.steps.examples import samples
from openedx_verifiable_credentials.flows.steps.issuers import IssuersInUse
from openedx_verifiable_credentials.flows.steps.means import Means
from openedx_verifiable_credentials.flows.steps.permits import wallets_of


@dataclasses.dataclass(frozen=True)
class Explanation:
    """
    ``award``: the certificate's facts, with the example learner in place of its own. ``wallets``: those that are
    offered together with their profile. ``problems``: why nothing, or nothing good, could be claimed now. ``samples``:
    the unsigned credentials, for the example learner.
    """

    certificate_uuid: UUID
    award: Award
    resolution: Resolution
    wallets: tuple[str, ...]
    valid_until: datetime.datetime | None
    problems: tuple[str, ...]
    samples: tuple[Sample, ...]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every point, with what holds and the rule that decided."""
        return tuple(self.resolution.decisions.values())

    def as_json(self) -> JsonObject:
        """Without the samples."""
        case = self.award.policy_case
        return {
            "certificate": str(self.certificate_uuid),
            "kind": case.kind.value,
            "title": self.award.title,
            "achievement": self.award.achievement_key,
            "organizations": list(case.organizations),
            "program_type": case.program_type,
            "site": {"id": case.site_id, "domain": self.award.platform.domain},
            "status": self.award.status,
            "is_active": self.award.is_active,
            "awarded_at": self.award.awarded_at.isoformat(),
            "valid_until": self.valid_until and self.valid_until.isoformat(),
            "profiles": list(self.resolution.profiles),
            "wallets": list(self.wallets),
            "decisions": [_decision_as_json(one) for one in self.decisions],
            "problems": list(self.problems),
        }


def explain_certificate(means: Means, certificate_uuid: UUID) -> Explanation:
    """Raises AwardError ``unknown_certificate``."""
    award = means.source.get_awards([certificate_uuid]).get(certificate_uuid)
    if award is None:
        raise AwardError("unknown_certificate", "The service has no course or program certificate with this uuid.")
    resolution = policies.resolve_all(means.source, [award])[certificate_uuid]
    now = means.now()
    valid_until = open_badges.valid_until(award, resolution.terms())
    problems = _problems(award, resolution, valid_until, now)
    problems += _nobody_named(means, award, resolution.terms())
    example = as_example(award)
    try:
        plans = IssuersInUse().plan(means, example)
    except SigningError as error:
        plans = []
        problems.append(error.message)
    return Explanation(
        certificate_uuid=certificate_uuid,
        award=example,
        resolution=resolution,
        wallets=tuple(wallet.id for wallet in wallets_of(resolution)),
        valid_until=valid_until,
        problems=tuple(problems),
        samples=tuple(samples(plans, resolution, now)),
    )


def _problems(
    award: Award, resolution: Resolution, valid_until: datetime.datetime | None, now: datetime.datetime
) -> list[str]:
    refused = why_not_claimable(award, now)
    found = [] if refused is None else [refused.message]
    if resolution.unreadable is not None:
        found.append(f"A policy cannot be read: save that of {explaining.whose(resolution.unreadable)} anew.")
    elif not resolution.may_issue:
        found.append("Issuing is off.")
    found += explaining.contradictions(resolution)
    if valid_until is not None and valid_until <= now:
        found.append("The validity is over: nothing can be claimed any more.")
    return found


def _nobody_named(means: Means, award: Award, terms: Terms) -> list[str]:
    """Whether a credential without a wallet would be anybody's: that something is missing, never what is there."""
    if not terms.name and not terms.email:
        return ["Nobody would be named: neither name nor e-mail is allowed. Downloads are refused."]
    [completed] = means.source.complete([award], {Detail.EMAIL}) if terms.email else [award]
    try:
        record.require_names([completed], terms)
    except CompositionError:
        return ["Nobody would be named: the account lacks what is allowed. Downloads are refused."]
    return []


def _decision_as_json(decision: Decision) -> JsonObject:
    rule = decision.rule
    return {
        "point": decision.point,
        "value": explaining.as_json(decision.value),
        "rule": rule and {"ref": rule.ref, "scope": rule.scope.value, "key": rule.key, "final": rule.final},
        "words": explaining.describe(decision),
    }
