"""Documents of strangers: real sockets on loopback, real TLS; and the contract that the fake fetcher is held to."""

from __future__ import annotations

import gzip
import logging
import os
import signal
import socket
import threading
import time
import tracemalloc

import pytest

from openedx_verifiable_credentials.adapters import https
from openedx_verifiable_credentials.adapters import name_servers
from openedx_verifiable_credentials.adapters.fetched import FetchedCache
from openedx_verifiable_credentials.adapters.https import GuardedFetcher
from openedx_verifiable_credentials.exceptions import FetchError
from tests import strangers
from tests.fetchers import FakeFetcher

LIMIT = 64 * 1024
DOCUMENT = b'{"id":"did:web:issuer.localhost"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def settings_of_a_test(settings):
    settings.OPENEDX_VC_FETCH_LOOPBACK = True
    settings.OPENEDX_VC_FETCH_TIMEOUT_SECONDS = 5
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 0
    https.reset()
    yield
    https.reset()


@pytest.fixture(scope="module", name="authority")
def make_authority(tmp_path_factory):
    return strangers.Authority(tmp_path_factory.mktemp("certificates"))


def to_loopback(_host, _port, _seconds):
    return ["127.0.0.1"]


@pytest.fixture(name="fetcher")
def make_fetcher(authority):
    return GuardedFetcher(to_loopback, authority.client())


@pytest.fixture(name="serve")
def make_serve(authority):
    """A server with a certificate for issuer.localhost that gives one answer."""
    with_servers = []

    def serve(answer, tls=None):
        context = strangers.running(answer, tls=tls or authority.server(strangers.NAME))
        with_servers.append(context)
        return context.__enter__()

    yield serve
    for context in with_servers:
        context.__exit__(None, None, None)


def refusal(fetcher, url, max_bytes=LIMIT):
    """Code and message."""
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, max_bytes=max_bytes)
    return caught.value


# --- The contract of ports.Fetcher


@pytest.fixture(params=["real", "fake"], name="party")
def make_party(request, serve, authority):
    """A fetcher, the URL of a document that is there, and one where nothing is."""
    if request.param == "fake":
        there = "https://issuer.example/did.json"
        return FakeFetcher({there: DOCUMENT}), there, "https://issuer.example/none.json"
    stranger = serve(None)

    def answer(connection):
        found = stranger.requests[-1].startswith("GET /did.json ")
        strangers.reply(DOCUMENT if found else b"{}", "200 OK" if found else "404 Not Found")(connection)

    stranger.answer = answer
    return GuardedFetcher(to_loopback, authority.client()), stranger.url(), stranger.url("/none.json")


class TestContract:
    def test_what_is_there_is_had(self, party):
        fetcher, there, _ = party
        assert fetcher.fetch(there, max_bytes=LIMIT) == DOCUMENT
        assert fetcher.fetch(there, max_bytes=len(DOCUMENT)) == DOCUMENT

    def test_what_is_larger_than_it_may_be_is_refused(self, party):
        fetcher, there, _ = party
        assert refusal(fetcher, there, len(DOCUMENT) - 1).code == "too_large"

    def test_what_is_not_there_was_not_had(self, party):
        fetcher, _, nowhere = party
        assert refusal(fetcher, nowhere).code == "fetch_failed"

    @pytest.mark.parametrize(
        "url",
        [
            "http://issuer.example/did.json",
            "https://192.0.2.1/did.json",
            "https://user@issuer.example/",
            "ftp://issuer.example/",
            "",
        ],
    )
    def test_what_is_no_plain_address_is_refused(self, party, url):
        assert refusal(party[0], url).code == "address_refused"


# --- What is asked, and how


