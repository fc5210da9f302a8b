"""One endpoint over HTTP and TLS: what is sent to whom, and what is not."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from openedx_verifiable_credentials.adapters.chain_endpoints import Endpoint
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import TransientError
from tests import strangers

HOST = "127.0.0.1"
TOKEN = "canary-token-4711"
ANSWER = b'{"jsonrpc":"2.0","id":1,"result":"0x1"}'
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


def says(raw: bytes) -> strangers.Answer:
    return lambda connection: connection.sendall(raw)


@pytest.fixture(scope="module", name="authority")
def make_authority(tmp_path_factory: Any) -> strangers.Authority:
    return strangers.Authority(tmp_path_factory.mktemp("certificates"))


def ask(url: str, **options: Any) -> bytes:
    return Endpoint(Secret(url.encode()), 5, **options).post(b'{"id":1}')


def test_a_question_and_its_answer_over_tls(authority: strangers.Authority) -> None:
    with strangers.running(says(GOOD), tls=authority.server(HOST)) as stranger:
        assert ask(stranger.url(f"/v2/{TOKEN}?a=b", HOST), tls=authority.client()) == ANSWER
    (request,) = stranger.requests
    lines = request.split("\r\n")
    assert lines[0] == f"POST /v2/{TOKEN}?a=b HTTP/1.1"
    assert f"Host: {HOST}:{stranger.port}" in lines
    assert "Content-Length: 8" in lines
    assert not any(line.startswith("Authorization") for line in lines)


@pytest.mark.parametrize(("name", "days"), [("issuer.localhost", 1), (HOST, -1)])
def test_another_hosts_or_an_old_certificate_does_not_count(
    authority: strangers.Authority, name: str, days: int
) -> None:
    with strangers.running(says(GOOD), tls=authority.server(name, days=days)) as stranger:
        with pytest.raises(TransientError, match="has no certificate that counts"):
            ask(stranger.url(f"/{TOKEN}", HOST), tls=authority.client())
        assert stranger.requests == [], "not even the token was sent"


def test_an_authority_that_nobody_knows_does_not_count(authority: strangers.Authority) -> None:
    with (
        strangers.running(says(GOOD), tls=authority.server(HOST)) as stranger,
        pytest.raises(TransientError, match="has no certificate that counts"),
    ):
        ask(stranger.url("/", HOST))


def test_user_and_password_go_where_http_has_them() -> None:
    with strangers.running(says(GOOD)) as stranger:
        assert ask(f"http://ada:{TOKEN}%2F%C3%A9@{HOST}:{stranger.port}") == ANSWER
    expected = base64.b64encode(f"ada:{TOKEN}/é".encode()).decode()
    assert f"\r\nAuthorization: Basic {expected}\r\n" in stranger.requests[0]
    assert stranger.requests[0].startswith("POST / HTTP/1.1\r\n")


def test_a_redirect_is_not_followed() -> None:
    with strangers.running(says(GOOD)) as elsewhere:
        location = elsewhere.url("/", HOST).encode()
        redirect = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % location
        with (
            strangers.running(says(redirect)) as stranger,
            pytest.raises(TransientError, match="answers with HTTP 307"),
        ):
            ask(stranger.url(f"/{TOKEN}", HOST))
        assert elsewhere.accepted == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        GOOD[:-5],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
    ],
)
def test_what_is_no_whole_answer_is_none(raw: bytes) -> None:
    with strangers.running(says(raw)) as stranger, pytest.raises(TransientError) as error:
        ask(stranger.url(f"/{TOKEN}", HOST))
    assert error.value.code == "chain_unavailable"
    assert HOST in error.value.message
    assert TOKEN not in error.value.message
    assert error.value.__context__ is None


def test_chunks_are_put_together() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(ANSWER), ANSWER)
    with strangers.running(says(raw)) as stranger:
        assert ask(stranger.url("/", HOST)) == ANSWER
