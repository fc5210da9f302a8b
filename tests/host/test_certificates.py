"""The host's rows → awards: what is read, and what stands in for what is missing."""

import uuid

import pytest
from credentials.apps.catalog.models import Course
from credentials.apps.catalog.models import CourseRun
from credentials.apps.core.models import SiteConfiguration
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import Signatory
from credentials.apps.credentials.models import UserCredential
from django.contrib.contenttypes.models import ContentType
from django.utils import translation

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


def read(certificate):
    """The award of one certificate; None where there is none."""
    return SOURCE.get_awards([certificate.uuid]).get(certificate.uuid)


class TestCourses:
    def test_everything_the_host_knows(self, place, ada):
        configuration = seed.make_course(place, seed.CourseOptions(title="Certificate of Everything", mode="honor"))
        certificate = seed.backdate(seed.award(ada, configuration), days=3)
        award = read(certificate)
        run = configuration.course_run
        assert (award.certificate_uuid, award.kind) == (certificate.uuid, CertificateKind.COURSE)
        assert (award.title, award.status, award.is_active) == ("Certificate of Everything", "awarded", True)
        assert (award.course.key, award.course.title) == (run.key, "Introduction to Everything")
        assert (award.course.number, award.course.run) == (run.key.split("+")[1], "2026")
        assert (award.course.mode, award.course.uuid) == ("honor", run.uuid)
        assert (award.course.starts, award.course.ends) == (run.start_date, run.end_date)
        assert (award.program, award.achievement_key) == (None, run.key)
        assert (award.configuration_id, award.modified_at) == (configuration.pk, certificate.modified)
        learner = award.learner
        assert (learner.user_id, learner.username, learner.full_name) == (ada.pk, "ada", "Ada Lovelace")

    @pytest.mark.parametrize(
        ("certificate_title", "run_title", "course_title", "expected"),
        [
            ("Certificate", "Run", "Course", "Certificate"),
            (None, "Run", "Course", "Run"),
            ("", "Run", "Course", "Run"),
            (None, None, "Course", "Course"),
            (None, "", "Course", "Course"),
            (None, None, None, "course-v1:A+B+C"),
            (None, None, "", "course-v1:A+B+C"),
        ],
    )
    def test_title(self, place, ada, certificate_title, run_title, course_title, expected):
        configuration = seed.make_course(place, seed.CourseOptions(title=certificate_title))
        run = configuration.course_run
        CourseRun.objects.filter(pk=run.pk).update(key="course-v1:A+B+C", title_override=run_title)
        Course.objects.filter(pk=run.course_id).update(title=course_title)
        assert read(seed.award(ada, configuration)).title == expected

    def test_without_a_run_the_key_says_the_rest(self, place, ada):
        configuration = seed.make_course(place)
        CourseCertificate.objects.filter(pk=configuration.pk).update(course_run=None, course_id="edX/DemoX/Demo_Course")
        award = read(seed.award(ada, configuration))
        assert (award.title, award.course.key) == ("edX/DemoX/Demo_Course", "edX/DemoX/Demo_Course")
        assert (award.course.number, award.course.run, award.course.uuid) == ("DemoX", "Demo_Course", None)
        assert [(o.key, o.name) for o in award.organizations] == [("edX", "edX")]

    def test_organisations_are_the_courses_owners_in_order(self, place, ada):
        configuration = seed.make_course(place)
        others = [seed.make_organization(place, key, name) for key, name in (("Z", "Zeta"), ("A", "Alpha"))]
        configuration.course_run.course.owners.set(others)
        award = read(seed.award(ada, configuration))
        assert [(o.key, o.name, o.uuid) for o in award.organizations] == [(o.key, o.name, o.uuid) for o in others]
        assert award.organizations[0].logo_url == "https://images.example.edu/logo.png"

    def test_signatories(self, place, ada):
        configuration = seed.make_course(place)
        signatory = Signatory.objects.create(name="Ada L", title="Chair", organization_name_override="Elsewhere")
        configuration.signatories.set([signatory])
        [read_back] = read(seed.award(ada, configuration)).signatories
        assert (read_back.name, read_back.title, read_back.organization) == ("Ada L", "Chair", "Elsewhere")
        configuration.signatories.clear()
        assert read(UserCredential.objects.get()).signatories == ()


class TestPrograms:
    @pytest.fixture(name="program")
    def make_program(self, place, ada):
        course = seed.make_course(place)
        seed.backdate(seed.award(ada, course), days=5)
        return seed.make_program(place, [course])

    def test_everything_the_host_knows(self, place, ada, program):
        certificate = seed.backdate(seed.award(ada, program), days=3)
        award = read(certificate)
        assert (award.kind, award.course) == (CertificateKind.PROGRAM, None)
        assert (award.title, award.program.title) == ("Everything, in Depth", "Everything, in Depth")
        assert (award.program.uuid, award.achievement_key) == (program.program_uuid, str(program.program_uuid))
        assert (award.program.type_name, award.program.type_slug) == ("Micromasters", "micromasters")
        assert award.program.course_titles == ("Introduction to Everything",)
        assert (award.program.hours, award.program.language) == (120, "en")
        [run] = program.program.course_runs.all()
        assert (award.program.starts, award.program.ends) == (run.start_date, run.end_date)
        assert [o.key for o in award.organizations] == ["ExampleX"]
        assert [s.name for s in award.signatories] == ["Grace Hopper"]

    def test_its_own_title_goes_first(self, ada, program):
        ProgramCertificate.objects.update(title="Certificate")
        award = read(seed.award(ada, program))
        assert (award.title, award.program.title) == ("Certificate", "Everything, in Depth")

    def test_hours_only_where_its_certificate_shows_them(self, ada, program):
        ProgramCertificate.objects.update(include_hours_of_effort=False)
        assert read(seed.award(ada, program)).program.hours is None

    def test_without_its_program_there_is_no_award(self, ada, program, caplog):
        certificate = seed.award(ada, program)
        ProgramCertificate.objects.update(program=None)
        assert read(certificate) is None
        assert str(certificate.uuid) in caplog.text
        assert "ada" not in caplog.text


