"""Where the service has a transaction around every request, none is around what must be committed in the middle."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db import connections

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.flows import issue
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests.wallet import make_wallet

pytestmark = pytest.mark.django_db(transaction=True)
API_AND_PAGE = pytest.mark.parametrize("root", [asking.API, asking.ROOT], ids=["api", "page"])


@pytest.fixture(name="around")
def watch(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a transaction was around each claim and each publication."""
    seen: list[bool] = []

    def watched(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            seen.append(connection.in_atomic_block)
            return function(*args, **kwargs)

        return call

    for module, name in ((issue, "issue_for_download"), (issue, "issue_to_wallet"), (publishing, "publish_now")):
        monkeypatch.setattr(module, name, watched(getattr(module, name)))
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    return seen


@API_AND_PAGE
def test_an_intent_is_committed_before_the_key_is_used(around, ada_client, program_certificate, root):
    offer = asking.init(ada_client, program_certificate, wallet="download").json()["offer"]
    assert ada_client.post(f"{root}offers/{offer}/download/").status_code in (200, 201)
    assert around == [False]


def test_also_for_a_wallet(around, make_offer, course_certificate):
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert around == [False]


@API_AND_PAGE
def test_a_revocation_is_committed_before_it_is_published(around, ada_client, make_offer, course_certificate, root):
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    assert ada_client.post(f"{root}issued/{Credential.objects.get().uuid}/revoke/").status_code in (200, 302)
    assert around[1:] == [False]
