"""
A signed document written anew, as other JSON with the same RDF: its signature stays good, so it is refused where it
hides from readers of JSON what was signed.
"""

import pytest

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.flows.verify import Verifier
from openedx_verifiable_credentials.flows.verify import VerifyMeans
from tests import documents
from tests import foreign
from tests.fetchers import FakeFetcher

WEB = foreign.signer(host=foreign.HOST)
VC = "https://www.w3.org/2018/credentials#"
DATE_TIME = "http://www.w3.org/2001/XMLSchema#dateTime"
PAST = "2026-03-15T00:00:00Z"
SERVED = {
    foreign.did_url(): foreign.did_document(WEB),
    foreign.LIST_URL: foreign.secure(foreign.list_credential(WEB, [94_567]), WEB, created="2026-03-31T00:00:00Z"),
}


def judge(document):
    means = VerifyMeans(lambda _: None, lambda _: None, FakeFetcher(SERVED), None, lambda: foreign.NOW)
    report = Verifier(means).verify(foreign.raw(document))
    bad = [one.code for one in report.checks[:-1] if one.outcome != "passed"]
    return report.verdict, bad[0] if bad else None


def without(document, *names):
    return {name: value for name, value in document.items() if name not in names}


def requires_same_rdf(document, other):
    assert canonicalize(documents.without_proof(document)) == canonicalize(documents.without_proof(other))


REVOKED = foreign.secure(foreign.credential(WEB, status=foreign.entry()), WEB)
EXPIRED = foreign.secure(foreign.credential(WEB, validUntil=PAST), WEB)
FIRST = foreign.credential(WEB, contexts=[v.CREDENTIALS_V1, v.DATA_INTEGRITY_V2], issuanceDate=PAST)
EXPIRED_1 = foreign.secure({**without(FIRST, "validFrom"), "expirationDate": PAST}, WEB)
TYPED = {"@value": PAST, "@type": DATE_TIME}
REWRITTEN = {
    "status by its IRI": (
        REVOKED,
        {**without(REVOKED, "credentialStatus"), f"{VC}credentialStatus": REVOKED["credentialStatus"]},
        "revoked",
    ),
    "end by its IRI": (EXPIRED, {**without(EXPIRED, "validUntil"), f"{VC}validUntil": TYPED}, "expired"),
    "end behind a prefix": (
        EXPIRED_1,
        {**without(EXPIRED_1, "expirationDate"), "cred:expirationDate": TYPED},
        "expired",
    ),
    "end by an IRI that only the other data model has a term for": (
        EXPIRED_1,
        {
            **without(EXPIRED_1, "expirationDate", "issuanceDate"),
            "@context": [v.CREDENTIALS_V2],
            f"{VC}expirationDate": TYPED,
            f"{VC}issuanceDate": TYPED,
        },
        "expired",
    ),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_member_named_by_its_iri_hides_nothing(name):
    document, rewritten, code = REWRITTEN[name]
    requires_same_rdf(document, rewritten)
    assert judge(document) == (Verdict.INVALID, code)
    assert judge(rewritten) == (Verdict.INVALID, "malformed")


@pytest.mark.parametrize("member", ["credentialStatus", "validUntil", "validFrom"])
def test_a_member_moved_to_where_the_document_is_named_again_hides_nothing(member):
    about_itself = foreign.credential(
        WEB,
        status=foreign.entry(),
        validUntil=PAST,
        credentialSubject={"id": foreign.credential(WEB)["id"], "type": "VerifiableCredential"},
    )
    document = foreign.secure(about_itself, WEB)
    subject = {**document["credentialSubject"], member: document[member]}
    moved = {**without(document, member), "credentialSubject": subject}
    requires_same_rdf(document, moved)
    assert judge(document) == (Verdict.INVALID, "revoked")
    assert judge(moved) == (Verdict.INVALID, "malformed")


def test_an_expiry_of_a_proof_named_by_its_iri_hides_nothing():
    document = foreign.secure(foreign.credential(WEB), WEB, expires=PAST)
    proof = {**without(document["proof"], "expires"), "https://w3id.org/security#expiration": TYPED}
    assert judge(document) == (Verdict.INVALID, "proof_expired")
    assert judge({**document, "proof": proof})[0] is Verdict.INVALID


def test_members_of_other_vocabularies_may_be_named_by_their_iris():
    document = foreign.credential(WEB, **{"https://schema.org/award": "x", "urn:example:rank": 1})
    assert judge(foreign.secure(document, WEB)) == (Verdict.VALID, None)
