"""What is asked of the host only where a policy says so: each learner's own, one query for each detail."""

import datetime
from decimal import Decimal

import pytest
from credentials.apps.catalog.models import CourseRun
from credentials.apps.core.models import User
from credentials.apps.records.models import ProgramCertRecord

from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.host.certificates import CredentialsService
from tests import asking
from tests import seed

pytestmark = pytest.mark.django_db
SOURCE = CredentialsService()
ALL = frozenset(Detail)


def read(*certificates):
    """The awards of these certificates, in their order, without details."""
    awards = SOURCE.get_awards([certificate.uuid for certificate in certificates])
    return [awards[certificate.uuid] for certificate in certificates]


def complete(*certificates, details=ALL):
    """The same with details."""
    return SOURCE.complete(read(*certificates), details)


def share(learner, program):
    """The record that the learner shares."""
    return ProgramCertRecord.objects.create(user=learner, program=program.program)


class TestGrades:
    @pytest.mark.parametrize(
        ("stored", "expected"), [("0.8750", "87.5"), ("1.0000", "100"), ("0.0000", "0"), ("0.3333", "33.33")]
    )
    def test_percent(self, site, ada, stored, expected):
        configuration = seed.make_course(site)
        seed.grade(ada, configuration, percent=Decimal(stored), letter="")
        [award] = complete(seed.award(ada, configuration))
        assert award.grade == Grade(expected, "")

    def test_each_learner_has_their_own_in_their_own_run(self, site, ada, bob):
        first, second = seed.make_course(site), seed.make_course(site)
        seed.grade(bob, first)
        seed.grade(ada, second, percent="0.5", letter="D")
        awards = complete(*(seed.award(learner, course) for course in (first, second) for learner in (ada, bob)))
        assert [award.grade for award in awards] == [None, Grade("87.5", "B"), Grade("50", "D"), None]

    def test_a_grade_under_a_username_of_other_case_is_nobodys(self, site, ada):
        configuration = seed.make_course(site)
        grade = seed.grade(ada, configuration)
        type(grade).objects.filter(pk=grade.pk).update(username="ADA")
        assert complete(seed.award(ada, configuration))[0].grade is None

    def test_a_program_has_none(self, site, ada):
        course = seed.make_course(site)
        seed.grade(ada, course)
        assert complete(seed.award(ada, seed.make_program(site, [course])))[0].grade is None


class TestEmails:
    def test_it_is_the_accounts(self, site, ada, bob):
        course = seed.make_course(site)
        User.objects.filter(pk=bob.pk).update(email="")
        awards = complete(seed.award(ada, course), seed.award(bob, course))
        assert [award.learner.email for award in awards] == ["ada@learners.example.edu", ""]
        assert "learners.example.edu" not in repr(awards)

    def test_without_an_account_there_is_none(self, site, ada):
        certificate = seed.award(ada, seed.make_course(site))
        User.objects.filter(pk=ada.pk).delete()
        assert complete(certificate)[0].learner.email == ""


class TestMailboxes:
    def test_mail_goes_to_the_accounts_address_while_it_is_active(self, ada, course_certificate):
        [award] = complete(course_certificate, details={Detail.MAILBOX})
        assert (award.learner.mailbox, award.learner.email) == (ada.email, "")
        User.objects.filter(pk=ada.pk).update(is_active=False)
        [award] = complete(course_certificate, details={Detail.MAILBOX})
        assert award.learner.mailbox == ""

    def test_an_address_is_in_no_log_line(self, ada, course_certificate):
        [award] = complete(course_certificate, details={Detail.MAILBOX})
        assert ada.email not in repr(award)


class TestRecords:
    def test_it_is_where_the_service_shows_it(self, site, ada, client):
        program = seed.make_program(site, [seed.make_course(site)])
        record = share(ada, program)
        [award] = complete(seed.award(ada, program))
        assert award.record_path == f"/records/programs/shared/{record.uuid.hex}/"
        assert client.get(award.record_path).status_code == 200

    def test_only_the_learners_own_of_that_program_and_only_once_it_is_shared(self, site, ada, bob):
        course = seed.make_course(site)
        first, second = seed.make_program(site, [course]), seed.make_program(site, [course])
        certificates = [
            seed.award(ada, first),
            seed.award(bob, first),
            seed.award(ada, second),
            seed.award(ada, course),
        ]
        assert [award.record_path for award in complete(*certificates)] == ["", "", "", ""]
        his = share(bob, first)
        assert [award.record_path for award in complete(*certificates)] == [
            *("", f"/records/programs/shared/{his.uuid.hex}/", "", "")
        ]


class TestPrograms:
    def test_of_a_run_are_those_that_name_it_in_a_fixed_order(self, site, ada):
        first, second = seed.make_course(site), seed.make_course(site)
        both, one = seed.make_program(site, [first, second]), seed.make_program(site, [second])
        awards = complete(seed.award(ada, second), seed.award(ada, first), seed.award(ada, seed.make_course(site)))
        assert [award.course.programs for award in awards] == [
            (both.program_uuid, one.program_uuid),
            (both.program_uuid,),
            (),
        ]

    def test_a_programs_dates_are_the_first_start_and_the_last_end_of_its_runs(self, site, ada):
        courses = [seed.make_course(site) for _ in range(3)]
        days = [datetime.datetime(2026, 1, day, tzinfo=datetime.UTC) for day in (1, 2, 3, 4)]
        for course, start, end in zip(courses, (days[1], days[0], None), (days[2], days[3], None), strict=True):
            CourseRun.objects.filter(pk=course.course_run_id).update(start_date=start, end_date=end)
        [award] = read(seed.award(ada, seed.make_program(site, courses)))
        assert (award.program.starts, award.program.ends) == (days[0], days[3])


@pytest.fixture(name="certificates")
def make_certificates(site, ada, bob):
    """Certificates of both kinds, with everything."""
    course = seed.make_course(site)
    program = seed.make_program(site, [course])
    for learner in (ada, bob):
        seed.grade(learner, course)
        share(learner, program)
    return [seed.award(learner, of) for of in (course, program) for learner in (ada, bob)]


@pytest.mark.parametrize("detail", ALL, ids=str)
def test_one_query_for_a_detail_of_all_and_none_where_nothing_is_asked(certificates, detail):
    awards = read(*certificates)
    with asking.capture() as captured:
        found = SOURCE.complete(awards, {detail})
    assert len(captured) == 1
    assert [award.certificate_uuid for award in found] == [award.certificate_uuid for award in awards]
    assert found != awards
    with asking.capture() as captured:
        assert SOURCE.complete(awards, frozenset()) == awards
        assert SOURCE.complete([], ALL) == []
    assert len(captured) == 0


def test_what_is_not_asked_for_is_not_read(certificates):
    for award in read(*certificates):
        assert (award.grade, award.learner.email, award.record_path) == (None, "", "")
        assert award.course is None or award.course.programs == ()
