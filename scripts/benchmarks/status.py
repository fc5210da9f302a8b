"""
The part of ``make bench`` that is about status lists. Lines of one run are compared with each other.

Run with ``database`` this is the part that needs no server: how fast places are handed out, and what publishing costs.
Exit status 1, after the last figure, where a limit was missed.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.benchmarks import places
from scripts.benchmarks.limits import Limits
from tests.servers.running import running
from tests.servers.running import sandbox_environment

ROUNDS, WARM_UP = 1_000, 50
SECONDS, TURNS = 2.0, 3
AT_ONCE = 8
FEW, MANY = 1_000, 1_000_000
CACHED = {"OPENEDX_VC_STATUS_CACHE_SECONDS": 5}
# The limits: of the two medians; in bulk on MariaDB, at least; milliseconds of CPU a publication.
MOST_RATIO, LEAST_INDICES, MOST_CPU = 1.20, 5_000, 50
STATIC = "/static/openedx_verifiable_credentials/pages.css"
ALLOCATE = """
import sys
import django
django.setup()
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.core.status_list import STATUS_PATH, ListForm
from openedx_verifiable_credentials.flows.steps.publishing import publish
from openedx_verifiable_credentials.flows.steps.status_lists import allocate
from openedx_verifiable_credentials.models import Issuer, StatusList
left, issuer = int(sys.argv[1]), Issuer.objects.get(slug="default")
while left:
    left -= len(allocate(get_means(), issuer, "obv3-vc2", min(left, 10_000)))
for row in StatusList.objects.all():
    publish(get_means(), row)
