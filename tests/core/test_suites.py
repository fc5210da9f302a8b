"""Both suites make, byte for byte, what the W3C publishes for them; and nothing that was changed verifies."""

import hashlib
import json
from pathlib import Path

import base58
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.exceptions import PresentationError
from tests import trees

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vc-di-eddsa.json").read_text(encoding="utf-8"))
# The vectors name a context that is not ours to pin. Its whole text stands in the place of its URL while we hash.
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_TEXT = {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
PUBLIC_KEY = dids.read_multikey(VECTORS["public_key_multibase"])
# 0x1300 ed25519-priv, then the seed.
SEED = base58.b58decode(VECTORS["secret_key_multibase"][1:])[2:]

every_suite = pytest.mark.parametrize("suite", sorted(VECTORS["suites"]))
every_canonicalizer = pytest.mark.parametrize("canonicalizer", [canonicalize, canonicalize_independently])


def inlined(document):
    return {**document, "@context": [EXAMPLES_TEXT if url == EXAMPLES else url for url in document["@context"]]}


def published(suite):
    """(document without proof, proof configuration, everything the W3C says about them)."""
    values = VECTORS["suites"][suite]
    document = {name: value for name, value in values["signed"].items() if name != "proof"}
    configuration, _ = rdf_proof.split(values["signed"]["proof"])
    return document, configuration, values


def configured(suite):
    proof = published(suite)[2]["signed"]["proof"]
    return suites.configure(suite, rdf_proof.ProofOptions(proof["verificationMethod"], proof["created"]))


def verifies(signed, canonicalizer):
    configuration, signature = rdf_proof.split(signed["proof"])
    document = {name: value for name, value in signed.items() if name != "proof"}
    message = rdf_proof.signing_input(inlined(document), configuration, canonicalizer)
    try:
        Ed25519PublicKey.from_public_bytes(PUBLIC_KEY).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@every_suite
@every_canonicalizer
def test_the_published_canonical_forms_and_hashes_come_out(suite, canonicalizer):
    document, configuration, values = published(suite)
    assert canonicalizer(inlined(document)) == values["canonical_document"]
    assert canonicalizer({**inlined({"@context": document["@context"]}), **configuration}) == values["canonical_proof"]
    message = rdf_proof.signing_input(inlined(document), configuration, canonicalizer)
    assert message.hex() == values["proof_hash"] + values["document_hash"]
    assert hashlib.sha256(values["canonical_document"].encode()).hexdigest() == values["document_hash"]


@every_suite
def test_the_published_signature_and_signed_document_come_out_byte_for_byte(suite):
    document, configuration, values = published(suite)
    assert json.dumps(configured(suite)) == json.dumps(configuration)
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    assert key.public_key().public_bytes_raw() == PUBLIC_KEY
    signature = key.sign(rdf_proof.signing_input(inlined(document), configured(suite), canonicalize))
    assert signature.hex() == values["signature"]
    signed = {**document, "proof": rdf_proof.with_value(configured(suite), signature)}
    assert json.dumps(signed, indent=2) == json.dumps(values["signed"], indent=2)


@every_suite
@every_canonicalizer
def test_the_published_document_verifies_and_no_changed_one_does(suite, canonicalizer):
    signed = published(suite)[2]["signed"]
    assert verifies(signed, canonicalizer)
    changes = {
        ("name",): "Alumni credential",
        ("description",): signed["description"] + " ",
        ("credentialSubject", "alumniOf"): "The School of Example",
        ("credentialSubject", "id"): "did:example:abcdefgi",
        ("issuer",): "https://vc.example/issuers/5679",
        ("validFrom",): "2023-01-01T00:00:01Z",
        ("type",): ["VerifiableCredential"],
        ("id",): "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc34",
        ("credentialSubject", "degree"): "added",
        ("proof", "created"): "2023-02-24T23:36:39Z",
        ("proof", "proofPurpose"): "authentication",
        ("proof", "verificationMethod"): dids.key_method(dids.key_did(b"\x01" * 32), b"\x01" * 32).id,
        ("proof", "challenge"): "added",
        ("proof", "domain"): "https://added.example",
    }
    for path, value in changes.items():
        assert not verifies(trees.changed(signed, path, value), canonicalizer), path
    for path in [("name",), ("credentialSubject", "alumniOf"), ("validFrom",), ("proof", "created")]:
        assert not verifies(trees.without(signed, path), canonicalizer), path


@every_suite
def test_a_flipped_bit_of_the_published_signature_is_refused(suite):
    signed = published(suite)[2]["signed"]
    _, signature = rdf_proof.split(signed["proof"])
    for bit in range(0, 512, 7):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        proof = rdf_proof.with_value(configured(suite), bytes(flipped))
        assert not verifies({**signed, "proof": proof}, canonicalize), bit


@every_suite
def test_a_proof_of_one_suite_does_not_pass_as_the_other(suite):
    (other,) = set(VECTORS["suites"]) - {suite}
    signed = published(suite)[2]["signed"]
    kind = {name: configured(other)[name] for name in ("type", "cryptosuite") if name in configured(other)}
    proof = {**{name: value for name, value in signed["proof"].items() if name != "cryptosuite"}, **kind}
    assert suites.suite_of(proof) == other
    assert not verifies({**signed, "proof": proof}, canonicalize_independently)


@every_suite
def test_a_suite_is_known_by_its_proof(suite):
    proof = published(suite)[2]["signed"]["proof"]
    assert suites.suite_of(proof) == suite
    with pytest.raises(KeyError):
        suites.configure("eddsa-jcs-2022", rdf_proof.ProofOptions("did:example:1#1", "2026-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"type": None},
        {"type": ["Ed25519Signature2020"]},
        {"type": "Ed25519Signature2018"},
        {"type": "JsonWebSignature2020"},
        {"type": "DataIntegrityProof"},
        {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022"},
        {"type": "DataIntegrityProof", "cryptosuite": "eddsa-2022"},
        {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019"},
        {"type": "DataIntegrityProof", "cryptosuite": ["eddsa-rdfc-2022"]},
        {"type": "DataIntegrityProof", "cryptosuite": "EDDSA-RDFC-2022"},
        {"type": "Ed25519Signature2020", "cryptosuite": "eddsa-rdfc-2022"},
        {"type": "Ed25519Signature2020", "cryptosuite": None},
        {"cryptosuite": "eddsa-rdfc-2022"},
    ],
    ids=repr,
)
def test_any_other_suite_is_refused(kind):
    with pytest.raises(PresentationError) as refusal:
        suites.suite_of(kind)
    assert refusal.value.code == "unsupported_proof_type"


@given(signature=st.binary(min_size=64, max_size=64))
def test_a_proof_value_is_read_as_it_was_written(signature):
    proof = configured("eddsa-rdfc-2022")
    assert rdf_proof.split(rdf_proof.with_value(proof, signature)) == (proof, signature)


def spellings():
    good = rdf_proof.with_value({}, bytes(range(190, 254)))["proofValue"]
    yield from (good[1:], "u" + good[1:], "Z" + good[1:], good[:-2], good + "1", "z1" + good[1:])
    yield from ("z" + character + good[2:] for character in "0OIl+/=-_ é\u0661")
    yield from (good + tail for tail in (" ", "\n", "\t\r\n", "\u00a0", "\x00"))
    yield from (" " + good, "z " + good[1:], "", "z", "zz", None, 7, ["z"], {"z": 1}, True, b"z", "z" * 95)
    yield from ("z" + base58.b58encode(bytes(size)).decode() for size in (0, 32, 63, 65))
    yield "z" * 100_000


@pytest.mark.parametrize("value", spellings(), ids=lambda value: repr(value)[:24])
def test_only_the_one_spelling_of_64_bytes_is_a_proof_value(value):
    with pytest.raises(PresentationError) as refusal:
        rdf_proof.split({"type": "DataIntegrityProof", "proofValue": value})
    assert refusal.value.code == "invalid_proof_value"


def test_a_proof_without_a_value_is_refused():
    with pytest.raises(PresentationError) as refusal:
        rdf_proof.split({"type": "DataIntegrityProof"})
    assert refusal.value.code == "invalid_proof_value"
