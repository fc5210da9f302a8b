"""Everything that a round may tell has its words, and every event its place in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from openedx_verifiable_credentials.management.anchoring import rounds

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "openedx_verifiable_credentials"
# Not of a batch: it is in the ledger's events alone.
UNTOLD = {"anchor.numbers_skipped"}


def kinds() -> set[str]:
    """Of the events that anchoring appends."""
    files = [PACKAGE / "flows" / "anchor.py", *(PACKAGE / "flows" / "steps" / "anchoring").glob("*.py")]
    return {kind for file in files for kind in re.findall(r'"(anchor\.\w+)"', file.read_text(encoding="utf-8"))}


def test_every_event_has_its_words_and_no_other() -> None:
    assert set(rounds._WORDS) == kinds() - UNTOLD


def test_every_event_is_documented() -> None:
    page = (ROOT / "docs" / "concepts" / "anchoring.rst").read_text(encoding="utf-8")
    assert {kind for kind in kinds() if f"``{kind}``" not in page} == set()


def test_the_runbook_knows_every_problem() -> None:
    problems = (PACKAGE / "flows" / "steps" / "anchoring" / "problems.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'AnchoringError\(\s*"(\w+)"', problems))
    page = (ROOT / "docs" / "how-tos" / "run-anchoring.rst").read_text(encoding="utf-8")
    assert codes and {code for code in codes if f"``{code}``" not in page} == set()
