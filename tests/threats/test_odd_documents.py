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
ENVELOPED = "EnvelopedVerifiableCredential"
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


@pytest.mark.parametrize("kind", ["EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"])
def test_an_envelope_is_not_said_to_be_unsigned(kind):
    envelope = {"@context": [v.CREDENTIALS_V2], "id": "data:application/vc+jwt,eyJ.e.A", "type": kind}
    assert judge(envelope) == (Verdict.COULD_NOT_BE_CHECKED, "unsupported_format")


def test_a_presentation_with_an_envelope_of_another_kind_could_not_be_checked():
    envelope = {"@context": [v.CREDENTIALS_V2], "id": "data:application/vc+sd-jwt,eyJ~", "type": ENVELOPED}
    presentation = foreign.presentation([envelope], WEB, signed=False)
    assert judge(presentation) == (Verdict.COULD_NOT_BE_CHECKED, "unsupported_format")
    assert judge({**presentation, "verifiableCredential": {**envelope, "id": "urn:x:1"}})[0] is Verdict.INVALID


@pytest.mark.parametrize("member", ["type", "evidence", "https://example.org/p"])
def test_an_array_is_not_longer_than_others_can_compare_in_time(member):
    names = [f"urn:example:{number}" for number in range(1001)]
    items = [{"id": name, "type": "VerifiableCredential"} for name in names] if member == "evidence" else names
    first = ["VerifiableCredential"] if member == "type" else []
    too_many, enough = first + items, (first + items)[:1000]
    assert judge(foreign.secure(foreign.credential(WEB, **{member: enough}), WEB)) == (Verdict.VALID, None)
    assert judge(foreign.credential(WEB, **{member: too_many})) == (Verdict.INVALID, "too_large")


def test_an_object_has_not_more_members_than_an_array_has_items():
    members = {f"https://example.org/{number}": 1 for number in range(1000)}
    assert judge(foreign.credential(WEB, credentialSubject=members)) == (Verdict.INVALID, "no_proof")
    assert judge(foreign.credential(WEB, credentialSubject={**members, "urn:x:y": 1})) == (Verdict.INVALID, "too_large")


@pytest.mark.parametrize("named", [["urn:uuid:1"] * 2, ["urn:uuid:1"] * 18_000], ids=len)
def test_a_proof_names_each_proof_before_it_once(named):
    """Each name is a copy of that proof in what is canonicalised."""
    first = foreign.secure(foreign.credential(WEB), WEB, id="urn:uuid:1", as_array=True)
    second = {**first["proof"][0], "id": "urn:uuid:2", "previousProof": named}
    assert judge({**first, "proof": [*first["proof"], second]}) == (Verdict.INVALID, "malformed_proof")


def test_what_is_said_twice_in_two_ways_is_one_quad():
    double = {"@value": "1.5E0", "@type": "http://www.w3.org/2001/XMLSchema#double"}
    once, twice = (canonicalize_covered(foreign.credential(WEB, name=value)) for value in (1.5, [1.5, double]))
    assert once == twice
