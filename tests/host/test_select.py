"""Selections of the host's certificates: every awarded one that the conditions name, once, and no other."""

import datetime
import itertools
import uuid

import pytest
from credentials.apps.credentials.models import CourseCertificate
from credentials.apps.credentials.models import ProgramCertificate
from credentials.apps.credentials.models import UserCredential
from django.contrib.contenttypes.models import ContentType
from django.utils.module_loading import import_string

from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.host import selecting
from tests import asking
from tests import seed
from tests import sources

pytestmark = pytest.mark.django_db
EVERYTHING = Selection()


@pytest.fixture(
    name="source",
    params=["openedx_verifiable_credentials.host.certificates.CredentialsService", sources.PATH + "Scripted"],
)
def make_source(request):
    """Whoever implements the protocol."""
    return import_string(request.param)()


@pytest.fixture(name="small_pages", autouse=True)
def make_small_pages(monkeypatch):
    """Four certificates are two pages."""
    monkeypatch.setattr(selecting, "PAGE", 3)
    monkeypatch.setattr(selecting, "_NAMED", 2)


@pytest.fixture(name="world")
def make_world(site, ada, bob):
    """Two courses of two organisations and a program of both; what each has, by name."""
    one, other = seed.make_course(site), seed.make_course(site, seed.CourseOptions(organization="OtherX"))
    program = seed.make_program(site, [one, other], organizations=("ExampleX", "OtherX"))
    return {
        "one": [seed.award(ada, one), seed.award(bob, one)],
        "other": [seed.award(ada, other)],
        "program": [seed.award(ada, program)],
        "revoked": [seed.award(bob, other, status="revoked")],
    }


def found(source, selection):
    """The uuids, in the order of the pages; each of them once."""
    uuids = [one for page in source.select(selection) for _, one in page]
    assert len(set(uuids)) == len(uuids)
    counted = source.count(selection)
    assert counted.certificates == len(uuids)
    return uuids


def uuids(world, *names):
    """What these have, in the order of their rows."""
    rows = sorted((row for name in names for row in world[name]), key=lambda row: row.pk)
    return [row.uuid for row in rows]


def lies_in(award, selection):
    """Whether the award's own facts are what is wanted."""
    case = award.policy_case
    return (
        selection.course in (None, case.course_run or "-", case.course or "-")
        and selection.program in (None, case.program or "-")
        and (selection.organization is None or selection.organization in case.organizations)
        and selection.site_id in (None, case.site_id)
        and (selection.certificates is None or award.certificate_uuid in selection.certificates)
    )


class TestEverything:
    def test_every_awarded_certificate_with_its_configuration(self, source, world):
        pages = list(source.select(EVERYTHING))
        assert [len(page) for page in pages] == [3, 1]
        assert [one for page in pages for _, one in page] == uuids(world, "one", "other", "program")
        one, other, program = (world[name][0].credential_id for name in ("one", "other", "program"))
        names = [name for page in pages for name, _ in page]
        assert names == [f"course:{one}", f"course:{one}", f"course:{other}", f"program:{program}"]
        assert source.count(EVERYTHING) == SelectionCount(certificates=4, courses=2, programs=1)

    def test_of_no_certificates_there_is_no_page(self, source, db):
        assert list(source.select(EVERYTHING)) == []
        assert source.count(EVERYTHING) == SelectionCount(0, 0, 0)

    def test_badges_are_not_ours_and_cost_no_page(self, source, world):
        kind = ContentType.objects.create(app_label="badges", model="credlybadgetemplate")
        UserCredential.objects.filter(pk=world["one"][0].pk).update(credential_content_type=kind)
        pages = list(source.select(EVERYTHING))
        assert [len(page) for page in pages] == [2, 1]
        assert world["one"][0].uuid not in found(source, EVERYTHING)

    def test_one_whose_configuration_is_gone_is_among_them(self, source, world):
        UserCredential.objects.filter(pk=world["one"][0].pk).update(credential_id=9999)
        assert world["one"][0].uuid in found(source, EVERYTHING)
        [site_id] = set(CourseCertificate.objects.values_list("site", flat=True))
        assert world["one"][0].uuid not in found(source, Selection(site_id=site_id))

    def test_what_is_awarded_later_is_not_among_them(self, source, world, bob):
        pages = source.select(EVERYTHING)
        later = seed.award(bob, world["program"][0].credential)
        assert later.uuid not in [one for page in pages for _, one in page]
        assert later.uuid in found(source, EVERYTHING)

    @pytest.mark.parametrize("many", [1, 3])
    def test_a_page_is_one_query(self, source, world, site, many):
        for number in range(3 * many - 1):
            seed.award(seed.make_learner(f"learner{number}"), world["one"][0].credential)
        ContentType.objects.get_for_models(CourseCertificate, ProgramCertificate)  # looked up once a process
        with asking.capture() as captured:
            pages = list(source.select(Selection(organization="ExampleX")))
        at_first = 5  # courses with programs, programs with organisations, the newest
        assert len(captured) == at_first + len(pages)


