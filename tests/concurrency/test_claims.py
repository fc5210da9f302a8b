"""Many requests at once, on the database that production runs on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db import connections

from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Learner
from openedx_verifiable_credentials.models import Offer
from openedx_verifiable_credentials.models.credential import CredentialState
from tests import policies
from tests.wallet import make_wallet

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]
PARALLEL = 50


def at_once(work: Callable[[int], Any], count: int = PARALLEL) -> list[Any]:
    """What ``work(0) … work(count - 1)`` returned, each in a thread with a database connection of its own."""
    start = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(30)
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


@pytest.mark.parametrize("kind", ["course", "several"])
def test_one_holder_many_times_at_once_gets_one_credential_and_the_same_bytes(
    request, ready, ada_client, make_offer, course_certificate, kind
):
    if kind == "several":
        offer = _offer_of_both(request, ada_client, course_certificate)
    else:
        offer = make_offer(course_certificate)
    presentation = make_wallet().present(offer.challenge)
    responses = at_once(lambda _: offer.post(presentation))
    assert Counter(response.status_code for response in responses) == {201: PARALLEL}
    assert len({response.content for response in responses}) == 1
    certificates = 2 if kind == "several" else 1
    assert Credential.objects.count() == certificates
    assert Event.objects.filter(kind="credential.issued").count() == certificates


@pytest.mark.parametrize("kind", ["course", "several"])
def test_of_many_holders_at_once_exactly_one_succeeds(request, ready, ada_client, make_offer, course_certificate, kind):
    if kind == "several":
        offer = _offer_of_both(request, ada_client, course_certificate)
    else:
        offer = make_offer(course_certificate)
    presentations = [make_wallet().present(offer.challenge) for _ in range(PARALLEL)]
    responses = at_once(lambda number: offer.post(presentations[number]))
    assert Counter(response.status_code for response in responses) == {201: 1, 409: PARALLEL - 1}
    assert Credential.objects.count() == (2 if kind == "several" else 1)


def test_many_offers_of_one_certificate_at_once_stay_within_the_limit_of_live_credentials(
    ready, ada_client, make_offer, course_certificate, settings
):
    offers = []
    for _ in range(12):
        offers.append(make_offer(course_certificate))
        Offer.objects.update(reuse_key=None)
    presentations = [make_wallet().present(offer.challenge) for offer in offers]
    responses = at_once(lambda number: offers[number].post(presentations[number]), len(offers))
    codes = Counter(response.status_code for response in responses)
    # Whoever loses every race for a place is told to try again; nobody gets a sixth.
    assert codes[201] == 5, codes
    assert set(codes) <= {201, 409, 503}
    assert Credential.objects.filter(state=CredentialState.ISSUED).count() == 5


def test_many_clicks_at_once_make_one_offer_and_one_learner(ready, ada, course_certificate):
    from django.test import Client

    def click(_: int) -> Any:
        browser = Client()
        browser.force_login(ada)
        return browser.post(
            "/verifiable_credentials/api/v1/credentials/init/",
            {"credential_uuid": course_certificate.uuid.hex, "storage_id": "lc_wallet"},
            content_type="application/json",
        )

    responses = at_once(click, 20)
    assert Counter(response.status_code for response in responses) == {200: 20}
    assert len({response.json()["deeplink"] for response in responses}) == 1
    assert (Offer.objects.count(), Learner.objects.count()) == (1, 1)


def _offer_of_both(request: Any, browser: Any, course_certificate: Any) -> Any:
    from tests.conftest import MadeOffer

    program = request.getfixturevalue("program_certificate")
    response = browser.post(
        "/verifiable_credentials/api/v1/credentials/init/",
        {"credential_uuids": [course_certificate.uuid.hex, program.uuid.hex], "storage_id": "lc_wallet"},
        content_type="application/json",
    )
    return MadeOffer(response.json())


def test_a_class_that_clicks_at_once_is_served(ready):
    """Everybody's first offer of one new course also publishes its achievement."""
    from django.test import Client

    from tests import seed

    course = seed.make_course(ready)
    browsers = []
    for number in range(24):
        learner = seed.make_learner(f"learner{number}", f"Learner {number}")
        browser = Client()
        browser.force_login(learner)
        browsers.append((browser, seed.backdate(seed.award(learner, course), days=1)))

    def click(number: int) -> Any:
        browser, certificate = browsers[number]
        return browser.post(
            "/verifiable_credentials/api/v1/credentials/init/",
            {"credential_uuid": certificate.uuid.hex, "storage_id": "lc_wallet"},
            content_type="application/json",
        )

    responses = at_once(click, len(browsers))
    assert Counter(response.status_code for response in responses) == {200: 24}


def test_wallets_that_supersede_each_other_at_once_are_all_served(
    ready, ada_client, make_offer, course_certificate, settings
):
    settings.OPENEDX_VC_ON_NEW_CLAIM = "supersede"
    offers = []
    for _ in range(5):
        offers.append(make_offer(course_certificate))
        Offer.objects.update(reuse_key=None)
    presentations = [make_wallet().present(offer.challenge) for offer in offers]
    responses = at_once(lambda number: offers[number].post(presentations[number]), len(offers))
    statuses = Counter(response.status_code for response in responses)
    # One that was superseded before it left is told so.
    assert set(statuses) <= {201, 410}, statuses
    assert statuses[201] >= 1
    assert Credential.objects.filter(state=CredentialState.ISSUED).count() == 1


def test_policies_that_change_while_many_claim_leave_no_credential_without_its_terms(
    ready, ada_client, make_offer, course_certificate, settings
):
    """Each claim is issued under the terms before or refused; what a row says of its terms, its bytes say."""
    settings.OPENEDX_VC_MAX_LIVE_CREDENTIALS = 30
    policy = policies.of_run(course_certificate, email=True)
    offers = []
    for _ in range(20):
        offers.append(make_offer(course_certificate))
        Offer.objects.update(reuse_key=None)
    presentations = [make_wallet().present(offer.challenge) for offer in offers]

    def work(number: int) -> Any:
        if number < len(offers):
            return offers[number].post(presentations[number])
        if number == len(offers):
            return policies.change(ClaimPolicy.objects.get(pk=policy.pk), email=False, name=False)
        return ClaimPolicy.objects.filter(pk=policy.pk).update(issuing=False)

    results = at_once(work, len(offers) + 2)
    responses = results[: len(offers)]
    assert [one for one in results if isinstance(one, Exception)] == []
    statuses = Counter(response.status_code for response in responses)
    assert set(statuses) <= {201, 403, 503}, statuses
    rows = {f"urn:uuid:{row.uuid}": row for row in Credential.objects.all()}
    issued = [response for response in responses if response.status_code == 201]
    assert {row.state for row in rows.values()} <= {CredentialState.ISSUED}
    assert len(rows) == len(issued)
    for response in issued:
        document = response.json()
        said = policies.identities(document)
        terms = rows[document["id"]].terms
        assert {"name": "name" in said, "email": "emailAddress" in said} == {
            "name": terms["name"],
            "email": terms["email"],
        }
    refused = {response.json()["code"] for response in responses if response.status_code == 403}
    assert refused <= {"issuing_off"}
    # Whichever of the two changes was written last.
    ClaimPolicy.objects.filter(pk=policy.pk).update(issuing=False)
    for offer, response, presentation in zip(offers, responses, presentations, strict=True):
        again = offer.post(presentation)
        if response.status_code == 201:
            assert again.content == response.content
        else:
            assert again.json()["code"] == "issuing_off"
