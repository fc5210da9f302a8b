"""The table of ``make bench``: each group of rows in a process of its own, one group after the other."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.benchmarks import places
from scripts.benchmarks import rows
from scripts.benchmarks.limits import Limits
from scripts.benchmarks.rows import Row
from scripts.benchmarks.rows import find

RDFC, JCS = "template_eddsa_rdfc_2022", "template_eddsa_jcs_2022"
BLANK_FREE = f"{RDFC}_no_varying_blank_nodes"
# Seconds that the host's own app needs for one on a core, on the machine that docs/references/performance.rst names.
HOST_SECONDS, TIMES_HOST = 0.038, 60
# What one row of the table may cost of the other.
MOST_RAW = {RDFC: 3.2, BLANK_FREE: 2.5, JCS: 1.9}
# Seconds of a core for ten thousand that are anchored at once, and MB.
MOST_SECONDS, MOST_MB = 5, 200
LEAST_DIDKIT, LEAST_OF_TEMPLATE, LEAST_OF_TWO = 100, 0.15, 1.8


@dataclasses.dataclass(frozen=True)
class Group:
    """A module, and what it is given: in full, and where it must be quick."""

    module: str
    full: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    on_mariadb: bool = False


GROUPS = (
    Group("micro", (), ("--rounds", "20", "--turns", "2", "--seconds", "0.05", "--one-peak")),
    Group("checking", (), ("--rounds", "6", "--turns", "1", "--many", "50")),
    Group("issuing", ("issue_sqlite", "--certificates", "20000"), ("issue_sqlite", "--certificates", "4000")),
    Group("issuing", ("issue_mariadb",), ("issue_mariadb", "--certificates", "4000"), on_mariadb=True),
    Group("anchoring", (), ("--certificates", "400", "--times", "2")),
    Group("serving", (), ("--claims", "4", "--rounds", "20", "--many", "4000")),
)


def run(limits: Limits, output: Path, *, quick: bool) -> None:
    """Print and write every row, then say what was met of the targets."""
    measured: list[Row] = []
    print(rows.heading(), flush=True)
    for group in GROUPS:
        for row in _rows(group, quick):
            measured.append(row)
            rows.add_ratios(measured)
            print(rows.line(row, measured), flush=True)
    print(f"\n{rows.heading()}")
    for row in measured:
        print(rows.line(row, measured))
    rows.write(measured, output)
    print(f"\n{len(measured)} rows in {output}", flush=True)
    if quick:
        print("Quick: too few figures to hold against the targets.", flush=True)
        return
    _targets(limits, measured)


def _rows(group: Group, quick: bool) -> Iterator[Row]:
    from tests import parts  # noqa: PLC0415  (on the path by now)

    reason = parts.mariadb_server() if group.on_mariadb else None
    if reason is not None:
        print(f"Not measured: issue_mariadb ({reason}).", flush=True)
        return
    command = [sys.executable, "-m", f"scripts.benchmarks.{group.module}", *(group.quick if quick else group.full)]
    with tempfile.TemporaryDirectory() as directory:
        environment = places.environment(None if group.on_mariadb else str(Path(directory) / "bench.sqlite3"))
        with subprocess.Popen(  # noqa: S603  (our own words)
            command, cwd=places.ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for said in child.stdout:
                if said.startswith("{"):
                    yield Row.load(json.loads(said))
                else:
                    print(said, end="", flush=True)
        if child.returncode:
            raise SystemExit(f"{group.module} ended with exit status {child.returncode}.")


def _targets(limits: Limits, measured: list[Row]) -> None:
    for name, most in MOST_RAW.items():
        row = _found(measured, name)
        limits.at_most(f"{name}, raw signatures (p10: {row.more['ratio_raw_p10']:.2f})", row.more["ratio_raw"], most)
    rdfc = _found(measured, RDFC)
    limits.at_least(f"{RDFC}, times as fast as DIDKit", rdfc.more["ratio_didkit"], LEAST_DIDKIT)
    for name in (RDFC, JCS):
        _of_two(limits, measured, name)
    anchored = _found(measured, "anchor_10k")
    limits.at_most("anchor_10k, seconds of a core", anchored.median_us * 10_000 / 1e6, MOST_SECONDS)
    limits.at_most("anchor_10k, MB", anchored.peak_mb, MOST_MB)
    issued = find(measured, "issue_mariadb", 2)
    if issued is None:
        limits.unknown("issue_mariadb", "no MariaDB answered")
        return
    share = issued.rate_per_s / _found(measured, RDFC, 2).rate_per_s
    limits.at_least("issue_mariadb, part of the templates' rate, two processes each", share, LEAST_OF_TEMPLATE)
    times = issued.rate_per_s / 2 * HOST_SECONDS
    limits.at_least(f"issue_mariadb, a core, times one issue() of {HOST_SECONDS * 1000:.0f} ms", times, TIMES_HOST)
    _of_two(limits, measured, "issue_mariadb")


def _of_two(limits: Limits, measured: list[Row], name: str) -> None:
    ratio = _found(measured, name, 2).rate_per_s / _found(measured, name).rate_per_s
    limits.at_least(f"{name}, two processes beside one", ratio, LEAST_OF_TWO)


def _found(measured: list[Row], name: str, processes: int = 1) -> Row:
    row = find(measured, name, processes)
    assert row is not None, name
    return row
