"""What other apps may ask of the catalog."""

from credentials.apps.catalog.data import OrganizationDetails
from credentials.apps.catalog.data import ProgramDetails
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Program


def get_course_runs_by_course_run_keys(course_run_keys):
    """A queryset of the runs with these keys."""
    return CourseRun.objects.filter(key__in=course_run_keys)


def get_program_details_by_uuid(uuid, site):
    """The program as a ProgramDetails, or None when this site does not know it."""
    program = Program.objects.filter(uuid=uuid, site=site).first()
    if program is None:
        return None
    return ProgramDetails(
        uuid=program.uuid,
        title=program.title,
        type=program.type,
        type_slug=program.type_slug,
        credential_title=None,
        course_count=program.course_runs.count(),
        organizations=[_details_of(organization) for organization in program.authoring_organizations.all()],
        hours_of_effort=program.total_hours_of_effort,
        status=program.status,
    )


def _details_of(organization):
    return OrganizationDetails(
        uuid=organization.uuid,
        key=organization.key,
        name=organization.name,
        display_name=organization.key,
        certificate_logo_image_url=organization.certificate_logo_image_url,
    )
