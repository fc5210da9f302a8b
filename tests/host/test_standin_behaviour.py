"""What the stand-in's models do, where the plugin counts on the service doing the same."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.db.models import ProtectedError
from django.utils import timezone

pytestmark = pytest.mark.django_db

KEY = "course-v1:Academy+CS101+2026"


@pytest.fixture(name="run")
def make_run():
    from credentials.apps.catalog.models import Course
    from credentials.apps.catalog.models import CourseRun

    course = Course.objects.create(site=Site.objects.get(), uuid=uuid.uuid4(), key="Academy+CS101", title="Computing")
    return CourseRun.objects.create(course=course, uuid=uuid.uuid4(), key=KEY)


@pytest.fixture(name="configuration")
def make_configuration(run):
    from credentials.apps.credentials.models import CourseCertificate

    return CourseCertificate.objects.create(
        site=Site.objects.get(), course_id=run.key, certificate_type="verified", is_active=True
    )


@pytest.fixture(name="program_configuration")
def make_program_configuration(run):
    from credentials.apps.catalog.models import Organization
    from credentials.apps.catalog.models import Program
    from credentials.apps.credentials.models import ProgramCertificate

    site = Site.objects.get()
    program = Program.objects.create(site=site, uuid=uuid.uuid4(), title="Degree", total_hours_of_effort=30)
    program.course_runs.add(run)
    program.authoring_organizations.add(
        Organization.objects.create(site=site, uuid=uuid.uuid4(), key="Academy", name="The Academy")
    )
    return ProgramCertificate.objects.create(site=site, program_uuid=program.uuid, program=program, title="Title")


def held(configuration, username="ada"):
    """A certificate of that configuration."""
    from credentials.apps.credentials.models import UserCredential

    return UserCredential.objects.create(
        username=username,
        credential_content_type=ContentType.objects.get_for_model(configuration),
        credential_id=configuration.pk,
    )


def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_first_rows():
    from credentials.apps.core.api import get_user_by_username

    assert Site.objects.get().siteconfiguration.platform_name
    assert get_user_by_username("credentials_service_user").groups.get().name == "Admins"
    assert get_user_by_username("nobody") is None


def test_full_name_goes_first():
    user = get_user_model()(first_name="Ada", last_name="King", full_name="Ada Lovelace")
    assert user.get_full_name() == "Ada Lovelace"
    user.full_name = ""
    assert user.get_full_name() == "Ada King"


def test_a_course_configuration_finds_its_run_and_follows_its_key(configuration, run):
    assert configuration.course_run == run
    assert str(configuration.course_key) == KEY
    run.key = "course-v1:Academy+CS101+2027"
    run.save()
    configuration.refresh_from_db()
    configuration.save()
    assert configuration.course_id == run.key


def test_a_run_without_a_title_has_its_courses(run):
    assert run.title == "Computing"
    run.title_override = "Computing, evenings"
    assert run.title == "Computing, evenings"


def test_program_details(program_configuration):
    from credentials.apps.credentials.exceptions import NoMatchingProgramException
    from credentials.apps.credentials.models import ProgramCertificate

    details = program_configuration.program_details
    assert (details.title, details.credential_title, details.hours_of_effort) == ("Degree", "Title", None)
    assert details.organizations[0].display_name == "Academy"

    program_configuration.use_org_name = program_configuration.include_hours_of_effort = True
    del program_configuration.program_details
    assert program_configuration.program_details.organizations[0].display_name == "The Academy"
    assert program_configuration.program_details.hours_of_effort == 30

    with pytest.raises(NoMatchingProgramException):
        _ = ProgramCertificate(site=Site.objects.get(), program_uuid=uuid.uuid4()).program_details


def test_a_course_certificate_is_visible_from_its_date(configuration):
    from credentials.apps.credentials.models import UserCredential
    from credentials.apps.credentials.models import UserCredentialDateOverride
    from credentials.apps.credentials.utils import filter_visible
    from credentials.apps.credentials.utils import get_credential_visible_date

    certificate = held(configuration)
    assert list(filter_visible(UserCredential.objects.all())) == [certificate]
    assert get_credential_visible_date(certificate) == certificate.created

    configuration.certificate_available_date = timezone.now() + timedelta(days=3)
    configuration.save()
    certificate = UserCredential.objects.get()
    assert not filter_visible(UserCredential.objects.all())
    assert get_credential_visible_date(certificate) == configuration.certificate_available_date

    date = timezone.now() - timedelta(days=90)
    UserCredentialDateOverride.objects.create(user_credential=certificate, date=date)
    assert get_credential_visible_date(certificate) == configuration.certificate_available_date
    assert get_credential_visible_date(certificate, use_date_override=True) == date


def test_a_program_certificate_is_visible_with_its_course_certificates(configuration, program_configuration):
    from credentials.apps.credentials.models import UserCredential
    from credentials.apps.credentials.utils import filter_visible
    from credentials.apps.credentials.utils import get_credential_visible_date

    program_certificate = held(program_configuration)
    assert not filter_visible(UserCredential.objects.all())
    course_certificate = held(configuration)
    assert set(filter_visible(UserCredential.objects.all())) == {course_certificate, program_certificate}
    assert get_credential_visible_date(program_certificate) == course_certificate.created


def test_deleting_a_configuration_deletes_its_certificates_but_not_its_run(configuration, run):
    from credentials.apps.credentials.models import UserCredential

    held(configuration)
    with pytest.raises(ProtectedError):
        run.delete()
    configuration.delete()
    assert not UserCredential.objects.exists()


def test_retirement_renames_in_place(configuration):
    from credentials.apps.api.v2.views import replace_username
    from credentials.apps.credentials.models import UserCredential

    get_user_model().objects.create_user("ada", "ada@example.com", full_name="Ada Lovelace", lms_user_id=7)
    before = held(configuration)
    assert replace_username("ada", "retired__1") == 2
    user = get_user_model().objects.get(username="retired__1")
    assert (user.full_name, user.email, user.lms_user_id) == ("", "ada@example.com", 7)
    after = UserCredential.objects.get(username="retired__1")
    assert after.modified == before.modified


def test_a_certificates_page(client, configuration):
    certificate = held(configuration)
    address = certificate.get_absolute_url()
    assert client.get(address).status_code == 200
    certificate.revoke()
    assert client.get(address).status_code == 404


def test_signing_in_by_the_form(client):
    get_user_model().objects.create_user("ada", password="correct horse")
    page = client.get("/login/", {"next": "/health/"})
    assert page.status_code == 200
    answer = client.post("/login/", {"username": "ada", "password": "correct horse", "next": "/health/"})
    assert answer["Location"] == "/health/"
