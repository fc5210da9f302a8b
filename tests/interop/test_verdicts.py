"""Ten thousand mutations of fifty valid credentials: none is accepted, and verifiers of others say the same."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import json
from pathlib import Path

import pytest

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.report import Report
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests.interop import judges
from tests.interop import valid_credentials as corpus
from tests.interop.mutations import mutations
from tests.interop.valid_credentials import Corpus

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


BOTH = ("digitalbazaar", "didkit")
# Why others accept what we do not: for which of them, and where we say what of which kind of mutation.
EXPLAINED: dict[str, tuple[tuple[str, ...], set[tuple[str, str]]]] = {
    "RDF has no trace of it, so a signature over RDF is silent; we refuse what is not signed": (
        BOTH,
        {
            ("uncovered_member", "add nothing"),
            ("uncovered_member", "keyword"),
            ("malformed", "add nothing"),
            ("malformed", "keyword"),
            ("malformed_proof", "add nothing"),
            ("malformed_proof", "keyword"),
        },
    ),
    "other contexts that give the same RDF; we accept exact lists": (
        BOTH,
        {
            ("context_not_accepted", "context list"),
            ("context_not_accepted", "nested context"),
            ("context_not_accepted", "proof member"),
            ("context_not_accepted", "swap"),
            ("malformed_proof", "context list"),
        },
    ),
    "canonical RDF gives unnamed objects names of its own; we refuse those of a document": (
        BOTH,
        {("blank_node_identifier", "identifier"), ("malformed", "identifier")},
    ),
    "JSON may be read as the last of two members that have one key; we refuse both": (
        BOTH,
        {("not_json", "duplicate key")},
    ),
    "a member of proofs that their signature leaves out; we refuse it beside a proofValue": (
        BOTH,
        {("malformed_proof", "proof member")},
    ),
    "white space around base58 may be read over; we want the one spelling": (
        ("digitalbazaar",),
        {("malformed_proof", "proof value"), ("malformed_proof", "change")},
    ),
    "one good proof of a set may be enough; we want all that are known": (
        ("didkit",),
        {("invalid_signature", "proof list"), ("malformed_proof", "proof list")},
    ),
    "a date may be signed as the moment that it is; for us it is what is written": (
        ("didkit",),
        {("invalid_signature", "proof member")},
    ),
    "a type may be taken as a name; we want a definition, and one that the Open Badges structure allows": (
        ("didkit",),
        {
            ("undefined_term", "add a type"),
            ("undefined_term", "type change"),
            ("malformed", "add a type"),
            ("malformed", "swap"),
        },
    ),
}


def test_others_accept_no_more_than_is_explained(judged: list[Judged]):
    unexplained, used = [], set()
    for one in judged:
        for judge in BOTH:
            if not getattr(one, judge) or one.ours.verdict in GOOD:
                continue
            reasons = [
                reason
                for reason, (judges_, places) in EXPLAINED.items()
                if judge in judges_ and (one.code, one.kind) in places
            ]
            used.update(reasons)
            if not reasons:
                unexplained.append((judge, one.code, one.kind, one.name, one.raw))
    assert unexplained[:5] == []
    assert EXPLAINED.keys() - used == set(), "what is no longer so must not be listed"


def test_we_accept_nothing_that_others_refuse(judged: list[Judged]):
    assert [one.name for one in judged if one.ours.verdict in GOOD and not one.digitalbazaar] == []
    assert [one.name for one in judged if one.ours.verdict in GOOD and one.didkit is False] == []
