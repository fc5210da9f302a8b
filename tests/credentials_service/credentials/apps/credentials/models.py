"""Certificate configurations, and the certificates learners hold."""

import uuid

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django_extensions.db.models import TimeStampedModel
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from credentials.apps.catalog.api import get_course_runs_by_course_run_keys
from credentials.apps.catalog.api import get_program_details_by_uuid
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Program
from credentials.apps.credentials.constants import CertificateType
from credentials.apps.credentials.constants import UserCredentialStatus
from credentials.apps.credentials.exceptions import NoMatchingProgramException

MAX_IMAGE_BYTES = 250 * 1024


def signatory_assets_path(instance, filename):
    """The storage path of a signatory's picture."""
    return f"signatories/{instance.id}/{filename}"


def validate_image(image):
    """Refuse a picture above the limit."""
    if image.size > MAX_IMAGE_BYTES:
        raise ValidationError("Too large a picture.")


def validate_course_key(course_key):
    """Refuse a string that is no course key."""
    try:
        CourseKey.from_string(course_key)
    except InvalidKeyError as error:
        raise ValidationError("Not a course key.") from error


class AbstractCredential(TimeStampedModel):
    """
    What every kind of certificate and badge configuration has.

    .. no_pii: A stand-in used in tests only.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    is_active = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Signatory(TimeStampedModel):
    """
    Whose name and picture stand under a certificate.

    .. no_pii: A stand-in used in tests only.
    """

    name = models.CharField(max_length=255)
    title = models.CharField(max_length=255)
    organization_name_override = models.CharField(max_length=255, null=True, blank=True)
    image = models.ImageField(upload_to=signatory_assets_path, validators=[validate_image])

    class Meta:
        verbose_name_plural = "Signatories"

    def __str__(self):
        return f"{self.name} ({self.title})"

    def save(self, *args, **kwargs):
        """The picture's path holds the id, so a new row is written first without its picture."""
        if self.pk is None:
            picture, self.image = self.image, None
            super().save(*args, **kwargs)
            self.image = picture
        super().save(force_update=True)


class AbstractCertificate(AbstractCredential):
    """
    What course and program certificate configurations share.

    .. no_pii: A stand-in used in tests only.
    """

    signatories = models.ManyToManyField(Signatory)
    title = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        abstract = True


class UserCredential(TimeStampedModel):
    """
    A certificate that a learner holds; the learner is a username, not a relation.

    .. no_pii: A stand-in used in tests only.
    """

    AWARDED = UserCredentialStatus.AWARDED
    REVOKED = UserCredentialStatus.REVOKED
    STATUSES_CHOICES = ((AWARDED, AWARDED), (REVOKED, REVOKED))

    credential_content_type = models.ForeignKey(
        ContentType,
        on_delete=models.CASCADE,
        limit_choices_to={
            "model__in": ("coursecertificate", "programcertificate", "credlybadgetemplate", "accrediblegroup")
        },
    )
    credential_id = models.PositiveIntegerField(db_index=True)
    credential = GenericForeignKey("credential_content_type", "credential_id")
    username = models.CharField(max_length=255, db_index=True)
    status = models.CharField(max_length=255, choices=STATUSES_CHOICES, default=AWARDED)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        unique_together = [("username", "credential_content_type", "credential_id")]

    def get_absolute_url(self):
        """The public page of this certificate."""
        return reverse("credentials:render", kwargs={"uuid": self.uuid.hex})

    def revoke(self):
        """Write the status; goes through save, so post_save fires."""
        self.status = self.REVOKED
        self.save()


class CourseCertificate(AbstractCertificate):
    """
    What a certificate for one course run looks like.

    .. no_pii: A stand-in used in tests only.
    """

    signatories = models.ManyToManyField(Signatory, blank=True)
    course_id = models.CharField(max_length=255, validators=[validate_course_key])
    course_run = models.OneToOneField(CourseRun, null=True, on_delete=models.PROTECT)
    certificate_available_date = models.DateTimeField(null=True, blank=True)
    certificate_type = models.CharField(
        max_length=255,
        choices=[
            (mode, mode)
            for mode in (
                CertificateType.HONOR,
                CertificateType.PROFESSIONAL,
                CertificateType.VERIFIED,
                CertificateType.NO_ID_PROFESSIONAL,
                CertificateType.MASTERS,
            )
        ],
    )
    user_credentials = GenericRelation(
        UserCredential,
        content_type_field="credential_content_type",
        object_id_field="credential_id",
        related_query_name="course_credentials",
    )

    class Meta:
        verbose_name = "Course certificate configuration"
        unique_together = [("course_id", "certificate_type", "site")]

    @cached_property
    def course_key(self):
        """The parsed key of the course run."""
        return CourseKey.from_string(self.course_run.key)

    def save(self, *args, **kwargs):
        """Keep the run and its key in step: the key finds a missing run, and a run decides the key."""
        if self.course_run is None and self.course_id:
            self.course_run = get_course_runs_by_course_run_keys([self.course_id]).first()
        if self.course_run is not None:
            self.course_id = self.course_run.key
        super().save(**kwargs)


class ProgramCertificate(AbstractCertificate):
    """
    What a certificate for one program looks like.

    .. no_pii: A stand-in used in tests only.
    """

    program_uuid = models.UUIDField(db_index=True)
    program = models.OneToOneField(Program, null=True, on_delete=models.PROTECT)
    user_credentials = GenericRelation(
        UserCredential,
        content_type_field="credential_content_type",
        object_id_field="credential_id",
        related_query_name="program_credentials",
    )
    use_org_name = models.BooleanField(default=False)
    include_hours_of_effort = models.BooleanField(default=False)
    language = models.CharField(max_length=8, null=True)

    class Meta:
        verbose_name = "Program certificate configuration"
        unique_together = [("site", "program_uuid")]

    def __str__(self):
        return f"Program certificate {self.program_uuid}"

    @cached_property
    def program_details(self):
        """
        The program as this configuration shows it.

        Raises NoMatchingProgramException when the site's catalog lacks the program.
        """
        details = get_program_details_by_uuid(uuid=self.program_uuid, site=self.site)
        if details is None:
            raise NoMatchingProgramException(str(self.program_uuid))
        details.credential_title = self.title
        if not self.include_hours_of_effort:
            details.hours_of_effort = None
        if self.use_org_name:
            for organization in details.organizations:
                organization.display_name = organization.name
        return details

    def get_absolute_url(self):
        """The page that shows a specimen of this certificate."""
        return reverse("credentials:render_example", kwargs={"uuid": self.program_uuid.hex})


class UserCredentialAttribute(TimeStampedModel):
    """
    A named value beside a learner's certificate, a grade for example.

    .. no_pii: A stand-in used in tests only.
    """

    user_credential = models.ForeignKey(UserCredential, related_name="attributes", on_delete=models.CASCADE)
    name = models.CharField(max_length=255)
    value = models.CharField(max_length=255)

    class Meta:
        unique_together = [("user_credential", "name")]


class UserCredentialDateOverride(TimeStampedModel):
    """
    A date set by hand that stands instead of a certificate's own.

    .. no_pii: A stand-in used in tests only.
    """

    user_credential = models.OneToOneField(UserCredential, related_name="date_override", on_delete=models.CASCADE)
    date = models.DateTimeField()
