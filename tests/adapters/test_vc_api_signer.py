"""A remote signing service is believed nothing: what comes back is what was sent and one good proof, or an error."""

from __future__ import annotations

import datetime
import json
import logging
import traceback

import pytest
from django.views.debug import ExceptionReporter

from openedx_verifiable_credentials.adapters import keystores
from openedx_verifiable_credentials.adapters import vc_api_signer
from openedx_verifiable_credentials.adapters.keystores import StoredKey
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.adapters.vc_api_signer import VcApiSecurer
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import TransientError
from tests import awards
from tests import signed
from tests import signing_service
from tests import trees
from tests.signing_service import TENANT
from tests.signing_service import TOKEN

NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
SIGNER = signed.signer(11)
every_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
every_dialect = pytest.mark.parametrize("dialect", ["dcc", "vc-api"])


@pytest.fixture(name="service", autouse=True)
def make_service(settings):
    with signing_service.running(SIGNER) as service:
        settings.OPENEDX_VC_SIGNING_SERVICE_URL = service.url
        settings.OPENEDX_VC_SIGNING_SERVICE_ALLOW_HTTP = True
        settings.OPENEDX_VC_SIGNING_SERVICE_TOKEN = TOKEN
        settings.OPENEDX_VC_SIGNING_SERVICE_TIMEOUT_SECONDS = 5
        vc_api_signer.reset()
        yield service
    vc_api_signer.reset()


def remote_key(tenant=TENANT, signer=SIGNER):
    method = signer.method
    return keystores.open_key(StoredKey(method.controller, "remote", tenant, v.ED25519, method.public_key_multibase))


def release(profile=OBV3_VC2, key=None):
    """As :func:`..flows.steps.sign_and_check.sign_and_check` does."""
    key = key or remote_key()
    unsigned = signed.unsigned(awards.full_award(), profile, key.method.controller)
    before = json.dumps(unsigned)
    suite = profile.suite_for(v.ED25519)
    proof = VcApiSecurer().secure(unsigned, suite=suite, signer=key, created=NOW)
    assert json.dumps(unsigned) == before
    raw = json_text.write(profile.attach(unsigned, proof))
    self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=key.method)
    return json.loads(raw)


def error_of(call=release):
    """The error; and that no page or log of it holds the token."""
    with pytest.raises((SigningError, TransientError, ConfigurationError)) as caught:
        call()
    error = caught.value
    page = ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html()
    page += "".join(traceback.format_exception(error))
    assert TOKEN not in page
    return error


@every_dialect
@every_profile
def test_it_signs_what_it_is_sent(settings, service, profile, dialect):
    settings.OPENEDX_VC_SIGNING_SERVICE_DIALECT = dialect
    document = release(profile)
    _, proof = profile.detach(document)
    assert list(proof)[-1] == "proofValue"
    (request,) = service.requests
    assert request["headers"]["Authorization"] == f"Bearer {TOKEN}"
    assert "Cookie" not in request["headers"]
    if dialect == "vc-api":
        assert request["body"]["options"]["verificationMethod"] == proof["verificationMethod"]


def test_a_did_web_key_of_the_other_dialect(settings, service):
    """The service is told under which name a DID document lists the key for each suite."""
    settings.OPENEDX_VC_SIGNING_SERVICE_DIALECT = "vc-api"
    service.signer = signed.signer(11, host="credentials.example.org")
    for profile in PROFILES.values():
        assert release(profile, remote_key(signer=service.signer))


@every_dialect
def test_a_tenant_stays_in_its_part_of_the_path(settings, service, dialect):
    settings.OPENEDX_VC_SIGNING_SERVICE_DIALECT = dialect
    error = error_of(lambda: release(key=remote_key("../../admin?x=#y")))
    assert error.code == "signing_service_refused"
    assert "..%2F..%2Fadmin%3Fx%3D%23y" in service.requests[0]["path"]


def other_key(document):
    other = signed.signer(12)
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return {**document, "proof": OwnSuites().secure(unsigned, suite=v.EDDSA_RDFC_2022, signer=other, created=NOW)}


