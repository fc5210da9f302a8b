"""The proof that operators can repeat, at a small size: ``scripts/prove_bulk.py``."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.concurrency.test_status_lists import ROOT


@pytest.mark.mariadb
@pytest.mark.slow
def test_two_thousand_certificates_are_issued_while_six_processes_are_killed():
    # Slowed down: on a fast machine it would be over before there was anything left to kill.
    command = [sys.executable, "scripts/prove_bulk.py", "--count", "2000", "--courses", "4", "--kills", "6"]
    done = subprocess.run(
        [*command, "--throttle", "200", "--sample", "50"],
        cwd=ROOT,
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["issued"] == 1920
    assert found["verified"] == 50
    assert sum(found["kills"].values()) >= 4
