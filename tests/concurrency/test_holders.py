"""Holders who revoke their own credentials at once with themselves, with staff, and with claims and publications."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from openedx_verifiable_credentials.api import publishing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import asking
from tests import ledgers
from tests import sharing
from tests.concurrency.test_claims import at_once
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
PARALLEL = 24


@pytest.fixture(name="credential")
def make_credential(settings: Any, ada_client: Any, make_offer: Any, course_certificate: Any) -> Credential:
    """Ada's credential; she may click as often as she likes."""
    settings.OPENEDX_VC_THROTTLE_USER = "10000/min"
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    publishing.publish_due(now=True)
    return Credential.objects.get()


def browser_of(learner: Any) -> Client:
    """A browser of their own."""
    browser = Client()
    browser.force_login(learner)
    return browser


def revoke(browser: Client, credential: Credential) -> Any:
    """The response to the holder's revocation."""
    return browser.post(f"{sharing.ISSUED}{credential.uuid}/revoke/")


def require_revoked_once(credential: Credential) -> None:
    """One event, one reason, and verifiers see it."""
    assert Event.objects.filter(kind="credential.revoked").count() == 1
    publishing.publish_due(now=True)
    assert ledgers.is_served_as(credential)
    ledgers.require_sound()


@pytest.mark.parametrize("atomic", [False, True])
def test_many_clicks_revoke_once(monkeypatch, ada, credential, atomic):
    """Also where the service has a transaction around every request."""
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", atomic)
    browsers = [browser_of(ada) for _ in range(PARALLEL)]
    responses = at_once(lambda number: revoke(browsers[number], credential), PARALLEL)
    assert Counter(getattr(response, "status_code", response) for response in responses) == {200: PARALLEL}
    assert {response.json()["state"] for response in responses} == {"revoked"}
    require_revoked_once(credential)
    credential.refresh_from_db()
    assert (credential.end_reason, credential.ended_by) == ("holder", None)


def test_holder_and_staff_at_once_revoke_once(ada, credential):
    browsers = [browser_of(ada) for _ in range(PARALLEL)]

    def act(number: int) -> Any:
        if number % 2:
            return revoke(browsers[number], credential).status_code
        *_, done = revoking.revoke_credentials([credential.uuid], reason="staff", by=number + 1)
        revoking.publish_at_once(done.lists)
        return done.revoked

    results = at_once(act, PARALLEL)
    by_holder, by_staff = results[1::2], results[::2]
    assert set(by_holder) == {200}, by_holder
    assert sum(by_staff) <= 1, by_staff
    require_revoked_once(credential)
    credential.refresh_from_db()
    assert (credential.end_reason == "staff") is (sum(by_staff) == 1)
    assert (credential.ended_by is not None) is (sum(by_staff) == 1)


def test_revoking_many_while_others_are_claimed_and_lists_are_published(ada, make_offer, credential):
    others = [credential, *ledgers.multiply(credential, PARALLEL - 1)]
    offer = make_offer(credential_of(credential))
    presentation = make_wallet().present(offer.challenge)
    browsers = [browser_of(ada) for _ in range(PARALLEL)]

    def act(number: int) -> int:
        if number % 8 == 0:
            offer.post(presentation)
        if number % 8 == 1:
            publishing.publish_due(now=True)
        return int(revoke(browsers[number], others[number]).status_code)

    assert Counter(at_once(act, PARALLEL)) == {200: PARALLEL}
    publishing.publish_due(now=True)
    ledgers.require_sound()
    assert Credential.objects.filter(state="revoked", end_reason="holder").count() == PARALLEL


def credential_of(credential: Credential) -> Any:
    """Its certificate."""
    from credentials.apps.credentials.models import UserCredential

    return UserCredential.objects.get(uuid=credential.certificate_uuid)


def test_an_offer_claimed_as_files_many_times_at_once_gives_one_credential(
    ada, settings, ada_client, program_certificate
):
    settings.OPENEDX_VC_THROTTLE_USER = "10000/min"
    offer = asking.init(ada_client, program_certificate, wallet="download").json()["offer"]
    browsers = [browser_of(ada) for _ in range(PARALLEL)]
    responses = at_once(lambda number: browsers[number].post(f"{asking.API}offers/{offer}/download/"), PARALLEL)
    assert Counter(getattr(response, "status_code", response) for response in responses) == {201: PARALLEL}
    assert len({response.content for response in responses}) == 1
    assert Credential.objects.filter(offer__uuid=offer).count() == 1
