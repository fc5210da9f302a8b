"""How often one may ask: per offer, per learner, and per address, which a lecture hall shares."""

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client

from openedx_verifiable_credentials.models import Offer
from tests import asking
from tests import rows
from tests.wallet import make_wallet

BAD = {"type": "VerifiablePresentation"}


def is_throttled(response):
    """429, JSON, and when to come back."""
    if response.status_code != 429:
        return False
    assert asking.refusal(response) == (429, "throttled")
    assert 0 < int(response["Retry-After"]) <= 60
    return True


def path_of(number=0):
    """An offer that need not be there: limits come before rows."""
    return f"{asking.API}credentials/issue/00000000-0000-4000-8000-{number:012}/"


def ask(number=0, **headers):
    """A wallet's request."""
    return asking.post_json(Client(), path_of(number), BAD, **headers)


def test_an_offer_has_a_limit_whoever_asks(ready, settings):
    settings.OPENEDX_VC_THROTTLE_OFFER = "2/min"
    for address in ("192.0.2.1", "192.0.2.2"):
        assert not is_throttled(ask(REMOTE_ADDR=address))
    assert is_throttled(ask(REMOTE_ADDR="192.0.2.3"))
    assert not is_throttled(ask(1, REMOTE_ADDR="192.0.2.3")), "another offer has its own"


def test_a_throttled_wallet_changes_nothing(settings, make_offer, course_certificate, wallet):
    settings.OPENEDX_VC_THROTTLE_OFFER = "1/min"
    offer = make_offer(course_certificate)
    assert offer.claim(make_wallet(), purpose="assertionMethod").status_code == 403
    before = rows.snapshot()
    assert is_throttled(offer.claim(wallet))
    assert rows.changed(before) == []
    del settings.OPENEDX_VC_THROTTLE_OFFER
    assert offer.claim(wallet).status_code == 201


def test_a_learner_has_a_limit(settings, ada_client, bob, course_certificate):
    settings.OPENEDX_VC_THROTTLE_USER = "2/min"
    for _ in range(2):
        assert asking.init(ada_client, course_certificate).status_code == 200
    before = rows.snapshot()
    assert is_throttled(asking.init(ada_client, course_certificate))
    assert rows.changed(before) == []
    other = Client()
    other.force_login(bob)
    assert asking.init(other, course_certificate).status_code == 404


def test_reading_is_free(settings, ada_client, course_certificate):
    settings.OPENEDX_VC_THROTTLE_USER = "1/min"
    asking.init(ada_client, course_certificate)
    for path in (asking.LIST, asking.STORAGES, f"{asking.API}offers/{Offer.objects.get().uuid}/"):
        assert [ada_client.get(path).status_code for _ in range(3)] == [200] * 3


@pytest.mark.parametrize("action", ["download", "renew"])
def test_the_buttons_of_our_claim_page_count_against_the_learner(settings, ada_client, course_certificate, action):
    settings.OPENEDX_VC_THROTTLE_USER = "2/min"
    asking.init(ada_client, course_certificate)
    path = f"{asking.ROOT}offers/{Offer.objects.get().uuid}/{action}/"
    assert ada_client.post(path).status_code in (200, 302)
    before = rows.snapshot()
    response = ada_client.post(path)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert "too_many_requests" in response.content.decode()
    assert rows.changed(before) == []


def test_an_address_has_a_limit(ready, settings):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "3/min"
    for number in range(3):
        assert not is_throttled(ask(number, REMOTE_ADDR="192.0.2.1"))
    assert is_throttled(ask(9, REMOTE_ADDR="192.0.2.1"))
    assert not is_throttled(ask(9, REMOTE_ADDR="192.0.2.2"))


def test_a_lecture_hall_gets_through(ready, settings):
    """The defaults: two hundred phones behind one address, each with an offer of its own, within a minute."""
    statuses = {ask(number, REMOTE_ADDR="192.0.2.1").status_code for number in range(200)}
    assert statuses == {404}


@pytest.mark.parametrize("proxies", [None, 0])
def test_without_proxies_what_a_client_writes_gives_no_fresh_allowance(ready, settings, proxies):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "2/min"
    settings.OPENEDX_VC_NUM_PROXIES = proxies
    answers = [ask(number, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}") for number in range(3)]
    assert [is_throttled(answer) for answer in answers] == [False, False, True]


@pytest.mark.parametrize("proxies", [1, 2])
def test_behind_proxies_the_address_they_saw_counts(ready, settings, proxies):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "2/min"
    settings.OPENEDX_VC_NUM_PROXIES = proxies

    def from_(client, number, spoofed="198.51.100.1"):
        seen = [client, "192.0.2.9"][:proxies]
        return ask(number, REMOTE_ADDR="192.0.2.8", HTTP_X_FORWARDED_FOR=", ".join([spoofed, *seen]))

    for number in range(2):
        assert not is_throttled(from_("203.0.113.1", number))
    assert not is_throttled(from_("203.0.113.2", 2)), "another client behind the same proxy"
    assert is_throttled(from_("203.0.113.1", 3, spoofed="198.51.100.2"))
    assert is_throttled(from_("203.0.113.1", 3, spoofed="198.51.100.2, 198.51.100.3"))


def test_the_rest_frameworks_number_of_proxies_is_the_default(ready, settings):
    settings.OPENEDX_VC_THROTTLE_ADDRESS = "1/min"
    settings.OPENEDX_VC_NUM_PROXIES = None
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for client in ("203.0.113.1", "203.0.113.2"):
        assert not is_throttled(ask(REMOTE_ADDR="192.0.2.8", HTTP_X_FORWARDED_FOR=client))
    assert is_throttled(ask(REMOTE_ADDR="192.0.2.8", HTTP_X_FORWARDED_FOR="203.0.113.2"))


@pytest.mark.parametrize("forwarded", ["", ",", " , ,", "203.0.113.1", "x" * 5000, "\u00ff"])
def test_odd_headers_are_no_error(ready, settings, forwarded):
    settings.OPENEDX_VC_NUM_PROXIES = 2
    assert ask(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded).status_code == 404


class BrokenCache(LocMemCache):
    """A cache server that does not answer."""

    def get(self, key, *arguments, **options):
        if "throttle" in key:
            raise ConnectionError("the cache is down")
        return super().get(key, *arguments, **options)


def test_while_the_cache_is_down_nobody_is_held_up(settings, make_offer, course_certificate, wallet, caplog):
    offer = make_offer(course_certificate)
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.BrokenCache"}}
    settings.OPENEDX_VC_THROTTLE_OFFER = "1/min"
    assert [offer.claim(wallet).status_code for _ in range(2)] == [201, 201]
    assert "cannot be counted" in caplog.text


def test_documents_have_no_limit(ready, settings, issuer):
    for scope in ("OFFER", "USER", "ADDRESS"):
        setattr(settings, f"OPENEDX_VC_THROTTLE_{scope}", "1/min")
    assert [Client().get(f"{asking.ROOT}issuers/default/").status_code for _ in range(3)] == [200] * 3
