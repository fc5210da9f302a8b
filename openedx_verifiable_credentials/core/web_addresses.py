"""
Which addresses of the web may be asked on behalf of a document that anybody may have written.

Two questions, both answered here and nowhere else: is this a plain address of a named host, and is what the name leads
to a public place. The first refuses every spelling of a number as a host; the second knows the registries of special
purpose (IANA, RFC 6890), since a list of what is public is shorter and safer than a library's idea of "global".
"""

from __future__ import annotations

import dataclasses
import ipaddress
import re

from openedx_verifiable_credentials.exceptions import FetchError

HTTPS_PORT = 443
_HTTP_PORT = 80
_MAX_CHARACTERS = 2_048
_MAX_HOST = 253
_MAX_LABEL = 63
_FIRST_FREE_PORT = 1_024
_LAST_PORT = 65_535
# RFC 3986: no user, no fragment; only characters that may stand in a path and a query.
_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_URL = re.compile(rf"(https?)://([A-Za-z0-9\-.]+)(?::([0-9]{{1,5}}))?((?:/{_PCHAR}*)*)((?:\?(?:{_PCHAR}|[/?])*)?)")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?")
# Names that lead nowhere public, or that must not be looked up (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476).
_NOT_PUBLIC = ("localhost", "localdomain", "local", "internal", "home.arpa", "onion", "alt", "invalid")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1")

_REFUSED_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network, unspecified
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers
            "127.0.0.0/8",
            "168.63.129.16/32",  # a cloud's own services, inside each of its machines
            "169.254.0.0/16",  # link-local, and what clouds tell their machines
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
# What is not in it: unspecified, loopback, mapped, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard, private (fc00::/7),
# link-local, site-local, multicast.
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_IPV6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocols: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address inside
            "3fff::/20",  # documentation
        ),
    )
)


@dataclasses.dataclass(frozen=True)
class WebAddress:
    """``target``: path and query. ``is_local``: of this machine, which only the test setting lets through."""

    scheme: str
    host: str
    port: int
    target: str
    is_local: bool

    @property
    def authority(self) -> str:
        """Host, and port where it is not the scheme's own."""
        own = HTTPS_PORT if self.scheme == "https" else _HTTP_PORT
        return self.host if self.port == own else f"{self.host}:{self.port}"


def read(url: str, *, loopback: bool = False) -> WebAddress:
    """
    The parts of ``url``: https, a host by its full name, port 443 or one above 1023.

    ``loopback`` lets through ``localhost``, names below it and ``127.0.0.1``, over http too and at any port: for tests.
    Raises FetchError ``address_refused``.
    """
    match = _URL.fullmatch(url) if len(url) <= _MAX_CHARACTERS else None
    if match is None:
        raise FetchError("address_refused", "That is not a plain address of the web.")
    scheme, host = match[1], match[2].lower()
    is_local = loopback and (host in _LOOPBACK_NAMES or host.endswith(".localhost"))
    if not is_local and (scheme != "https" or not _is_public_name(host)):
        raise FetchError("address_refused", "Only https addresses of public hosts, by their names, are asked.")
    port = int(match[3] or (HTTPS_PORT if scheme == "https" else _HTTP_PORT))
    first = 1 if is_local else _FIRST_FREE_PORT
    if port != HTTPS_PORT and not first <= port <= _LAST_PORT:
        raise FetchError("address_refused", "Only port 443 and ports above 1023 are asked.")
    return WebAddress(scheme, host, port, (match[4] or "/") + match[5], is_local)


def _is_public_name(host: str) -> bool:
    """
    Whether ``host`` is a full name. A last label that starts with a digit makes a host a number, as ``127.1``,
    ``0x7f000001`` and ``2130706433`` are: no top-level domain does.
    """
    labels = host.split(".")
    if len(labels) < 2 or len(host) > _MAX_HOST or labels[-1][:1].isdigit():
        return False
    if any(len(label) > _MAX_LABEL or not _LABEL.fullmatch(label) for label in labels):
        return False
    return not any(host.endswith(f".{name}") for name in _NOT_PUBLIC)


def is_public(ip: str) -> bool:
    """Whether the IP address ``ip`` is one of the public internet; False for what is no address."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_IPV4)
    if address.scope_id is not None or address not in _PUBLIC_IPV6:
        return False
    return not any(address in network for network in _REFUSED_IPV6)


def is_loopback(ip: str) -> bool:
    """Whether ``ip`` is this machine's own, in its plain form."""
    try:
        return ipaddress.ip_address(ip).is_loopback and "ffff" not in ip
    except ValueError:
        return False
