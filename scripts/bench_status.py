"""
The part of ``make bench`` that is about status lists. Lines of one run are compared with each other.

Run with ``database`` it is the part that needs no server: how fast places are handed out, and what publishing costs.
Exit status 1, after the last figure, where a limit was missed.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "credentials_service")]

from tests import parts  # noqa: E402  (on the path only now)
from tests.servers.running import running  # noqa: E402
from tests.servers.running import sandbox_environment  # noqa: E402

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


class Limits:
    """What was missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def hold(self, name: str, kept: bool) -> None:
        """Told at the end, so that every figure is printed."""
        if not kept:
            self.missed.append(name)

    def status(self) -> int:
        """The exit status; each limit that was missed in a line."""
        for name in self.missed:
            print(f"MISSED: {name}", flush=True)
        return 1 if self.missed else 0


class Service:
    """A server, and one connection to it that stays open."""

    def __init__(self, base_url: str, list_path: str):
        self.netloc, self.list_path = urllib.parse.urlsplit(base_url).netloc, list_path
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
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        yield Service(description["base_url"], made.stdout.splitlines()[-1])


def over_http(row: Callable[[str, list[float]], None], limits: Limits) -> None:
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
        own, count = Service(f"http://{service.netloc}", service.list_path), 0
        while time.perf_counter() < until:
            own.get(path)
            count += 1
        return count

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(ask, range(AT_ONCE))) / SECONDS


def in_the_database(limits: Limits) -> None:
    """In processes of their own: on MariaDB where one answers; places on SQLite for comparison elsewhere."""
    done = in_process_of_its_own(__file__, "places")
    limits.hold("a limit of the database part, see above", not done)


def in_process_of_its_own(script: str, what: str) -> int:
    """The exit status of ``script database``, with a database for it alone: on MariaDB where one answers."""
    reason = parts.mariadb_server()
    if reason is not None:
        print(f"Not run here: {what} on MariaDB ({reason}); SQLite instead.", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DB_")},
            "DJANGO_SETTINGS_MODULE": "credentials.settings.test",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "credentials_service")]),
            "DB_NAME": str(Path(directory) / "bench.sqlite3"),
        }
        if reason is None:
            environment |= {
                "DB_ENGINE": "django.db.backends.mysql",
                "DB_NAME": f"ovc_bench_{os.getpid()}",
                "DB_HOST": os.environ.get("DB_HOST") or "127.0.0.1",
                "DB_PORT": os.environ.get("DB_PORT") or "3306",
                "DB_USER": os.environ.get("DB_USER") or "root",
                "DB_PASSWORD": os.environ.get("DB_PASSWORD") or "",
            }
        return subprocess.run([sys.executable, script, "database"], cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


def _database() -> int:
    limits = Limits()
    with database_of_its_own():
        _allocation(limits)
        _publishing(limits)
    return limits.status()


@contextlib.contextmanager
def database_of_its_own() -> Iterator[None]:
    """Django set up, with every table in the database that the environment names; gone afterwards."""
    import django  # noqa: PLC0415  (settings are named by the environment)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    made, on_mysql = connection.settings_dict["NAME"], connection.vendor == "mysql"
    if on_mysql:
        _execute_without_database(f"CREATE DATABASE {made} CHARACTER SET utf8mb4")
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        if on_mysql:
            _execute_without_database(f"DROP DATABASE {made}")


def _execute_without_database(statement: str) -> None:
    import MySQLdb  # noqa: PLC0415  (only where there is one)

    names = {"host": "DB_HOST", "user": "DB_USER", "password": "DB_PASSWORD"}
    options = {option: os.environ[name] for option, name in names.items()}
    with MySQLdb.connect(port=int(os.environ["DB_PORT"]), **options) as server:
        server.cursor().execute(statement)


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
