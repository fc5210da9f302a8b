"""A further course of the crowd's organisation, and one who finished it."""
# ruff: noqa: F821  (result is put here by service.py)

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

site = Site.objects.get(pk=settings.SITE_ID)
course = Course.objects.create(site=site, uuid=uuid.uuid4(), key="Crowd+C3", title="Crossing Rivers, Part 3")
course.owners.add(Organization.objects.get(site=site, key="Crowd"))
run = CourseRun.objects.create(course=course, uuid=uuid.uuid4(), key="course-v1:Crowd+C3+2026")
certificate = CourseCertificate.objects.create(
    site=site, is_active=True, course_id=run.key, course_run=run, certificate_type="verified"
)
learner = User.objects.create(username="lastone", full_name="Lina Østergård", email="lastone@academy.example")
UserCredential.objects.create(
    username=learner.username,
    credential_content_type=ContentType.objects.get_for_model(CourseCertificate),
    credential_id=certificate.pk,
)
result({"username": learner.username, "course": run.key})
