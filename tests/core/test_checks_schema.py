"""The schema check as a whole: our documents and the published ones of others, each with the verdict it deserves."""

import json

import pytest
from hypothesis import given
from hypothesis import settings

from openedx_verifiable_credentials.core import covered
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.reading import read_document
from openedx_verifiable_credentials.core.checks.report import CheckName
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.core.checks.schema import check_schema
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import documents
from tests import properties
from tests import standards
from tests import trees

OURS = documents.ours()
PASSED = ("well_formed", None)
NOT_ACCEPTED = ("context_not_accepted", "/@context")
IN_A_CREDENTIAL = ("context_not_accepted", "/verifiableCredential/1/@context")
UNKNOWN = ("unknown_context", "/@context")

# What is wrong with a proof, a date or a status is no matter of this check: such documents pass it.
OPEN_BADGES = {
    "complete.json": PASSED,
    "credential-status-revoked.json": PASSED,
    "bit-string-list/credential-status-revoked.json": PASSED,
    "bit-string-list/credential-status-revoked-blank-nodes.json": PASSED,
    "bit-string-list/testlist": PASSED,
    "endorsement-err-schema-status-refresh.json": PASSED,
    "endorsement-valid.json": PASSED,
    "sd/derivedcredential.json": PASSED,
    "simple-context-alias.json": PASSED,
    "simple-context-version.json": PASSED,
    "simple-did-web-method.json": PASSED,
    "simple-eddsa-2022.json": PASSED,
    "simple-err-expired.json": PASSED,
    "simple-err-proof-method-no-scheme.json": PASSED,
    "simple-err-proof-method-unknown-did-method.json": PASSED,
    "simple-err-proof-method-unknown-scheme.json": PASSED,
    "simple-err-proof-method.json": PASSED,
    "simple-err-proof-value.json": PASSED,
    "simple-multiple-proofs.json": PASSED,
    "simple.json": PASSED,
    "simple_v1.json": PASSED,
    "simple-err-context.json": ("malformed", "/@context"),
    "simple-err-credential-subject-achievement-result-description-type.json": (
        "malformed",
        "/credentialSubject/achievement/resultDescription/2/type",
    ),
    "simple-err-credential-subject-identifier-type.json": ("malformed", "/credentialSubject/identifier/0/type"),
    "simple-err-credential-subject-profile-type.json": ("malformed", "/credentialSubject/source/type"),
    "simple-err-credential-subject-result-type.json": ("malformed", "/credentialSubject/result/1/type"),
    "simple-err-credential-subject-type.json": ("malformed", "/credentialSubject/type"),
    "simple-err-evidence-type.json": ("malformed", "/evidence/1/type"),
    "simple-err-issuer-otheridentifier-type.json": ("malformed", "/issuer/otherIdentifier/1/type"),
    "simple-err-issuer-parentorg-type.json": ("malformed", "/issuer/parentOrg/type"),
    "simple-err-issuer-type.json": ("malformed", "/issuer/type"),
    "simple-err-issuer.json": ("malformed", "/issuer"),
    "simple-err-type.json": ("undefined_term", "/type"),
    # Their names speak of dates and proofs; that their subject has no achievement, Open Badges 3.0 does not allow.
    "simple-err-issued.json": ("malformed", "/credentialSubject/achievement"),
    "simple-noproof.json": ("malformed", "/credentialSubject/achievement"),
    # Uses types of the extensions without naming their context, and an endorsement without an identifier.
    "complete_v1.json": ("malformed", "/issuer/endorsement/0/id"),
    "simple-did-key-method.json": PASSED,
}
BLOCKCERTS = {
    "cert-rl-status-list-2021-revoked.json": PASSED,
    "cert-rl-status-list-2021-suspended.json": PASSED,
    "cert-rl-status-list-2021.json": PASSED,
    "ethereum-sepolia-v3.json": PASSED,
    "example-non-chained-proofs.json": PASSED,
    "mocknet-v3-valid.json": PASSED,
    "mocknet-vc-v2-invalid-date-format.json": PASSED,
    "mocknet-vc-v2-validFrom-not-yet-valid.json": PASSED,
    "mocknet-vc-v2-validFrom-valid.json": PASSED,
    "mocknet-vc-v2-validUntil-expired.json": PASSED,
    "proof-chain-example-ed25519.json": PASSED,
    "proof-chain-example-secp256k1.json": PASSED,
    "testnet-v3-hashlink.json": PASSED,
    "testnet-v3-verification-method-issuer-profile.json": PASSED,
    "vp-eddsa-rdfc-2022.json": PASSED,
    "testnet-v3--tampered.json": ("malformed", "/id"),
    "certificate.json": ("unsupported_data_model", "/type"),
    # Contexts of drafts, of which no package has the text that was signed with.
    "blockcerts-3.0-alpha.json": UNKNOWN,
    "blockcerts-3.0-beta-did-ethereum-ropsten.json": UNKNOWN,
    "blockcerts-3.0-beta.json": UNKNOWN,
    # Contexts written into the document: who can add one can say what the words of the others mean.
    "mocknet-vc-v2-credential-schema-invalid.json": NOT_ACCEPTED,
    "mocknet-vc-v2-credential-schema.json": NOT_ACCEPTED,
    "mocknet-vc-v2-credential-subject-array.json": NOT_ACCEPTED,
    "mocknet-vc-v2-data-integrity-proof-multiple-signatures-non-chained.json": NOT_ACCEPTED,
    "mocknet-vc-v2-data-integrity-proof-multiple-signatures.json": NOT_ACCEPTED,
    "mocknet-vc-v2-name-description-multilingual.json": NOT_ACCEPTED,
    "mocknet-vc-v2-name-description.json": NOT_ACCEPTED,
    "testnet-v3--no-did.json": NOT_ACCEPTED,
    "testnet-v3-custom-context.json": NOT_ACCEPTED,
    "testnet-v3-did--verification-method-mismatch.json": NOT_ACCEPTED,
    "testnet-v3-did--verification-method-not-referenced.json": NOT_ACCEPTED,
    "testnet-v3-did.json": NOT_ACCEPTED,
    "mocknet-vc-v2-data-integrity-proof.json": PASSED,
    # A presentation with such a credential.
    "mocknet-verifiable-presentation-failing-credential.json": IN_A_CREDENTIAL,
    "mocknet-verifiable-presentation-tampered.json": IN_A_CREDENTIAL,
    "mocknet-verifiable-presentation.json": IN_A_CREDENTIAL,
    # The context of proofs behind that of Blockcerts, which stands last elsewhere.
    "ecdsa-sd-2023-derived-credential.json": NOT_ACCEPTED,
    "ecdsa-sd-2023-signed-credential.json": NOT_ACCEPTED,
}
PUBLISHED = {f"{documents.OB30}/{name}": verdict for name, verdict in OPEN_BADGES.items()}
PUBLISHED |= {f"{documents.BLOCKCERTS}/{name}": verdict for name, verdict in BLOCKCERTS.items()}