TAMPERED = {
    "changed claim": lambda d: trees.changed(d, ("credentialSubject", "achievement", "name"), "Another"),
    "added claim": lambda d: {**d, "description": "added"},
    "removed claim": lambda d: {name: value for name, value in d.items() if name != "validFrom"},
    "added context": lambda d: {**d, "@context": [*d["@context"], "https://evil.example/context"]},
    "other id": lambda d: {**d, "id": "urn:uuid:00000000-0000-4000-8000-000000000000"},
    "other issuer": lambda d: trees.changed(d, ("issuer", "id"), signed.signer(12).method.controller),
    "issuer as a string": lambda d: {**d, "issuer": d["issuer"]["id"]},
    "other status": lambda d: {**d, "credentialStatus": {"id": "https://evil.example/1", "type": "X"}},
    "number for a string": lambda d: {**d, "validFrom": 5},
    "other key": other_key,
    "other key under its own name": lambda d: trees.changed(
        other_key(d), ("proof", "verificationMethod"), SIGNER.method.id
    ),
    "extra proof": lambda d: {**d, "proof": [d["proof"], other_key(d)["proof"]]},
    "the proof twice": lambda d: {**d, "proof": [d["proof"], d["proof"]]},
    "no proof": lambda d: {name: value for name, value in d.items() if name != "proof"},
    "empty proof": lambda d: {**d, "proof": {}},
    "proof as a string": lambda d: {**d, "proof": "z"},
    "other suite": lambda d: trees.changed(d, ("proof", "cryptosuite"), v.ECDSA_RDFC_2019),
    "other purpose": lambda d: trees.changed(d, ("proof", "proofPurpose"), "authentication"),
    "extra member of the proof": lambda d: trees.changed(d, ("proof", "challenge"), "x"),
    "context in the proof": lambda d: trees.changed(d, ("proof", "@context"), d["@context"]),
    "flipped signature": lambda d: trees.changed(d, ("proof", "proofValue"), d["proof"]["proofValue"][:-1] + "1"),
    "signature of nothing": lambda d: trees.changed(d, ("proof", "proofValue"), "z" + "1" * 64),
    "no signature": lambda d: trees.changed(d, ("proof", "proofValue"), None),
    "date of another year": lambda d: trees.changed(d, ("proof", "created"), "2019-01-01T00:00:00Z"),
    "date that is none": lambda d: trees.changed(d, ("proof", "created"), "now"),
    "date in a list": lambda d: trees.changed(d, ("proof", "created"), [d["proof"]["created"]]),
    "a list": lambda d: [d],
    "nothing": lambda d: None,
    "a string": lambda d: "signed",
}


@every_dialect
@pytest.mark.parametrize("name", TAMPERED)
def test_what_comes_back_changed_is_refused(settings, service, name, dialect):
    settings.OPENEDX_VC_SIGNING_SERVICE_DIALECT = dialect
    assert release()
    service.change = TAMPERED[name]
    assert error_of().code in ("signing_service_failed", "self_check_failed")


@pytest.mark.parametrize("offset", [datetime.timedelta(hours=-1), datetime.timedelta(hours=1)])
def test_a_good_proof_of_another_hour_is_refused(service, offset):
    service.created = NOW + offset
    assert error_of().code == "signing_service_failed"


