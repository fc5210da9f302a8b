"""The JSON Canonicalization Scheme and eddsa-jcs-2022 come out as published, byte for byte."""

import hashlib
import json
from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core.suites import eddsa_jcs
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import properties

VECTORS = Path(__file__).parents[1] / "vectors"
JCS = json.loads((VECTORS / "jcs.json").read_text(encoding="utf-8"))
PUBLISHED = json.loads((VECTORS / "vc-di-eddsa-jcs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", JCS, ids=lambda case: case["name"])
def test_the_published_canonical_forms_come_out(case):
    assert eddsa_jcs.canonicalize(json.loads(case["input"])).encode().hex() == case["canonical_hex"]


def test_the_published_forms_hashes_and_signature_of_the_suite_come_out():
    proof = PUBLISHED["signed"]["proof"]
    options = rdf_proof.ProofOptions(proof["verificationMethod"], proof["created"])
    configuration = {**eddsa_jcs.configure(options), "@context": proof["@context"]}
    document = {name: member for name, member in PUBLISHED["signed"].items() if name != "proof"}
    canonical = [eddsa_jcs.canonicalize(configuration), eddsa_jcs.canonicalize(document)]
    assert canonical == [PUBLISHED["canonical_proof"], PUBLISHED["canonical_document"]]
    hashes = [hashlib.sha256(text.encode()).digest() for text in canonical]
    assert [one.hex() for one in hashes] == [PUBLISHED["proof_hash"], PUBLISHED["document_hash"]]
    key = Ed25519PrivateKey.from_private_bytes(base58.b58decode(PUBLISHED["secret_key_multibase"][1:])[2:])
    signature = key.sign(b"".join(hashes))
    assert signature.hex() == PUBLISHED["signature"]
    assert rdf_proof.with_value(configuration, signature) == proof


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", "a\udfff"])
def test_what_json_readers_do_not_agree_on_has_no_canonical_form(value):
    with pytest.raises(CompositionError) as caught:
        eddsa_jcs.canonicalize({"member": value})
    assert caught.value.code == "not_canonical"


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), properties.json_values, max_size=4)
)
def test_the_canonical_form_is_the_same_document_whatever_the_order_of_its_members(document):
    try:
        canonical = eddsa_jcs.canonicalize(document)
    except CompositionError:
        return
    again = json.loads(canonical, parse_int=float)  # as readers in other languages do
    assert again == document
    assert eddsa_jcs.canonicalize(dict(reversed(document.items()))) == canonical
    assert eddsa_jcs.canonicalize(again) == canonical
