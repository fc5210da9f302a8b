"""A course that very many finished, and another that the same people finished; ``given["count"]``: certificates."""
# ruff: noqa: F821  (given and result are put here by service.py)

import uuid

from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Organization
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import UserCredential
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site

NAMES = ("Zoë Müller", "Ирина Петрова", "عمر الخيام", "山田 美咲", "प्रिया शर्मा", 'Robert "Bob"  O\'Brien')
site = Site.objects.get(pk=settings.SITE_ID)
organization = Organization.objects.create(site=site, uuid=uuid.uuid4(), key="Crowd", name="University of Many")


def make_course(number):
    course = Course.objects.create(
        site=site, uuid=uuid.uuid4(), key=f"Crowd+C{number}", title=f"Crossing Rivers, Part {number}"
    )
    course.owners.add(organization)
    run = CourseRun.objects.create(course=course, uuid=uuid.uuid4(), key=f"course-v1:Crowd+C{number}+2026")
    return CourseCertificate.objects.create(
        site=site, is_active=True, course_id=run.key, course_run=run, certificate_type="verified"
    )


courses = [make_course(1), make_course(2)]
learners = [
    User(username=f"crowd{number}", full_name=NAMES[number % len(NAMES)], email=f"crowd{number}@academy.example")
    for number in range(given["count"] // len(courses))
]
User.objects.bulk_create(learners)
kind = ContentType.objects.get_for_model(CourseCertificate)
certificates = [
    UserCredential(username=learner.username, credential_content_type=kind, credential_id=course.pk)
    for learner in learners
    for course in courses
]
UserCredential.objects.bulk_create(certificates)
of_everybody = UserCredential.objects.filter(status="awarded", credential_content_type__app_label="credentials")
result(
    {
        "made": len(certificates),
        "courses": [course.course_id for course in courses],
        "learner": {"username": learners[3].username, "full_name": learners[3].full_name},
        "awarded": of_everybody.count(),
    }
)
