"""
Where a stranger's document may not lead us: every address is tried against listening sockets, and none of them sees a
connection. Nor does anything else: what this process tries to connect to is written down.
"""

from __future__ import annotations

import contextlib
import socket

import pytest

from openedx_verifiable_credentials.adapters import https
from openedx_verifiable_credentials.adapters import name_servers
from openedx_verifiable_credentials.adapters.https import GuardedFetcher
from openedx_verifiable_credentials.exceptions import FetchError
from tests import strangers

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
LISTENING = ("127.0.0.1", "127.0.0.2", "127.8.8.8", "::1")

# As hosts of an address. {port} is one where sockets listen.
SPELLINGS = (
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "127.0.0.1",
    "127.0.0.2",
    "127.8.8.8",
    "127.1",
    "127.0.1",
    "127.0.0.1.",
    "127.0.0.01",
    "0",
    "0.0.0.0",
    "00",
    "0x0",
    "2130706433",
    "2130706434",
    "0x7f000001",
    "0X7F000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0x0.0.01",
    "0000177.0.0.1",
    "127.000.000.001",
    "4294967297",
    "127.0.0.1%00.example.org",
    "127.0.0.1%2f.example.org",
    "127.0.0.1%20",
    "%31%32%37.0.0.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "ｌｏｃａｌｈｏｓｔ",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[fd00::1]",
    "::1",
    "user@127.0.0.1",
    "user:password@127.0.0.1",
    "example.org@127.0.0.1",
    "example.org:443@127.0.0.1",
    "example.org#@127.0.0.1",
    "example.org\\@127.0.0.1",
    "127.0.0.1\\.example.org",
    "127.0.0.1;example.org",
    "127.0.0.1 example.org",
    "127.0.0.1\t",
    "127.0.0.1\r\nHost: example.org",
    "127.0.0.1\n",
    "\x00127.0.0.1",
    "",
    " 127.0.0.1",
    "metadata",
    "metadata.internal",
    "metadata.google.internal",
    "printer.local",
    "router.home.arpa",
    "abcdefgh.onion",
    "-a.example.org",
    "a-.example.org",
    "a..example.org",
    ".example.org",
    "a_b.example.org",
    "a" * 64 + ".example.org",
    "a." * 126 + "org",
    "example.0x7f000001",
    "example.127",
)

# Where a name may lead.
PLACES = (
    *LISTENING,
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::2",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    f"::ffff:{PUBLIC}",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    f"64:ff9b::{PUBLIC}",
    "64:ff9b:1::1",
    "64:ff9b:1:ffff::10.0.0.1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::",
    "2002:5db8:d70e::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%lo",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "nonsense",
    "",
)


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.OPENEDX_VC_FETCH_LOOPBACK = False
    settings.OPENEDX_VC_FETCH_CACHE_SECONDS = 0
    settings.OPENEDX_VC_FETCH_TIMEOUT_SECONDS = 2
    https.reset()


