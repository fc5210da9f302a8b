"""A site, its people and their certificates, through the service's own models."""
# ruff: noqa: F821  (given and result are put here by service.py)

import uuid
from datetime import timedelta

from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Organization
from credentials.apps.catalog.models import Program
from credentials.apps.core.models import SiteConfiguration
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from credentials.apps.credentials.models import UserCredentialAttribute
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.utils import timezone

site, _ = Site.objects.update_or_create(
    pk=settings.SITE_ID, defaults={"domain": given["domain"], "name": given["domain"]}
)
Site.objects.clear_cache()
SiteConfiguration.objects.update_or_create(
    site=site,
    defaults={
        "platform_name": "The Academy",
        "company_name": "The Academy Ltd.",
        "homepage_url": "https://academy.example",
        "lms_url_root": "https://lms.academy.example",
        "catalog_api_url": "https://catalog.academy.example/api/v1/",
        "tos_url": "https://academy.example/tos",
        "privacy_policy_url": "https://academy.example/privacy",
        "certificate_help_url": "https://academy.example/help",
    },
)

people = [
    ("ada", "Ada Lovelace", 101, False),
    ("grace", "Grace Hopper", 102, False),
    ("staff", "Hedy Lamarr", 103, True),
]
for username, full_name, lms_user_id, is_staff in people:
    User.objects.update_or_create(
        username=username,
        defaults={
            "full_name": full_name,
            "email": f"{username}@academy.example",
            "lms_user_id": lms_user_id,
            "is_staff": is_staff,
            "is_superuser": is_staff,
        },
    )

organization = Organization.objects.create(site=site, uuid=uuid.uuid4(), key="Academy", name="The Academy")
course = Course.objects.create(
    site=site, uuid=uuid.uuid4(), key="Academy+CS101", title="Notes on the Analytical Engine"
)
course.owners.add(organization)
run = CourseRun.objects.create(
    course=course,
    uuid=uuid.uuid4(),
    key="course-v1:Academy+CS101+2026",
    start_date=timezone.now() - timedelta(days=120),
    end_date=timezone.now() - timedelta(days=20),
)
program = Program.objects.create(
    site=site,
    uuid=uuid.uuid4(),
    title="Computing Machinery",
    type="Professional Certificate",
    type_slug="professional-certificate",
    total_hours_of_effort=40,
)
program.course_runs.add(run)
program.authoring_organizations.add(organization)

course_certificate = CourseCertificate.objects.create(
    site=site, is_active=True, course_id=run.key, course_run=run, certificate_type="verified"
)
program_certificate = ProgramCertificate.objects.create(
    site=site, is_active=True, program_uuid=program.uuid, program=program, title="Certificate in Computing Machinery"
)


def award(username, configuration):
    return UserCredential.objects.create(
        username=username,
        credential_content_type=ContentType.objects.get_for_model(configuration),
        credential_id=configuration.pk,
    )


ada_course, ada_program = award("ada", course_certificate), award("ada", program_certificate)
grace_course = award("grace", course_certificate)
UserCredentialAttribute.objects.create(user_credential=ada_course, name="grade", value="0.93")

result(
    {
        "site": site.pk,
        "organization": organization.key,
        "course_run": run.key,
        "program": str(program.uuid),
        "ada_course": str(ada_course.uuid),
        "ada_program": str(ada_program.uuid),
        "grace_course": str(grace_course.uuid),
    }
)