def test_the_request_is_a_plain_one_for_the_name(serve, fetcher, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login canary password canary\n")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(netrc))
    stranger = serve(strangers.reply(DOCUMENT))
    assert fetcher.fetch(stranger.url("/a%20b?c=d"), max_bytes=LIMIT) == DOCUMENT
    (request,) = stranger.requests
    lines = request.split("\r\n")
    assert lines[0] == "GET /a%20b?c=d HTTP/1.1"
    assert f"Host: {strangers.NAME}:{stranger.port}" in lines
    assert "Accept-Encoding: identity" in lines
    assert not {"authorization", "cookie", "proxy-authorization", "referer"} & {
        line.partition(":")[0].lower() for line in lines
    }
    assert stranger.names == [strangers.NAME]


def test_plain_http_is_for_this_machine_alone(serve, fetcher):
    with strangers.running(strangers.reply(DOCUMENT)) as stranger:
        assert fetcher.fetch(stranger.url(host="localhost"), max_bytes=LIMIT) == DOCUMENT
        assert stranger.requests[0].startswith("GET /did.json HTTP/1.1\r\nHost: localhost:")
        assert refusal(fetcher, stranger.url(host="issuer.example")).code == "address_refused"
        assert stranger.accepted == 1


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/did+json",
        "application/did+ld+json",
        "application/vc+ld+json",
        "application/vc",
        "application/did",
    ],
)
def test_types_of_json_are_taken(serve, fetcher, kind):
    assert fetcher.fetch(serve(strangers.reply(DOCUMENT, Content_Type=kind)).url(), max_bytes=LIMIT) == DOCUMENT


