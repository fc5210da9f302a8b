"""Our two verifiers, in Python and in JavaScript, say the same of every document: verdict, and each check's code."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from typing import Any

import pytest

from openedx_verifiable_credentials.flows.verify import Expectations
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests.frontend import building
from tests.interop.parity import attacks
from tests.interop.parity import changed
from tests.interop.parity import documents
from tests.interop.parity import files
from tests.interop.parity import issuers
from tests.interop.parity import proofs
from tests.interop.parity import statuses
from tests.interop.parity import tokens
from tests.interop.parity.making import Case

pytestmark = [pytest.mark.node, pytest.mark.slow]
FAMILIES = (
    *attacks.FAMILIES,
    documents.good,
    documents.dates,
    documents.values,
    changed.tampered,
    changed.tampered_content,
    changed.contexts,
    proofs.proofs,
    issuers.issuers,
    statuses.statuses,
    files.texts,
    files.pictures,
    files.certificates,
    tokens.tokens,
    tokens.presentations,
    tokens.published_examples,
)
# Cases that the two judge in different ways, by name, each with the reason. There are none.
EXCEPTIONS: dict[str, str] = {}


def in_python(case: Case) -> dict[str, Any]:
    means = VerifyMeans(
        find_own=lambda _url: None, find_own_keys=lambda _did: None, fetcher=None, chain=None, now=lambda: case.now
    )
    return (
        Verifier(means, case.documents).verify(case.raw, at=case.at, expected=Expectations(**case.expected)).as_json()
    )


def gist(report: dict[str, Any]) -> tuple[Any, ...]:
    """What must be the same: details are for people."""
    codes = tuple((check["check"], check["outcome"], check["code"], check["message"]) for check in report["checks"])
    return report["verdict"], report["checkedAt"], codes, tuple(map(gist, report.get("credentials", ())))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_both_verifiers_say_the_same(family: Callable[[], Iterator[Case]]) -> None:
    cases = [case for case in family() if case.name not in EXCEPTIONS]
    assert len({case.name for case in cases}) == len(cases)
    different = [
        f"{case.name}\n  Python:     {ours}\n  JavaScript: {theirs}"
        for case, report in zip(cases, building.judge(case.line() for case in cases), strict=True)
        if (ours := gist(in_python(case))) != (theirs := gist(report))
    ]
    assert not different, "\n".join(different[:20])


def test_the_corpus_reaches_every_verdict_and_most_codes() -> None:
    """A corpus that never got beyond the first check would show nothing."""
    reports = [in_python(case) for family in (documents.good, statuses.statuses) for case in family()]
    assert {report["verdict"] for report in reports} == {
        "valid", "valid_with_warnings", "invalid", "could_not_be_checked"
    }  # fmt: skip
    reached = {check["code"] for report in reports for check in report["checks"]}
    assert {
        "not_revoked",
        "revoked",
        "suspended",
        "status_message",
        "status_list_stale",
        "status_list_mismatch",
    } <= reached
