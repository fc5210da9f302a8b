"""The service's copy of the course catalog."""

from django.contrib.sites.models import Site
from django.db import models
from django_extensions.db.models import TimeStampedModel
from sortedm2m.fields import SortedManyToManyField

from credentials.apps.catalog.data import PathwayStatus
from credentials.apps.catalog.data import ProgramStatus
from credentials.shared.constants import PathwayType


class Organization(TimeStampedModel):
    """
    Who offers courses and programs.

    .. no_pii: A stand-in used in tests only.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    uuid = models.UUIDField()
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    certificate_logo_image_url = models.CharField(max_length=512, null=True)

    class Meta:
        unique_together = [("site", "uuid")]

    def __str__(self):
        return self.name


class Course(TimeStampedModel):
    """
    A course, of which there are runs.

    .. no_pii: A stand-in used in tests only.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    uuid = models.UUIDField()
    key = models.CharField(max_length=255)
    title = models.CharField(max_length=255, null=True, blank=True, default=None)
    owners = SortedManyToManyField(Organization, related_name="owned_courses", blank=True)

    class Meta:
        unique_together = [("site", "uuid")]

    def __str__(self):
        return self.key


class CourseRun(TimeStampedModel):
    """
    One run of a course; its key is the LMS's course key.

    .. no_pii: A stand-in used in tests only.
    """

    course = models.ForeignKey(Course, related_name="course_runs", on_delete=models.CASCADE)
    uuid = models.UUIDField()
    key = models.CharField(max_length=255)
    title_override = models.CharField(max_length=255, null=True, blank=True, default=None)
    start_date = models.DateTimeField(null=True, blank=True, db_index=True)
    end_date = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        unique_together = [("course", "uuid")]

    def __str__(self):
        return self.key

    @property
    def title(self):
        """The run's own title, else the course's."""
        return self.title_override if self.title_override else self.course.title


class Program(TimeStampedModel):
    """
    Course runs that together lead to a program certificate.

    .. no_pii: A stand-in used in tests only.
    """

    ACTIVE = ProgramStatus.ACTIVE.value
    DELETED = ProgramStatus.DELETED.value
    RETIRED = ProgramStatus.RETIRED.value
    UNPUBLISHED = ProgramStatus.UNPUBLISHED.value

    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    uuid = models.UUIDField()
    title = models.CharField(max_length=255)
    course_runs = SortedManyToManyField(CourseRun, related_name="programs")
    authoring_organizations = SortedManyToManyField(Organization, related_name="authored_programs", blank=True)
    type = models.CharField(max_length=32, default="")
    type_slug = models.CharField(max_length=32, default="")
    total_hours_of_effort = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=24, default="active")

    class Meta:
        unique_together = [("site", "uuid")]

    def __str__(self):
        return self.title


class Pathway(TimeStampedModel):
    """
    Where a learner may send a program record.

    .. no_pii: A stand-in used in tests only.
    """

    pathway_type = models.CharField(
        max_length=32,
        choices=[(kind.value, kind.value) for kind in PathwayType],
        default=PathwayType.CREDIT.value,
    )
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    uuid = models.UUIDField()
    name = models.CharField(max_length=255)
    org_name = models.CharField(max_length=255)
    email = models.EmailField()
    programs = SortedManyToManyField(Program, related_name="pathways")
    status = models.CharField(
        max_length=24,
        choices=[(state.value, state.value) for state in PathwayStatus],
        default=PathwayStatus.PUBLISHED.value,
    )

    class Meta:
        unique_together = [("site", "uuid")]

    def __str__(self):
        return self.name
