"""
A remote signing service on loopback: real HTTP, real signatures, both dialects; and one that lies in every way.

It does what the signing-service of the Digital Credentials Consortium does: it puts its own DID into ``issuer``, signs
with the suite of the query, and dates the proof itself.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.data import JsonObject

TENANT, TOKEN = "academy", "canary-bearer-token-0815"
_DCC_SUITES = {"ed25519": v.ED25519_SIGNATURE_2020, "eddsa2022": v.EDDSA_RDFC_2022}


class SigningService:
    """``change`` makes something else of the signed document; ``answer`` sends something else altogether."""

    def __init__(self, signer: LocalSigner):
        self.signer = signer
        self.requests: list[dict[str, Any]] = []
        self.change: Callable[[JsonObject], Any] = lambda signed: signed
        self.answers: list[Callable[[_Handler], None]] = []
        self.created: datetime.datetime | None = None
        self.url = ""

    def sign(self, document: JsonObject, suite: str) -> JsonObject:
        """``document`` in this service's name, with a proof."""
        issuer = document["issuer"]
        own = self.signer.method.controller
        document = {**document, "issuer": {**issuer, "id": own} if isinstance(issuer, dict) else own}
        created = self.created or datetime.datetime.now(datetime.UTC)
        proof = OwnSuites().secure(document, suite=suite, signer=self.signer, created=created)
        return {**document, "proof": proof}


class _Handler(BaseHTTPRequestHandler):
    service: SigningService

    def do_POST(self) -> None:
        """Both dialects."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.service.requests.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)})
        if self.service.answers:
            answer = self.service.answers.pop(0) if len(self.service.answers) > 1 else self.service.answers[0]
            if answer is not None:
                answer(self)
                return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.send(401, {"code": 401, "message": "No."})
            return
        parts = urlsplit(self.path)
        sent = json.loads(body)
        if parts.path == f"/instance/{TENANT}/credentials/sign":
            suite = _DCC_SUITES[parse_qs(parts.query)["suite"][0]]
            self.send(200, self.service.change(self.service.sign(sent, suite)))
        elif parts.path == f"/instances/{TENANT}/credentials/issue":
            signed = self.service.change(self.service.sign(sent["credential"], sent["options"]["type"]))
            self.send(201, {"verifiableCredential": signed})
        else:
            self.send(404, {"code": 404, "message": "Tenant doesn't exist."})

    def send(self, status: int, body: Any, **headers: str) -> None:
        """JSON, or bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Not to the terminal."""


@contextlib.contextmanager
def running(signer: LocalSigner) -> Iterator[SigningService]:
    """A service that has the key of ``signer``."""
    service = SigningService(signer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


# --- Answers that are none


def status(code: int, **headers: str) -> Callable[[_Handler], None]:
    """An error, or a redirect."""
    return lambda handler: handler.send(code, {"error": "x"}, **headers)


def body(raw: bytes, **headers: str) -> Callable[[_Handler], None]:
    """200, and these bytes."""
    return lambda handler: handler.send(200, raw, **headers)


def drip(handler: _Handler) -> None:
    """A byte now and then, for ever."""
    with contextlib.suppress(OSError):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


def silence(handler: _Handler) -> None:
    """Nothing."""
    time.sleep(3)


def hang_up(handler: _Handler) -> None:
    """The end of the connection."""
    handler.connection.close()


def flood(handler: _Handler) -> None:
    """More than anybody wants."""
    with contextlib.suppress(OSError):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(2000):
            handler.wfile.write(b" " * 65536)
