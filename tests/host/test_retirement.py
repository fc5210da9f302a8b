"""Who is retired, and what is under a username: every certificate source tells it in the same way."""

import uuid

import pytest
from credentials.apps.core.models import User
from credentials.apps.credentials.models import UserCredential
from django.utils.module_loading import import_string

from tests import asking
from tests import retiring
from tests import seed
from tests import sources

pytestmark = pytest.mark.django_db
PREFIX = "retired__user_"
SOURCES = ("openedx_verifiable_credentials.host.certificates.CredentialsService", sources.PATH + "Scripted")
NOT_RETIRED = (
    "ada",
    "ada2",
    "Retired__User_1",
    "RETIRED__USER_1",
    "xretired__user_1",
    " retired__user_1",
    "retired_user_1",
    "retiredXXuserX1",
    "retired__use",
    "rétired__user_1",
    "%",
)


@pytest.fixture(name="source", params=SOURCES)
def make_source(request):
    """One implementation."""
    return import_string(request.param)()


@pytest.fixture(name="certificate")
def make_certificate(site, ada):
    """Ada's."""
    return seed.award(ada, seed.make_course(site))


def rename(certificate, user, username):
    """In the tables themselves, so that any name will do."""
    UserCredential.objects.filter(pk=certificate.pk).update(username=username)
    User.objects.filter(pk=user.pk).update(username=username)


class TestRetired:
    @pytest.mark.parametrize("username", [PREFIX, f"{PREFIX}1", f"{PREFIX}abc@", f"{PREFIX}{'f' * 40}"])
    def test_a_username_with_the_prefix(self, source, certificate, ada, username):
        rename(certificate, ada, username)
        assert source.retired([certificate.uuid, uuid.uuid4()], PREFIX) == {certificate.uuid}
        assert source.retired_users([ada.pk, 999_999], PREFIX) == {ada.pk}

    @pytest.mark.parametrize("username", NOT_RETIRED)
    def test_anything_else_is_a_name_like_others(self, source, certificate, ada, username):
        rename(certificate, ada, username)
        assert source.retired([certificate.uuid], PREFIX) == set()
        assert source.retired_users([ada.pk], PREFIX) == set()

    @pytest.mark.parametrize("prefix", ["50%_", "a\\b", "'; --", "Ünï_", "[a-z]"])
    def test_a_prefix_is_no_pattern(self, source, certificate, ada, prefix):
        rename(certificate, ada, f"{prefix}1")
        assert source.retired([certificate.uuid], prefix) == {certificate.uuid}
        assert source.retired_users([ada.pk], prefix) == {ada.pk}
        rename(certificate, ada, "500x")
        assert source.retired([certificate.uuid], prefix) == set()
        assert source.retired_users([ada.pk], prefix) == set()

    def test_only_those_that_are_asked_for(self, source, certificate, site, ada, bob):
        other = seed.award(bob, seed.make_course(site))
        rename(certificate, ada, f"{PREFIX}1")
        rename(other, bob, f"{PREFIX}2")
        assert source.retired([other.uuid], PREFIX) == {other.uuid}
        assert source.retired_users([bob.pk], PREFIX) == {bob.pk}
        assert source.retired([], PREFIX) == set()
        assert source.retired_users([], PREFIX) == set()

    def test_a_revoked_certificate_counts_and_a_deleted_one_cannot(self, source, certificate, ada):
        rename(certificate, ada, f"{PREFIX}1")
        UserCredential.objects.update(status="revoked")
        assert source.retired([certificate.uuid], PREFIX) == {certificate.uuid}
        UserCredential.objects.all().delete()
        assert source.retired([certificate.uuid], PREFIX) == set()

    def test_a_thousand_take_one_query(self, source, certificate, ada):
        rename(certificate, ada, f"{PREFIX}1")
        with asking.capture() as captured:
            found = source.retired([certificate.uuid, *(uuid.uuid4() for _ in range(1000))], PREFIX)
        assert (found, len(captured)) == ({certificate.uuid}, 1)
        with asking.capture() as captured:
            assert source.retired_users(range(ada.pk, ada.pk + 1000), PREFIX) == {ada.pk}
        assert len(captured) == 1


class TestCertificatesOf:
    def test_all_of_every_site_kind_and_status(self, source, site, ada, bob):
        course = seed.make_course(site)
        elsewhere = seed.make_course(seed.make_site("elsewhere.example.edu"))
        own = [seed.award(ada, course), seed.award(ada, elsewhere, status="revoked")]
        own.append(seed.award(ada, seed.make_program(site, [course])))
        seed.award(bob, course)
        assert source.certificates_of("ada") == ({row.uuid for row in own}, ada.pk)

    @pytest.mark.parametrize("username", ["Ada", "ADA", "ada ", " ada", "adá", "ad", "%", ""])
    def test_only_the_exact_username(self, source, certificate, username):
        assert source.certificates_of(username) == (set(), None)

    def test_names_that_differ_by_case_are_two(self, source, certificate, ada, bob, site):
        other = seed.award(bob, seed.make_course(site))
        UserCredential.objects.filter(pk=other.pk).update(username="ADA")
        assert source.certificates_of("ada") == ({certificate.uuid}, ada.pk)
        assert source.certificates_of("ADA") == ({other.uuid}, None)

    def test_certificates_without_an_account_and_an_account_without_certificates(self, source, certificate, ada, bob):
        ada.delete()
        assert source.certificates_of("ada") == ({certificate.uuid}, None)
        assert source.certificates_of("bob") == (set(), bob.pk)


class TestTheServicesEndpoint:
    """What the source tells after the service itself has renamed."""

    @pytest.mark.parametrize("username", ["ada2", f"{PREFIX}1"])
    def test_it_renames_accounts_and_certificates_together(self, settings, source, certificate, ada, username):
        assert retiring.rename(settings, {"ada": username}).status_code == 200
        assert source.certificates_of(username) == ({certificate.uuid}, ada.pk)
        assert source.certificates_of("ada") == (set(), None)
        retired = username.startswith(PREFIX)
        assert source.retired([certificate.uuid], PREFIX) == ({certificate.uuid} if retired else set())
        assert source.retired_users([ada.pk], PREFIX) == ({ada.pk} if retired else set())

    def test_only_its_worker_may(self, settings, certificate):
        assert retiring.rename(settings, {"ada": "eve"}, worker="ada").status_code == 403
        assert UserCredential.objects.get().username == "ada"
