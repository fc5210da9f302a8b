"""Documents at the edge of what can be written: there is a report, and it is the right one."""

import pytest

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.core.covered import canonicalize_covered
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import foreign
from tests.fetchers import FakeFetcher

WEB = foreign.signer(host=foreign.HOST)
SERVED = {
    foreign.did_url(): foreign.did_document(WEB),
    foreign.LIST_URL: foreign.secure(foreign.list_credential(WEB, [7]), WEB, created="2026-03-31T00:00:00Z"),
}


def judge(document):
    means = VerifyMeans(lambda _: None, lambda _: None, FakeFetcher(SERVED), None, lambda: foreign.NOW)
    report = Verifier(means).verify(document if isinstance(document, bytes) else foreign.raw(document))
    bad = [one.code for one in report.checks[:-1] if one.outcome != "passed"]
    return report.verdict, bad[0] if bad else None


@pytest.mark.parametrize(
    ("member", "moment"),
    [
        ("validUntil", "9999-12-31T23:59:59Z"),
        ("validUntil", "9999-12-31T23:59:59.999999Z"),
        ("validFrom", "0001-01-01T00:00:00Z"),
    ],
)
def test_the_first_and_the_last_moment_there_are_can_be_written(member, moment):
    assert judge(foreign.secure(foreign.credential(WEB, **{member: moment}), WEB)) == (Verdict.VALID, None)


def test_a_proof_and_a_token_may_expire_at_the_end_of_time():
    proven = foreign.secure(foreign.credential(WEB), WEB, expires="9999-12-31T23:59:59Z")
    assert judge(proven) == (Verdict.VALID, None)
    claims = {**foreign.credential(WEB), "exp": 253_402_300_799, "nbf": 0}
    assert judge(foreign.token(claims, WEB, key_id=WEB.method.id)) == (Verdict.VALID, None)


@pytest.mark.parametrize("suite", [[], {}, 0, False, None, 1.5, ["eddsa-rdfc-2022"]], ids=repr)
def test_a_document_that_looks_like_the_configuration_of_a_proof_is_refused(suite):
    document = {"@context": [v.CREDENTIALS_V2], "type": "VerifiablePresentation", "proofPurpose": v.AUTHENTICATION}
    assert judge({**document, "cryptosuite": suite})[0] is Verdict.INVALID


@pytest.mark.parametrize("suite", [{"toString": 1}, ["x"], 5, None, ""], ids=repr)
def test_what_an_unknown_proof_calls_its_suite_does_not_matter(suite):
    document = foreign.secure(foreign.credential(WEB), WEB, as_array=True)
    unknown = {"type": "X", "verificationMethod": "did:example:1#1", "proofPurpose": "x", "cryptosuite": suite}
    assert judge({**document, "proof": [*document["proof"], unknown]}) == (Verdict.VALID, None)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (7.0, "revoked"),
        (7, "revoked"),
        (8.0, None),
        (-0.0, None),
        (7.5, "malformed_status"),
        (True, "malformed_status"),
    ],
)
def test_a_whole_number_is_one_however_it_is_written(number, code):
    entry = foreign.entry(statusListIndex=number, statusSize=1.0)
    document = foreign.secure(foreign.credential(WEB, status=entry), WEB, v.EDDSA_JCS_2022)
    assert judge(document) == (Verdict.INVALID if code else Verdict.VALID, code)


@pytest.mark.parametrize("text", ["9.7E0", "~9.7E0", "~~9.7E0", "1.5E0"])
@pytest.mark.parametrize("kind", ["urn:example:kind", "http://www.w3.org/2001/XMLSchema#double"])
def test_text_that_looks_like_a_number_of_the_document_stays_what_it_is(text, kind):
    value = {"@value": text, "@type": kind}
    quads = canonicalize_covered(foreign.credential(WEB, name=["x", 9.7, value]))
    assert f'"{text}"^^<{kind}>' in quads
    assert '"9.699999999999999E0"^^<http://www.w3.org/2001/XMLSchema#double>' in quads


@pytest.mark.parametrize("member", ["evidence", "id"])
def test_text_that_looks_like_a_number_is_no_identifier(member):
    assert judge(foreign.credential(WEB, **{member: "1.5E0"}))[1] in ("malformed", "relative_iri")


def test_what_is_said_twice_in_two_ways_is_one_quad():
    double = {"@value": "1.5E0", "@type": "http://www.w3.org/2001/XMLSchema#double"}
    once, twice = (canonicalize_covered(foreign.credential(WEB, name=value)) for value in (1.5, [1.5, double]))
    assert once == twice
