"""Unsigned credentials for people who decide about them: real facts of a certificate, an example learner."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from uuid import UUID

from openedx_verifiable_credentials.core import lint
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.policies import Resolution
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.profiles import CredentialProfile
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import JsonObject
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.flows.steps.issuers import PlannedCredential

EXAMPLE_LEARNER = Learner(
    user_id=None, username="example-learner", full_name="Example Learner", email="learner@example.com"
)
_NOBODY = UUID("00000000-0000-4000-8000-000000000000")
_NOTHING = UUID("00000000-0000-4000-8000-000000000001")
_SALT = "00" * 16
_RECORD = f"/records/programs/shared/{_NOBODY.hex}/"


@dataclasses.dataclass(frozen=True)
class Sample:
    """
    An unsigned credential of one profile and issuer, without a status entry; None where there would be none, for the
    reason in ``note``.
    """

    profile_id: str
    issuer: str
    document: JsonObject | None
    note: str = ""


def as_example(award: Award) -> Award:
    """The certificate as the example learner would have it; nothing of its own learner is left."""
    is_program = award.kind is CertificateKind.PROGRAM
    return dataclasses.replace(
        award,
        certificate_uuid=_NOTHING,
        learner=EXAMPLE_LEARNER,
        grade=None if is_program else Grade(percent="87.5", letter="B"),
        record_path=_RECORD if is_program else "",
    )


def samples(plans: Sequence[PlannedCredential], resolution: Resolution, now: datetime.datetime) -> list[Sample]:
    """What ``resolution`` would let each issuer say of the (example) awards, in each profile."""
    return [_sample(plan, profile, resolution, now) for plan in plans for profile in PROFILES.values()]


def _sample(
    plan: PlannedCredential, profile: CredentialProfile, resolution: Resolution, now: datetime.datetime
) -> Sample:
    issuer = plan.issuer
    if not resolution.may_issue:
        return Sample(profile.id, issuer.slug, None, "Issuing is off.")
    if profile.id not in resolution.profiles:
        return Sample(profile.id, issuer.slug, None, "This profile is not offered.")
    try:
        document = open_badges.compose(
            plan.award,
            resolution.terms(),
            profile=profile,
            issuer=issuer.profile,
            credential_id=_NOTHING.urn,
            subject_id=_NOBODY.urn,
            salt=_SALT,
        )
        lint.require_signable(document, profile, now)
    except CompositionError as error:
        return Sample(profile.id, issuer.slug, None, str(error))
    return Sample(profile.id, issuer.slug, document)
