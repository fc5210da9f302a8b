"""A cable that can be pulled: a port of this machine whose connections lead to another, until they are cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class Cable:
    """``port`` leads to ``to``."""

    def __init__(self, to: int):
        self._to = to
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_whole = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection ends, and new ones do as soon as they are made."""
        with self._lock:
            self._is_whole = False
            ends, self._ends = self._ends, []
        for end in ends:
            _end(end)

    def mend(self) -> None:
        """New connections lead on."""
        with self._lock:
            self._is_whole = True

    def close(self) -> None:
        """For good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        with self._lock:
            if not self._is_whole:
                near.close()
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
            except OSError:
                near.close()
                return
            far.settimeout(None)
            self._ends += (near, far)
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        _end(end)


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextlib.contextmanager
def cable(to: int) -> Iterator[Cable]:
    """One that is there as long as it is needed."""
    made = Cable(to)
    try:
        yield made
    finally:
        made.close()
