"""The VC API: what is asked, what is answered, and how much of the network one request may ask."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import fetching
from openedx_verifiable_credentials.core.checks.report import codes
from tests import asking
from tests import awards
from tests import published
from tests import rows
from tests import signed
from tests.published import Issuer
from tests.published import present

pytestmark = pytest.mark.django_db
TOKEN = secrets.token_hex(32)
CHALLENGE = "6e62f66e-67de-11eb-b490-ef3eeefa55f2"


@pytest.fixture(autouse=True)
def published_elsewhere(settings):
    """A token is configured, the switch is off, and the network is what ``published`` serves."""
    settings.OPENEDX_VC_VC_API_TOKENS = [TOKEN]
    settings.OPENEDX_VC_FETCHER = published.PATH
    published.reset()


@pytest.fixture(name="elsewhere")
def make_issuer():
    return Issuer()


def verify(document: Any, path: str = asking.VERIFY_CREDENTIAL, **options: Any) -> tuple[int, dict[str, Any]]:
    """Status and result."""
    member = "verifiableCredential" if path == asking.VERIFY_CREDENTIAL else "verifiablePresentation"
    body = {member: document, **({"options": options} if options else {})}
    client = Client(raise_request_exception=False)
    response = asking.post_json(client, path, body, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    return response.status_code, response.json()


def verify_presentation(document: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    return verify(document, asking.VERIFY_PRESENTATION, **options)


def found(result: dict[str, Any]) -> list[str]:
    """The codes of the errors."""
    return [problem["code"] for problem in result["errors"]]


def test_a_valid_credential(elsewhere):
    before = rows.snapshot()
    status, result = verify(elsewhere.issue(7))
    assert status == 200
    assert result["verified"] is True
    assert (result["errors"], result["warnings"], result["problemDetails"]) == ([], [], [])
    assert result["checks"] == ["dates", "issuer", "schema", "signature", "status"]
    assert result["report"]["verdict"] == "valid"
    assert [check["check"] for check in result["report"]["checks"]][:2] == ["schema", "signature"]
    assert published.asked == {elsewhere.did_url: 1, elsewhere.list_url: 1}
    assert rows.changed(before) == [], "nothing is kept"


def test_a_changed_credential(elsewhere):
    credential = elsewhere.issue(7)
    credential["credentialSubject"]["achievement"]["name"] = "Something else"
    status, result = verify(credential)
    assert (status, result["verified"], found(result)) == (400, False, ["invalid_signature"])
    assert result["report"]["verdict"] == "invalid"
    [problem] = result["errors"]
    assert problem == {
        "type": "https://www.w3.org/TR/vc-data-model-2.0#CRYPTOGRAPHIC_SECURITY_ERROR",
        "title": "Invalid signature",
        "detail": codes()["invalid_signature"]["message"],
        "code": "invalid_signature",
    }
    assert result["problemDetails"] == [problem]


def test_a_revoked_credential(elsewhere):
    elsewhere.revoke(7)
    status, result = verify(elsewhere.issue(7))
    assert (status, result["verified"], found(result)) == (400, False, ["revoked"])
    assert verify(elsewhere.issue(8))[0] == 200


def test_what_could_not_be_checked_is_no_success_and_not_called_invalid(elsewhere):
    published.reset()
    status, result = verify(elsewhere.issue(7))
    assert (status, result["verified"]) == (400, False)
    assert "issuer_unreachable" in found(result)
    assert result["report"]["verdict"] == "could_not_be_checked"


def test_checks_that_were_left_out_are_warnings(elsewhere):
    elsewhere.revoke(7)
    credential = elsewhere.issue(7)
    status, result = verify(credential, checks=["proof"])
    assert (status, result["verified"], result["errors"]) == (200, True, [])
    assert result["checks"] == ["issuer", "schema", "signature"]
    assert [problem["code"] for problem in result["warnings"]] == ["revoked"]
    assert result["report"]["verdict"] == "invalid", "the report leaves nothing out"
    for named in (["credentialStatus"], ["status"], ["proof", "credentialStatus"], []):
        assert verify(credential, checks=named)[0] == 400


@pytest.mark.parametrize("named", [["status"], ["dates"], ["proof"], ["schema"], ["issuer"]])
def test_the_signature_cannot_be_left_out(elsewhere, named):
    credential = elsewhere.issue(7)
    credential["name"] = "Something else"
    status, result = verify(credential, checks=named)
    assert (status, result["verified"]) == (400, False)
    assert "invalid_signature" in found(result)


@pytest.mark.parametrize(
    ("option", "value", "returned"),
    [("returnCredential", True, True), ("returnCredential", False, False), ("returnResults", True, False)],
)
def test_the_credential_comes_back_where_it_is_asked_for(elsewhere, option, value, returned):
    credential = elsewhere.issue(7)
    _, result = verify(credential, **{option: value})
    assert result.get("credential") == (credential if returned else None)


def test_json_in_a_string_is_no_credential(elsewhere):
    """As the W3C's suites for Data Integrity have it."""
    status, refusal = verify(json.dumps(elsewhere.issue(7)))
    assert (status, refusal["code"]) == (400, "invalid_request")


def test_a_token_that_is_none_of_a_credential(elsewhere):
    part = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for sent in (
        f"{part}.{part}.AA",
        {"type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{part}.{part}.AA"},
    ):
        status, result = verify(sent)
        assert (status, result["verified"]) == (400, False)


def test_members_of_a_request_are_not_taken_for_each_other(elsewhere):
    status, refusal = verify_presentation(None)
    assert (status, refusal["code"]) == (400, "invalid_request")


