"""Several certificates in one claim, and several issuers of one certificate: each goes by its own terms."""

import json

import pytest

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.api.issuers import NewIssuer
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import reissued
from tests import rows
from tests import seed
from tests.conftest import MadeOffer


def claimed(client, wallet, *certificates, **more):
    """The documents that one claim of these gives, by the certificate's kind and the issuer's slug."""
    uuids = [certificate.uuid.hex for certificate in certificates]
    asked = {"credential_uuids": uuids, "storage_id": "lc_wallet", **more}
    response = asking.post_json(client, asking.INIT, asked)
    assert response.status_code == 200, response.content
    documents = {}
    got = MadeOffer(response.json()).claim(wallet).json()
    ledger = {f"urn:uuid:{row.uuid}": row for row in Credential.objects.select_related("issuer")}
    for document in got.get("verifiableCredential", [got]):
        row = ledger[document["id"]]
        documents[row.kind, row.issuer.slug] = document
    return documents


def test_each_certificate_of_one_claim_says_what_its_own_policy_allows(
    ada_client, ready, ada, course_certificate, program_certificate, wallet
):
    seed.grade(ada, course_certificate.credential)
    policies.of_run(course_certificate, email=True, grade=True, signatories=False)
    policies.make_policy(policies.PROGRAM, program_certificate.credential.program_uuid, name=False)
    documents = claimed(ada_client, wallet, course_certificate, program_certificate)
    course, program = documents["course", "default"], documents["program", "default"]
    assert policies.identities(course).keys() == {"name", "emailAddress"}
    assert policies.identities(program) == {}
    assert "result" in course["credentialSubject"]
    assert "result" not in program["credentialSubject"]
    assert "identityHash" not in json.dumps(program)


def test_what_is_left_out_is_left_out_of_every_certificate(
    ada_client, ready, ada, course_certificate, program_certificate, wallet
):
    seed.grade(ada, course_certificate.credential)
    policies.of_run(course_certificate, email=True, grade=True)
    left_out = ["name", "email", "grade"]
    documents = claimed(ada_client, wallet, course_certificate, program_certificate, leave_out=left_out)
    assert [policies.identities(document) for document in documents.values()] == [{}, {}]
    assert not any("result" in document["credentialSubject"] for document in documents.values())
    terms = {row.kind: row.terms for row in Credential.objects.all()}
    assert (terms["course"]["left_out"], terms["program"]["left_out"]) == (left_out, ["name"])
    assert terms["program"]["left_out_too"] == ["email", "grade"]


@pytest.fixture(name="joint")
def make_joint(settings, ready, issuer, ada, course_certificate):
    """A certificate of a program of two organisations, each of which issues."""
    settings.OPENEDX_VC_JOINT_PROGRAMS = "each"
    issuers.create_issuer(NewIssuer(name="A", slug="academy", method="web-path", organization_key="AcademyX"))
    program = seed.make_program(ready, [course_certificate.credential], organizations=("AcademyX", "CollegeX"))
    return seed.backdate(seed.award(ada, program), days=2)


def test_of_a_joint_program_each_issuer_says_what_the_stricter_organisation_allows(ada_client, joint, wallet):
    alignment = {"url": "https://example.org/skills/1", "name": "Skill 1"}
    policies.make_policy(policies.ORGANIZATION, "AcademyX", name=True, email=True, aligned_with=[alignment], final=True)
    policies.make_policy(policies.ORGANIZATION, "CollegeX", name=False, email=True, alignments=False)
    documents = claimed(ada_client, wallet, joint)
    assert documents.keys() == {("program", "academy"), ("program", "default")}
    for document in documents.values():
        assert policies.identities(document).keys() == {"emailAddress"}
        assert "alignment" not in document["credentialSubject"]["achievement"]
        published = Achievement.objects.get(address=document["credentialSubject"]["achievement"]["id"]).document
        assert "alignment" not in published
    salts = [document["credentialSubject"]["identifier"][0]["salt"] for document in documents.values()]
    assert len(set(salts)) == 2


def test_one_organisation_alone_ends_the_claims_of_a_joint_program(ada_client, joint, wallet):
    policies.make_policy(policies.ORGANIZATION, "AcademyX", issuing=True, final=True)
    offer = MadeOffer(asking.init(ada_client, joint).json())
    policies.make_policy(policies.ORGANIZATION, "CollegeX", issuing=False)
    before = rows.snapshot()
    assert asking.refusal(offer.claim(wallet)) == (403, "issuing_off")
    assert rows.changed(before) == []


def test_both_credentials_of_a_joint_program_are_issued_anew_under_the_new_terms(ada_client, joint, wallet):
    claimed(ada_client, wallet, joint)
    policies.make_policy(policies.ORGANIZATION, "CollegeX", name=False, validity_days=9999)
    old = list(Credential.objects.order_by("pk"))
    assert reissued.counted(reissued.reissue(*old, reason="content_updated")) == (2, {}, {})
    new = [Credential.objects.get(replaces=row) for row in old]
    assert [row.issuer_id for row in new] == [row.issuer_id for row in old]
    assert [policies.identities(reissued.document_of(row)) for row in new] == [{}, {}]
