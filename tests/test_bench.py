"""``make bench`` fails where a limit was missed, after it has told every figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BENCH = """
import sys
sys.path.insert(0, "scripts")
import bench_status
limits = bench_status.Limits()
for name in sys.argv[1:]:
    limits.hold(name, kept=name.startswith("kept"))
    print(name)
sys.exit(limits.status())
"""


@pytest.mark.parametrize(
    ("names", "status", "said"),
    [
        ([], 0, []),
        (["kept 1", "kept 2"], 0, []),
        (["kept 1", "slow", "kept 2", "slower"], 1, ["MISSED: slow", "MISSED: slower"]),
    ],
)
def test_a_limit_that_was_missed_is_told_last_and_is_an_exit_status(names, status, said):
    done = subprocess.run(
        [sys.executable, "-c", BENCH, *names], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.splitlines()) == (status, [*names, *said]), done.stderr
