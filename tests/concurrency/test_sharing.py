"""Sharing at once: many clicks make one page, on and off leave at most one, an erasure leaves nothing that opens."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import public_credentials
from openedx_verifiable_credentials.api import sharing as api
from openedx_verifiable_credentials.exceptions import LedgerError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Share
from tests import sharing
from tests.concurrency.test_claims import at_once
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
PARALLEL = 30


@pytest.fixture(name="credential")
def make_credential(settings: Any, ada_client: Any, make_offer: Any, course_certificate: Any) -> Credential:
    """Ada's credential; she may click as often as she likes."""
    settings.OPENEDX_VC_THROTTLE_USER = "10000/min"
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


def browser_of(learner: Any) -> Client:
    """A browser of their own."""
    browser = Client()
    browser.force_login(learner)
    return browser


def test_many_at_once_get_the_same_page(ada, credential):
    browsers = [browser_of(ada) for _ in range(PARALLEL)]
    responses = at_once(lambda number: sharing.put(browsers[number], credential), PARALLEL)
    assert Counter(getattr(response, "status_code", response) for response in responses) == {200: PARALLEL}
    assert len({response.content for response in responses}) == 1
    assert Share.objects.count() == 1
    assert Event.objects.filter(kind="credential.shared").count() == 1


@pytest.mark.parametrize("atomic", [False, True])
def test_on_and_off_at_once_leave_at_most_one_and_lose_no_event(monkeypatch, ada, credential, atomic):
    """Also where the service has a transaction around every request: what was read first is old then."""
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", atomic)
    browsers = [browser_of(ada) for _ in range(PARALLEL)]

    def click(number: int) -> Any:
        return (sharing.put if number % 2 else sharing.delete)(browsers[number], credential)

    responses = at_once(click, PARALLEL)
    assert {getattr(response, "status_code", response) for response in responses} <= {200, 204, 503}
    live = Share.objects.filter(live=True).count()
    assert live <= 1
    counts = Counter(Event.objects.filter(kind__endswith="shared").values_list("kind", flat=True))
    assert counts["credential.shared"] == Share.objects.count()
    assert counts["credential.unshared"] == Share.objects.count() - live
    assert Share.objects.filter(live=None, ended_at=None).count() == 0


def test_erased_at_the_same_time_no_page_shows_the_document(ada, credential):
    results = at_once(lambda number: _erase() if number == 0 else _share(credential, ada), PARALLEL)
    assert all(isinstance(one, LedgerError | str | None) for one in results), results
    assert not Credential.objects.exclude(sealed_document=None, learner=None).exists()
    for share_id in Share.objects.filter(live=True).values_list("share_id", flat=True):
        found = public_credentials.find_shared(share_id)
        assert found is not None and found.withheld


def _erase() -> None:
    erasing.erase_by_username("ada")


def _share(credential: Any, ada: Any) -> str:
    return api.share(credential.uuid, user_id=ada.pk)
