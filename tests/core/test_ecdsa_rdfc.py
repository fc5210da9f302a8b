"""``ecdsa-rdfc-2019`` with P-256: the W3C's values come out, and nothing that was changed passes the self-check."""

import hashlib
import json
from pathlib import Path

import base58
import pytest

from openedx_verifiable_credentials.adapters.local_keys import LocalP256Signer
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import suites
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.exceptions import PresentationError
from openedx_verifiable_credentials.exceptions import SigningError
from tests import awards
from tests import signed
from tests import trees

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vc-di-ecdsa.json").read_text(encoding="utf-8"))
VALUES = VECTORS["suites"][v.ECDSA_RDFC_2019]
# 0x1306 p256-priv, then the scalar.
SEED = Secret(base58.b58decode(VECTORS["secret_key_multibase"][1:])[2:])
DID = f"did:key:{VECTORS['public_key_multibase']}"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_TEXT = {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
DOCUMENT = {name: value for name, value in VALUES["signed"].items() if name != "proof"}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

every_canonicalizer = pytest.mark.parametrize("canonicalizer", [canonicalize, canonicalize_independently])


def inlined(document):
    return {**document, "@context": [EXAMPLES_TEXT if url == EXAMPLES else url for url in document["@context"]]}


@every_canonicalizer
def test_the_published_canonical_forms_and_hashes_come_out(canonicalizer):
    configuration, _ = rdf_proof.split(VALUES["signed"]["proof"])
    document = inlined(DOCUMENT)
    assert canonicalizer(document) == VALUES["canonical_document"]
    assert canonicalizer({"@context": document["@context"], **configuration}) == VALUES["canonical_proof"]
    message = rdf_proof.signing_input(document, configuration, canonicalizer)
    assert message.hex() == VALUES["proof_hash"] + VALUES["document_hash"]
    assert hashlib.sha256(VALUES["canonical_proof"].encode()).hexdigest() == VALUES["proof_hash"]


def test_the_published_proof_comes_out_byte_for_byte():
    signer = LocalP256Signer(DID, SEED)
    assert signer.method.public_key_multibase == VECTORS["public_key_multibase"]
    published = VALUES["signed"]["proof"]
    options = rdf_proof.ProofOptions(published["verificationMethod"], published["created"])
    proof = suites.configure(v.ECDSA_RDFC_2019, options)
    signature = signer.sign(rdf_proof.signing_input(inlined(DOCUMENT), proof, canonicalize))
    assert signature.hex() == VALUES["signature"]
    assert json.dumps(rdf_proof.with_value(proof, signature)) == json.dumps(published)


@pytest.fixture(name="signer", params=["did:key", "did:web"])
def make_signer(request):
    return LocalP256Signer(DID if request.param == "did:key" else "did:web:credentials.example.org", SEED)


def release(signer):
    unsigned = signed.unsigned(awards.full_award(), OBV3_VC2, signer.method.controller)
    proof = OwnSuites().secure(unsigned, suite=v.ECDSA_RDFC_2019, signer=signer, created=signed.CREATED)
    return unsigned, OBV3_VC2.attach(unsigned, proof)


def refused(document, unsigned, signer):
    try:
        self_check.require_good_release(
            json_text.write(document), unsigned=unsigned, profile=OBV3_VC2, method=signer.method
        )
    except SigningError as error:
        assert error.code == "self_check_failed"
        return True
    return False


def test_what_was_signed_passes_the_self_check_and_what_was_changed_does_not(signer):
    unsigned, document = release(signer)
    assert not refused(document, unsigned, signer)
    assert refused(trees.changed(document, ("name",), "Another"), unsigned, signer)
    assert refused(trees.changed(document, ("proof", 0, "created"), "2026-03-02T08:00:01Z"), unsigned, signer)
    assert refused(trees.changed(document, ("proof", 0, "cryptosuite"), v.EDDSA_RDFC_2022), unsigned, signer)
    other = trees.changed(unsigned, ("name",), "Another")
    assert refused(OBV3_VC2.attach(other, document["proof"][0]), other, signer)


def test_a_flipped_bit_of_the_signature_is_refused(signer):
    unsigned, document = release(signer)
    _, signature = rdf_proof.split(document["proof"][0])
    for bit in range(0, 512, 31):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        value = rdf_proof.with_value({}, bytes(flipped))["proofValue"]
        assert refused(trees.changed(document, ("proof", 0, "proofValue"), value), unsigned, signer), bit


@pytest.mark.parametrize("r", [0, 1, ORDER, ORDER + 1, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, ORDER, ORDER + 1, 2**256 - 1])
def test_numbers_that_are_no_signature_are_refused(r, s):
    """Among them the zeros that passed for a signature of anything in more than one library."""
    signer = LocalP256Signer(DID, SEED)
    unsigned, document = release(signer)
    value = rdf_proof.with_value({}, r.to_bytes(32, "big") + s.to_bytes(32, "big"))["proofValue"]
    assert refused(trees.changed(document, ("proof", 0, "proofValue"), value), unsigned, signer)


def test_another_key_is_noticed(signer):
    unsigned, document = release(signer)
    other = LocalP256Signer(signer.method.controller, Secret(bytes(31) + b"\x05"))
    assert refused(document, unsigned, other)
    proof = OwnSuites().secure(unsigned, suite=v.ECDSA_RDFC_2019, signer=other, created=signed.CREATED)
    value = proof["proofValue"]
    assert refused(trees.changed(document, ("proof", 0, "proofValue"), value), unsigned, signer)


def test_vc_1_1_is_not_signed_with_p256():
    with pytest.raises(SigningError) as refusal:
        OBV3_VC1.suite_for(v.P256)
    assert refusal.value.code == "unsupported_key"


def test_a_holder_does_not_prove_themselves_with_it():
    with pytest.raises(PresentationError) as refusal:
        suites.suite_of(VALUES["signed"]["proof"])
    assert refusal.value.code == "unsupported_proof_type"
    with pytest.raises(PresentationError):
        dids.public_key_of(f"{DID}#{VECTORS['public_key_multibase']}")
