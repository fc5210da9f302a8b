"""``make bench``: what its file holds, and that it fails where a limit was missed, after it has told every figure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from openedx_verifiable_credentials.core import templates
from scripts.benchmarks import documents
from tests import parts

ROOT = Path(__file__).resolve().parent.parent
LIMITS = """
import sys
sys.path.insert(0, ".")
from scripts.benchmarks.limits import Limits
limits = Limits()
for name in sys.argv[1:]:
    if name.endswith("%"):
        limits.at_most(name, float(name[:-1]), 100)
        limits.at_least(name, float(name[:-1]), 50)
    else:
        limits.hold(name, kept=name.startswith("kept"))
    print(name)
sys.exit(limits.status())
"""
ONE_PROCESS = {
    "raw_ed25519", "template_eddsa_rdfc_2022", "template_eddsa_jcs_2022", "template_ed25519signature2020", "full_pyld",
    "full_pyoxigraph", "didkit_sign", "issue_sqlite", "claim_post", "certificates_list", "status_get_1k",
    "status_get_1m", "static_get", "publish", "verify_one", "verify_1000", "leaf_template", "leaf_full_pyld",
    "anchor_10k", "anchor_10k_without_leaves",
}  # fmt: skip
TWO_PROCESSES = {
    "raw_ed25519", "template_eddsa_rdfc_2022", "template_eddsa_jcs_2022", "template_ed25519signature2020",
    "issue_sqlite",
}  # fmt: skip


@pytest.mark.parametrize(
    ("names", "status", "said"),
    [
        ([], 0, []),
        (["kept 1", "kept 2"], 0, []),
        (["kept 1", "slow", "kept 2", "slower"], 1, ["MISSED: slow", "MISSED: slower"]),
        (["75%"], 0, ["met: 75%: 75.00 (at most 100.00)", "met: 75%: 75.00 (at least 50.00)"]),
        (["125%"], 1, ["met: 125%: 125.00 (at least 50.00)", "MISSED: by 25.0%: 125%: 125.00 (at most 100.00)"]),
        (["45%"], 1, ["met: 45%: 45.00 (at most 100.00)", "MISSED: by 10.0%: 45%: 45.00 (at least 50.00)"]),
    ],
)
def test_a_limit_that_was_missed_is_told_last_and_is_an_exit_status(names, status, said):
    done = subprocess.run(
        [sys.executable, "-c", LIMITS, *names], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.splitlines()) == (status, [*names, *said]), done.stderr


@pytest.mark.parametrize("name", sorted(documents.KINDS))
def test_a_template_that_signs_something_else_is_not_measured(name, monkeypatch):
    assert documents.Templated(documents.KINDS[name])
    write = templates.Outline.write
    monkeypatch.setattr(
        templates.Outline, "write", lambda self, values: write(self, values).replace(b"2026-03-01", b"2026-03-02")
    )
    with pytest.raises(RuntimeError, match="nothing is measured"):
        documents.Templated(documents.KINDS[name])


def test_one_run_writes_every_row_with_its_figures(tmp_path):
    output = tmp_path / "bench.json"
    command = [sys.executable, "scripts/bench.py", "--quick", "--output", str(output)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(output.read_text())
    on_mariadb = set() if parts.mariadb_server() else {"issue_mariadb"}
    named = {(row["name"], row["processes"]) for row in rows}
    assert len(named) == len(rows)
    assert {(name, 1) for name in ONE_PROCESS | on_mariadb} <= named
    assert {(name, 2) for name in TWO_PROCESSES | on_mariadb} <= named
    for row in rows:
        # Not how fast: machines differ. But a figure that is nought, or one that contradicts another, is none.
        assert 0 < row["min_us"] <= row["p10_us"] <= row["median_us"], row
        assert row["rate_per_s"] > 0 and row["ratio_raw"] > 0 and 10 < row["peak_mb"] < 2_000, row
    table = done.stdout
    assert all(table.count(f"\n{row['name']} ") >= 2 for row in rows), table
    assert ("Not measured: issue_mariadb" in table) is (not on_mariadb)
