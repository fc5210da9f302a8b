"""
Stands between a ledger and a node, on loopback, and does what networks and strangers' endpoints do: it is slow, hangs
up, loses the answer to what it has passed on, sends pages in place of JSON, and lies.
"""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.request
from collections.abc import Callable
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any]
_no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Proxy:
    """
    ``asked``: method and headers of every question, in their order. ``misbehave`` is asked before the node is; what it
    returns says whether it has dealt with the question. ``change`` makes something else of the node's answer.
    ``only``: the method that the two are about; "" for every one.
    """

    def __init__(self, target: str):
        self.target = target
        self.url = ""
        self.only = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.misbehave: Callable[[_Handler], bool] = lambda handler: False
        self.change: Callable[[Answer], Any] = lambda answer: answer

    def methods(self) -> list[str]:
        """What was asked."""
        return [method for method, _ in self.asked]


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    body: bytes

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        method = json.loads(self.body)["method"]
        self.proxy.asked.append((method, dict(self.headers)))
        with contextlib.suppress(OSError):
            is_meant = self.proxy.only in ("", method)
            if is_meant and self.proxy.misbehave(self):
                return
            answer = json.loads(self.forward())
            self.send(json.dumps(self.proxy.change(answer) if is_meant else answer).encode())

    def forward(self) -> bytes:
        """What the node answers."""
        request = urllib.request.Request(self.proxy.target, self.body, headers={"Content-Type": "application/json"})
        with _no_proxy.open(request, timeout=20) as response:
            return bytes(response.read())

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        """An answer."""
        self.send_response(status)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Not to the terminal."""


@contextlib.contextmanager
def before(target: str) -> Iterator[Proxy]:
    """A proxy before the node at ``target``."""
    proxy = Proxy(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


# --- What it may do in place of an answer


def status(code: int, body: bytes = b"<html>busy</html>", **headers: str) -> Callable[[_Handler], bool]:
    """Another HTTP status."""

    def misbehave(handler: _Handler) -> bool:
        handler.send(body, code, **headers)
        return True

    return misbehave


def body(raw: bytes) -> Callable[[_Handler], bool]:
    """200, and these bytes."""
    return status(200, raw)


def lose_the_answer(handler: _Handler) -> bool:
    """The node gets the question; whoever asked gets nothing."""
    handler.forward()
    handler.connection.close()
    return True


def hang_up(handler: _Handler) -> bool:
    """The node does not even get the question."""
    handler.connection.close()
    return True


def truncate(handler: _Handler) -> bool:
    """Half of an answer."""
    whole = handler.forward()
    handler.send(whole[: len(whole) // 2], length=str(len(whole)))
    return True


def slowly(released: threading.Event) -> Callable[[_Handler], bool]:
    """A byte now and then, until ``released``: every one of them comes soon enough, the answer does not."""

    def misbehave(handler: _Handler) -> bool:
        handler.send(b"{", length="1000000")
        while not released.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()
        return True

    return misbehave
