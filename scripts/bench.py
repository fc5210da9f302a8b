"""
``make bench``: how long the service's answers take, one request after the other, under gunicorn on loopback; what
status lists and verification cost, and pages of the admin over many credentials. ``python scripts/bench.py verify``
measures verification alone, ``python scripts/bench.py admin`` the admin.

Machines differ and are shared: compare the columns of one run with each other, not with another run's.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "credentials_service")]

import bench_admin  # noqa: E402  (on the path only now)
import bench_status  # noqa: E402
import bench_verify  # noqa: E402

from tests.servers.running import Browser  # noqa: E402
from tests.servers.running import claim  # noqa: E402
from tests.servers.running import running  # noqa: E402
from tests.wallet import make_wallet  # noqa: E402

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


def row(name: str, taken: list[float]) -> None:
    """One line of the table."""
    print(f"{name:36} {taken[0]:8.1f} {statistics.median(taken):8.1f} {taken[int(len(taken) * 0.9)]:8.1f}", flush=True)


def main() -> int:
    """The table; exit status 1 where a limit was missed."""
    alone = {"verify": bench_verify.run, "admin": bench_admin.run}
    if sys.argv[1:]:
        only = bench_status.Limits()
        alone[sys.argv[1]](only)
        return only.status()
    with tempfile.TemporaryDirectory() as directory, running("gunicorn", Path(directory), settings=LIMITS) as service:
        learner = Browser(service, service["learners"][0])
        certificates = learner.certificates()
        print(f"{'milliseconds':36} {'best':>8} {'median':>8} {'p90':>8}")
        row("GET credentials/", timed(lambda: learner.get("/verifiable_credentials/api/v1/credentials/")))
        row("POST credentials/init/ (again)", timed(lambda: learner.offer(certificates[0])))
        claims = [learner.offer(certificate)["deeplink"] for certificate in certificates]
        wallets = [make_wallet() for _ in claims]
        pairs = iter(list(zip(claims, wallets, strict=True)))
        row("wallet POST, first", timed(lambda: claim(*next(pairs)), len(claims)))
        row("wallet POST, the same again", timed(lambda: claim(claims[0], wallets[0])))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(claims[0]).query)
        url, good = query["vc_request_url"][0], wallets[0].present(query["challenge"][0])
        for name, body in bad_bodies(good).items():
            assert 400 <= post(url, body) < 500, name
            row(name, timed(lambda body=body: post(url, body)))

    limits = bench_status.Limits()
    bench_status.over_http(row, limits)
    bench_status.in_the_database(limits)
    bench_verify.run(limits)
    bench_admin.run(limits)
    return limits.status()


LIMITS = {"OPENEDX_VC_THROTTLE_OFFER": "100000/min", "OPENEDX_VC_THROTTLE_USER": "100000/min"}

if __name__ == "__main__":
    sys.exit(main())