class TestConditions:
    def test_a_course_run(self, source, world):
        assert found(source, Selection(course=world["one"][0].credential.course_id)) == uuids(world, "one")
        assert source.count(Selection(course=world["one"][0].credential.course_id)) == SelectionCount(2, 1, 0)

    def test_all_runs_of_a_course(self, source, world):
        key = world["other"][0].credential.course_id.removeprefix("course-v1:").rpartition("+")[0]
        assert found(source, Selection(course=key)) == uuids(world, "other")

    @pytest.mark.parametrize("key", ["edX/DemoX/Demo_Course", "course-v1:edX+DemoX+Demo_Course"])
    def test_a_course_without_a_run_in_the_catalogue(self, source, site, world, ada, key):
        bare = CourseCertificate.objects.create(site=site, is_active=True, course_id=key, certificate_type="honor")
        certificate = seed.award(ada, bare)
        assert bare.course_run is None
        for selection in (Selection(course=key), Selection(course="edX+DemoX"), Selection(organization="edX")):
            assert found(source, selection) == [certificate.uuid]

    def test_a_program_without_its_courses(self, source, world):
        program = world["program"][0].credential.program_uuid
        assert found(source, Selection(program=program)) == uuids(world, "program")
        assert source.count(Selection(program=program)) == SelectionCount(1, 0, 1)

    def test_a_course_and_a_program_with_the_same_number_are_told_apart(self, source, world, site):
        course, program = world["one"][0].credential, world["program"][0].credential
        UserCredential.objects.filter(pk=world["program"][0].pk).update(credential_id=course.pk)
        program.signatories.clear()
        ProgramCertificate.objects.filter(pk=program.pk).update(id=course.pk)
        assert found(source, Selection(course=course.course_id)) == uuids(world, "one")
        assert found(source, Selection(program=program.program_uuid)) == uuids(world, "program")

    def test_an_organisation_has_the_courses_of_its_key_and_the_programs_it_authors(self, source, world):
        assert found(source, Selection(organization="ExampleX")) == uuids(world, "one", "program")
        assert found(source, Selection(organization="OtherX")) == uuids(world, "other", "program")

    def test_a_selection_says_what_policies_of_organisations_speak_about(self, source, world):
        awards = source.get_awards(uuids(world, "one", "other", "program"))
        for key in ("ExampleX", "OtherX"):
            of_key = {pk for pk, award in awards.items() if key in award.policy_case.organizations}
            assert set(found(source, Selection(organization=key))) == of_key

    def test_a_site(self, source, world, site, ada):
        elsewhere = seed.make_site("elsewhere.example.edu")
        there = seed.award(ada, seed.make_course(elsewhere))
        assert found(source, Selection(site_id=site.pk)) == uuids(world, "one", "other", "program")
        assert found(source, Selection(site_id=elsewhere.pk)) == [there.uuid]
        assert found(source, Selection(site_id=elsewhere.pk, organization="OtherX")) == []
        assert found(source, Selection(site_id=9999)) == []

    def test_one_whose_configuration_cannot_be_read_is_on_its_site(self, source, world, site):
        ProgramCertificate.objects.update(program=None)
        CourseCertificate.objects.filter(pk=world["other"][0].credential_id).update(course_run=None, course_id="no key")
        assert found(source, Selection(site_id=site.pk)) == uuids(world, "one", "other", "program")
        assert found(source, Selection(organization="OtherX")) == []

    def test_since_a_moment_by_award_or_edit(self, source, world):
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        long_ago = now - datetime.timedelta(days=9)
        UserCredential.objects.update(created=long_ago, modified=long_ago)
        UserCredential.objects.filter(pk=world["one"][0].pk).update(modified=now)
        UserCredential.objects.filter(pk=world["other"][0].pk).update(created=now)
        UserCredential.objects.filter(pk=world["revoked"][0].pk).update(modified=now)
        assert found(source, Selection(since=now)) == [world["one"][0].uuid, world["other"][0].uuid]
        assert found(source, Selection(since=now + datetime.timedelta(seconds=1))) == []
        assert len(found(source, Selection(since=long_ago))) == 4

    def test_named_ones(self, source, world):
        named = (*uuids(world, "one", "program", "revoked"), uuid.uuid4(), world["one"][0].uuid)
        assert sorted(found(source, Selection(certificates=named))) == sorted(uuids(world, "one", "program"))
        assert source.count(Selection(certificates=named)) == SelectionCount(3, 1, 1)
        assert found(source, Selection(certificates=())) == []

    def test_all_conditions_hold_together(self, source, world, site):
        course, program = world["one"][0].credential, world["program"][0].credential
        everything = {"site_id": site.pk, "organization": "ExampleX", "certificates": tuple(uuids(world, "one"))}
        selection = Selection(course=course.course_id, **everything)
        assert found(source, selection) == uuids(world, "one")
        assert found(source, Selection(course=course.course_id, organization="OtherX")) == []
        assert found(source, Selection(program=program.program_uuid, **everything)) == []
        assert found(source, Selection(course=course.course_id, program=program.program_uuid)) == []

    def test_every_mixture_of_conditions_is_what_the_awards_say(self, source, world, ada):
        elsewhere = seed.make_course(seed.make_site("elsewhere.example.edu"), seed.CourseOptions(organization="OtherX"))
        there = seed.award(ada, elsewhere).uuid
        awards = list(source.get_awards([*uuids(world, "one", "other", "program"), there]).values())
        cases = [award.policy_case for award in awards]
        kinds = {
            "course": {None, *(case.course_run or None for case in cases), *(case.course or None for case in cases)},
            "program": {None, *(case.program for case in cases)},
            "organization": {None, *(key for case in cases for key in case.organizations)},
            "site_id": {None, *(case.site_id for case in cases)},
            "certificates": {None, (there,), tuple(uuids(world, "one", "program"))},
        }
        for values in itertools.product(*kinds.values()):
            selection = Selection(**dict(zip(kinds, values, strict=True)))
            expected = {award.certificate_uuid for award in awards if lies_in(award, selection)}
            assert set(found(source, selection)) == expected, selection

    @pytest.mark.parametrize("key", ["examplex", "ÉxampleX", "ExampleX ", "Example_", "%", "", "Example"])
    def test_an_organisation_that_nothing_has_letter_by_letter(self, source, world, key):
        assert found(source, Selection(organization=key)) == []

    @pytest.mark.parametrize("change", ["{}+x", "{} ", " {}", "%", ""])
    def test_a_course_that_nothing_has_letter_by_letter(self, source, world, change):
        run = world["one"][0].credential.course_id
        for key in (run, run.removeprefix("course-v1:").rpartition("+")[0]):
            for other in (change.format(key), key[:-1], key.upper(), key.lower()):
                assert found(source, Selection(course=other)) == []
