"""Finds the published schemas, contexts and vectors that are too large, or not ours, to stand in this repository."""

import json
import os
from functools import cache
from pathlib import Path

import pytest

_SIBLING = Path(__file__).resolve().parents[2] / "shared" / "standards"


def path(relative: str) -> Path:
    """Where ``relative`` lies under OVC_STANDARDS or ``../shared/standards``; skips the test where it does not."""
    found = Path(os.environ.get("OVC_STANDARDS", _SIBLING)) / relative
    if not found.exists():
        pytest.skip(f"{relative} is not there: set OVC_STANDARDS to a folder of published standards")
    return found


@cache
def read_json(relative: str):
    """The JSON document ``relative``."""
    return json.loads(path(relative).read_text(encoding="utf-8"))
