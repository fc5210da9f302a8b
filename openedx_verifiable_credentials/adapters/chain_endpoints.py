"""
One JSON-RPC endpoint of a chain, over HTTP.

- No redirect is followed, no proxy of the environment is asked, nothing is sent twice, nothing is unpacked.
- One deadline holds for look-up, connection, handshake, headers and body together, and one limit for what comes in.
- Addresses may hold tokens: an endpoint is named by its host, and its address is in no frame's variables.
"""

from __future__ import annotations

import base64
import contextlib
import ssl
import time
from http.client import HTTPException
from http.client import HTTPResponse
from socket import socket
from typing import cast
from urllib.parse import unquote
from urllib.parse import urlsplit

from openedx_verifiable_credentials.adapters import name_servers
from openedx_verifiable_credentials.adapters.wire import Wire
from openedx_verifiable_credentials.adapters.wire import connected
from openedx_verifiable_credentials.adapters.wire import public_authorities
from openedx_verifiable_credentials.adapters.wire import seconds_left
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import ConfigurationError
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.exceptions import TransientError

# A block names each of its transactions: the fullest are some hundred kilobytes.
MAX_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_MAX_TRIES = 3
_PORTS = {"http": 80, "https": 443}
_HEADERS = (
    "Host: {authority}\r\nUser-Agent: openedx-verifiable-credentials\r\n{authorization}"
    "Content-Type: application/json\r\nAccept: application/json\r\nAccept-Encoding: identity\r\nConnection: close\r\n"
)


class Endpoint:
    """
    ``url``: http or https; a user and a password in it are sent as HTTP asks for them (RFC 7617). ``timeout``: seconds
    for one answer. ``tls``: whose certificates count; tests give their own.

    Raises ConfigurationError where ``url`` is no such address.
    """

    def __init__(self, url: Secret, timeout: float, tls: ssl.SSLContext | None = None):
        found = _read(url)
        if found is None:
            raise ConfigurationError("OPENEDX_VC_ANCHOR_RPC_URLS holds something that is no http(s) address.")
        self.host, self._port, self._is_secured, self._head = found
        self._timeout = timeout
        self._tls = tls

    def post(self, body: bytes) -> bytes:
        """What the endpoint answers with HTTP 200. Raises TransientError ``chain_unavailable``."""
        deadline = time.monotonic() + self._timeout
        try:
            with contextlib.ExitStack() as stack:
                ips = name_servers.look_up(self.host, self._port, seconds_left(deadline))
                connection: socket = stack.enter_context(connected(ips[:_MAX_TRIES], self._port, deadline))
                if self._is_secured:
                    connection.settimeout(seconds_left(deadline))
                    context = self._tls or public_authorities()
                    connection = stack.enter_context(context.wrap_socket(connection, server_hostname=self.host))
                return self._exchange(connection, body, deadline)
        except FetchError:
            problem = "sends more than is read"
        except TimeoutError:
            problem = "takes too long"
        except ssl.SSLError:
            problem = "has no certificate that counts"
        except (OSError, HTTPException, ValueError):
            problem = "cannot be reached, or hangs up"
        raise TransientError("chain_unavailable", f"The endpoint {self.host} {problem}.")

    def _exchange(self, connection: socket, body: bytes, deadline: float) -> bytes:
        connection.settimeout(seconds_left(deadline))
        connection.sendall(self._head.reveal() + f"Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body)
        with HTTPResponse(cast(socket, Wire(connection, deadline, MAX_BYTES)), method="POST") as response:
            response.begin()
            # Some answer JSON-RPC errors with 400; what is in it is no answer to rely on.
            if response.status != 200:
                raise TransientError(
                    "chain_unavailable", f"The endpoint {self.host} answers with HTTP {response.status}."
                )
            answer = bytearray()
            while chunk := response.read(_CHUNK_BYTES):
                answer += chunk
            if response.length:
                raise ConnectionError
            return bytes(answer)


def _read(url: Secret) -> tuple[str, int, bool, Secret] | None:
    """Host, port, whether it is https, and the request up to its length; None where it is no address."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url.reveal().decode("ascii"))
        port = parts.port or _PORTS.get(parts.scheme)
        if parts.hostname and port and not set(url.reveal()) & set(range(0x21)):
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            user, _, authority = parts.netloc.rpartition("@")
            headers = _HEADERS.format(authority=authority, authorization=_authorization(user))
            head = Secret(f"POST {target} HTTP/1.1\r\n{headers}".encode("ascii"))
            return parts.hostname, port, parts.scheme == "https", head
    return None


def _authorization(user: str) -> str:
    if not user:
        return ""
    return f"Authorization: Basic {base64.b64encode(unquote(user).encode()).decode()}\r\n"
