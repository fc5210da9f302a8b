"""Whether the key that signed is the issuer's: as its DID document, and the history of ours, say."""

import datetime

import pytest

from openedx_verifiable_credentials.core import did_documents
from openedx_verifiable_credentials.core.checks import issuer
from openedx_verifiable_credentials.core.checks.proof_sets import Proof
from openedx_verifiable_credentials.core.checks.proofs import ProofResult
from openedx_verifiable_credentials.core.key_history import KeyRecord
from tests import foreign

NOW = foreign.NOW
DAY = datetime.timedelta(days=1)
WEB = foreign.signer(host=foreign.HOST)
DID, METHOD, KEY = WEB.method.controller, WEB.method.id, WEB.method.public_key_multibase


def proof(method=METHOD, purpose="assertionMethod", created=NOW):
    return Proof(0, {"type": "DataIntegrityProof"}, "eddsa-rdfc-2022", method, purpose, created)


def document(**members):
    entry = {"id": METHOD, "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY, **members}
    return {"id": DID, "verificationMethod": [entry], "assertionMethod": [METHOD]}


def look_up(found, proof_of=None, records=None):
    if not isinstance(found, str):
        found = did_documents.read(foreign.raw(found), DID)
    return issuer.look_up(proof_of or proof(), found, records=records, now=NOW)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "issuer_confirmed"),
        ({"controller": "did:web:other.example"}, "not_the_issuers_key"),
        ({"revoked": stamp(NOW - DAY)}, "key_revoked"),
        ({"revoked": stamp(NOW)}, "key_revoked"),
        ({"revoked": stamp(NOW + DAY)}, "issuer_confirmed"),
        ({"revoked": "some day"}, "key_revoked"),
        ({"revoked": True}, "key_revoked"),
        ({"expires": stamp(NOW - DAY)}, "key_expired"),
        ({"expires": stamp(NOW)}, "key_expired"),
        ({"expires": stamp(NOW + DAY)}, "issuer_confirmed"),
        ({"expires": "never"}, "key_expired"),
        ({"id": f"{DID}#other"}, "method_not_listed"),
    ],
)
def test_what_the_document_says_of_the_key_decides(members, code):
    found = look_up(document(**members))
    assert found.code == code
    assert (found.public_key is None) == (members.get("id") is not None)


def test_a_key_that_is_revoked_is_not_believed_whatever_the_proof_is_dated():
    before = proof(created=NOW - 700 * DAY)
    assert look_up(document(revoked=stamp(NOW - DAY)), before).code == "key_revoked"


def test_a_key_that_is_listed_for_another_purpose_is_not_for_this_one():
    for_login = {**document(), "assertionMethod": [], "authentication": [METHOD]}
    assert look_up(for_login).code == "method_not_listed"
    assert look_up(for_login, proof(purpose="authentication")).code == "issuer_confirmed"
    assert look_up(for_login, proof(purpose="keyAgreement")).code == "method_not_listed"
    inside = {"id": DID, "authentication": document()["verificationMethod"]}
    assert look_up(inside).code == "method_not_listed"


@pytest.mark.parametrize("code", ["issuer_unreachable", "issuer_refused", "offline", "invalid_did_document"])
def test_without_the_document_there_is_no_key(code):
    found = look_up(code)
    assert (found.code, found.public_key) == (code, None)


def test_a_key_in_the_fragment_of_a_web_address_checks_the_signature_and_nothing_else():
    found = look_up("unsupported_issuer", proof(f"https://issuer.example/1#{KEY}"))
    assert (found.code, found.public_key.multibase) == ("unsupported_issuer", KEY)
    for method in (f"https://issuer.example/1#{KEY[:-1]}", "https://issuer.example/1", f"did:ion:abc#{KEY}"):
        assert look_up("unsupported_issuer", proof(method)).public_key is None


def record(**members):
    return KeyRecord(KEY, NOW - 100 * DAY, **members)


