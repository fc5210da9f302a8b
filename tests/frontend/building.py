"""The verifier for browsers as a module that Node runs, and its program judge.mjs."""

from __future__ import annotations

import functools
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


@functools.cache
def build() -> None:
    """Once a run: what is tested is what was written."""
    node("build.mjs", "--test")


def node(*arguments: str, stdin: str = "") -> str:
    """What Node says, with code from strings forbidden, as on the pages."""
    run = subprocess.run(
        ["node", "--disallow-code-generation-from-strings", "--no-warnings", *arguments],
        cwd=FRONTEND, input=stdin, capture_output=True, text=True, timeout=1200,
    )  # fmt: skip
    assert run.returncode == 0, (run.stdout + run.stderr)[-6000:]
    return run.stdout


def judge(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The report on each line of judge.mjs, in their order."""
    build()
    return [json.loads(line)["report"] for line in node("judge.mjs", stdin="\n".join(lines)).splitlines()]