class TestPresentations:
    def test_a_valid_one(self, elsewhere):
        presentation = present([elsewhere.issue(7), elsewhere.issue(8)], CHALLENGE)
        status, result = verify_presentation(presentation, challenge=CHALLENGE, returnPresentation=True)
        assert (status, result["verified"], result["errors"]) == (200, True, [])
        assert [report["verdict"] for report in result["report"]["credentials"]] == ["valid", "valid"]
        assert result["verifiablePresentation"] == presentation

    def test_of_another_challenge(self, elsewhere):
        presentation = present([elsewhere.issue(7)], CHALLENGE)
        status, result = verify_presentation(presentation, challenge="another")
        assert (status, result["verified"], found(result)) == (400, False, ["wrong_challenge"])

    def test_of_another_domain(self, elsewhere):
        status, result = verify_presentation(
            present([elsewhere.issue(7)], CHALLENGE), challenge=CHALLENGE, domain="example.org"
        )
        assert (status, result["verified"], found(result)) == (400, False, ["wrong_challenge"])

    def test_a_credential_in_it_that_is_revoked(self, elsewhere):
        elsewhere.revoke(8)
        presentation = present([elsewhere.issue(7), elsewhere.issue(8)], CHALLENGE)
        status, result = verify_presentation(presentation, challenge=CHALLENGE)
        assert (status, result["verified"]) == (400, False)
        assert [(problem["code"], problem["credential"]) for problem in result["errors"]] == [("revoked", 1)]

    def test_one_that_was_changed(self, elsewhere):
        presentation = present([elsewhere.issue(7)], CHALLENGE)
        presentation["verifiableCredential"] = []
        status, result = verify_presentation(presentation, challenge=CHALLENGE)
        assert (status, result["verified"]) == (400, False)

    def test_a_credential_is_no_presentation_and_a_presentation_no_credential(self, elsewhere):
        assert verify_presentation(elsewhere.issue(7))[0] == 400
        status, result = verify(present([elsewhere.issue(7)], CHALLENGE))
        assert status == 400

    def test_each_document_of_others_is_fetched_once(self, elsewhere):
        presentation = present([elsewhere.issue(number) for number in range(20)], CHALLENGE)
        assert verify_presentation(presentation, challenge=CHALLENGE)[0] == 200
        assert published.asked == {elsewhere.did_url: 1, elsewhere.list_url: 1}

    def test_one_request_causes_ten_fetches_at_most(self):
        issuers = [Issuer(f"issuer{number}.example.org") for number in range(20)]
        presentation = present([issuer.issue(7) for issuer in issuers], CHALLENGE)
        status, result = verify_presentation(presentation, challenge=CHALLENGE)
        assert published.asked.total() == 10
        assert (status, result["verified"]) == (400, False)
        verdicts = [report["verdict"] for report in result["report"]["credentials"]]
        assert verdicts == ["valid"] * 5 + ["could_not_be_checked"] * 15


def test_a_request_that_took_long_begins_no_further_fetch(elsewhere, monkeypatch):
    presentation = present([elsewhere.issue(7)], CHALLENGE)
    monkeypatch.setattr(fetching.BoundedFetcher.__init__, "__defaults__", (-1.0,))
    status, result = verify_presentation(presentation, challenge=CHALLENGE)
    assert (status, result["verified"], published.asked.total()) == (400, False, 0)
    assert [report["verdict"] for report in result["report"]["credentials"]] == ["could_not_be_checked"]


def test_our_own_documents_cost_no_fetch(ready, make_offer, course_certificate, wallet):
    credential = make_offer(course_certificate).claim(wallet).json()
    status, result = verify(credential)
    assert result["report"]["checks"][2]["outcome"] == "passed"
    assert published.asked.total() == 0


@pytest.mark.parametrize("profile", awards.PROFILES)
def test_a_did_key_issuer_costs_no_fetch(profile):
    credential = json.loads(signed.released(awards.full_award(), profile, signed.signer()))
    assert verify(credential)[0] == 200
    assert published.asked.total() == 0


NOT_OBJECTS = [None, 10, True]
# What the W3C's suite for verifiers (vc-api-verifier-test-suite) sends, each with what it takes away or puts there.
MALFORMED: list[tuple[tuple[str, ...], Any]] = [
    *(((name,), ...) for name in ("@context", "type", "issuer", "credentialSubject", "proof")),
    *((("proof", name), ...) for name in ("type", "created", "verificationMethod", "proofValue", "proofPurpose")),
    *((("@context",), value) for value in ["string", {}, *NOT_OBJECTS]),
    *((("@context",), [value]) for value in [[], *NOT_OBJECTS]),
    *((("type",), value) for value in ["string", {}, *NOT_OBJECTS]),
    *((("type",), [value]) for value in [[], {}, *NOT_OBJECTS]),
    *((("issuer",), value) for value in [[], *NOT_OBJECTS]),
    *((("credentialSubject",), value) for value in ["string", [], *NOT_OBJECTS]),
    *((("proof",), value) for value in ["string", [], *NOT_OBJECTS]),
]


@pytest.mark.parametrize(("path", "value"), MALFORMED)
def test_what_the_suite_of_the_w3c_sends_is_refused(path, value):
    credential = json.loads(signed.released(awards.full_award(), awards.PROFILES[0], signed.signer()))
    assert verify(credential, checks=["proof"])[0] == 200
    holder = credential["proof"] if len(path) > 1 else credential
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    status, result = verify(credential, checks=["proof"])
    assert status == 400
    assert result["verified"] is False
    assert len(result["errors"]) >= 1
