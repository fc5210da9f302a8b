"""A learner with very many certificates and credentials, made quickly."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import UserCredential
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max

from tests import seed

_AT_ONCE = 500


def award_courses(site: Any, learner: Any, count: int) -> None:
    """
    ``count`` more course certificates of the learner's, each of a course of its own. Every one is as old as all its
    like; their order is that of their numbers.
    """
    organization = seed.make_organization(site)
    after = max(_last(Course), _last(CourseRun), _last(CourseCertificate))
    numbers = range(after + 1, after + 1 + count)
    now = datetime.datetime.now(datetime.UTC)
    _make(Course(pk=one, site=site, uuid=uuid.uuid4(), key=f"ManyX+C{one}", title=f"Course {one}") for one in numbers)
    _make(_owned(one, organization.pk) for one in numbers)
    _make(
        CourseRun(pk=one, course_id=one, uuid=uuid.uuid4(), key=f"course-v1:ManyX+C{one}+2026", start_date=now)
        for one in numbers
    )
    _make(
        CourseCertificate(
            pk=one,
            site=site,
            is_active=True,
            course_id=f"course-v1:ManyX+C{one}+2026",
            course_run_id=one,
            certificate_type="verified",
        )
        for one in numbers
    )
    kind = ContentType.objects.get_for_model(CourseCertificate)
    _make(
        UserCredential(username=learner.username, credential_content_type=kind, credential_id=one, status="awarded")
        for one in numbers
    )
    # What was just created would be awarded in the future of a clock that is a little behind.
    yesterday = now - datetime.timedelta(days=1)
    UserCredential.objects.filter(username=learner.username).update(created=yesterday)


def _owned(course: int, organization: int) -> Any:
    return Course.owners.through(course_id=course, organization_id=organization)


def _last(model: Any) -> int:
    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


def _make(rows: Any) -> None:
    rows = list(rows)
    type(rows[0])._default_manager.bulk_create(rows, batch_size=_AT_ONCE)
