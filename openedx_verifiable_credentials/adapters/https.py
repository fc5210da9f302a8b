"""
Documents of others over https: DID documents and status lists. Their addresses stand in documents that anybody may
have written, so each request is one that may be made for a stranger.

- Only https, to a host by its name, on port 443 or above 1023; the name is looked up once. Every address it has must be
  public, and the connection goes to one of those very addresses, so that a second answer of the name server counts for
  nothing. The certificate is checked for the name.
- No redirect is followed, no proxy of the environment is asked, no cookie or credential is sent.
- One deadline holds for look-up, connection, handshake, headers and body together, and one limit for every byte that
  comes in. Nothing is unpacked.
- What was had, and for a shorter time what was not, is kept in this process.

Errors and log lines name the host at most, never the path or the query.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
import time
from collections.abc import Callable
from collections.abc import Sequence
from http.client import HTTPException
from http.client import HTTPResponse
from typing import cast

from openedx_verifiable_credentials import app_settings
from openedx_verifiable_credentials.adapters import name_servers
from openedx_verifiable_credentials.adapters.fetched import FetchedCache
from openedx_verifiable_credentials.adapters.wire import Wire
from openedx_verifiable_credentials.adapters.wire import connected
from openedx_verifiable_credentials.adapters.wire import public_authorities
from openedx_verifiable_credentials.adapters.wire import seconds_left
from openedx_verifiable_credentials.core import web_addresses
from openedx_verifiable_credentials.core.web_addresses import WebAddress
from openedx_verifiable_credentials.exceptions import FetchError

logger = logging.getLogger(__name__)

_MAX_TRIES = 3
_CHUNK_BYTES = 16 * 1024
_HEADER_BYTES = 64 * 1024
_NOT_HAD_SECONDS = 30
# The data models' own types, which do not end in "json".
_OTHER_TYPES = ("application/vc", "application/did")
_REQUEST = (
    "GET {target} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: openedx-verifiable-credentials\r\n"
    "Accept: application/json, application/*+json;q=0.9, application/vc;q=0.9, application/did;q=0.9\r\n"
    "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
)

Resolver = Callable[[str, int, float], Sequence[str]]
_cache: FetchedCache[bytes | FetchError] = FetchedCache(lambda had: len(had) if isinstance(had, bytes) else 0)
os.register_at_fork(after_in_child=_cache.clear)


def reset() -> None:
    """Forgets what was fetched."""
    _cache.clear()


class GuardedFetcher:
    """
    Implements :class:`..ports.Fetcher`.

    ``resolve``: host, port and seconds → IP addresses; ``tls``: whose certificates count. Tests give their own.
    """

    def __init__(self, resolve: Resolver = name_servers.look_up, tls: ssl.SSLContext | None = None):
        self._resolve = resolve
        self._tls = tls

    def fetch(self, url: str, *, max_bytes: int) -> bytes:
        """
        The body behind ``url``: an answer 200 with JSON, at most ``max_bytes`` long.

        Raises FetchError: ``address_refused``, ``fetch_failed``, ``too_large``; ConfigurationError.
        """
        address = web_addresses.read(url, loopback=app_settings.fetch_loopback())
        had = _cache.find((url, max_bytes))
        if isinstance(had, FetchError):
            raise _again(had)
        if had is not None:
            return had
        seconds = app_settings.fetch_cache_seconds()
        try:
            body = self._try(address, max_bytes)
        except FetchError as error:
            logger.info("Nothing was fetched from %s: %s", address.host, error.code)
            _cache.put((url, max_bytes), _again(error), min(seconds, _NOT_HAD_SECONDS))
            raise
        _cache.put((url, max_bytes), body, seconds)
        return body

    def _try(self, address: WebAddress, max_bytes: int) -> bytes:
        deadline = time.monotonic() + app_settings.fetch_timeout()
        try:
            return self._ask(address, max_bytes, deadline)
        except (OSError, HTTPException, ValueError) as error:
            message = f"{address.host} cannot be reached safely, or takes too long."
            raise FetchError("fetch_failed", message) from error

    def _ask(self, address: WebAddress, max_bytes: int, deadline: float) -> bytes:
        ips = self._resolve(address.host, address.port, seconds_left(deadline))
        is_allowed = web_addresses.is_loopback if address.is_local else web_addresses.is_public
        if not ips:
            raise FetchError("fetch_failed", f"{address.host} has no address.")
        if not all(map(is_allowed, ips)):
            raise FetchError("address_refused", f"{address.host} leads to a place that is not asked.")
        with connected(ips[:_MAX_TRIES], address.port, deadline) as plain:
            if address.scheme == "http":
                return _get(plain, address, max_bytes, deadline)
            plain.settimeout(seconds_left(deadline))
            context = self._tls or public_authorities()
            with context.wrap_socket(plain, server_hostname=address.host) as secured:
                return _get(secured, address, max_bytes, deadline)


def _again(error: FetchError) -> FetchError:
    """The same without its traceback, whose frames hold what was read so far."""
    match error.code:
        case "address_refused":
            return FetchError("address_refused", error.message)
        case "too_large":
            return FetchError("too_large", error.message)
        case _:
            return FetchError("fetch_failed", error.message)


def _get(connection: socket.socket, address: WebAddress, max_bytes: int, deadline: float) -> bytes:
    request = _REQUEST.format(target=address.target, authority=address.authority)
    connection.settimeout(seconds_left(deadline))
    connection.sendall(request.encode("ascii"))
    # Chunks of one byte are six bytes long; more framing than that is no honest answer.
    wire = Wire(connection, deadline, 6 * max_bytes + _HEADER_BYTES)
    with HTTPResponse(cast(socket.socket, wire), method="GET") as response:
        response.begin()
        _require_plain(response, address.host)
        return _read(response, address.host, max_bytes)


def _require_plain(response: HTTPResponse, host: str) -> None:
    if 300 <= response.status < 400:
        raise FetchError("address_refused", f"{host} answers with a redirect, which is not followed.")
    if response.status != 200:
        raise FetchError("fetch_failed", f"{host} answers with HTTP {response.status}.")
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if "json" not in kind and kind not in _OTHER_TYPES:
        raise FetchError("fetch_failed", f"{host} answers with something else than JSON.")
    if (response.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
        raise FetchError("fetch_failed", f"{host} sends a packed answer, unasked.")


def _read(response: HTTPResponse, host: str, max_bytes: int) -> bytes:
    if response.length is not None and response.length > max_bytes:
        raise _too_large(host)
    body = bytearray()
    while chunk := response.read(_CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(host)
    if response.length:
        raise FetchError("fetch_failed", f"{host} hangs up in the middle of its answer.")
    return bytes(body)


def _too_large(host: str) -> FetchError:
    return FetchError("too_large", f"The document at {host} is larger than is accepted.")
