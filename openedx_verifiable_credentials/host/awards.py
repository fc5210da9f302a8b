"""One row of the service → one :class:`..data.Award`."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from opaque_keys.edx.keys import CourseKey

from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import Platform
from openedx_verifiable_credentials.data import ProgramFacts
from openedx_verifiable_credentials.data import Signatory
from openedx_verifiable_credentials.host.related import learner_of


def course_award(row: Any, configuration: Any) -> Award:
    """The award of a course certificate."""
    run = configuration.course_run
    course = _course(configuration, run)
    owners = [_organization(owner) for owner in run.course.owners.all()] if run else []
    return Award(
        kind=CertificateKind.COURSE,
        title=_text(configuration.title) or course.title,
        organizations=tuple(owners) or (Organization(key=_org(course.key), name=_org(course.key)),),
        visible_from=configuration.certificate_available_date or row.created,
        awarded_at=_override(row) or _later(row.created, configuration.certificate_available_date),
        course=course,
        **_common(row, configuration),
    )


def program_award(row: Any, configuration: Any, visible_from: datetime.datetime | None) -> Award:
    """The award of a program certificate. Raises AttributeError where the catalogue lacks the program."""
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
    return Award(
        kind=CertificateKind.PROGRAM,
        title=_text(configuration.title) or program.title,
        organizations=tuple(_organization(organization) for organization in program.authoring_organizations.all()),
        visible_from=visible_from,
        awarded_at=_override(row) or row.created,
        program=facts,
        **_common(row, configuration),
    )


def _common(row: Any, configuration: Any) -> dict[str, Any]:
    return {
        "certificate_uuid": row.uuid,
        "learner": learner_of(row),
        "platform": _platform(configuration.site),
        "signatories": tuple(
            Signatory(name=s.name, title=s.title, organization=s.organization_name_override)
            for s in configuration.signatories.all()
        ),
        "status": row.status,
        "is_active": configuration.is_active,
        "modified_at": row.modified,
        "configuration_id": row.credential_id,
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


def _org(course_key: str) -> str:
    return CourseKey.from_string(course_key).org or ""


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


def _override(row: Any) -> datetime.datetime | None:
    override = getattr(row, "date_override", None)
    return override.date if override else None


def _later(created: datetime.datetime, available: datetime.datetime | None) -> datetime.datetime:
    return max(created, available) if available else created
