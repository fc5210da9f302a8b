"""Many documents in one call: each DID document and each status list is had once, whatever happens to it."""

from __future__ import annotations

import json

import pytest

from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import Verdict
from tests import published
from tests.published import Issuer

pytestmark = pytest.mark.django_db
MANY = 200
DISTINCT = 20


@pytest.fixture(autouse=True)
def published_elsewhere(settings):
    """The network is what ``published`` serves."""
    settings.OPENEDX_VC_FETCHER = published.PATH
    published.reset()


def documents(issuer, count=MANY):
    """Credentials of ``issuer``, at different places of its list; each of them several times."""
    made = [json.dumps(issuer.issue(index)).encode() for index in range(min(count, DISTINCT))]
    return [made[number % len(made)] for number in range(count)]


def test_many_of_one_issuer_cost_two_fetches():
    issuer = Issuer()
    issuer.revoke(3)
    verdicts = [report.verdict for report in verifying.verify_many(documents(issuer))]
    assert len(verdicts) == MANY
    assert verdicts.count(Verdict.INVALID) == MANY // DISTINCT
    assert verdicts.count(Verdict.VALID) == MANY - MANY // DISTINCT
    assert published.asked == {issuer.did_url: 1, issuer.list_url: 1}


def test_what_could_not_be_had_is_not_asked_for_again_and_again():
    issuer = Issuer()
    made = documents(issuer, 100)
    published.reset()
    verdicts = {report.verdict for report in verifying.verify_many(made)}
    assert verdicts == {Verdict.COULD_NOT_BE_CHECKED}
    assert set(published.asked) <= {issuer.did_url, issuer.list_url}
    assert max(published.asked.values()) == 1


def test_offline_nothing_is_asked_for():
    made = documents(Issuer(), 10)
    verdicts = {report.verdict for report in verifying.verify_many(made, offline=True)}
    assert verdicts == {Verdict.COULD_NOT_BE_CHECKED}
    assert published.asked.total() == 0


def test_each_is_taken_when_the_one_before_it_is_judged():
    taken = []

    def stream():
        for number, document in enumerate(documents(Issuer(), 5)):
            taken.append(number)
            yield document

    reports = verifying.verify_many(stream())
    for number in range(5):
        assert next(reports).verdict is Verdict.VALID
        assert taken == list(range(number + 1))


def test_one_that_could_not_be_read_stops_no_other():
    good = documents(Issuer(), 1)[0]
    verdicts = [report.verdict for report in verifying.verify_many([None, good, b"", b"\xff", good])]
    assert verdicts[0] is Verdict.COULD_NOT_BE_CHECKED
    assert verdicts[1] is verdicts[4] is Verdict.VALID
    assert verdicts[2:4] == [Verdict.INVALID, Verdict.INVALID]
