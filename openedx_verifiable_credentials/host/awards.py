"""Rows of the service → :class:`..data.Award`: what a configuration says once, what a certificate says for each."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from opaque_keys.edx.keys import CourseKey

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import Platform
from openedx_verifiable_credentials.data import ProgramFacts
from openedx_verifiable_credentials.data import Signatory


class Certificate(NamedTuple):
    """A certificate's row; ``override`` is a date set by hand."""

    uuid: UUID
    pk: int
    username: str
    status: str
    created: datetime.datetime
    modified: datetime.datetime
    content_type: int
    configuration_id: int
    override: datetime.datetime | None

    @classmethod
    def read(cls, rows: Any) -> list[Certificate]:
        """Of a query, one for all: an instance of the host's model for each would cost more than everything else."""
        return [cls._make(row) for row in rows.values_list(*COLUMNS)]


# What the service calls a certificate's members.
COLUMNS = (*Certificate._fields[:6], "credential_content_type", "credential_id", "date_override__date")


@dataclasses.dataclass(frozen=True)
class Shared:
    """What every award of one configuration says: made once a call, and the same objects in all of them."""

    members: Mapping[str, Any]
    available: datetime.datetime | None = None


def of_course(configuration: Any) -> Shared:
    """What the awards of a course certificate share."""
    run = configuration.course_run
    course = _course(configuration, run)
    owners = [_organization(owner) for owner in run.course.owners.all()] if run else []
    members = {
        "kind": CertificateKind.COURSE,
        "title": _text(configuration.title) or course.title,
        "organizations": tuple(owners) or (Organization(key=course.organization_key, name=course.organization_key),),
        "course": course,
        **_common(configuration),
    }
    return Shared(members, configuration.certificate_available_date)


def of_program(configuration: Any) -> Shared:
    """What the awards of a program certificate share. Raises AttributeError where the catalogue lacks the program."""
    program = configuration.program
    runs = program.course_runs.all()
    facts = ProgramFacts(
        uuid=configuration.program_uuid,
        title=program.title,
        type_name=program.type,
        type_slug=program.type_slug,
        course_titles=tuple(run.title or run.key for run in runs),
        hours=program.total_hours_of_effort if configuration.include_hours_of_effort else None,
        language=configuration.language,
        starts=min((run.start_date for run in runs if run.start_date), default=None),
        ends=max((run.end_date for run in runs if run.end_date), default=None),
    )
    members = {
        "kind": CertificateKind.PROGRAM,
        "title": _text(configuration.title) or program.title,
        "organizations": tuple(_organization(organization) for organization in program.authoring_organizations.all()),
        "program": facts,
        **_common(configuration),
    }
    return Shared(members)


def award_of(
    row: Certificate, shared: Shared, learner: Learner, visible_from: datetime.datetime | None
) -> Award:  # fmt: skip
    """The award of one certificate."""
    available = shared.available
    return Award(
        certificate_uuid=row.uuid,
        learner=learner,
        status=row.status,
        visible_from=visible_from,
        awarded_at=row.override or (max(row.created, available) if available else row.created),
        modified_at=row.modified,
        configuration_id=row.configuration_id,
        **shared.members,
    )


def _common(configuration: Any) -> dict[str, Any]:
    return {
        "platform": _platform(configuration.site),
        "signatories": tuple(
            Signatory(name=s.name, title=s.title, organization=s.organization_name_override)
            for s in configuration.signatories.all()
        ),
        "is_active": configuration.is_active,
    }


def _course(configuration: Any, run: Any) -> CourseFacts:
    key = CourseKey.from_string(run.key if run else configuration.course_id)
    return CourseFacts(
        key=str(key),
        title=_text(run.title if run else None) or _text(configuration.title) or str(key),
        number=key.course or "",
        run=key.run or "",
        mode=configuration.certificate_type,
        organization_key=key.org or "",
        uuid=run.uuid if run else None,
        starts=run.start_date if run else None,
        ends=run.end_date if run else None,
    )


def _text(value: str | None) -> str:
    """A title of spaces is none."""
    return (value or "").strip()


def _organization(row: Any) -> Organization:
    return Organization(key=row.key, name=row.name, uuid=row.uuid, logo_url=row.certificate_logo_image_url)


def _platform(site: Any) -> Platform:
    configuration = getattr(site, "siteconfiguration", None)
    return Platform(
        site_id=site.pk,
        domain=site.domain,
        name=(configuration and configuration.platform_name) or site.name,
        company=(configuration and configuration.company_name) or "",
        lms_url=configuration and configuration.lms_url_root,
        # Sites have none of their own. Never the language that is active: that is of whoever asks.
        language=settings.LANGUAGE_CODE or "",
    )
