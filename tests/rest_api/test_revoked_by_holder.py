"""``issued/<uuid>/revoke/``: whoever has a credential may end it, for ever."""

import uuid

import pytest
from django.db import connection
from django.test import Client

from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from tests import asking
from tests import ledgers
from tests import lists
from tests import reissued
from tests import rows
from tests import sharing
from tests.wallet import make_wallet

OTHER_KEK = {"other": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}


@pytest.fixture(name="credential")
def make_credential(ada_client, make_offer, wallet, course_certificate):
    """Ada's credential, in a wallet."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return Credential.objects.get()


def page(client, number=1):
    """One page."""
    response = client.get(sharing.ISSUED, {"page": number})
    assert response.status_code == 200, response.content
    return response.json()


def only(client):
    """The only credential."""
    [found] = page(client)["credentials"]
    return found


def revoke(client, credential):
    """The response to the holder's revocation."""
    return client.post(f"{sharing.ISSUED}{getattr(credential, 'uuid', credential)}/revoke/")


def switch_off(switch):
    """Somebody does."""
    switch.active = False
    switch.save()
    switch.flush()


def test_it_is_revoked_and_verifiers_see_it_at_once(ada_client, ada, credential):
    lists.publish(credential.status_list)
    assert not ledgers.is_served_as(credential)
    response = revoke(ada_client, credential)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert (response.json()["state"], response.json()["can_revoke"]) == ("revoked", False)
    assert response.json() == only(ada_client)
    assert ledgers.is_served_as(credential)
    credential.refresh_from_db()
    assert (credential.end_reason, credential.ended_by, credential.live_key) == ("holder", None, None)
    [event] = Event.objects.filter(kind="credential.revoked")
    assert event.ids == {
        "credential": str(credential.uuid),
        "certificate": str(credential.certificate_uuid),
        "reason": "holder",
    }
    ledgers.require_sound()


def test_twice_is_once(ada_client, credential):
    first = revoke(ada_client, credential).json()
    before = rows.snapshot()
    assert revoke(ada_client, credential).json() == first
    assert rows.changed(before) == []


@pytest.mark.parametrize("reason", ["staff", "key_compromised"])
def test_what_staff_revoked_stays_as_it_is(ada_client, credential, reason):
    list(revoking.revoke_credentials([credential.uuid], reason=reason, by=7))
    before = rows.snapshot()
    assert revoke(ada_client, credential).json()["state"] == "revoked"
    assert rows.changed(before) == []


def test_what_was_issued_anew_stays_as_it_is(ada, ada_client, credential):
    reissued.rename(ada)
    reissued.reissue(credential)
    before = rows.snapshot()
    answer = revoke(ada_client, credential).json()
    assert (answer["state"], answer["can_revoke"]) == ("superseded", False)
    assert rows.changed(before) == []


def test_a_suspended_one_can_be_revoked(settings, ada_client, make_offer, course_certificate, wallet):
    settings.OPENEDX_VC_SUSPENSION = True
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    credential = Credential.objects.get()
    revoking.publish_at_once(revoking.suspend_credential(credential.uuid))
    assert (only(ada_client)["state"], only(ada_client)["can_revoke"]) == ("suspended", True)
    assert revoke(ada_client, credential).json()["state"] == "revoked"
    ledgers.require_sound()


def test_others_of_the_same_certificate_live_on(ada_client, make_offer, course_certificate, credential):
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    revoke(ada_client, credential)
    assert [one["state"] for one in page(ada_client)["credentials"]] == ["valid", "revoked"]
    found = ada_client.get(asking.CERTIFICATES).json()["certificates"]
    assert [(one["state"], one["claimed"]) for one in found] == [("ready", 1)]


def test_it_works_while_the_switch_is_off(ada_client, credential, switched_on):
    switch_off(switched_on)
    assert revoke(ada_client, credential).json()["state"] == "revoked"
    assert ledgers.is_served_as(credential)


def test_without_keys_it_is_revoked_and_waits_to_be_published(settings, ada_client, credential, caplog):
    lists.publish(credential.status_list)
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = OTHER_KEK
    assert revoke(ada_client, credential).json()["state"] == "revoked"
    assert ledgers.is_marked(credential)
    assert not ledgers.is_served_as(credential)
    ledgers.require_sound(published=False)
    assert "Ada" not in caplog.text


def test_anothers_an_unknown_one_and_one_that_was_not_handed_out_are_not_told_apart(ada_client, bob, credential):
    other = Client()
    other.force_login(bob)
    before = rows.snapshot()
    answers = [revoke(other, credential), revoke(ada_client, uuid.uuid4())]
    answers.append(revoke(ada_client, credential.certificate_uuid))
    assert rows.changed(before) == []
    Credential.objects.update(issued_at=None, state="intended")
    answers.append(revoke(ada_client, credential))
    assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
    assert len({answer.content for answer in answers}) == 1
    assert asking.refusal(revoke(Client(), credential)) == (401, "not_authenticated")
    assert not Event.objects.filter(kind="credential.revoked").exists()


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_no_other_method_revokes(ada_client, credential, method):
    before = rows.snapshot()
    assert getattr(ada_client, method)(f"{sharing.ISSUED}{credential.uuid}/revoke/").status_code == 405
    assert rows.changed(before) == []


def test_a_session_needs_the_csrf_token(ada, credential):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    before = rows.snapshot()
    assert asking.refusal(revoke(browser, credential)) == (403, "permission_denied")
    assert rows.changed(before) == []


def test_revoking_counts_against_the_learners_limit(settings, ada_client, credential):
    settings.OPENEDX_VC_THROTTLE_USER = "2/min"  # the offer was the first
    assert [revoke(ada_client, credential).status_code for _ in range(2)] == [200, 429]


def test_staff_are_quicker_between_the_look_and_the_lock(ada_client, credential):
    """Whoever comes second changes nothing, and nothing is counted twice."""
    raced = []

    def race(execute, sql, params, more, context):
        if not raced and sql.startswith("UPDATE") and "_credential" in sql:
            raced.append(True)
            list(revoking.revoke_credentials([credential.uuid], reason="staff", by=7))
        return execute(sql, params, more, context)

    with connection.execute_wrapper(race):
        response = revoke(ada_client, credential)
    assert raced
    assert (response.status_code, response.json()["state"]) == (200, "revoked")
    credential.refresh_from_db()
    assert (credential.end_reason, credential.ended_by) == ("staff", 7)
    ledgers.require_sound(published=False)
