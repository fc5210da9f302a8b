"""The codes of verification: each is told in one sentence, is used, and stands in both verifiers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from openedx_verifiable_credentials.core.checks import report
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import Outcome

PACKAGE = Path(report.__file__).parents[2]
ROOT = PACKAGE.parent


def strings() -> Iterator[str]:
    """Every string of the package's Python."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("code", report.codes())
def test_each_has_a_check_an_outcome_and_a_sentence(code):
    entry = report.codes()[code]
    assert entry.keys() == {"check", "outcome", "message"}
    assert re.fullmatch(r"[a-z0-9_]+", code)
    assert CheckName(entry["check"]) and Outcome(entry["outcome"])
    assert re.fullmatch(r"[A-Z][^\n]{15,130}\.", entry["message"])


def test_no_two_sentences_are_the_same():
    sentences = [entry["message"] for entry in report.codes().values()]
    assert len(set(sentences)) == len(sentences)


def test_no_code_is_left_over():
    in_the_browser = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "frontend" / "src").rglob("*.js"))
    left = report.codes().keys() - set(strings())
    assert [code for code in left if f"'{code}'" not in in_the_browser] == []


def test_checks_stand_in_their_order():
    order = [entry["check"] for entry in report.codes().values()]
    assert list(dict.fromkeys(order)) == [str(name) for name in CheckName]


def test_the_reference_lists_them_from_the_same_file():
    page = (ROOT / "docs" / "references" / "verification.rst").read_text(encoding="utf-8")
    assert ".. codes-of:: openedx_verifiable_credentials/core/checks/codes.json" in page
