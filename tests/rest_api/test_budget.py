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


@pytest.mark.parametrize("certificate", ["course_certificate", "program_certificate"])
def test_a_wallets_claim_takes_at_most_seventeen_data_statements(request, make_offer, wallet, statements, certificate):
    offer = make_offer(request.getfixturevalue(certificate))
    lists.open_lists(Issuer.objects.get())
    presentation = wallet.present(offer.challenge)
    noted = statements(lambda: offer.post(presentation))
    assert Credential.objects.get().state == "issued"
    assert len(noted) <= MOST, noted


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
