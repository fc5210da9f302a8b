"""
Rows of the stand-in service, made the way the host's own code makes them. Used by tests, the demo and the sandbox.

Each function returns what it made; titles, dates and states are arguments, since those are what tests are about.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import uuid
from typing import Any

from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Organization
from credentials.apps.catalog.models import Program
from credentials.apps.core.models import SiteConfiguration
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import Signatory
from credentials.apps.credentials.models import UserCredential
from credentials.apps.records.models import UserGrade
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site

PASSWORD = "open-sesame-2026"  # the sandbox says it aloud: it opens nothing but itself
_numbers = itertools.count(1)


def make_site(domain: str = "example.com", platform: str = "Example Learning") -> Site:
    """The site of ``domain`` with its configuration."""
    site, _ = Site.objects.get_or_create(domain=domain, defaults={"name": domain})
    SiteConfiguration.objects.update_or_create(
        site=site,
        defaults={
            "platform_name": platform,
            "company_name": "Example Company",
            "lms_url_root": "https://lms.example.edu",
            "catalog_api_url": "https://catalog.example.edu/api/v1/",
            "tos_url": "https://example.edu/tos",
            "privacy_policy_url": "https://example.edu/privacy",
            "homepage_url": "https://example.edu",
            "certificate_help_url": "https://example.edu/help",
        },
    )
    return site


def make_learner(username: str = "ada", full_name: str = "Ada Lovelace", **more: Any) -> User:
    """An account that can log in with :data:`PASSWORD`."""
    email = f"{username}@learners.example.edu"
    user = User.objects.create_user(username=username, email=email, password=PASSWORD, **more)
    User.objects.filter(pk=user.pk).update(full_name=full_name)
    user.refresh_from_db()
    return user


def make_organization(site: Site, key: str = "ExampleX", name: str = "Example University") -> Organization:
    """An organisation of the catalogue."""
    organization, _ = Organization.objects.get_or_create(
        site=site,
        key=key,
        defaults={
            "uuid": uuid.uuid4(),
            "name": name,
            "certificate_logo_image_url": "https://images.example.edu/logo.png",
        },
    )
    return organization


@dataclasses.dataclass
class CourseOptions:
    """How a course certificate is set up."""

    title: str | None = None
    run_title: str = "Introduction to Everything"
    mode: str = "verified"
    available: datetime.datetime | None = None
    is_active: bool = True
    signatory: str | None = "Grace Hopper"
    organization: str = "ExampleX"


def make_course(site: Site, options: CourseOptions | None = None) -> CourseCertificate:
    """A course run with its certificate configuration."""
    options = options or CourseOptions()
    number = next(_numbers)
    organization = make_organization(site, options.organization)
    course = Course.objects.create(
        site=site, uuid=uuid.uuid4(), key=f"{organization.key}+C{number}", title=options.run_title
    )
    course.owners.add(organization)
    run = CourseRun.objects.create(
        course=course,
        uuid=uuid.uuid4(),
        key=f"course-v1:{organization.key}+C{number}+2026",
        title_override=None,
        start_date=_ago(days=200),
        end_date=_ago(days=20),
    )
    configuration = CourseCertificate.objects.create(
        site=site,
        is_active=options.is_active,
        course_id=run.key,
        course_run=run,
        certificate_type=options.mode,
        title=options.title,
        certificate_available_date=options.available,
    )
    if options.signatory:
        configuration.signatories.add(_signatory(options.signatory))
    return configuration


def make_program(
    site: Site,
    courses: list[CourseCertificate],
    *,
    title: str = "Everything, in Depth",
    type_slug: str = "micromasters",
    is_active: bool = True,
    certificate_title: str | None = None,
    organizations: tuple[str, ...] = ("ExampleX",),
) -> ProgramCertificate:
    """A program of these courses with its certificate configuration."""
    program = Program.objects.create(
        site=site,
        uuid=uuid.uuid4(),
        title=title,
        type=type_slug.title(),
        type_slug=type_slug,
        total_hours_of_effort=120,
    )
    for key in organizations:
        program.authoring_organizations.add(make_organization(site, key))
    for course in courses:
        program.course_runs.add(course.course_run)
    configuration = ProgramCertificate.objects.create(
        site=site,
        is_active=is_active,
        program_uuid=program.uuid,
        program=program,
        title=certificate_title,
        include_hours_of_effort=True,
        language="en",
    )
    configuration.signatories.add(_signatory("Grace Hopper"))
    return configuration


def award(learner: User, configuration: Any, status: str = "awarded") -> UserCredential:
    """The learner's certificate."""
    return UserCredential.objects.create(
        username=learner.username,
        credential_content_type=ContentType.objects.get_for_model(configuration),
        credential_id=configuration.pk,
        status=status,
    )


def grade(learner: User, configuration: CourseCertificate, percent: str = "0.8750", letter: str = "B") -> UserGrade:
    """The learner's grade in the course run."""
    return UserGrade.objects.create(
        username=learner.username, course_run=configuration.course_run, percent_grade=percent, letter_grade=letter
    )


def backdate(certificate: UserCredential, **ago: int) -> UserCredential:
    """As if awarded that long ago."""
    UserCredential.objects.filter(pk=certificate.pk).update(created=_ago(**ago))
    certificate.refresh_from_db()
    return certificate


def _signatory(name: str) -> Signatory:
    row, _ = Signatory.objects.get_or_create(name=name, defaults={"title": "Dean", "image": "signatories/none.png"})
    return row


def _ago(**ago: int) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) - datetime.timedelta(**ago)