rows = list(StatusList.objects.order_by("pk"))
print(STATUS_PATH + ListForm.REVOCATION.path(str(rows[len(rows) // 2].uuid)))
"""


class Service:
    """A server, and one connection to it that stays open."""

    def __init__(self, description: dict[str, Any], list_path: str):
        self.description, self.list_path = description, list_path
        self.netloc = urllib.parse.urlsplit(description["base_url"]).netloc
        self._connection = http.client.HTTPConnection(self.netloc, timeout=60)

    def get(self, path: str) -> bytes:
        """The body of a 200."""
        for attempt in range(2):
            try:
                self._connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
                response = self._connection.getresponse()
                body = response.read()
                assert response.status == 200, (path, response.status)
                return body
            except (ConnectionError, http.client.RemoteDisconnected):
                if attempt:
                    raise
                self._connection.close()
        raise AssertionError

    def timed(self, path: str) -> float:
        """Milliseconds."""
        since = time.perf_counter()
        self.get(path)
        return (time.perf_counter() - since) * 1000


@contextlib.contextmanager
def serving(entries: int, settings: dict[str, Any] | None = None) -> Iterator[Service]:
    """A service with that many places handed out, in lists that are published."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running("gunicorn", Path(directory), settings=settings) as description,
    ):
        environment = sandbox_environment(Path(directory))
        made = subprocess.run(  # noqa: S603  (our own words)
            [sys.executable, "-c", ALLOCATE, str(entries)],
            cwd=places.ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield Service(description, made.stdout.splitlines()[-1])


def run(limits: Limits) -> None:
    """All of it."""
    print(heading())
    over_http(limits)
    in_the_database(limits)


def heading() -> str:
    """Of lines of milliseconds."""
    return f"{'milliseconds':36} {'best':>8} {'median':>8} {'p90':>8}"


def row(name: str, taken: list[float]) -> None:
    """One line, of sorted figures."""
    print(f"{name:36} {taken[0]:8.1f} {statistics.median(taken):8.1f} {taken[int(len(taken) * 0.9)]:8.1f}", flush=True)


def over_http(limits: Limits) -> None:
    """GETs, in another order each round: what else runs on the machine, and what came before, slows all alike."""
    few_name, many_name = f"GET status list, {FEW:,} entries", f"GET status list, {MANY:,} entries"
    static_name = "GET static file (staticfiles view)"
    with serving(FEW, CACHED) as few, serving(MANY, CACHED) as many:
        # As many requests to one server as to the other.
        requests = [
            (few_name, few, few.list_path),
            (many_name, many, many.list_path),
            (static_name, few, STATIC),
            (static_name, many, STATIC),
        ]
        taken = _interleaved(requests)
        rates = _rates(requests[:3])
    for name, milliseconds in taken.items():
        row(name, sorted(milliseconds))
    medians = {name: statistics.median(milliseconds) for name, milliseconds in taken.items()}
    ratio = medians[many_name] / medians[few_name]
    print(f"{MANY:,} / {FEW:,} entries: {ratio:.2f} (at most {MOST_RATIO:.2f})", flush=True)
    limits.hold(f"{MANY:,} / {FEW:,} entries", ratio <= MOST_RATIO)
    print(f"status list / static file: {medians[few_name] / medians[static_name]:.2f}", flush=True)
    with serving(FEW, {"OPENEDX_VC_STATUS_CACHE_SECONDS": 0}) as uncached:
        rates |= _rates([("GET status list, no cache", uncached, uncached.list_path)])
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f} requests/s, {AT_ONCE} at once", flush=True)


def _interleaved(requests: list[tuple[str, Service, str]]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name, _, _ in requests}
    for round_number in range(ROUNDS + WARM_UP):
        for name, service, path in random.sample(requests, len(requests)):
            milliseconds = service.timed(path)
            if round_number >= WARM_UP:
                taken[name].append(milliseconds)
    return taken


def _rates(requests: list[tuple[str, Service, str]]) -> dict[str, float]:
    """The best of several turns."""
    rates: dict[str, float] = {}
    for _ in range(TURNS):
        for name, service, path in requests:
            rates[name] = max(rates.get(name, 0), _per_second(service, path))
    return rates


def _per_second(service: Service, path: str) -> float:
    until = time.perf_counter() + SECONDS

    def ask(_: int) -> int:
        own, count = Service(service.description, service.list_path), 0
        while time.perf_counter() < until:
            own.get(path)
            count += 1
        return count

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(ask, range(AT_ONCE))) / SECONDS


def in_the_database(limits: Limits) -> None:
    """In processes of their own: on MariaDB where one answers; places on SQLite for comparison elsewhere."""
    done = places.in_process_of_its_own("status", "places")
    limits.hold("a limit of the database part, see above", not done)


def _database() -> int:
    limits = Limits()
    with places.database_of_its_own():
        _allocation(limits)
        _publishing(limits)
    return limits.status()


def _allocation(limits: Limits) -> None:
    from django.db import connection  # noqa: PLC0415

    from openedx_verifiable_credentials.api import issuers  # noqa: PLC0415
    from openedx_verifiable_credentials.api.means import get_means  # noqa: PLC0415
    from openedx_verifiable_credentials.flows.steps.status_lists import allocate  # noqa: PLC0415

    issuer = issuers.create_issuer(issuers.NewIssuer(name="Bench"))
    for count, times in ((10_000, 10), (1, 500)):
        since = time.perf_counter()
        for _ in range(times):
            assert len(allocate(get_means(), issuer, "obv3-vc1", count)) == count
        rate = count * times / (time.perf_counter() - since)
        name, in_bulk = f"places, {count:,} at a time, {connection.display_name}", count > 1
        least = f" (at least {LEAST_INDICES:,})" if in_bulk and connection.vendor == "mysql" else ""
        print(f"{name}: {rate:,.0f} indices/s{least}", flush=True)
        limits.hold(name, not least or rate >= LEAST_INDICES)


def _publishing(limits: Limits) -> None:
    from openedx_verifiable_credentials.api import issuers  # noqa: PLC0415
    from openedx_verifiable_credentials.api.means import get_means  # noqa: PLC0415
    from openedx_verifiable_credentials.core import status_list  # noqa: PLC0415
    from openedx_verifiable_credentials.flows.steps.publishing import publish  # noqa: PLC0415
    from openedx_verifiable_credentials.flows.steps.status_lists import allocate  # noqa: PLC0415
    from openedx_verifiable_credentials.models import StatusList  # noqa: PLC0415

    issuer = issuers.create_issuer(issuers.NewIssuer(name="Bench", slug="publishing"))
    for profile_id in ("obv3-vc1", "obv3-vc2"):
        row = allocate(get_means(), issuer, profile_id)[0].status_list
        order = random.Random(1).sample(range(row.length), row.length)  # noqa: S311  (no secret)
        for revoked in (0, 1_000, 65_536):
            bits = status_list.with_bits(status_list.empty_bits(row.length), order[:revoked])
            StatusList.objects.filter(pk=row.pk).update(bits=bits)
            taken = []
            for _ in range(25):
                since = time.process_time()
                assert publish(get_means(), row)
                taken.append((time.process_time() - since) * 1000)
            name, median = f"publish a list of {profile_id}, {revoked:,} revoked", statistics.median(taken)
            print(f"{name}: {median:.1f} ms of CPU, at most {max(taken):.1f} (median below {MOST_CPU})", flush=True)
            limits.hold(name, median < MOST_CPU)


if __name__ == "__main__" and sys.argv[1:] == ["database"]:
    sys.exit(_database())