@pytest.fixture(name="listeners")
def make_listeners():
    """On every address of this machine that is tried, at one port."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(strangers.running(strangers.reply(b"{}")))
        servers = [first]
        for host in LISTENING[1:]:
            servers.append(stack.enter_context(strangers.running(strangers.reply(b"{}"), host=host, port=first.port)))
        yield servers


@pytest.fixture(name="tried")
def make_tried(monkeypatch):
    """What this process tried to connect or send to; nothing of it leaves."""
    tried = []

    def connect(_self, address):
        tried.append(address)
        raise OSError("not in this test")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, connect)
    return tried


def code(fetcher, url):
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, max_bytes=1024)
    return caught.value.code


@pytest.fixture(name="never_looked_up")
def make_never_looked_up():
    def resolve(host, _port, _seconds):
        raise AssertionError(f"{host} was looked up")

    return GuardedFetcher(resolve)


def test_the_listeners_are_there(listeners, settings):
    """What is not seen below could have been seen."""
    settings.OPENEDX_VC_FETCH_LOOPBACK = True
    for server, host in zip(listeners, LISTENING, strict=True):
        fetcher = GuardedFetcher(lambda *_, host=host: [host])
        assert fetcher.fetch(f"http://localhost:{server.port}/", max_bytes=1024) == b"{}"
    assert [server.accepted for server in listeners] == [1, 1, 1, 1]


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_spelling_of_a_number_is_asked(listeners, tried, never_looked_up, scheme):
    for host in SPELLINGS:
        for port in (f":{listeners[0].port}", ""):
            assert code(never_looked_up, f"{scheme}://{host}{port}/did.json") == "address_refused", host
    assert tried == []
    assert [server.accepted for server in listeners] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "HTTPS://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "data:application/json,{}",
        "jar:https://example.org!/",
        "//example.org/",
        "example.org",
        "https:example.org",
        "https:/example.org/",
        "https:///example.org/",
        "https://",
        "https://example.org/#fragment",
        "https://example.org/ ",
        " https://example.org/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org/\x00",
        "https://example.org/%",
        "https://example.org/%0",
        "https://example.org/é",
        "https://example.org/\\..\\",
        "https://example.org:0/",
        "https://example.org:22/",
        "https://example.org:25/",
        "https://example.org:80/",
        "https://example.org:1023/",
        "https://example.org:65536/",
        "https://example.org:99999/",
        "https://example.org:-1/",
        "https://example.org:/",
        "https://example.org:443:443/",
        "https://example.org:４４３/",
        "https://example.org/" + "a" * 2_048,
    ],
)
def test_no_other_form_of_address_is_asked(tried, never_looked_up, url):
    assert code(never_looked_up, url) == "address_refused"
    assert tried == []


@pytest.mark.parametrize("where", ["alone", "first", "last"])
def test_a_name_that_leads_to_a_place_like_that_is_not_asked(listeners, tried, where):
    for place in PLACES:
        places = {"alone": [place], "first": [place, PUBLIC], "last": [PUBLIC_V6, PUBLIC, PUBLIC, PUBLIC, place]}[where]
        fetcher = GuardedFetcher(lambda *_, places=places: places)
        url = f"https://issuer.example.org:{listeners[0].port}/did.json"
        assert code(fetcher, url) == "address_refused", place
    assert tried == []
    assert [server.accepted for server in listeners] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "url", ["https://example.org?@127.0.0.1/", "https://example.org/@127.0.0.1", "https://example.org:443?a"]
)
def test_the_host_is_what_stands_before_path_and_query(tried, url):
    looked_up = []

    def resolve(host, port, _seconds):
        looked_up.append((host, port))
        return [PUBLIC]

    assert code(GuardedFetcher(resolve), url) == "fetch_failed"
    assert looked_up == [("example.org", 443)]
    assert tried == [(PUBLIC, 443)]


@pytest.mark.parametrize("place", [PUBLIC, "1.1.1.1", "100.63.255.255", "172.32.0.1", "192.0.1.1", "223.255.255.255"])
def test_public_places_are_asked(tried, place):
    assert code(GuardedFetcher(lambda *_: [place]), "https://issuer.example.org/") == "fetch_failed"
    assert tried == [(place, 443)]


@pytest.mark.parametrize("place", [PUBLIC_V6, "2001:200::1", "2003::1", "3ffe::1", "2a00:1450:4001:82a::200e"])
def test_public_places_of_ipv6_are_asked(tried, place):
    assert code(GuardedFetcher(lambda *_: [place]), "https://issuer.example.org:8443/") == "fetch_failed"
    assert tried == [(place, 8443)]


def test_a_second_answer_of_the_name_server_counts_for_nothing(listeners, tried, monkeypatch):
    """Rebinding: first a public place, from then on this machine."""
    answers = iter([PUBLIC])
    asked = []

    def getaddrinfo(host, port, *_args, **_options):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    fetcher = GuardedFetcher(name_servers.look_up)
    url = f"https://issuer.example.org:{listeners[0].port}/did.json"
    assert code(fetcher, url) == "fetch_failed"
    assert asked == ["issuer.example.org."]
    assert tried == [(PUBLIC, listeners[0].port)]
    assert code(fetcher, url) == "address_refused"
    assert len(tried) == 1
    assert [server.accepted for server in listeners] == [0, 0, 0, 0]


def test_the_test_setting_opens_this_machine_and_nothing_else(listeners, tried, settings):
    settings.OPENEDX_VC_FETCH_LOOPBACK = True
    for place in PLACES:
        if place in LISTENING or place == "127.255.255.255":
            continue
        fetcher = GuardedFetcher(lambda *_, place=place: [place])
        assert code(fetcher, "http://localhost/") == "address_refused", place
    for place in PLACES:
        fetcher = GuardedFetcher(lambda *_, place=place: [place])
        assert code(fetcher, "https://issuer.example.org/") == "address_refused", place
    assert code(GuardedFetcher(lambda *_: [PUBLIC]), "http://localhost/") == "address_refused"
    assert code(GuardedFetcher(lambda *_: [PUBLIC]), "http://issuer.example.org/") == "address_refused"
    assert tried == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_leads_nowhere(listeners, settings, status, tmp_path):
    """From a server that may be asked to one that may not."""
    settings.OPENEDX_VC_FETCH_LOOPBACK = True
    authority = strangers.Authority(tmp_path)
    target = listeners[1]
    answer = strangers.reply(b"{}", status, Location=f"http://127.0.0.2:{target.port}/")
    with strangers.running(answer, tls=authority.server(strangers.NAME)) as open_one:
        fetcher = GuardedFetcher(lambda *_: ["127.0.0.1"], authority.client())
        assert code(fetcher, open_one.url()) == "address_refused"
        assert open_one.accepted == 1
    assert [server.accepted for server in listeners] == [0, 0, 0, 0]
