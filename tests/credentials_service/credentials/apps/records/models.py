"""Grades, and what learners share of their programs."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django_extensions.db.models import TimeStampedModel

from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Pathway
from credentials.apps.catalog.models import Program
from credentials.apps.core.models import User
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.records.constants import UserCreditPathwayStatus
from credentials.shared.constants import PathwayType


class UserGrade(TimeStampedModel):
    """
    A learner's grade in a course run; the learner is a username.

    .. no_pii: A stand-in used in tests only.
    """

    username = models.CharField(max_length=150)
    course_run = models.ForeignKey(CourseRun, on_delete=models.PROTECT)
    letter_grade = models.CharField(max_length=255, blank=True)
    percent_grade = models.DecimalField(max_digits=5, decimal_places=4)
    verified = models.BooleanField(default=True)
    lms_last_updated_at = models.DateTimeField(null=True)

    class Meta:
        unique_together = [("username", "course_run")]


class ProgramCertRecord(TimeStampedModel):
    """
    A program record that its learner made public.

    .. no_pii: A stand-in used in tests only.
    """

    certificate = models.ForeignKey(ProgramCertificate, null=True, default=None, on_delete=models.CASCADE)
    program = models.ForeignKey(Program, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        verbose_name = "Shared program record"
        unique_together = [("program", "user")]

    def __str__(self):
        return str(self.uuid)


class UserCreditPathway(TimeStampedModel):
    """
    A record that a learner sent along a pathway.

    .. no_pii: A stand-in used in tests only.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT)
    status = models.CharField(
        max_length=15,
        choices=[(UserCreditPathwayStatus.SENT, "sent"), ("", "other")],
        default=UserCreditPathwayStatus.SENT,
        blank=True,
    )
    program = models.ForeignKey(Program, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        unique_together = [("user", "pathway", "program")]

    def clean(self):
        """Only credit pathways take records."""
        if self.pathway.pathway_type != PathwayType.CREDIT.value:
            raise ValidationError({"pathway": "Not a credit pathway."})

    def save(self, *args, **kwargs):
        self.full_clean()
        return super().save(*args, **kwargs)
