"""Policies whose rows somebody damaged in the database: what they speak about is refused, and nothing else is."""

import json
import logging

import pytest

from openedx_verifiable_credentials.api import policies as api
from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import rows
from tests.commands.run import run
from tests.conftest import MadeOffer
from tests.staff import APP
from tests.staff import staff

DAMAGED = [
    {"profiles": 5},
    {"wallets": "lc_wallet"},
    {"wallets": [["lc_wallet"]]},
    {"tags": {"a": 1}},
    {"tags": [None]},
    {"aligned_with": ["https://example.org/"]},
    {"aligned_with": {"url": "https://example.org/", "name": "A"}},
    {"aligned_with": [{"name": "No address"}]},
    {"aligned_with": [{"url": "https://example.org/", "name": "A", "colour": "blue"}]},
    {"aligned_with": [{"url": 7, "name": "A"}]},
]


def ask(client, certificate, wallet="lc_wallet"):
    """The response to the MFE's "Create"."""
    return asking.post_json(client, asking.INIT, {"credential_uuid": certificate.uuid.hex, "storage_id": wallet})


@pytest.mark.parametrize("damage", DAMAGED, ids=json.dumps)
def test_nothing_is_claimed_under_a_policy_that_cannot_be_read(
    ada_client, make_offer, course_certificate, program_certificate, wallet, caplog, damage
):
    offer = make_offer(course_certificate)
    policy = policies.of_run(course_certificate, name=False)
    ClaimPolicy.objects.update(**damage)
    before = rows.snapshot()
    for claim in (lambda: ask(ada_client, course_certificate), lambda: offer.claim(wallet)):
        caplog.clear()
        assert asking.refusal(claim()) == (409, "policy_unreadable")
        errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
        assert [record.getMessage().split(" cannot")[0] for record in errors] == [f"Claim policy {policy.pk}"]
    assert rows.changed(before) == []
    body = ada_client.get(asking.LIST).json()
    assert (len(body["course_credentials"]), len(body["program_credentials"])) == (0, 1)
    assert ada_client.get(asking.STORAGES).status_code == 200
    assert MadeOffer(ask(ada_client, program_certificate).json()).claim(wallet).status_code == 201


def test_a_final_policy_above_does_not_hide_that_one_cannot_be_read(ada_client, ready, course_certificate):
    policies.make_policy(policies.SITE, ready.pk, issuing=True, final=True)
    policies.of_run(course_certificate, name=False)
    ClaimPolicy.objects.filter(scope="course_run").update(tags=5)
    assert asking.refusal(ask(ada_client, course_certificate)) == (409, "policy_unreadable")
    assert not Credential.objects.exists()


def test_it_is_claimed_again_when_the_policy_is_saved_anew(ada_client, course_certificate, wallet):
    policy = policies.of_run(course_certificate, name=False)
    ClaimPolicy.objects.update(tags=5)
    assert asking.refusal(ask(ada_client, course_certificate)) == (409, "policy_unreadable")
    policies.change(policy, tags=["a"])
    assert MadeOffer(ask(ada_client, course_certificate).json()).claim(wallet).status_code == 201


def test_the_commands_say_which_policy_it_is(ready, course_certificate):
    policy = policies.of_run(course_certificate, name=False)
    ClaimPolicy.objects.update(aligned_with=[1])
    whose = f"course run {policy.key}"
    assert any(one.about == whose and "cannot be read" in one.message for one in api.check())
    out = run("vc_policy", "explain", course_certificate.uuid.hex)
    assert f"Problem: A policy cannot be read: save that of {whose} anew." in out
    assert "Issuing: off, because the policy of" in out


@pytest.mark.parametrize("damage", DAMAGED, ids=json.dumps)
def test_the_admin_shows_it_so_that_it_can_be_mended(admin_client, ready, course_certificate, damage):
    policy = policies.of_run(course_certificate, name=False, final=True)
    ClaimPolicy.objects.update(**damage)
    onlooker, _ = staff("view_claimpolicy", "change_claimpolicy")
    listed = f"{APP}claimpolicy/"
    assert admin_client.get(listed).status_code == 200
    # Who governs is shown the form; others what a final policy says.
    for browser in (admin_client, onlooker):
        assert policy.key in browser.get(f"{listed}{policy.pk}/change/").content.decode()
    assert admin_client.get(f"{listed}{policy.pk}/history/").status_code == 200
    assert admin_client.get(f"{listed}{policy.pk}/delete/").status_code == 200