class TestSites:
    def test_platform(self, place, ada):
        platform = read(seed.award(ada, seed.make_course(place))).platform
        assert (platform.site_id, platform.domain) == (place.pk, "testserver")
        assert (platform.name, platform.company) == ("Example Learning", "Example Company")
        assert platform.lms_url == "https://lms.example.edu"

    def test_a_site_without_configuration(self, place, ada):
        SiteConfiguration.objects.filter(site=place).delete()
        platform = read(seed.award(ada, seed.make_course(place))).platform
        assert (platform.name, platform.company, platform.lms_url) == ("testserver", "", None)

    def test_a_list_holds_one_sites_certificates(self, place, ada):
        elsewhere = seed.make_site("elsewhere.example.edu")
        here, there = (seed.award(ada, seed.make_course(site)) for site in (place, elsewhere))
        assert [award.certificate_uuid for award in SOURCE.list_awards(ada.pk, place.pk)] == [here.uuid]
        assert [award.certificate_uuid for award in SOURCE.list_awards(ada.pk, elsewhere.pk)] == [there.uuid]


class TestLearners:
    def test_a_certificate_without_an_account_is_nobodys(self, place, ada):
        certificate = seed.award(ada, seed.make_course(place))
        User.objects.filter(pk=ada.pk).delete()
        award = read(certificate)
        assert (award.learner.user_id, award.learner.full_name) == (None, "")
        assert SOURCE.list_awards(ada.pk, place.pk) == []

    def test_usernames_differ_by_case(self, place, ada):
        certificate = seed.award(ada, seed.make_course(place))
        UserCredential.objects.filter(pk=certificate.pk).update(username="ADA")
        certificate.refresh_from_db()
        assert read(certificate).learner.user_id is None
        assert SOURCE.list_awards(ada.pk, place.pk) == []

    @pytest.mark.parametrize(
        ("full_name", "first", "last", "expected"),
        [("Ada L", "Ada", "King", "Ada L"), ("", "Ada", "King", "Ada King"), (None, "", "", "")],
    )
    def test_the_name_is_the_hosts_full_name(self, place, ada, full_name, first, last, expected):
        User.objects.filter(pk=ada.pk).update(full_name=full_name, first_name=first, last_name=last)
        assert read(seed.award(ada, seed.make_course(place))).learner.full_name == expected


class TestRows:
    def test_badges_are_not_ours(self, place, ada):
        badge = seed.award(ada, seed.make_course(place))
        kind = ContentType.objects.create(app_label="badges", model="credlybadgetemplate")
        UserCredential.objects.filter(pk=badge.pk).update(credential_content_type=kind)
        assert SOURCE.get_awards([badge.uuid]) == {}
        assert SOURCE.list_awards(ada.pk, place.pk) == []

    def test_unknown_uuids_are_left_out(self, place, ada):
        certificate = seed.award(ada, seed.make_course(place))
        assert SOURCE.get_awards([uuid.uuid4(), certificate.uuid]).keys() == {certificate.uuid}
        assert SOURCE.get_awards([]) == {}

    def test_a_certificate_whose_configuration_is_gone_hides_only_itself(self, place, ada):
        good, bad = (seed.award(ada, seed.make_course(place)) for _ in range(2))
        UserCredential.objects.filter(pk=bad.pk).update(credential_id=9999)
        assert [award.certificate_uuid for award in SOURCE.list_awards(ada.pk, place.pk)] == [good.uuid]

    def test_statuses_are_the_hosts_words_and_the_deleted_have_none(self, place, ada):
        awarded, revoked, deleted = (seed.award(ada, seed.make_course(place)) for _ in range(3))
        revoked.revoke()
        gone = deleted.uuid
        deleted.delete()
        assert SOURCE.statuses([awarded.uuid, revoked.uuid, gone]) == {
            awarded.uuid: "awarded",
            revoked.uuid: "revoked",
        }

    def test_revoked_and_inactive_certificates_are_told_as_they_are(self, place, ada):
        configuration = seed.make_course(place, seed.CourseOptions(is_active=False))
        certificate = seed.award(ada, configuration, status="revoked")
        award = read(certificate)
        assert (award.status, award.is_active) == ("revoked", False)

    def test_many_awards_take_as_many_queries_as_two(self, place, ada, bob):
        def count():
            with asking.capture() as captured:
                found = SOURCE.get_awards(UserCredential.objects.values_list("uuid", flat=True))
            return len(found), len(captured)

        def add(number):
            for _ in range(number):
                course = seed.make_course(place)
                for learner in (ada, bob):
                    seed.award(learner, course)
                seed.award(ada, seed.make_program(place, [course]))

        add(1)
        count()  # content types are looked up once a process
        found, few = count()
        add(15)
        assert (found, count()) == (3, (48, few))


def test_the_platform_speaks_the_default_language_of_the_service(settings, course_certificate, program_certificate):
    for language in ("en", "es-419", "ar"):
        settings.LANGUAGE_CODE = language
        with translation.override("fr"):
            found = SOURCE.get_awards([course_certificate.uuid, program_certificate.uuid])
        assert {award.platform.language for award in found.values()} == {language}
