"""
Servers of strangers on loopback: real sockets, real TLS with certificates made here, and every way to misbehave.

An answer is a function that gets the connection after the request was read; ``tls`` None makes a server of plain http.
"""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

Answer = Callable[[socket.socket], None]
NAME = "issuer.localhost"


# --- Certificates


class Authority:
    """Signs certificates for hosts; ``client`` trusts it and nobody else."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority of a test")])
        self._certificate = self._sign(name, name, self._key, x509.BasicConstraints(ca=True, path_length=0), [])
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))

    def server(self, *names: str, days: int = 1) -> ssl.SSLContext:
        """A server's side, with a certificate for ``names`` that ends in ``days``."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        certificate = self._sign(
            subject, self._certificate.subject, key, x509.BasicConstraints(False, None), names, days
        )
        file = self._folder / f"{names[0]}-{days}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(self, subject, issuer, key, constraints, names, days=1) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=10))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(constraints, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), False)
        return builder.sign(self._key, hashes.SHA256())


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


# --- Servers


class Stranger:
    """``accepted`` counts connections; ``requests`` has what was asked, and ``names`` what TLS was asked for."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, answer: Answer):
        self.answer = answer
        self.accepted = 0
        self.requests: list[str] = []
        self.names: list[str | None] = []
        self._tls = tls
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, port))
        self._listener.listen(16)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def url(self, path: str = "/did.json", host: str = NAME) -> str:
        return f"{'http' if self._tls is None else 'https'}://{host}:{self.port}{path}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with contextlib.suppress(OSError, ValueError), connection:
            if self._tls is None:
                self._answer(connection)
                return
            with self._tls.wrap_socket(connection, server_side=True) as secured:
                self._answer(secured)

    def _answer(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and len(request) < 65_536:
            part = connection.recv(4096)
            if not part:
                return
            request += part
        self.requests.append(request.decode("latin-1"))
        self.answer(connection)


@contextlib.contextmanager
def running(
    answer: Answer, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> Iterator[Stranger]:
    """A server that is gone at the end."""
    stranger = Stranger(host, port, tls, answer)
    try:
        yield stranger
    finally:
        stranger.close()


# --- Answers


def reply(body: bytes, status: str = "200 OK", length: int | None = None, **headers: str) -> Answer:
    """``headers`` with underscores for dashes; ``Content_Type=""`` leaves that out."""
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    if length is None:
        length = len(body)
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items() if value)]
    head = "\r\n".join([*lines, f"Content-Length: {length}" if length >= 0 else "X: x", "", ""]).encode("latin-1")
    return lambda connection: connection.sendall(head + body)


def raw(data: bytes) -> Answer:
    """These bytes."""
    return lambda connection: connection.sendall(data)


def chunked(*chunks: bytes) -> Answer:
    """In chunks."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return raw(head + body + b"0\r\n\r\n")


def drip(before: bytes, part: bytes, pause: float = 0.05) -> Answer:
    """``before``, then ``part`` now and then, for ever."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(part)
            time.sleep(pause)

    return answer


def endless(before: bytes, part: bytes, most: int = 64 << 20) -> Answer:
    """``before``, then ``part`` as fast as it is taken."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        for _ in range(most // len(part)):
            connection.sendall(part)

    return answer