def test_an_answer_in_chunks_or_without_a_length_is_read(serve, fetcher):
    assert fetcher.fetch(serve(strangers.chunked(DOCUMENT[:5], DOCUMENT[5:])).url(), max_bytes=LIMIT) == DOCUMENT
    assert fetcher.fetch(serve(strangers.reply(DOCUMENT, length=-1)).url(), max_bytes=LIMIT) == DOCUMENT
    large = [bytes([65 + number % 26]) for number in range(4_000)]
    assert fetcher.fetch(serve(strangers.chunked(*large)).url(), max_bytes=4_000) == b"".join(large)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (strangers.reply(b"", "301 Moved", Location="https://127.0.0.1/"), "address_refused"),
        (strangers.reply(b"", "302 Found", Location="https://issuer.localhost/"), "address_refused"),
        (strangers.reply(b"", "303 See Other", Location="//elsewhere.example/"), "address_refused"),
        (strangers.reply(b"", "307 Temporary", Location="http://169.254.169.254/"), "address_refused"),
        (strangers.reply(b"", "308 Permanent", Location="file:///etc/passwd"), "address_refused"),
        (strangers.reply(DOCUMENT, "304 Not Modified"), "address_refused"),
        (strangers.reply(DOCUMENT, "201 Created"), "fetch_failed"),
        (strangers.reply(DOCUMENT, "203 Non-Authoritative"), "fetch_failed"),
        (strangers.reply(DOCUMENT, "206 Partial Content"), "fetch_failed"),
        (strangers.reply(DOCUMENT, "401 Unauthorized", WWW_Authenticate="Basic"), "fetch_failed"),
        (strangers.reply(DOCUMENT, "404 Not Found"), "fetch_failed"),
        (strangers.reply(DOCUMENT, "500 Oh"), "fetch_failed"),
        (strangers.reply(DOCUMENT, Content_Type="text/html"), "fetch_failed"),
        (strangers.reply(DOCUMENT, Content_Type="text/plain; charset=json"), "fetch_failed"),
        (strangers.reply(DOCUMENT, Content_Type=""), "fetch_failed"),
        (strangers.reply(gzip.compress(DOCUMENT), Content_Encoding="gzip"), "fetch_failed"),
        (strangers.reply(DOCUMENT, Content_Encoding="br"), "fetch_failed"),
        (strangers.reply(DOCUMENT, length=len(DOCUMENT) + 1), "fetch_failed"),
        (strangers.reply(DOCUMENT, length=LIMIT + 1), "too_large"),
        (strangers.reply(bytes(LIMIT + 1), length=-1), "too_large"),
        (strangers.chunked(bytes(LIMIT), b"."), "too_large"),
        (strangers.raw(b""), "fetch_failed"),
        (strangers.raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "fetch_failed"),
        (strangers.raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"), "fetch_failed"),
        (strangers.raw(b"HTTP/1.1 200 " + b"x" * 100_000), "fetch_failed"),
        (strangers.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nxx"), "fetch_failed"),
        (strangers.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx"), "fetch_failed"),
        (strangers.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\nshort"), "fetch_failed"),
    ],
)
def test_other_answers_are_refused(serve, fetcher, answer, code):
    stranger = serve(answer)
    assert refusal(fetcher, stranger.url()).code == code
    assert stranger.accepted == 1, "nothing else was asked"


# --- Time and size


@pytest.mark.parametrize(
    "answer",
    [
        strangers.drip(HEAD + b"\r\n", b" "),
        strangers.drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        strangers.drip(HEAD, b"x"),
        strangers.drip(HEAD, b"X: y\r\n"),
        strangers.drip(b"HTTP/1.1 200 ", b"O"),
        strangers.drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda connection: time.sleep(4),
    ],
    ids=["body", "chunks", "header", "headers", "status", "continue", "silence"],
)
def test_a_slow_answer_has_an_end(serve, fetcher, settings, answer):
    settings.OPENEDX_VC_FETCH_TIMEOUT_SECONDS = 1
    stranger = serve(answer)
    began = time.monotonic()
    assert refusal(fetcher, stranger.url()).code == "fetch_failed"
    # One second is meant; machines are shared.
    assert time.monotonic() - began < 3


def test_a_slow_handshake_has_an_end(fetcher, settings):
    settings.OPENEDX_VC_FETCH_TIMEOUT_SECONDS = 1
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            connection, _ = listener.accept()
            try:
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)
            except OSError:
                connection.close()

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        url = f"https://{strangers.NAME}:{listener.getsockname()[1]}/"
        assert refusal(fetcher, url).code == "fetch_failed"
        assert time.monotonic() - began < 3
        thread.join(5)


@pytest.mark.parametrize(
    ("before", "part"),
    [
        (HEAD + b"\r\n", b" " * 65_536),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65_536 + b"\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 60_000 + b"\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 8_192),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_048),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(bytes(1 << 20))),
    ],
    ids=["body", "chunks", "extensions", "trailer", "continue", "gzip"],
)
def test_an_endless_answer_takes_no_room(serve, fetcher, before, part):
    stranger = serve(strangers.endless(before, part))
    tracemalloc.start()
    try:
        error = refusal(fetcher, stranger.url())
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert error.code in ("too_large", "fetch_failed")


# --- TLS


def test_a_certificate_of_another_name_is_refused(serve, fetcher, authority):
    stranger = serve(strangers.reply(DOCUMENT), authority.server("other.localhost"))
    assert refusal(fetcher, stranger.url()).code == "fetch_failed"
    assert stranger.requests == []


def test_a_certificate_that_is_over_is_refused(serve, fetcher, authority):
    stranger = serve(strangers.reply(DOCUMENT), authority.server(strangers.NAME, days=-1))
    assert refusal(fetcher, stranger.url()).code == "fetch_failed"
    assert stranger.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(serve, fetcher, tmp_path):
    stranger = serve(strangers.reply(DOCUMENT), strangers.Authority(tmp_path).server(strangers.NAME))
    assert refusal(fetcher, stranger.url()).code == "fetch_failed"
    # And by the authorities that are the default, this test's own is not known.
    assert refusal(GuardedFetcher(to_loopback), stranger.url()).code == "fetch_failed"
    assert stranger.requests == []


