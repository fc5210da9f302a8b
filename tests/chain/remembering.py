"""
A node that remembers what the chain has left: the transactions it was told to keep are answered as they were then, and
all else by the node behind it.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any

from tests.chain.node import Node
from tests.chain.node import NodeError

_KEPT = ("eth_getTransactionByHash", "eth_getTransactionReceipt")


class RememberingNode:
    """``changes``: by method, what is done to an answer before it is given."""

    def __init__(self, behind: Node, url: str):
        self.url = url
        self.changes: dict[str, Any] = {}
        self._behind = behind
        self._kept: dict[tuple[str, str], Any] = {}

    def keep(self, transaction: str) -> None:
        """Remembers a transaction and its receipt as they are now."""
        for method in _KEPT:
            self._kept[method, transaction] = self._behind.call(method, transaction)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """To one call."""
        method, params = asked["method"], asked.get("params", [])
        shape = {"jsonrpc": "2.0", "id": asked["id"]}
        kept = (method, params[0]) if method in _KEPT else None
        try:
            result = self._kept[kept] if kept in self._kept else self._behind.call(method, *params)
        except NodeError as error:
            return {**shape, "error": {"code": error.code, "message": str(error)}}
        return {**shape, "result": self.changes.get(method, lambda same: same)(result)}


@contextlib.contextmanager
def remembering(behind: Node) -> Iterator[RememberingNode]:
    """One in front of ``behind``, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(front.answer(asked)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    front = RememberingNode(behind, f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
