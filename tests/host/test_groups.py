"""What a scope names in the service, counted by course run and program."""

import uuid

import pytest
from credentials.apps.catalog.models import CourseRun
from credentials.apps.catalog.models import Program
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential

from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.host.certificates import CredentialsService
from tests import asking
from tests import seed

pytestmark = pytest.mark.django_db
SOURCE = CredentialsService()


@pytest.fixture(name="place")
def make_place(site):
    """The site, however it is called."""
    return site


@pytest.fixture(name="course")
def make_course(place):
    """A course run of ExampleX."""
    return seed.make_course(place)


@pytest.fixture(name="program")
def make_program(place, course):
    """A program of ExampleX and OtherX with that course."""
    return seed.make_program(place, [course], organizations=("ExampleX", "OtherX"))


def groups(scope, key):
    """By run key or program uuid."""
    return {one.case.course_run or str(one.case.program): one for one in SOURCE.groups(scope, str(key))}


def run_again(course, run="2027"):
    """Another run of the same course, with its certificate."""
    old = course.course_run
    new = CourseRun.objects.create(
        course=old.course, uuid=uuid.uuid4(), key=old.key.rpartition("+")[0] + f"+{run}", title_override="Again"
    )
    return CourseCertificate.objects.create(
        site=course.site, is_active=True, course_id=new.key, course_run=new, certificate_type="honor"
    )


def course_scope(course):
    """The key of its course scope."""
    return course.course_run.key.removeprefix("course-v1:").rpartition("+")[0]


class TestCounts:
    def test_awarded_certificates_count_and_revoked_ones_do_not(self, course, ada, bob):
        certificate = seed.award(ada, course)
        seed.award(bob, course, status="revoked")
        [group] = SOURCE.groups("course_run", course.course_run.key)
        assert (group.awarded, group.example) == (1, certificate.uuid)

    def test_where_none_is_awarded_there_is_no_example(self, course):
        [group] = SOURCE.groups("course_run", course.course_run.key)
        assert (group.awarded, group.example) == (0, None)

    def test_a_course_and_a_program_with_the_same_number_are_told_apart(self, course, program, ada, bob):
        course.signatories.clear()
        CourseCertificate.objects.filter(pk=course.pk).update(id=program.pk)
        UserCredential.objects.all().delete()
        seed.award(ada, CourseCertificate.objects.get(pk=program.pk))
        seed.award(ada, program)
        seed.award(bob, program)
        found = groups("site", course.site_id)
        assert found[course.course_id].awarded == 1
        assert found[str(program.program_uuid)].awarded == 2

    def test_a_run_with_two_modes_is_one_group(self, place, ada, bob):
        one, other = (
            CourseCertificate.objects.create(
                site=place, is_active=True, course_id="course-v1:A+B+C", certificate_type=mode
            )
            for mode in ("honor", "verified")
        )
        seed.award(ada, one)
        seed.award(bob, other)
        [group] = SOURCE.groups("course_run", "course-v1:A+B+C")
        assert group.awarded == 2

    @pytest.mark.parametrize("many", [1, 5])
    def test_the_number_of_queries_does_not_grow(self, place, ada, many):
        courses = [seed.make_course(place) for _ in range(many)]
        for course in courses:
            seed.award(ada, course)
            seed.award(ada, seed.make_program(place, [course]))
        with asking.capture() as captured:
            found = list(SOURCE.groups("site", str(place.pk)))
        assert len(found) == 2 * many
        assert len(captured) == 6

    def test_the_case_is_that_of_its_certificates(self, course, program, ada):
        of_course, of_program = seed.award(ada, course), seed.award(ada, program)
        awards = SOURCE.get_awards([of_course.uuid, of_program.uuid])
        found = {one.example: one for one in SOURCE.groups("site", str(course.site_id))}
        assert found[of_program.uuid].case == awards[of_program.uuid].policy_case
        assert found[of_program.uuid].title == awards[of_program.uuid].title
        assert found[of_course.uuid].title == awards[of_course.uuid].title
        case = found[of_course.uuid].case
        assert (case.course_run, case.course) == (
            awards[of_course.uuid].policy_case.course_run,
            awards[of_course.uuid].policy_case.course,
        )
        assert case.programs == (program.program_uuid,)


