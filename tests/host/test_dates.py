"""When a certificate was awarded, and from when it is visible: as the host decides it."""

import datetime

import pytest
from credentials.apps.credentials.models import UserCredential
from credentials.apps.credentials.models import UserCredentialDateOverride
from credentials.apps.credentials.utils import filter_visible
from django.utils import timezone

from openedx_verifiable_credentials.host.certificates import CredentialsService
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


def ago(**length):
    """A moment in the past, or with a minus before it in the future."""
    return timezone.now() - datetime.timedelta(**length)


def override(certificate, date):
    """A date set by hand."""
    UserCredentialDateOverride.objects.create(user_credential=certificate, date=date)


class TestDates:
    def test_an_award_keeps_its_date_through_edits(self, place, ada):
        certificate = seed.backdate(seed.award(ada, seed.make_course(place)), days=30)
        created = certificate.created
        certificate.save()
        assert certificate.modified > created + datetime.timedelta(days=29)
        assert read(certificate).awarded_at == created

    def test_a_course_that_became_available_later_was_awarded_then(self, place, ada):
        available = ago(days=2)
        certificate = seed.backdate(
            seed.award(ada, seed.make_course(place, seed.CourseOptions(available=available))), days=30
        )
        assert (read(certificate).awarded_at, read(certificate).visible_from) == (available, available)

    def test_a_course_that_was_available_before_was_awarded_when_it_was(self, place, ada):
        available = ago(days=50)
        certificate = seed.backdate(
            seed.award(ada, seed.make_course(place, seed.CourseOptions(available=available))), days=30
        )
        assert read(certificate).awarded_at == certificate.created

    @pytest.mark.parametrize("days", [400, -400])
    def test_a_date_set_by_hand_is_the_date(self, place, ada, days):
        course = seed.make_course(place, seed.CourseOptions(available=ago(days=2)))
        program = seed.make_program(place, [course])
        date = ago(days=days)
        for configuration in (course, program):
            certificate = seed.backdate(seed.award(ada, configuration), days=30)
            override(certificate, date)
            assert read(certificate).awarded_at == date
        assert read(UserCredential.objects.first()).visible_from == course.certificate_available_date


MOMENTS = {"past": {"days": 9}, "now": {"seconds": 1}, "future": {"days": -9}, "none": None}


def visible(certificate):
    """What we say."""
    award = read(certificate)
    return award is not None and award.visible_from is not None and award.visible_from <= timezone.now()


def visible_to_the_host(certificate):
    """What the host says."""
    return filter_visible(UserCredential.objects.all()).filter(pk=certificate.pk).exists()


@pytest.mark.parametrize("by_hand", [None, "past", "future"])
@pytest.mark.parametrize("available", MOMENTS)
def test_a_course_certificate_is_visible_when_the_host_says_so(place, ada, available, by_hand):
    moment = MOMENTS[available] and ago(**MOMENTS[available])
    certificate = seed.award(ada, seed.make_course(place, seed.CourseOptions(available=moment)))
    if by_hand:
        override(certificate, ago(**MOMENTS[by_hand]))
    assert visible(certificate) == visible_to_the_host(certificate) == (available != "future")


# For each course of the program: whether the learner has its certificate, and from when that is visible.
HELD = ("not", "past", "future", "none", "revoked", "someone else's")


@pytest.mark.parametrize("second", HELD)
@pytest.mark.parametrize("first", HELD)
def test_a_program_certificate_is_visible_when_the_host_says_so(place, ada, bob, first, second):
    courses = []
    for held in (first, second):
        moment = ago(**MOMENTS[held]) if MOMENTS.get(held) else None
        course = seed.make_course(place, seed.CourseOptions(available=moment))
        if held != "not":
            status = "revoked" if held == "revoked" else "awarded"
            seed.backdate(seed.award(bob if "else" in held else ada, course, status), days=2)
        courses.append(course)
    certificate = seed.award(ada, seed.make_program(place, courses))
    assert visible(certificate) == visible_to_the_host(certificate)
