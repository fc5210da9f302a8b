"""No connection, no look-up of a name: what the core is held to."""

import socket

import pytest


class NetworkUsed(BaseException):
    """Not an Exception, so that no ``except Exception`` in the code under test can hide it."""


def refuse(*_args, **_kwargs):
    """Stands in the place of every way out."""
    raise NetworkUsed("the code under test opened a connection or looked a name up")


def block(patch: pytest.MonkeyPatch) -> None:
    """Every connection of this process raises :class:`NetworkUsed` until ``patch`` is undone."""
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        patch.setattr(socket, name, refuse)