class TestScopes:
    def test_a_site_has_its_courses_and_programs(self, course, program):
        elsewhere = seed.make_course(seed.make_site("elsewhere.example.org"))
        assert set(groups("site", course.site_id)) == {course.course_id, str(program.program_uuid)}
        assert set(groups("site", elsewhere.site_id)) == {elsewhere.course_id}

    def test_an_organisation_has_the_courses_of_its_key_and_the_programs_it_authors(self, place, course, program):
        other = seed.make_course(place, seed.CourseOptions(organization="OtherX"))
        assert set(groups("organization", "ExampleX")) == {course.course_id, str(program.program_uuid)}
        assert set(groups("organization", "OtherX")) == {other.course_id, str(program.program_uuid)}
        case = groups("organization", "OtherX")[str(program.program_uuid)].case
        assert (case.kind, case.organizations) == (CertificateKind.PROGRAM, ("ExampleX", "OtherX"))

    def test_a_program_type_has_its_programs_whatever_the_case_of_the_slug(self, place, course, program):
        Program.objects.update(type_slug="MicroMasters")
        seed.make_program(place, [], type_slug="xseries")
        assert set(groups("program_type", "micromasters")) == {str(program.program_uuid)}

    def test_a_program_has_its_courses_too(self, place, course, program):
        seed.make_course(place)
        assert set(groups("program", program.program_uuid)) == {course.course_id, str(program.program_uuid)}

    def test_a_course_has_all_its_runs_and_no_other_course(self, place, course):
        later = run_again(course)
        longer = f"{course.course_run.key.rpartition('+')[0]}0+2026"
        CourseCertificate.objects.create(site=place, is_active=True, course_id=longer, certificate_type="honor")
        assert set(groups("course", course_scope(course))) == {course.course_id, later.course_id}

    def test_a_course_run_is_alone(self, course):
        run_again(course)
        assert set(groups("course_run", course.course_id)) == {course.course_id}

    def test_keys_of_the_old_form_are_found_by_each_scope(self, place):
        CourseCertificate.objects.create(
            site=place, is_active=True, course_id="edX/DemoX/Demo_Course", certificate_type="honor"
        )
        for scope, key in (
            ("organization", "edX"),
            ("course", "edX+DemoX"),
            ("course_run", "edX/DemoX/Demo_Course"),
            ("site", place.pk),
        ):
            assert set(groups(scope, key)) == {"edX/DemoX/Demo_Course"}
        assert groups("course_run", "edX/DemoX/Demo_Course")["edX/DemoX/Demo_Course"].title == "edX/DemoX/Demo_Course"

    @pytest.mark.parametrize(
        ("scope", "key"),
        [
            ("organization", "examplex"),
            ("organization", "ÉxampleX"),
            ("organization", "ExampleX "),
            ("organization", "Example_"),
            ("organization", "%"),
            ("course", "ExampleX"),
            ("course", "examplex+C"),
            ("course_run", "course-v1:none+such+run"),
            ("program", "not a uuid"),
            ("program_type", "Micromasters"),
            ("site", "x"),
            ("site", "²"),
            ("site", "999999999999999999999"),
            ("site", ""),
        ],
    )
    def test_a_key_that_nothing_has_letter_by_letter_finds_nothing(self, course, program, scope, key):
        assert groups(scope, key) == {}

    def test_keys_in_another_case_are_other_keys(self, course, program):
        assert groups("course_run", course.course_id.upper()) == {}
        assert groups("course", course_scope(course).lower()) == {}
        assert groups("program", program.program_uuid.hex) == {}
        assert groups("program", str(program.program_uuid).upper()) == {}


class TestBrokenRows:
    def test_one_that_is_broken_hides_no_other(self, place, course, program, caplog):
        CourseCertificate.objects.create(
            site=place, is_active=True, course_id="course-v1:fine+course+run", certificate_type="honor"
        )
        CourseCertificate.objects.filter(course_id="course-v1:fine+course+run").update(course_id="no key at all")
        ProgramCertificate.objects.filter(pk=program.pk).update(program=None)
        assert set(groups("site", place.pk)) == {course.course_id}
        assert "has no course key" in caplog.text
