"""What learners and wallets wait for, one request after the other, under gunicorn on loopback; and what is refused."""

from __future__ import annotations

import json
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.benchmarks import status
from scripts.benchmarks.limits import Limits
from tests.servers.running import Browser
from tests.servers.running import claim
from tests.servers.running import running
from tests.wallet import make_wallet

ROUNDS = 40


def bad_bodies(good: dict[str, Any]) -> dict[str, bytes]:
    """What is refused, from cheap to dear."""
    forged = json.loads(json.dumps(good))
    forged["proof"]["created"] = "2020-01-01T00:00:00Z"
    return {
        "refused: 1 MB body": b'{"a":"' + b"x" * 1_000_000 + b'"}',
        "refused: 10,000 levels deep": b"[" * 10_000 + b"]" * 10_000,
        "refused: 60 kB of quotes": b'"\\' * 30_000,
        "refused: unknown context": json.dumps({**good, "@context": ["https://example.org/"]}).encode(),
        "refused: forged proof": json.dumps(forged).encode(),
    }


def timed(work: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each round, sorted."""
    taken = []
    for _ in range(rounds):
        since = time.perf_counter()
        work()
        taken.append((time.perf_counter() - since) * 1000)
    return sorted(taken)


def post(url: str, body: bytes) -> int:
    """The status."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def run(limits: Limits) -> None:
    """The table. There is no limit, but nothing that is refused is an error of the server."""
    with tempfile.TemporaryDirectory() as directory, running("gunicorn", Path(directory), settings=LIMITS) as service:
        learner = Browser(service, service["learners"][0])
        certificates = learner.certificates()
        print(status.heading())
        status.row("GET credentials/", timed(lambda: learner.get("/verifiable_credentials/api/v1/credentials/")))
        status.row("POST credentials/init/ (again)", timed(lambda: learner.offer(certificates[0])))
        claims = [learner.offer(certificate)["deeplink"] for certificate in certificates]
        wallets = [make_wallet() for _ in claims]
        pairs = iter(list(zip(claims, wallets, strict=True)))
        status.row("wallet POST, first", timed(lambda: claim(*next(pairs)), len(claims)))
        status.row("wallet POST, the same again", timed(lambda: claim(claims[0], wallets[0])))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(claims[0]).query)
        url, good = query["vc_request_url"][0], wallets[0].present(query["challenge"][0])
        for name, body in bad_bodies(good).items():
            answer = post(url, body)
            limits.hold(f"{name} is answered by {answer}", 400 <= answer < 500)
            status.row(name, timed(lambda body=body: post(url, body)))


LIMITS = {"OPENEDX_VC_THROTTLE_OFFER": "100000/min", "OPENEDX_VC_THROTTLE_USER": "100000/min"}
