"""Whatever is sent to the wallet's endpoint: a 4xx with a code, in JSON, soon; no row changed, nothing fetched."""

import json
import time

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import http_status
from tests import asking
from tests import network
from tests import rows
from tests.threats import costs
from tests.wallet import DATA_INTEGRITY
from tests.wallet import V1
from tests.wallet import V2
from tests.wallet import make_wallet

ENOUGH_SECONDS = 0.1
MALLORY = make_wallet(b"\x66" * 32)
DEEP = 10_000


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch):
    """Not even to this machine: did:web:localhost is a server like any other."""
    network.block(monkeypatch)


def changed(**members):
    """Set after it was signed."""
    return lambda good, wallet: {**good, **members}


def without(name):
    return lambda good, wallet: {key: value for key, value in good.items() if key != name}


def proof(**members):
    """Set in the proof after it was signed; None leaves one out."""

    def change(good, wallet):
        merged = {**good["proof"], **members}
        return {**good, "proof": {key: value for key, value in merged.items() if value is not None}}

    return change


def signed(**options):
    """Set before it was signed: the signature is good, and yet."""
    return lambda good, wallet: wallet.present(good["proof"]["challenge"], **options)


def raw(text):
    """Bytes made of the good presentation's text."""
    return lambda good, wallet: text(json.dumps(good)).encode("utf-8", "surrogatepass")


def by_another_key(good, wallet):
    """Mallory's signature under the holder's name."""
    return MALLORY.present(good["proof"]["challenge"], holder=wallet.did, proof={"verificationMethod": wallet.method})


def flipped(good, wallet):
    value = good["proof"]["proofValue"]
    return proof(proofValue=value[:-1] + ("2" if value[-1] != "2" else "3"))(good, wallet)


