"""
One HTTP answer over one connection, with one deadline and one limit for all that comes in.

Names are looked up by :mod:`.name_servers`; no proxy of the environment is asked.
"""

from __future__ import annotations

import functools
import io
import socket
import ssl
import time
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

from requests import certs

from openedx_verifiable_credentials.exceptions import FetchError

_CONNECT_SECONDS = 3


def seconds_left(deadline: float) -> float:
    """Until ``deadline``, a value of ``time.monotonic()``. Raises TimeoutError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@functools.cache
def public_authorities() -> ssl.SSLContext:
    """What a host's certificate is judged by: the authorities that browsers trust, and the host's name."""
    return ssl.create_default_context(cafile=certs.where())


@contextmanager
def connected(ips: Sequence[str], port: int, deadline: float) -> Iterator[socket.socket]:
    """
    A connection to the first of ``ips`` that takes one. They are numbers: nothing is looked up any more. Raises
    OSError.
    """
    problem: OSError = TimeoutError()
    for ip in ips:
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(min(seconds_left(deadline), _CONNECT_SECONDS))
            try:
                connection.connect((ip, port))
            except OSError as error:
                problem = error
                continue
            yield connection
            return
    raise problem


class Wire:
    """
    What an ``HTTPResponse`` reads from: a socket with one deadline, and a limit, for all that comes in.

    Reading raises TimeoutError after the deadline, FetchError ``too_large`` behind the limit.
    """

    def __init__(self, connection: socket.socket, deadline: float, limit: int):
        self._connection = connection
        self._deadline = deadline
        self._limit = limit

    def makefile(self, *_args: Any) -> io.BufferedReader:
        """As a socket's."""
        return io.BufferedReader(_Stream(self._connection, self._deadline, self._limit))


class _Stream(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float, left: int):
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(seconds_left(self._deadline))
        count = self._connection.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise FetchError("too_large", "The answer is larger than any that is accepted.")
        return count
