"""What a claim costs the database."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.cache import cache
from django.test import Client
from edx_django_utils.cache import RequestCache

from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from tests import asking
from tests import lists
from tests import policies
from tests import seed
from tests.wallet import make_wallet

MOST = 17


@pytest.fixture(params=["cold", "warm"])
def statements(request):
    """
    The data statements of one request, without what the service's own middleware reads before any view: its switches
    and its site, as another page's request shows.
    """

    def forget():
        if request.param == "cold":
            cache.clear()
            RequestCache.clear_all_namespaces()
            ContentType.objects.clear_cache()
            Site.objects.clear_cache()

    def note(work):
        forget()
        with asking.capture() as captured:
            work()
        return asking.data_statements(captured)

    def count(work):
        of_the_service = note(lambda: Client().get("/csrf/api/v1/token"))
        noted = note(work)
        shapes = [sql.partition(" WHERE ")[0] for sql in of_the_service]
        assert [sql.partition(" WHERE ")[0] for sql in noted[: len(shapes)]] == shapes
        return noted[len(shapes) :]

    return count


@pytest.fixture
def cost_of_a_claim(issuer, make_offer, statements):
    """How many data statements the claim of a fresh offer takes."""
    lists.open_lists(Issuer.objects.get())

    def count(certificate):
        offer = make_offer(certificate)
        presentation = make_wallet().present(offer.challenge)
        before = Credential.objects.count()
        noted = statements(lambda: offer.post(presentation))
        assert Credential.objects.filter(state="issued").count() == before + 1
        return len(noted)

    return count


@pytest.mark.parametrize("certificate", ["course_certificate", "program_certificate"])
def test_a_wallets_claim_takes_at_most_seventeen_data_statements(request, make_offer, wallet, statements, certificate):
    offer = make_offer(request.getfixturevalue(certificate))
    lists.open_lists(Issuer.objects.get())
    presentation = wallet.present(offer.challenge)
    noted = statements(lambda: offer.post(presentation))
    assert Credential.objects.get().state == "issued"
    assert len(noted) <= MOST, noted


@pytest.mark.parametrize(
    ("says", "more"),
    [
        ({}, 1),
        ({"criteria": "All of it.", "tags": ["all"], "name": False, "validity_days": 30}, 1),
        ({"grade": True}, 2),
        ({"grade": True, "email": True}, 3),
        ({"grade": True, "email": True, "evidence": True}, 3),  # a course has no record: nobody is asked for one
    ],
)
def test_policies_cost_one_statement_more_and_one_for_each_detail_that_they_release(
    ada, cost_of_a_claim, course_certificate, says, more
):
    seed.grade(ada, course_certificate.credential)
    without = cost_of_a_claim(course_certificate)
    policies.of_run(course_certificate, **says)
    assert cost_of_a_claim(course_certificate) == without + more


@pytest.mark.parametrize(("speaks", "more"), [(False, 1), (True, 2)])
def test_a_program_that_speaks_for_its_courses_costs_one_more(
    cost_of_a_claim, course_certificate, program_certificate, speaks, more
):
    program = program_certificate.credential.program_uuid
    without = cost_of_a_claim(course_certificate)
    policies.make_policy(policies.PROGRAM, program, name=False, speaks_for_courses=speaks)
    assert cost_of_a_claim(course_certificate) == without + more
    assert Credential.objects.latest("pk").terms["name"] is not speaks


def test_a_shared_record_costs_one_more(cost_of_a_claim, program_certificate):
    without = cost_of_a_claim(program_certificate)
    policies.make_policy(policies.PROGRAM, program_certificate.credential.program_uuid, evidence=True)
    assert cost_of_a_claim(program_certificate) == without + 2


def test_a_repeated_claim_asks_no_policy(make_offer, wallet, statements, course_certificate):
    offer = make_offer(course_certificate)
    policies.of_run(course_certificate, email=True)
    offer.claim(wallet)
    presentation = wallet.present(offer.challenge)
    noted = statements(lambda: offer.post(presentation))
    assert len(noted) < MOST
    assert not [sql for sql in noted if "scope_digest" in sql]


@pytest.mark.parametrize("path", [asking.LIST, asking.STORAGES])
def test_under_policies_fifty_certificates_take_as_many_statements_as_one(
    ada, ada_client, course_certificate, program_certificate, path
):
    def add(configuration):
        seed.backdate(seed.award(ada, configuration), days=1)
        policies.make_policy(policies.COURSE_RUN, configuration.course_id, email=True, grade=True)
        program = seed.make_program(site, [configuration])
        seed.backdate(seed.award(ada, program), days=1)
        policies.make_policy(policies.PROGRAM, program.program_uuid, grade=True, speaks_for_courses=True)

    def count():
        ada_client.get(path)  # caches of the service warm up
        with asking.capture() as captured:
            ada_client.get(path)
        return len(captured)

    site = course_certificate.credential.site
    policies.make_policy(policies.SITE, site.pk, name=True)
    add(seed.make_course(site))
    few = count()
    for _ in range(25):
        add(seed.make_course(site))
    assert count() == few


def test_a_repeated_claim_takes_fewer_and_writes_nothing(make_offer, wallet, statements, course_certificate):
    offer = make_offer(course_certificate)
    first = offer.claim(wallet)
    presentation = wallet.present(offer.challenge)
    replies = []
    noted = statements(lambda: replies.append(offer.post(presentation)))
    assert replies[0].content == first.content
    assert len(noted) < MOST
    assert [sql for sql in noted if not sql.upper().startswith("SELECT")] == []


def test_a_refused_presentation_costs_two_reads(make_offer, wallet, statements, course_certificate):
    offer = make_offer(course_certificate)
    presentation = wallet.present("another challenge")
    noted = statements(lambda: offer.post(presentation))
    assert [sql for sql in noted if not sql.upper().startswith("SELECT")] == []
    assert len(noted) <= 2, noted  # the switch and the offer
