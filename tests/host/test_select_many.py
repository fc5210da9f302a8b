"""A platform of many certificates: as many as it says, of every kind it says, and selections find them all."""

import datetime

import pytest
from credentials.apps.catalog.models import Course
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from credentials.apps.records.models import UserGrade

from openedx_verifiable_credentials.data import Detail
from openedx_verifiable_credentials.data import Selection
from openedx_verifiable_credentials.data import SelectionCount
from openedx_verifiable_credentials.flows.steps.claimable import is_claimable
from openedx_verifiable_credentials.host.certificates import CredentialsService
from tests import asking
from tests import many

pytestmark = pytest.mark.django_db
SOURCE = CredentialsService()
PREFIX = "retired__user_"


@pytest.fixture(name="platform")
def make_platform(site):
    """A little more than a hundred learners, so that every oddity is there."""
    return many.seed_platform(site, 777, 5)


def awards():
    """Of everything that is awarded."""
    uuids = [uuid for page in SOURCE.select(Selection()) for _, uuid in page]
    return list(SOURCE.get_awards(uuids).values())


def is_issuable(award):
    """What bulk issuance asks of an award."""
    return award.learner.user_id is not None and is_claimable(award, datetime.datetime.now(datetime.UTC), PREFIX)


def test_it_is_what_it_says(platform):
    assert UserCredential.objects.count() == platform.certificates == 777
    assert UserCredential.objects.filter(status="revoked").count() == platform.revoked > 0
    assert UserGrade.objects.count() == platform.grades > 200
    assert User.objects.filter(username__contains="many").count() < platform.learners
    assert SOURCE.count(Selection()) == SelectionCount(platform.awarded, 5 + 2, 1)
    assert SOURCE.count(Selection(program=platform.program)).certificates == platform.of_program > 0


def test_each_oddity_is_there_and_the_rest_can_be_issued(platform):
    found = awards()
    assert len(found) == platform.awarded
    assert sum(award.learner.user_id is None for award in found) == platform.without_account > 0
    assert sum(award.learner.username.startswith(PREFIX) for award in found) == platform.retired > 0
    assert sum(not award.is_active for award in found) == platform.inactive > 0
    assert sum(is_issuable(award) for award in found) == platform.issuable > 600


def test_names_have_spaces_to_clean_parts_to_join_and_none_at_all(platform):
    names = {award.learner.full_name for award in awards() if is_issuable(award)}
    assert "" in names
    assert any("  " in name for name in names)
    assert any(ord(letter) > 0xFFFF for name in names for letter in name)
    joined = User.objects.filter(full_name=None).exclude(last_name="").first()
    assert f"{joined.first_name} {joined.last_name}" in names
    [with_email] = SOURCE.complete([awards()[0]], {Detail.EMAIL})
    assert with_email.learner.email.endswith("@Learners.Example.edu")


def test_alone_each_is_what_it_is_among_the_others(platform):
    found = awards()
    odd = [award for award in found if award.learner.user_id is None][:2]
    odd += [award for award in found if award.learner.username.startswith(PREFIX) or award.program][:9]
    for award in (*odd, *found[:20]):
        assert SOURCE.get_awards([award.certificate_uuid]) == {award.certificate_uuid: award}


def test_what_a_configuration_says_is_the_same_object_in_its_awards_and_fresh_in_each_call(platform):
    [page] = SOURCE.select(Selection(course=platform.course_runs[0]))
    uuids = [uuid for _, uuid in page]
    one, *others = SOURCE.get_awards(uuids).values()
    for name in ("course", "platform", "organizations", "signatories"):
        assert {id(getattr(award, name)) for award in others} == {id(getattr(one, name))}
    Course.objects.update(title="Renamed meanwhile")
    assert {award.title for award in SOURCE.get_awards(uuids).values()} == {"Renamed meanwhile"}


def test_a_second_one_stands_beside_the_first(platform, site):
    again = many.seed_platform(site, 100, 4)
    assert again.certificates == 100
    assert SOURCE.count(Selection()).certificates == platform.awarded + again.awarded
    assert not set(again.course_runs) & set(platform.course_runs)


def test_many_certificates_of_one_course_take_as_many_queries_as_few(platform):
    [page] = SOURCE.select(Selection(course=platform.course_runs[0]))
    uuids = [uuid for _, uuid in page]
    counts = []
    for some in (uuids[:2], uuids):
        with asking.capture() as captured:
            assert len(SOURCE.get_awards(some)) == len(some)
        counts.append(len(captured))
    assert counts[0] == counts[1]
