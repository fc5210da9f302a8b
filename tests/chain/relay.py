"""An endpoint in front of a node that does to calls and answers what a test wants; on loopback, like the node."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

from tests.chain.node import Node
from tests.chain.node import NodeError

# Of a method and the node's answer to it: another answer.
Change = Callable[[str, list[Any], Any], Any]


class Lost(Exception):
    """Raised by a change: the connection ends without an answer. The node has done what it was asked."""


class Relay:
    """``change`` is asked of each answer; ``before`` is told of each call before the node is."""

    def __init__(self, node: Node, port: int):
        self.node = node
        self.url = f"http://127.0.0.1:{port}"
        self.change: Change = lambda method, params, result: result
        self.before: Callable[[str, list[Any]], None] = lambda method, params: None
        self.asked: list[str] = []
        self.lock = threading.Lock()

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """To one call. Raises Lost."""
        method, params = body["method"], body["params"]
        self.asked.append(method)
        answer = {"jsonrpc": "2.0", "id": body["id"]}
        self.before(method, params)
        try:
            with self.lock:
                result = self.node.call(method, *params)
            return {**answer, "result": self.change(method, params, result)}
        except NodeError as error:
            return {**answer, "error": {"code": error.code, "message": error.args[0]}}


@contextlib.contextmanager
def relayed(node: Node) -> Iterator[Relay]:
    """A relay that changes nothing yet."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                answer = json.dumps(relay.answer(body)).encode()
            except Lost:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            # Who asks may have given up.
            with contextlib.suppress(OSError):
                self.wfile.write(answer)

        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    relay = Relay(node, server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
