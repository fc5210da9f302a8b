"""Pages of a learner's certificates: together they are the whole list, and each costs what a page costs."""

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.contrib.contenttypes.models import ContentType
from django.utils.module_loading import import_string

from tests import asking
from tests import many
from tests import seed
from tests import sources

pytestmark = pytest.mark.django_db


@pytest.fixture(
    name="source",
    params=["openedx_verifiable_credentials.host.certificates.CredentialsService", sources.PATH + "Scripted"],
)
def make_source(request):
    """Whoever implements the protocol."""
    return import_string(request.param)()


def pages(source, learner, place, size):
    """The awards of every page, and what each said of how many there are."""
    found, counts, start = [], set(), 0
    while True:
        awards, count = source.page_of_awards(learner.pk, place.pk, start=start, count=size)
        counts.add(count)
        found.append([award.certificate_uuid for award in awards])
        start += size
        if start >= count:
            return found, counts


def listed(source, learner, place):
    """The whole list."""
    return [award.certificate_uuid for award in source.list_awards(learner.pk, place.pk)]


@pytest.fixture(name="eleven")
def make_eleven(site, ada, bob):
    """Ada's on this site, between others of another site and of another learner."""
    elsewhere = seed.make_site("elsewhere.example.edu")
    courses = [seed.make_course(site) for _ in range(7)]
    configurations = [*courses, *(seed.make_program(site, courses[:2]) for _ in range(4))]
    for number, configuration in enumerate(configurations):
        seed.backdate(seed.award(ada, configuration), days=number * 3 % 11)
        seed.backdate(seed.award(ada, seed.make_course(elsewhere)), days=number * 3 % 11)
        seed.award(bob, configuration)
    return configurations


def test_together_they_are_the_whole_list_newest_first(source, site, ada, eleven):
    found, counts = pages(source, ada, site, 4)
    assert [len(page) for page in found] == [4, 4, 3]
    assert counts == {11}
    assert sum(found, []) == listed(source, ada, site)
    days = UserCredential.objects.in_bulk(sum(found, []), field_name="uuid")
    created = [days[one].created for one in sum(found, [])]
    assert created == sorted(created, reverse=True)


def test_other_sites_make_no_holes(source, site, ada, eleven):
    elsewhere = site.__class__.objects.get(domain="elsewhere.example.edu")
    (here, _), (there, _) = pages(source, ada, site, 3), pages(source, ada, elsewhere, 3)
    assert [len(page) for page in here] == [len(page) for page in there] == [3, 3, 3, 2]
    assert not set(sum(here, [])) & set(sum(there, []))


def test_those_of_one_moment_are_each_on_one_page(source, site, ada, eleven):
    UserCredential.objects.update(created=UserCredential.objects.first().created)
    found, _ = pages(source, ada, site, 2)
    assert len(set(sum(found, []))) == 11


def test_beyond_the_end_there_is_nothing(source, site, ada, bob, eleven):
    assert source.page_of_awards(ada.pk, site.pk, start=11, count=4) == ([], 11)
    assert source.page_of_awards(ada.pk, site.pk, start=20 * 999_999_999, count=20) == ([], 11)
    assert source.page_of_awards(ada.pk, 0, start=0, count=4) == ([], 0)
    assert source.page_of_awards(ada.pk + bob.pk + 9, site.pk, start=0, count=4) == ([], 0)


@pytest.mark.parametrize("other", ["ADA", "Ada", "ada ", "adá", "ada\0"])
def test_names_are_compared_letter_by_letter(source, site, ada, other):
    """The collations of MySQL take some of these for the same name."""
    own, others = (seed.award(ada, seed.make_course(site)) for _ in range(2))
    UserCredential.objects.filter(pk=others.pk).update(username=other)
    awards, count = source.page_of_awards(ada.pk, site.pk, start=0, count=9)
    assert ([award.certificate_uuid for award in awards], count) == ([own.uuid], 1)
    User.objects.filter(pk=ada.pk).update(username=other)
    awards, count = source.page_of_awards(ada.pk, site.pk, start=0, count=9)
    assert ([award.certificate_uuid for award in awards], count) == ([others.uuid], 1)


def test_names_may_be_of_any_letters(source, site):
    learner = seed.make_learner("Ада-爱达-😀", "Ada")
    own = seed.award(learner, seed.make_course(site))
    [award], count = source.page_of_awards(learner.pk, site.pk, start=0, count=9)
    assert (award.certificate_uuid, award.learner.user_id, count) == (own.uuid, learner.pk, 1)


def test_a_bad_row_leaves_its_page_shorter_and_moves_nothing(source, site, ada, eleven, caplog):
    (whole, _) = pages(source, ada, site, 4)
    broken = UserCredential.objects.get(uuid=next(one for one in whole[0] if is_course(one)))
    CourseCertificate.objects.filter(pk=broken.credential_id).update(course_run=None, course_id="no course key")
    found, counts = pages(source, ada, site, 4)
    assert counts == {11}
    assert found == [[one for one in whole[0] if one != broken.uuid], *whole[1:]]
    assert str(broken.uuid) in caplog.text
    assert "ada" not in caplog.text


def is_course(certificate_uuid):
    """Whether the certificate is one of a course."""
    return UserCredential.objects.get(uuid=certificate_uuid).credential_content_type.model == "coursecertificate"


def test_a_program_without_its_program_is_left_out_too(source, site, ada, eleven):
    ProgramCertificate.objects.update(program=None)
    found, counts = pages(source, ada, site, 20)
    assert (len(found[0]), counts) == (7, {11})


def test_what_has_no_configuration_and_what_is_no_certificate_is_not_counted(source, site, ada):
    good, gone, badge = (seed.award(ada, seed.make_course(site)) for _ in range(3))
    UserCredential.objects.filter(pk=gone.pk).update(credential_id=999_999)
    kind = ContentType.objects.create(app_label="badges", model="credlybadgetemplate")
    UserCredential.objects.filter(pk=badge.pk).update(credential_content_type=kind)
    awards, count = source.page_of_awards(ada.pk, site.pk, start=0, count=9)
    assert ([award.certificate_uuid for award in awards], count) == ([good.uuid], 1)


def test_a_course_and_a_program_of_one_number_are_told_apart(source, site, ada):
    """Numbers of configurations are their own table's: only the kind tells whose one is."""
    elsewhere = seed.make_site("elsewhere.example.edu")
    course = seed.make_course(elsewhere)
    program = seed.make_program(site, [course])
    program.signatories.clear()
    ProgramCertificate.objects.filter(pk=program.pk).update(id=course.pk)
    program = ProgramCertificate.objects.get(program_uuid=program.program_uuid)
    there, here = seed.award(ada, course), seed.award(ada, program)
    assert there.credential_id == here.credential_id
    [award], count = source.page_of_awards(ada.pk, site.pk, start=0, count=9)
    assert (award.certificate_uuid, count) == (here.uuid, 1)


def test_a_page_costs_the_same_for_twenty_certificates_and_for_ten_thousand(site, ada):
    from openedx_verifiable_credentials.host.certificates import CredentialsService

    def count(start):
        with asking.capture() as captured:
            awards, total = CredentialsService().page_of_awards(ada.pk, site.pk, start=start, count=20)
        return len(awards), total, len(captured)

    many.award_courses(site, ada, 20)
    count(0)  # content types are looked up once a process
    few = count(0)
    many.award_courses(site, ada, 9_980)
    assert (count(0), count(9_980)) == ((20, 10_000, few[2]), (20, 10_000, few[2]))
    assert few[:2] == (20, 20)