BODIES = {
    # JSON
    "empty": (lambda good, wallet: b"", 400, "unsupported_context"),
    "malformed": (raw(lambda text: text[:-1]), 400, "malformed_json"),
    "trailing": (raw(lambda text: text + "{}"), 400, "malformed_json"),
    "not UTF-8": (lambda good, wallet: b'{"holder": "\xff"}', 400, "malformed_json"),
    "UTF-16": (lambda good, wallet: json.dumps(good).encode("utf-16"), 400, "malformed_json"),
    "byte order mark": (raw(lambda text: "\ufeff" + text), 400, "malformed_json"),
    "array": (lambda good, wallet: [good], 400, "not_an_object"),
    "string": (lambda good, wallet: "VerifiablePresentation", 400, "not_an_object"),
    "null": (lambda good, wallet: None, 400, "not_an_object"),
    "number": (lambda good, wallet: 42, 400, "not_an_object"),
    "NaN": (raw(lambda text: text[:-1] + ', "id": NaN}'), 400, "malformed_json"),
    "infinity": (raw(lambda text: text[:-1] + ', "id": -Infinity}'), 400, "malformed_json"),
    "huge integer": (raw(lambda text: text[:-1] + f', "id": {"9" * 5000}}}'), 400, "malformed_json"),
    "lone surrogate": (raw(lambda text: text[:-1] + ', "id": "urn:\\ud800"}'), 400, "malformed_json"),
    "duplicate key": (raw(lambda text: text[:-1] + ', "holder": "did:key:z6Mk"}'), 400, "duplicate_key"),
    "duplicate key inside": (raw(lambda text: text.replace('"proofP', '"type": "x", "proofP')), 400, "duplicate_key"),
    "1 MB": (raw(lambda text: text[:-1] + f', "id": "{"a" * 2**20}"}}'), 413, "too_large"),
    "8 MB": (raw(lambda text: " " * 2**23 + text), 413, "too_large"),
    "deep arrays": (raw(lambda text: "[" * DEEP + "]" * DEEP), 400, "too_deep"),
    "deep objects": (raw(lambda text: '{"a":' * DEEP + "1" + "}" * DEEP), 400, "too_deep"),
    "deep inside": (raw(lambda text: text[:-1] + ', "id": ' + "[" * DEEP + "]" * DEEP + "}"), 400, "too_deep"),
    "never closed": (raw(lambda text: "[" * DEEP), 400, "too_deep"),
    # The presentation
    "no context": (without("@context"), 400, "unsupported_context"),
    "unknown context": (changed(**{"@context": [V2, "https://evil.example/c"]}), 400, "unsupported_context"),
    "context of localhost": (changed(**{"@context": [V2, "http://127.0.0.1:9/c"]}), 400, "unsupported_context"),
    "context as object": (changed(**{"@context": [V2, {"@vocab": "urn:x:"}]}), 400, "unsupported_context"),
    "context out of order": (signed(context="v2", **{"@context": [DATA_INTEGRITY, V1]}), 400, "unsupported_context"),
    "context twice": (changed(**{"@context": [V2, V2]}), 400, "unsupported_context"),
    "other type": (changed(type=["VerifiableCredential"]), 400, "not_a_presentation"),
    "two types": (signed(type=["VerifiablePresentation", "VerifiableCredential"]), 400, "not_a_presentation"),
    "undefined member": (changed(gpa="4.0"), 400, "unexpected_member"),
    "credentials inside": (changed(verifiableCredential=[{"id": "urn:x:y"}]), 400, "unexpected_member"),
    "relative id": (changed(id="../x"), 400, "unexpected_member"),
    "id as object": (changed(id={"id": "urn:x:y"}), 400, "unexpected_member"),
    # The proof
    "no proof": (without("proof"), 403, "missing_proof"),
    "null proof": (changed(proof=None), 403, "missing_proof"),
    "empty list of proofs": (changed(proof=[]), 403, "missing_proof"),
    "proof as string": (changed(proof="z1234"), 400, "malformed_proof"),
    "empty proof": (changed(proof={}), 400, "malformed_proof"),
    "two proofs": (lambda good, wallet: {**good, "proof": [good["proof"]] * 2}, 400, "malformed_proof"),
    "number in proof": (proof(challenge=42), 400, "malformed_proof"),
    "undefined member in proof": (proof(nonce="x"), 400, "malformed_proof"),
    "no date": (proof(created=None), 400, "malformed_proof"),
    "date in words": (proof(created="yesterday"), 400, "malformed_proof"),
    "context in proof": (proof(**{"@context": "https://evil.example/c"}), 400, "unsupported_context"),
    "unknown proof type": (proof(type="JsonWebSignature2020"), 400, "unsupported_proof_type"),
    "unknown cryptosuite": (proof(type="DataIntegrityProof", cryptosuite="x"), 400, "unsupported_proof_type"),
    "wrong purpose": (signed(purpose="assertionMethod"), 403, "wrong_purpose"),
    "no purpose": (proof(proofPurpose=None), 403, "wrong_purpose"),
    "no challenge": (proof(challenge=None), 403, "wrong_challenge"),
    "other challenge": (proof(challenge="x" * 43), 403, "wrong_challenge"),
    "challenge beyond ASCII": (proof(challenge="é" * 43), 403, "wrong_challenge"),
    "other domain": (signed(domain="https://evil.example"), 403, "wrong_domain"),
    "no proof value": (proof(proofValue=None), 403, "invalid_proof_value"),
    "truncated proof value": (
        lambda good, wallet: proof(proofValue=good["proof"]["proofValue"][:-2])(good, wallet),
        403,
        "invalid_proof_value",
    ),
    "proof value in base64": (proof(proofValue="uAAAA"), 403, "invalid_proof_value"),
    "long proof value": (proof(proofValue="z" + "1" * 9000), 403, "invalid_proof_value"),
    "zero proof value": (proof(proofValue="z" + "1" * 64), 403, "invalid_signature"),
    "flipped proof value": (flipped, 403, "invalid_signature"),
    "forged by another key": (by_another_key, 403, "invalid_signature"),
    "redated": (proof(created="2020-01-01T00:00:00Z"), 403, "invalid_signature"),
    "id added": (changed(id="urn:x:y"), 403, "invalid_signature"),
    # The holder
    "no holder": (without("holder"), 400, "missing_holder"),
    "holder as object": (lambda good, wallet: {**good, "holder": {"id": good["holder"]}}, 400, "missing_holder"),
    "swapped holder": (changed(holder=MALLORY.did), 403, "holder_mismatch"),
    "holder swapped before signing": (signed(holder=MALLORY.did), 403, "holder_mismatch"),
    "did:web holder": (signed(holder="did:web:evil.example"), 400, "unsupported_did_method"),
    "did:web of localhost": (signed(holder="did:web:localhost%3A9:x"), 400, "unsupported_did_method"),
    "did:web method": (proof(verificationMethod="did:web:evil.example#key-1"), 400, "unsupported_did_method"),
    "https method": (proof(verificationMethod="https://evil.example/key"), 400, "unsupported_did_method"),
    "method of another key": (proof(verificationMethod=MALLORY.method), 403, "holder_mismatch"),
    "method without fragment": (
        lambda good, wallet: proof(verificationMethod=wallet.did)(good, wallet),
        400,
        "unsupported_key",
    ),
    "P-256 key": (
        proof(
            verificationMethod="did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
            "#zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
        ),
        400,
        "unsupported_key",
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_it_is_refused(make_offer, course_certificate, wallet, name):
    make, status, code = BODIES[name]
    offer = make_offer(course_certificate)
    good = wallet.present(offer.challenge)
    body = make(good, wallet)
    before = rows.snapshot()
    seconds = []
    for _ in range(2):  # the first of a process fills caches
        start = time.thread_time()
        response = offer.post(body)
        seconds.append(time.thread_time() - start)
        assert asking.refusal(response) == (status, code)
    assert min(seconds) < ENOUGH_SECONDS * costs.pace()
    assert rows.changed(before) == []
    assert offer.post(good).status_code == 201, "the good one beside it"


def test_every_code_of_presentations_is_met():
    """Those that the endpoint's error table names; a new one wants a bad input of its own."""
    met = {code for _, _, code in BODIES.values()}
    elsewhere = {"switched_off", "offer_expired", "credential_ended", "taken_by_another_holder", "too_many_credentials"}
    of_init = {"unknown_certificate", "unknown_offer", "unknown_wallet", "no_certificate", "too_many_certificates"}
    of_policies = {"issuing_off", "wallet_not_offered"}
    of_pictures = {"picture_too_large", "picture_corrupted"}
    of_anchors = {"not_anchored", "anchor_pending"}
    others = {"invalid_request", "too_many_requests", "unknown_list", "unknown_credential", "withheld"}
    of_others = of_init | of_policies | of_pictures | of_anchors | others
    assert set(http_status._BY_CODE) - elsewhere - of_others <= met


def test_a_reused_presentation_makes_no_second_credential(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    good = wallet.present(offer.challenge)
    assert offer.post(good).status_code == 201
    before = rows.snapshot()
    assert offer.post(good).status_code == 201
    assert rows.changed(before) == []
    later = make_offer(course_certificate)
    before = rows.snapshot()
    assert asking.refusal(later.post(good)) == (403, "wrong_challenge")
    assert rows.changed(before) == []


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods(make_offer, course_certificate, method):
    offer = make_offer(course_certificate)
    assert asking.refusal(getattr(Client(), method)(offer.path)) == (405, "method_not_allowed")
