"""What a learner is shown before an offer: exactly what the credential says that they get then; and nothing happens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.core import shown_facts
from openedx_verifiable_credentials.core.policies import CLAIMS
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Learner
from tests import asking
from tests import policies
from tests import rows
from tests import seed
from tests.conftest import MadeOffer


@pytest.fixture(name="everything")
def a_policy_that_allows_everything(ready: Any, ada: Any, course_certificate: Any) -> Any:
    """And facts for it."""
    seed.grade(ada, course_certificate.credential, "0.9137", "B+")
    aligned = [{"url": "https://esco.example.org/everything", "name": "Everything"}]
    return policies.make_policy("site", ready.pk, **dict.fromkeys(CLAIMS, True), aligned_with=aligned)


def shown(response: Any) -> list[dict[str, Any]]:
    """What the credentials would say."""
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["credentials"]
    return found


def of_document(document: dict[str, Any], email: str) -> list[dict[str, Any]]:
    """The facts of a credential that was issued."""
    facts = shown_facts.read(document, email=email)
    return [{"fact": one.fact, "claim": one.claim, "value": one.value, "form": one.form} for one in facts]


@pytest.mark.parametrize("leave_out", [[], ["name"], ["email", "grade"], list(CLAIMS)], ids=" ".join)
def test_what_is_shown_is_what_the_wallet_gets(everything, ada, ada_client, course_certificate, wallet, leave_out):
    [one] = shown(asking.preview(ada_client, course_certificate, leave_out=leave_out))
    sent = {"credential_uuid": course_certificate.uuid.hex, "storage_id": "lc_wallet", "leave_out": leave_out}
    offer = MadeOffer(asking.post_json(ada_client, asking.INIT, sent).json())
    document = offer.claim(wallet).json()
    assert one["facts"] == of_document(document, ada.email)
    assert one["title"] == document["name"]
    assert one["certificate"] == course_certificate.uuid.hex
    assert sorted(one["left_out"]) == sorted(leave_out)
    assert not {fact["claim"] for fact in one["facts"]} & set(leave_out)


def test_the_credential_profile_is_that_of_the_wallet(everything, ada_client, program_certificate):
    for wallet, says_language in (("lc_wallet", False), ("download", True)):
        [one] = shown(asking.preview(ada_client, program_certificate, wallet=wallet))
        assert ("language" in {fact["fact"] for fact in one["facts"]}) is says_language


def test_nothing_is_stored_published_or_kept(everything, ada_client, course_certificate, program_certificate):
    before = rows.snapshot()
    response = asking.preview(ada_client, course_certificate, program_certificate)
    assert len(shown(response)) == 2
    assert rows.changed(before) == []
    assert not Achievement.objects.exists()
    assert not Learner.objects.exists()
    assert response.headers["Cache-Control"] == "no-store"


def test_of_a_joint_program_each_issuers_credential_is_shown(settings, ready, ada, ada_client):
    settings.OPENEDX_VC_JOINT_PROGRAMS = "each"
    for key in ("ExampleX", "OtherX"):
        seed.make_organization(ready, key)
        issuers.create_issuer(issuers.NewIssuer(name=f"Of {key}", slug=key.lower(), organization_key=key))
    course = seed.make_course(ready)
    seed.backdate(seed.award(ada, course), days=3)
    program = seed.make_program(ready, [course], organizations=("ExampleX", "OtherX"))
    certificate = seed.backdate(seed.award(ada, program), days=2)
    found = shown(asking.preview(ada_client, certificate))
    names = [fact["value"] for one in found for fact in one["facts"] if fact["fact"] == "issuer"]
    assert names == ["Of ExampleX", "Of OtherX"]


def test_twenty_certificates_cost_as_many_queries_as_two_and_one_no_more(everything, ready, ada, ada_client):
    certificates = [seed.backdate(seed.award(ada, seed.make_course(ready)), days=3) for _ in range(20)]

    def cost(*some: Any) -> int:
        with asking.capture() as captured:
            assert len(shown(asking.preview(ada_client, *some))) == len(some)
        return len(asking.data_statements(captured))

    cost(certificates[0])
    assert cost(certificates[0]) <= cost(*certificates[:2]) == cost(*certificates)


def refused(client: Any, sent: dict[str, Any]) -> list[tuple[int, str, str]]:
    """What the preview and the offer say to the same request."""
    answers = [asking.post_json(client, path, sent) for path in (asking.PREVIEW, asking.INIT)]
    return [(answer.status_code, answer.json().get("code"), answer.json().get("detail")) for answer in answers]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"credential_uuids": []}, 400, "no_certificate"),
        ({"credential_uuids": ["x"]}, 400, "invalid_request"),
        ({"credential_uuids": ["0" * 32]}, 404, "unknown_certificate"),
        ({"credential_uuids": [f"{n:032x}" for n in range(21)]}, 400, "too_many_certificates"),
        ({"storage_id": "none"}, 404, "unknown_wallet"),
        ({"storage_id": None}, 400, "invalid_request"),
        ({"leave_out": ["everything"]}, 400, "invalid_request"),
        ({"leave_out": "name"}, 400, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused_as_an_offer_would_be(ada_client, course_certificate, changes, status, code):
    good = {"credential_uuids": [course_certificate.uuid.hex], "storage_id": "lc_wallet"}
    first, second = refused(ada_client, {**good, **changes})
    assert first == second
    assert first[:2] == (status, code)


@pytest.mark.parametrize(
    ("says", "wallet", "status", "code"),
    [
        ({"issuing": False}, "lc_wallet", 403, "issuing_off"),
        ({"wallets": ["download"]}, "lc_wallet", 403, "wallet_not_offered"),
        ({"validity_days": 1}, "lc_wallet", 409, "validity_over"),
        ({"name": False, "wallets": ["download"]}, "download", 409, "names_nobody"),
    ],
)
def test_what_policies_refuse_is_not_shown(ada_client, course_certificate, says, wallet, status, code):
    policies.of_run(course_certificate, **says)
    sent = {"credential_uuids": [course_certificate.uuid.hex], "storage_id": wallet}
    first, second = refused(ada_client, sent)
    assert first == second
    assert first[:2] == (status, code)


def test_a_session_needs_the_csrf_token(ada, course_certificate):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert asking.refusal(asking.preview(browser, course_certificate)) == (403, "permission_denied")


def test_the_switch_stops_it(switched_on, ada_client, course_certificate):
    switched_on.active = False
    switched_on.save()
    assert asking.refusal(asking.preview(ada_client, course_certificate)) == (404, "switched_off")


def test_an_unexpected_error_tells_nothing_of_the_learner(
    monkeypatch, everything, ada_client, course_certificate, caplog
):
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(shown_facts, "_details", broken)
    ada_client.raise_request_exception = False
    response = asking.preview(ada_client, course_certificate)
    assert response.status_code == 500
    assert "Lovelace" not in json.dumps(response.json()) + caplog.text
