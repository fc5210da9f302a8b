"""The tests would notice if a check were gone: each hole of tests/mutants.py makes them fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants import MUTANTS
from tests.mutants import WALLET

HERE = Path(__file__).parent


def run(mutant, test):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.mutants",
        str(HERE / test),
    ]
    environment = {**os.environ, "OVC_MUTANT": mutant}
    root = HERE.parents[1]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, cwd=root)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_check_that_is_gone_is_noticed(mutant):
    done = run(mutant, MUTANTS[mutant][-1])
    # 1: tests ran and some failed; every other status would say that nothing was tested.
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    assert "1 failed" in done.stdout


def test_without_a_hole_the_same_tests_pass():
    for test in (
        WALLET + "a_signature_of_another_key_is_refused",
        WALLET + "one_thing_wrong_in_what_was_signed_is_refused",
    ):
        done = run("none", test)
        assert done.returncode == 0, done.stdout[-2000:]
        assert "passed" in done.stdout