@pytest.mark.parametrize("document", OURS.values(), ids=OURS.keys())
def test_what_we_issue_passes(document):
    found = check_schema(document)
    assert (found.name, found.code, found.detail) == (CheckName.SCHEMA, "well_formed", {})
    assert check_schema(documents.without_proof(document)).code == "well_formed"
    assert check_schema(documents.presentation(document)).code == "well_formed"


@pytest.mark.parametrize(("name", "verdict"), PUBLISHED.items(), ids=PUBLISHED.keys())
def test_a_published_document_has_the_verdict_its_name_says(name, verdict):
    found = check_schema(read_document(standards.path(name).read_bytes()))
    assert (found.code, found.detail.get("at")) == verdict


@pytest.mark.parametrize(("folder", "known"), [(documents.OB30, OPEN_BADGES), (documents.BLOCKCERTS, BLOCKCERTS)])
def test_no_published_document_is_forgotten(folder, known):
    root = standards.path(folder)
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    # Pictures and tokens are read elsewhere before this check sees what is in them.
    assert {name for name in found if not name.endswith((".jwt", ".1ob"))} == set(known)


@pytest.mark.parametrize("name", [name for name, verdict in PUBLISHED.items() if verdict == PASSED])
def test_a_published_document_with_one_term_more_fails(name):
    document = read_document(standards.path(name).read_bytes())
    found = check_schema({**document, "gpa": "4.0"})
    assert (found.code, found.detail) == ("undefined_term", {"at": "/gpa"})


def test_the_contexts_are_judged_before_what_they_define():
    document = {**OURS["obv3-vc2-course"], "gpa": "4.0", "validFrom": 5}
    unknown = {**document, "@context": [v.CREDENTIALS_V2, "https://evil.example/"]}
    assert check_schema(unknown).code == "unknown_context"
    assert check_schema(document).detail == {"at": "/validFrom"}


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        ({"type": "Unknown", "undefinedTerm": None}, "well_formed"),
        ([{"type": "Unknown"}, {"type": "Unknown"}], "well_formed"),
        (None, "malformed"),
        ({}, "malformed"),
        ("x", "malformed"),
    ],
)
def test_a_proof_has_a_type_and_the_rest_of_it_is_another_checks(proof, code):
    assert check_schema({**OURS["obv3-vc2-course"], "proof": proof}).code == code


def test_the_canonical_form_is_computed_once_for_this_check_and_the_next():
    computed = []

    def canonicalize(document):
        computed.append(document)
        return covered.canonicalize_covered(document)

    remembered = covered.remembering(canonicalize)
    document = OURS["obv3-vc2-course"]
    assert check_schema(document, remembered).code == "well_formed"
    remembered(documents.without_proof(document))
    assert computed == [documents.without_proof(document)]


def test_the_detail_holds_no_value_of_the_document():
    secret = "Ada Lovelace <ada@example.org>"
    document = OURS["obv3-vc2-course"]
    for path in list(trees.paths(document))[1:]:
        for value in (secret, [secret], {"id": secret}, {"@value": secret, "x": secret}):
            found = check_schema(trees.changed(document, path, value))
            assert secret not in json.dumps(found.as_json())


@settings(max_examples=200)
@given(document=properties.json_values)
def test_any_json_gets_a_verdict(document):
    try:
        found = check_schema(read_document(json.dumps(document).encode()))
    except DocumentError as refusal:
        assert codes()[refusal.code]["check"] == "schema"
    else:
        assert found.code != "well_formed"
