"""Who may use the VC API, and how often; whatever is sent, no token is told."""

import json
import logging
import secrets

import pytest
from django.test import Client

from tests import asking
from tests import rows

pytestmark = pytest.mark.django_db
TOKEN = secrets.token_hex(32)
OTHER = secrets.token_hex(32)
ENDPOINTS = {asking.VERIFY_CREDENTIAL: "verifiableCredential", asking.VERIFY_PRESENTATION: "verifiablePresentation"}
both = pytest.mark.parametrize("path", ENDPOINTS)


@pytest.fixture(name="on")
def switch_on(settings):
    """Two tokens are configured; the plugin's switch is off."""
    settings.OPENEDX_VC_VC_API_TOKENS = [OTHER, TOKEN]


def ask(path, body=b"{}", token=TOKEN, scheme="Bearer", **headers):
    """The response to ``body``."""
    if token is not None:
        headers["HTTP_AUTHORIZATION"] = f"{scheme} {token}"
    return asking.post_json(Client(raise_request_exception=False), path, body, **headers)


@both
@pytest.mark.parametrize("tokens", [None, [], ()])
def test_without_a_token_in_the_settings_there_is_no_api(settings, path, tokens):
    if tokens is not None:
        settings.OPENEDX_VC_VC_API_TOKENS = tokens
    for token in (None, TOKEN, ""):
        assert asking.refusal(ask(path, token=token)) == (404, "not_found")


@both
@pytest.mark.parametrize(
    ("token", "scheme"),
    [
        (None, ""),
        ("", "Bearer"),
        (TOKEN[:-1], "Bearer"),
        (TOKEN + "0", "Bearer"),
        (TOKEN.upper(), "Bearer"),
        (f"{TOKEN} {TOKEN}", "Bearer"),
        (f"{TOKEN},{OTHER}", "Bearer"),
        (secrets.token_hex(32), "Bearer"),
        (TOKEN, "Basic"),
        (TOKEN, "Token"),
        (TOKEN, "JWT"),
        ("\u00e9" * 32, "Bearer"),
    ],
)
def test_without_a_known_token_nothing_is_answered(on, path, token, scheme):
    response = ask(path, token=token, scheme=scheme)
    assert response.status_code == 401
    assert asking.refusal(response)[1] in ("not_authenticated", "unknown_token")
    assert response["WWW-Authenticate"] == 'Bearer realm="VC API"'


@both
def test_a_session_is_no_token(on, path, ada, client):
    client.force_login(ada)
    assert asking.post_json(client, path, b"{}").status_code == 401


@both
@pytest.mark.parametrize("token", [TOKEN, OTHER])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_each_token_opens_it(on, path, token, scheme):
    assert asking.refusal(ask(path, token=token, scheme=scheme)) == (400, "invalid_request")


@both
def test_a_token_that_is_taken_away_is_refused_at_once(on, settings, path):
    assert ask(path).status_code == 400
    settings.OPENEDX_VC_VC_API_TOKENS = [OTHER]
    assert ask(path).status_code == 401


@pytest.mark.parametrize(
    "tokens", ["x" * 40, ["short"], ["x" * 31], ["x" * 20 + " " + "x" * 20], ["é" * 40], [TOKEN, 7], [None], {}, 7]
)
def test_with_tokens_that_cannot_be_used_nothing_is_answered(settings, caplog, tokens):
    settings.OPENEDX_VC_VC_API_TOKENS = tokens
    response = ask(asking.VERIFY_CREDENTIAL)
    assert asking.refusal(response) == (500, "internal_error")
    assert TOKEN not in caplog.text


@both
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_it_is_asked_by_post_alone(on, path, method):
    response = Client().generic(method, path, headers={"Authorization": f"Bearer {TOKEN}"})
    assert asking.refusal(response)[0] == 405


@both
def test_a_token_has_a_limit_of_its_own(on, settings, path):
    settings.OPENEDX_VC_THROTTLE_VERIFY = "2/min"
    for address in ("192.0.2.1", "192.0.2.2"):
        assert ask(path, REMOTE_ADDR=address).status_code == 400
    refused = ask(path, REMOTE_ADDR="192.0.2.3")
    assert asking.refusal(refused) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert ask(path, token=OTHER).status_code == 400


@both
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_request"),
        (b"{", "malformed_json"),
        (b"[]", "not_an_object"),
        (b"{}", "invalid_request"),
        (b'{"credential": {}}', "invalid_request"),
        (b'{"MEMBER": null}', "invalid_request"),
        (b'{"MEMBER": 7}', "invalid_request"),
        (b'{"MEMBER": []}', "invalid_request"),
        (b'{"MEMBER": ""}', "invalid_request"),
        (b'{"MEMBER": "not a token"}', "invalid_request"),
        (b'{"MEMBER": "{\\"type\\": []}"}', "invalid_request"),
        (b'{"MEMBER": {"type": "EnvelopedVerifiableCredential", "id": "data:text/plain,a.b.c"}}', "invalid_request"),
        (b'{"MEMBER": {"type": ["EnvelopedVerifiableCredential"]}}', "invalid_request"),
        (b'{"MEMBER": {}, "MEMBER": {}}', "duplicate_key"),
        (b'{"MEMBER": {"a": 1, "a": 1}}', "duplicate_key"),
        (b'{"MEMBER": {"a": NaN}}', "malformed_json"),
        (b'{"MEMBER": {}, "options": []}', "invalid_request"),
        (b'{"MEMBER": {}, "options": {"challenge": 7}}', "invalid_request"),
        (b'{"MEMBER": {}, "options": {"domain": ["a"]}}', "invalid_request"),
        (b'{"MEMBER": {}, "options": {"checks": "proof"}}', "invalid_request"),
        (b'{"MEMBER": {}, "options": {"checks": ["proof", "luck"]}}', "invalid_request"),
        (b'{"MEMBER": {}, "options": {"checks": ["disclosure"]}}', "invalid_request"),
        (b'{"MEMBER": {}, "options": {"ignoreStatus": true}}', "unknown_option"),
        (b'{"MEMBER": ' + b"[" * 30 + b"]" * 30 + b"}", "too_deep"),
    ],
)
def test_a_request_that_is_none_is_refused(on, path, body, code):
    before = rows.snapshot()
    response = ask(path, body.replace(b"MEMBER", ENDPOINTS[path].encode()))
    assert asking.refusal(response) == (400, code)
    assert rows.changed(before) == []


@both
def test_a_body_that_is_too_large_is_refused(on, path):
    body = json.dumps({ENDPOINTS[path]: {"a": "x" * 600_000}}).encode()
    assert asking.refusal(ask(path, body)) == (413, "too_large")


@both
def test_another_media_type_is_refused(on, path):
    response = Client().generic("POST", path, b"a=b", "text/plain", headers={"Authorization": f"Bearer {TOKEN}"})
    assert asking.refusal(response)[0] == 415


@both
def test_no_token_is_logged_or_answered(on, path, caplog):
    caplog.set_level(logging.DEBUG)
    unknown = secrets.token_hex(32)
    replies = [ask(path), ask(path, b"{"), ask(path, token=unknown)]
    written = caplog.text + "".join(str(vars(record)) for record in caplog.records if "openedx_ver" in record.name)
    for token in (TOKEN, OTHER, unknown):
        assert token not in written
        for reply in replies:
            assert token not in reply.content.decode() + str(reply.headers)