def test_a_certificate_of_the_number_does_not_stand_for_the_name(serve, fetcher, authority):
    stranger = serve(strangers.reply(DOCUMENT), authority.server("127.0.0.1"))
    assert refusal(fetcher, stranger.url()).code == "fetch_failed"


def test_a_server_without_tls_is_refused(fetcher):
    with strangers.running(strangers.reply(DOCUMENT)) as stranger:
        url = f"https://{strangers.NAME}:{stranger.port}/"
        assert refusal(fetcher, url).code == "fetch_failed"


# --- Addresses of a name


def test_the_next_address_is_tried_where_one_takes_no_connection(serve, authority):
    stranger = serve(strangers.reply(DOCUMENT))
    fetcher = GuardedFetcher(lambda *_: ["::1", "127.0.0.1"], authority.client())
    assert fetcher.fetch(stranger.url(), max_bytes=LIMIT) == DOCUMENT


def test_a_name_without_an_address_was_not_had(authority):
    assert refusal(GuardedFetcher(lambda *_: []), "https://issuer.example/").code == "fetch_failed"


def test_the_system_is_asked_for_a_full_name_once(monkeypatch):
    asked = []

    def getaddrinfo(host, port, **_options):
        asked.append((host, port))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("192.0.2.1", "192.0.2.2")] * 2

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert name_servers.look_up("issuer.example", 443, 5) == ["192.0.2.1", "192.0.2.2"]
    assert asked == [("issuer.example.", 443)]


def test_the_system_knows_this_machine():
    assert set(name_servers.look_up("localhost", 443, 5)) <= {"127.0.0.1", "::1"}
    assert name_servers.look_up("127.0.0.1", 443, 5) == ["127.0.0.1"]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_look_up_that_fails_was_not_had(monkeypatch, error):
    def getaddrinfo(*_args, **_options):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert refusal(GuardedFetcher(), "https://issuer.example/").code == "fetch_failed"


def test_look_ups_that_hang_hold_up_nobody_for_long(monkeypatch, settings):
    settings.OPENEDX_VC_FETCH_TIMEOUT_SECONDS = 1
    release = threading.Event()
    running = []

    def getaddrinfo(*_args, **_options):
        running.append(threading.get_ident())
        release.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    errors = []
    ask = [
        threading.Thread(target=lambda: errors.append(refusal(GuardedFetcher(), "https://issuer.example/").code))
        for _ in range(name_servers.MAX_AT_ONCE + 4)
    ]
    try:
        for thread in ask:
            thread.start()
        for thread in ask:
            thread.join(10)
        assert errors == ["fetch_failed"] * len(ask)
        assert len(running) == name_servers.MAX_AT_ONCE, "no more threads than there are places"
    finally:
        release.set()
    for _ in range(100):
        if name_servers._free._value == name_servers.MAX_AT_ONCE:
            break
        time.sleep(0.05)
    assert name_servers._free._value == name_servers.MAX_AT_ONCE, "each place is given back"


# --- What is kept


def test_what_was_had_is_kept_for_a_while(serve, fetcher, settings):
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 300
    stranger = serve(strangers.reply(DOCUMENT))
    assert [fetcher.fetch(stranger.url(), max_bytes=LIMIT) for _ in range(3)] == [DOCUMENT] * 3
    assert stranger.accepted == 1
    fetcher.fetch(stranger.url("/other"), max_bytes=LIMIT)
    assert stranger.accepted == 2


def test_what_was_not_had_is_not_asked_for_again_at_once(serve, fetcher, settings):
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 300
    stranger = serve(strangers.reply(DOCUMENT, "500 Oh"))
    errors = [refusal(fetcher, stranger.url()) for _ in range(3)]
    assert {error.code for error in errors} == {"fetch_failed"}
    assert len({id(error) for error in errors}) == 3
    assert stranger.accepted == 1
    kept = https._cache.find((stranger.url(), LIMIT))
    assert (kept.__traceback__, kept.__cause__, kept.__context__) == (None, None, None), "what was read is let go"


