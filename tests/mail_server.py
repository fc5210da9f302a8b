"""An SMTP server on loopback (RFC 5321, as far as a client needs it) that keeps what it gets, and fails on demand."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import threading
from collections.abc import Callable
from collections.abc import Iterator
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """
    ``received``: messages it took on, with the addresses of their envelopes in ``recipients``. ``answers``: what it
    says in place of "yes", by command (``RCPT``, ``DATA``: the go-ahead, ``END``: after the message); "" hangs up.
    ``per_connection``: after so many messages it hangs up.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self.per_connection = 1000
        self.connections = 0
        self.when: Callable[[str], None] = lambda command: None


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """One connection."""
        self.server.connections += 1
        self._taken, self._to = 0, ""
        self._say("220 mail.example.edu")
        while words := self.rfile.readline().decode().split(None, 1):
            command = words[0].upper()
            if not self._answer(command, words[1] if len(words) > 1 else ""):
                return

    def _answer(self, command: str, rest: str) -> bool:
        self.server.when(command)
        if command == "QUIT":
            self._say("221 bye")
            return False
        said = self.server.answers.get(command, "354 go on" if command == "DATA" else "250 fine")
        if command == "RCPT":
            self._to = rest.strip()
        if not self._say(said) or command != "DATA" or not said.startswith("354"):
            return bool(said)
        body = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        return self._end(body)

    def _end(self, body: bytes) -> bool:
        said = self.server.answers.get("END", "250 taken")
        self.server.when("END")
        if said.startswith("250") or not said:
            self.server.received.append(email.message_from_bytes(body, policy=email.policy.default))  # type: ignore
            self.server.recipients.append(self._to)
        self._taken += 1
        return self._say(said) and self._taken < self.server.per_connection

    def _say(self, words: str) -> bool:
        if words:
            self.wfile.write(f"{words}\r\n".encode())
        return bool(words)


@contextlib.contextmanager
def running() -> Iterator[MailServer]:
    """One that listens, until the end of the block."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
