"""
``make bench``: what signing, issuing and answering cost, in one run: a table, ``build/bench.json``, and what of the
targets was met. docs/references/performance.rst explains every row.

``--quick`` measures the same with smaller numbers. Parts that are not in this table, by name: ``requests`` (what is
refused, under gunicorn), ``status`` (lists), ``verify`` (beside Node), ``admin`` (over 200,000 credentials), ``growth``
(``--sizes 10000,100000,1000000``: how batches grow on MariaDB).

Machines differ and are shared: compare the rows of one run with each other, not with another run's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "credentials_service")]

from scripts.benchmarks import admin  # noqa: E402  (on the path only now)
from scripts.benchmarks import growth  # noqa: E402
from scripts.benchmarks import requests  # noqa: E402
from scripts.benchmarks import status  # noqa: E402
from scripts.benchmarks import table  # noqa: E402
from scripts.benchmarks import verify  # noqa: E402
from scripts.benchmarks.limits import Limits  # noqa: E402


def main() -> int:
    """The exit status: 1 where a limit was missed."""
    parser = argparse.ArgumentParser(description="Measure; see the head of this file.")
    parser.add_argument("part", nargs="?", default="table", choices=["table", *_parts("")])
    parser.add_argument("--quick", action="store_true", help="smaller numbers; figures mean little")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="of growth, in certificates")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench.json", help="of the table")
    options = parser.parse_args()
    limits = Limits()
    if options.part == "table":
        table.run(limits, options.output, quick=options.quick)
    else:
        _parts(options.sizes)[options.part](limits)
    return limits.status()


def _parts(sizes: str) -> dict[str, Callable[[Limits], None]]:
    return {
        "requests": requests.run,
        "status": status.run,
        "verify": verify.run,
        "admin": admin.run,
        "growth": lambda limits: growth.run([int(size) for size in sizes.split(",")]),
    }


if __name__ == "__main__":
    sys.exit(main())