@pytest.mark.parametrize(
    ("records", "created", "code"),
    [
        ([record()], NOW, "issuer_confirmed"),
        ([record()], NOW - 100 * DAY, "issuer_confirmed"),
        ([record()], NOW - 101 * DAY, "method_not_listed"),
        ([], NOW, "method_not_listed"),
        ([record(retired_at=NOW - DAY)], NOW, "signed_after_retirement"),
        ([record(retired_at=NOW - DAY)], NOW - 2 * DAY, "issuer_confirmed"),
        ([record(compromised_since=NOW - DAY)], NOW, "key_revoked"),
        ([record(compromised_since=NOW - DAY)], NOW - 50 * DAY, "key_revoked"),
        ([record(retired_at=NOW - 9 * DAY, compromised_since=NOW - DAY)], NOW - 50 * DAY, "key_revoked"),
        ([record(), record(compromised_since=NOW - DAY)], NOW - 50 * DAY, "key_revoked"),
    ],
)
def test_of_our_own_issuers_the_history_of_keys_decides(records, created, code):
    assert look_up(document(), proof(created=created), records).code == code


def test_a_proof_without_a_date_counts_as_made_now():
    assert look_up(document(), proof(created=None), [record(retired_at=NOW - DAY)]).code == "signed_after_retirement"


def judged(whose, *pairs):
    results = []
    for code, controller, found in pairs:
        results.append((ProofResult(proof(), code), issuer.Finding(controller, found)))
    return issuer.judge(whose, results)


VALID, BAD = "signature_valid", "invalid_signature"


@pytest.mark.parametrize(
    ("whose", "pairs", "code"),
    [
        ("did:a", [(VALID, "did:a", "issuer_confirmed")], "issuer_confirmed"),
        ("did:a", [(VALID, "did:b", "issuer_confirmed")], "not_the_issuers_key"),
        ("did:a", [(VALID, "did:a", "key_revoked")], "key_revoked"),
        ("did:a", [(VALID, "did:b", "issuer_confirmed"), (VALID, "did:a", "issuer_confirmed")], "issuer_confirmed"),
        ("did:a", [(VALID, "did:a", "key_revoked"), (VALID, "did:a", "issuer_confirmed")], "issuer_confirmed"),
        # The issuer's proof is not valid, so a stranger's that is says nothing of the issuer.
        ("did:a", [(VALID, "did:b", "issuer_confirmed"), (BAD, "did:a", "issuer_confirmed")], "not_the_issuers_key"),
        (
            "did:a",
            [(VALID, "did:b", "issuer_confirmed"), ("key_unavailable", "did:a", "issuer_unreachable")],
            "not_the_issuers_key",
        ),
        ("did:a", [("key_unavailable", "did:a", "issuer_unreachable")], "issuer_unreachable"),
        ("did:a", [(BAD, "did:a", "issuer_confirmed")], "issuer_confirmed"),
        ("https://a", [(VALID, "https://a", "unsupported_issuer")], "unsupported_issuer"),
        ("https://a", [(VALID, "did:key:z", "issuer_confirmed")], "unsupported_issuer"),
        ("did:a", [], "issuer_not_reached"),
        ("", [(VALID, "did:a", "issuer_confirmed")], "unsupported_issuer"),
    ],
)
def test_only_a_valid_proof_by_the_issuer_confirms_it(whose, pairs, code):
    assert judged(whose, *pairs).code == code


@pytest.mark.parametrize(
    ("document", "whose"),
    [({"issuer": "did:a"}, "did:a"), ({"issuer": {"id": "did:a", "name": "A"}}, "did:a"), ({}, ""), ({"issuer": 5}, ""),
     ({"issuer": {"id": ["did:a"]}}, ""), ({"issuer": ["did:a"]}, "")],
)  # fmt: skip
def test_the_issuer_is_an_address_or_an_object_that_has_one(document, whose):
    assert issuer.issuer_of(document) == whose