def test_a_limit_is_kept_though_a_larger_document_was_had(serve, fetcher, settings):
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 300
    stranger = serve(strangers.reply(DOCUMENT))
    assert fetcher.fetch(stranger.url(), max_bytes=LIMIT) == DOCUMENT
    assert refusal(fetcher, stranger.url(), 5).code == "too_large"
    assert fetcher.fetch(stranger.url(), max_bytes=LIMIT) == DOCUMENT


def test_what_the_setting_let_through_is_refused_without_it(serve, fetcher, settings):
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 300
    stranger = serve(strangers.reply(DOCUMENT))
    fetcher.fetch(stranger.url(), max_bytes=LIMIT)
    settings.OPENEDX_VC_FETCH_LOOPBACK = False
    assert refusal(fetcher, stranger.url()).code == "address_refused"


class TestCache:
    def test_it_keeps_so_many_and_so_much(self):
        cache = FetchedCache(len, entries=3, size=100)
        for number in range(4):
            cache.put((str(number), 1), b"x", 10)
        assert [cache.find((str(number), 1)) for number in range(4)] == [None, b"x", b"x", b"x"]
        cache.find(("1", 1))
        cache.put(("4", 1), b"x", 10)
        assert cache.find(("1", 1)) == b"x", "the one not used for longest leaves"
        assert cache.find(("2", 1)) is None
        for number in range(10):
            cache.put((f"large {number}", 1), b"x" * 25, 10)
        assert cache._bytes <= 100
        cache.put(("too large", 1), b"x" * 26, 10)
        assert cache.find(("too large", 1)) is None

    def test_a_time_ends(self):
        now = [0.0]
        cache = FetchedCache(len, clock=lambda: now[0])
        cache.put(("a", 1), b"x", 10)
        cache.put(("b", 1), b"x", 0)
        now[0] = 9.9
        assert (cache.find(("a", 1)), cache.find(("b", 1))) == (b"x", None)
        now[0] = 10.0
        assert cache.find(("a", 1)) is None
        assert cache._bytes == 0

    def test_threads_may_use_it_together(self):
        cache = FetchedCache(len, entries=8, size=200)

        def work(seed):
            for number in range(500):
                cache.put((str((seed * number) % 17), 1), b"x" * (number % 40), 10)
                cache.find((str(number % 17), 1))

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert cache._bytes == sum(len(value) for _, value in cache._entries.values()) <= 200
        assert len(cache._entries) <= 8


def test_a_forked_process_starts_anew(serve, fetcher, settings):
    """Though a thread of the parent was in the middle of everything."""
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 300
    stranger = serve(strangers.reply(DOCUMENT))
    fetcher.fetch(stranger.url(), max_bytes=LIMIT)
    for _ in range(name_servers.MAX_AT_ONCE):
        assert name_servers._free.acquire(timeout=1)
    with https._cache._lock:
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            had = GuardedFetcher(lambda *args: name_servers.look_up("127.0.0.1", *args[1:]), fetcher._tls).fetch(
                stranger.url(), max_bytes=LIMIT
            )
            os._exit(0 if had == DOCUMENT else 1)
    name_servers._renew()
    assert os.waitpid(child, 0)[1] == 0
    assert stranger.accepted == 2


# --- What is said


def test_neither_path_nor_query_is_said_anywhere(serve, fetcher, caplog):
    caplog.set_level(logging.DEBUG)
    stranger = serve(strangers.reply(DOCUMENT, "404 Not Found", Set_Cookie="canary"))
    error = refusal(fetcher, stranger.url("/canary?canary=canary"))
    assert strangers.NAME in str(error)
    assert strangers.NAME in caplog.text
    assert "canary" not in str(error) + caplog.text
    for url in ("https://issuer.example/%zz?canary", "https://canary:canary@issuer.example/", "https://canary/"):
        assert "canary" not in str(refusal(fetcher, url)) + caplog.text