ANSWERS = {
    "400": (signing_service.status(400), "signing_service_refused", 1),
    "401": (signing_service.status(401), "signing_service_refused", 1),
    "403": (signing_service.status(403), "signing_service_refused", 1),
    "404": (signing_service.status(404), "signing_service_refused", 1),
    "500": (signing_service.status(500), "signing_service_down", 1),
    "503": (signing_service.status(503), "signing_service_down", 3),
    "429, for a day": (signing_service.status(429, Retry_After="86400"), "signing_service_down", 3),
    "204": (signing_service.status(204), "signing_service_refused", 1),
    "redirect": (signing_service.status(302, Location="http://127.0.0.1:9/"), "signing_service_refused", 1),
    "permanent redirect": (signing_service.status(308, Location="/instance/x"), "signing_service_refused", 1),
    "empty": (signing_service.body(b""), "signing_service_failed", 1),
    "HTML": (signing_service.body(b"<html>"), "signing_service_failed", 1),
    "a list": (signing_service.body(b"[]"), "signing_service_failed", 1),
    "twice the same key": (signing_service.body(b'{"proof":{},"proof":{}}'), "signing_service_failed", 1),
    "deep": (signing_service.body(b'{"a":' * 40 + b"1" + b"}" * 40), "signing_service_failed", 1),
    "not UTF-8": (signing_service.body(b'{"a":"\xff"}'), "signing_service_failed", 1),
    "compressed": (signing_service.body(b"\x1f\x8b", Content_Encoding="gzip"), "signing_service_failed", 1),
    "large": (signing_service.body(b" " * 200_000), "signing_service_failed", 1),
    "flood": (signing_service.flood, "signing_service_failed", 1),
    "drip": (signing_service.drip, "signing_service_down", 1),
    "silence": (signing_service.silence, "signing_service_down", 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_none_is_an_error(settings, service, caplog, name):
    if name in {"drip", "silence"}:
        settings.OPENEDX_VC_SIGNING_SERVICE_TIMEOUT_SECONDS = 1
    caplog.set_level(logging.DEBUG)
    answer, code, requests = ANSWERS[name]
    service.answers = [answer]
    error = error_of()
    assert error.code == code
    assert isinstance(error, TransientError) == (code == "signing_service_down")
    assert len(service.requests) == requests
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("first", [signing_service.status(503), signing_service.status(502)], ids=["503", "502"])
def test_what_may_be_over_in_a_moment_is_tried_again(service, first):
    service.answers = [first, None]
    assert release()
    assert len(service.requests) == 2


def test_a_service_that_cannot_be_reached_is_down(settings, service):
    settings.OPENEDX_VC_SIGNING_SERVICE_URL = "http://127.0.0.1:9"
    assert error_of().code == "signing_service_down"
    service.answers = [signing_service.hang_up]
    settings.OPENEDX_VC_SIGNING_SERVICE_URL = service.url
    assert error_of().code == "signing_service_down"


def test_a_service_that_fails_in_a_row_is_left_alone(service):
    service.answers = [signing_service.status(500)]
    for _ in range(5):
        assert error_of().code == "signing_service_down"
    assert len(service.requests) == 5
    service.answers = []
    for _ in range(3):
        assert "left alone" in str(error_of())
    assert len(service.requests) == 5, "nobody asked"
    vc_api_signer.reset()
    assert release()


def test_refusals_do_not_count_as_failures(service):
    service.answers = [signing_service.status(400)]
    for _ in range(8):
        assert error_of().code == "signing_service_refused"
    service.answers = []
    assert release()


def test_a_wrong_token_is_said_to_be_one(settings):
    settings.OPENEDX_VC_SIGNING_SERVICE_TOKEN = "wrong"
    assert "token" in str(error_of())


def test_the_token_may_come_from_the_environment_and_may_be_missing(settings, service, monkeypatch):
    settings.OPENEDX_VC_SIGNING_SERVICE_TOKEN = ""
    assert "401" in str(error_of())
    assert "Authorization" not in service.requests[0]["headers"]
    monkeypatch.setenv("OPENEDX_VC_SIGNING_SERVICE_TOKEN", TOKEN)
    assert release()


def test_a_netrc_file_does_not_take_the_tokens_place(service, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login evil password evil\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert release()
    assert service.requests[0]["headers"]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "url",
    ["", "http://signing.example", "ftp://signing.example", "https://", "https://user:pass@signing.example",
     "https://signing.example?x=1", "https://signing.example#x", "signing.example", None, 5],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused(settings, url):
    settings.OPENEDX_VC_SIGNING_SERVICE_URL = url
    settings.OPENEDX_VC_SIGNING_SERVICE_ALLOW_HTTP = False
    assert "OPENEDX_VC_SIGNING_SERVICE_URL" in str(error_of())


def test_a_key_that_is_here_is_not_signed_with_there():
    unsigned = signed.unsigned(awards.full_award(), OBV3_VC2, SIGNER.method.controller)
    with pytest.raises(SigningError) as refusal:
        VcApiSecurer().secure(unsigned, suite=v.EDDSA_RDFC_2022, signer=SIGNER, created=NOW)
    assert refusal.value.code == "unsupported_key"


def test_a_suite_that_the_service_does_not_have_is_refused(service):
    unsigned = signed.unsigned(awards.full_award(), OBV3_VC2, SIGNER.method.controller)
    with pytest.raises(SigningError) as refusal:
        VcApiSecurer().secure(unsigned, suite=v.ECDSA_RDFC_2019, signer=remote_key(), created=NOW)
    assert refusal.value.code == "unsupported_key"
    assert service.requests == []
