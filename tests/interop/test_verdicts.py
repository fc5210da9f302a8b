"""Ten thousand mutations of fifty valid credentials: none is accepted, and verifiers of others say the same."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests.interop import valid_credentials as corpus
from tests.interop import judges
from tests.interop.valid_credentials import Corpus
from tests.interop.mutations import mutations

pytestmark = [pytest.mark.node, pytest.mark.slow]
EACH = 200
NOW = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)
GOOD = (Verdict.VALID, Verdict.VALID_WITH_WARNINGS)


@dataclasses.dataclass(frozen=True)
class Judged:
    """One document, and what is said of it; ``didkit`` None: it was not asked."""

    name: str
    kind: str
    raw: str
    ours: Report
    digitalbazaar: bool
    didkit: bool | None

    @property
    def code(self) -> str:
        """Of the first check of ours that failed or could not be made; "" where there is none."""
        return next((one.code for one in self.ours.checks[:-1] if one.outcome in _BAD), "")


_BAD = (Outcome.FAILED, Outcome.NOT_CHECKED)


def make_verifier(made: Corpus) -> Verifier:
    """Ours, with what the issuers publish at hand and no network."""
    published = {did_documents.address_of(did): document for did, document in made.documents.items()} | made.lists
    means = VerifyMeans(
        find_own=lambda address: None,
        find_own_keys=lambda did: None,
        fetcher=None,
        chain=None,
        now=lambda: NOW,
    )
    return Verifier(means, given={address: json.dumps(one).encode() for address, one in published.items()})


def make_cases(made: Corpus) -> dict[str, tuple[str, str]]:
    """Kind and JSON by a name of each mutation."""
    credentials = list(made.credentials.values())
    cases = {}
    for number, (name, credential) in enumerate(made.credentials.items()):
        others = [credentials[(number + step) % len(credentials)] for step in (1, 7, 23)]
        for turn, (kind, raw) in enumerate(mutations(credential, others, EACH, seed=number)):
            cases[f"{name} | {turn}"] = (kind, raw)
    return cases


@pytest.fixture(name="judged", scope="module")
def judge_all(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    """Both others work while we do."""
    made, directory = corpus.get_corpus(), tmp_path_factory.mktemp("verdicts")
    cases = make_cases(made)
    raws = {case: raw for case, (_, raw) in cases.items()}
    asked = {case: raw for case, raw in raws.items() if case.rpartition(" | ")[0] in made.didkit}
    with (
        judges.digitalbazaar(raws.items(), made.documents, directory) as by_digitalbazaar,
        judges.didkit(asked.items(), directory) as by_didkit,
    ):
        verifier = make_verifier(made)
        ours = {case: verifier.verify(raw.encode("utf-8", "surrogatepass")) for case, raw in raws.items()}
        db, dk = by_digitalbazaar(), by_didkit()
    return [
        Judged(case, kind, raw, ours[case], db[case]["verified"], dk[case]["verified"] if case in dk else None)
        for case, (kind, raw) in cases.items()
    ]


def test_the_fifty_are_valid_for_everybody(tmp_path: Path):
    made = corpus.get_corpus()
    verifier = make_verifier(made)
    raws = {name: json.dumps(credential) for name, credential in made.credentials.items()}
    reports = {name: verifier.verify(raw.encode()) for name, raw in raws.items()}
    assert {name: report.as_json() for name, report in reports.items() if report.verdict is not Verdict.VALID} == {}
    with (
        judges.digitalbazaar(raws.items(), made.documents, tmp_path) as by_digitalbazaar,
        judges.didkit([(name, raws[name]) for name in made.didkit], tmp_path) as by_didkit,
    ):
        assert [name for name, answer in by_digitalbazaar().items() if not answer["verified"]] == []
        answers = by_didkit()
    assert [name for name, answer in answers.items() if not answer["verified"]] == []
    assert (len(raws), len(answers)) == (50, len(made.didkit))
    assert len(answers) > 10


def test_none_is_accepted(judged: list[Judged]):
    assert len(judged) == 10_000
    assert len({one.raw for one in judged}) > 9_900
    kinds = collections.Counter(one.kind for one in judged)
    assert len(kinds) == 20 and min(kinds.values()) > 300, kinds
    assert [(one.name, one.kind, one.raw) for one in judged if one.ours.verdict in GOOD] == []


EXPLAINED: dict[tuple[str, str], str] = {}


def test_others_accept_no_more_than_is_explained(judged: list[Judged]):
    found: dict[tuple[str, str], list[Any]] = collections.defaultdict(list)
    for one in judged:
        for judge, accepts in (("digitalbazaar", one.digitalbazaar), ("didkit", one.didkit)):
            if accepts and one.ours.verdict not in GOOD:
                found[judge, one.code].append((one.name, one.kind, one.raw))
    assert {key: cases[:3] for key, cases in found.items() if key not in EXPLAINED} == {}
    assert EXPLAINED.keys() - found.keys() == set(), "what is no longer so must not be listed"
