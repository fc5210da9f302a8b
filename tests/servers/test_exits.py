"""Processes that signed with DIDKit end well. How many are tried: OVC_EXIT_RUNS (default 6; CI more)."""

from __future__ import annotations

import concurrent.futures
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.servers.running import sandbox_of

pytestmark = pytest.mark.slow
RUNS = int(os.environ.get("OVC_EXIT_RUNS", "6"))


def test_a_management_command_that_signs_always_exits_with_0(tmp_path: Path):
    _, environment = sandbox_of(tmp_path, 8000, "key")
    with Path(environment["CREDENTIALS_CFG"]).open("a", encoding="utf-8") as config:
        config.write("DEBUG: true\n")  # the doctor refuses the sandbox's plain-http address otherwise

    def doctor(_: int) -> tuple[int, bool]:
        run = subprocess.run(
            [sys.executable, "-m", "django", "vc_doctor"], env=environment, capture_output=True, text=True, timeout=120
        )
        return run.returncode, run.stdout.count("OK    sign-and-verify") == 4

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ended = Counter(pool.map(doctor, range(RUNS)))
    assert ended == {(0, True): RUNS}
