"""A template's leaf is the hash of the signed document's canonical form, byte for byte what the whole way hashes."""

import dataclasses
import json
import random

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters.local_keys import LocalP256Signer
from openedx_verifiable_credentials.core import anchoring
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.anchoring import Cover
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.suites import eddsa_rdfc
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.core.templates import compile_template
from openedx_verifiable_credentials.core.templates import rdf
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import signed
from tests import templating

SIGNER = signed.signer(host="credentials.example.org")
EVERYTHING = dataclasses.replace(awards.EVERYTHING, email=True)
SHAPES = {
    "bulk": {"terms": templating.BULK},
    "bare": {"terms": Terms(name=False), "entries": 0, "award": awards.bare_award()},
    "suspension": {"terms": templating.BULK, "entries": 2},
    "everything": {"terms": EVERYTHING},
    "program": {"terms": EVERYTHING, "award": awards.program_award()},
}
SUITES = (v.EDDSA_RDFC_2022, v.ED25519_SIGNATURE_2020)
CASES = {
    f"{suite}-{name}": (suite, templating.unsigned(templating.PROFILE_OF[suite], **shape, signer=SIGNER))
    for suite in SUITES
    for name, shape in SHAPES.items()
}
TEMPLATES = {
    name: templating.compiled(document, templating.slots_of(document), suite, SIGNER)
    for name, (suite, document) in CASES.items()
}
BULK = f"{v.EDDSA_RDFC_2022}-bulk"
every_case = pytest.mark.parametrize("case", CASES)
every_cover = pytest.mark.parametrize("covers", Cover)


def pressed(template, values, created=templating.CREATED):
    return template.at(created).press(values, SIGNER.sign)


def some_values(case, seed):
    return templating.random_values(templating.slots_of(CASES[case][1]), random.Random(seed))


def signed_document(template, one):
    return json.loads(template.outline.write(one.written))


@every_cover
@every_case
@settings(max_examples=20)
@given(data=st.data())
def test_the_leaf_is_that_of_the_whole_way(case, covers, data):
    template = TEMPLATES[case]
    values = data.draw(st.tuples(*map(templating.strategy_of, templating.slots_of(CASES[case][1]))).map(list))
    try:
        one = pressed(template, values)
    except CompositionError as refusal:
        assert refusal.code == "not_templatable"
        return
    assert template.leaves(covers)(one) == anchoring.leaf_of(signed_document(template, one), covers)


@every_case
def test_another_canonicaliser_finds_the_same_leaf_and_another_one_of_any_other_document(case):
    template = TEMPLATES[case]
    for seed in range(20):
        one = pressed(template, some_values(case, seed))
        document = signed_document(template, one)
        assert template.leaves(Cover.PROOF)(one) == templating.sha256(canonicalize_independently(document))
        document["proof"] = tampered(document["proof"])
        assert template.leaves(Cover.PROOF)(one) != templating.sha256(canonicalize_independently(document))


def tampered(proof):
    if isinstance(proof, list):
        return [tampered(one) for one in proof]
    return {**proof, "proofValue": proof["proofValue"][:-1] + ("2" if proof["proofValue"][-1] != "2" else "3")}


@every_case
def test_a_press_signs_the_same_whether_leaves_are_wanted_or_not(case):
    values = some_values(case, 4)
    press = TEMPLATES[case].at(templating.CREATED)
    assert press.press(values, SIGNER.sign).written == press.sign(values, SIGNER.sign)


@every_case
def test_every_value_is_in_the_leaf_and_the_proof_where_it_is_covered(case):
    template, values = TEMPLATES[case], some_values(case, 5)
    before = {covers: template.leaves(covers)(pressed(template, values)) for covers in Cover}
    for number, name in enumerate(template.slots):
        changed = [*values[:number], values[number] + "0", *values[number + 1 :]]
        for covers in Cover:
            assert template.leaves(covers)(pressed(template, changed)) != before[covers], name
    later = pressed(template, values, "2026-03-02T08:00:01Z")
    assert template.leaves(Cover.DOCUMENT)(later) == before[Cover.DOCUMENT]
    assert template.leaves(Cover.PROOF)(later) != before[Cover.PROOF]
    signed_otherwise = template.at(templating.CREATED).press(values, lambda message: SIGNER.sign(message + b"x"))
    assert template.leaves(Cover.DOCUMENT)(signed_otherwise) == before[Cover.DOCUMENT]
    assert template.leaves(Cover.PROOF)(signed_otherwise) != before[Cover.PROOF]


@pytest.mark.parametrize("most_plans", [0, 2, rdf.MAX_PLANS])
def test_nodes_and_subjects_come_in_every_order(monkeypatch, most_plans):
    monkeypatch.setattr(rdf, "MAX_PLANS", most_plans)
    suite, document = CASES[f"{v.EDDSA_RDFC_2022}-everything"]
    slots, choose = templating.slots_of(document), random.Random(6)
    template = templating.compiled(document, slots, suite, SIGNER)
    leaf_of, orders = template.leaves(Cover.PROOF), set()
    for _ in range(80):
        one = pressed(template, templating.random_values(slots, choose))
        n_quads = canonicalize_independently(signed_document(template, one))
        assert leaf_of(one) == templating.sha256(n_quads)
        orders.add(tuple(line.split(" ")[1] for line in n_quads.split("\n") if line.startswith("_:")))
    assert len(orders) > 60


def test_a_signature_of_another_curve_has_a_leaf_likewise():
    signer = LocalP256Signer("did:web:credentials.example.org", Secret(bytes([5]) * 32))
    _, document = CASES[BULK]
    slots = templating.slots_of(document)
    template = compile_template(
        document, slots, suite=v.ECDSA_RDFC_2019, attach=OBV3_VC2.attach, verification_method=signer.method.id
    )
    one = template.at(templating.CREATED).press(some_values(BULK, 7), signer.sign)
    for covers in Cover:
        assert template.leaves(covers)(one) == anchoring.leaf_of(signed_document(template, one), covers)


def refusal(work):
    with pytest.raises(CompositionError) as refused:
        work()
    assert refused.value.code == "not_templatable"
    return refused.value.message


@every_cover
def test_a_suite_that_does_not_canonicalise_rdf_has_no_leaves_of_a_template(covers):
    document = templating.unsigned(OBV3_VC2)
    template = templating.compiled(document, templating.slots_of(document), v.EDDSA_JCS_2022, SIGNER)
    assert refusal(lambda: template.leaves(covers)) == "What this suite signs is no canonical N-Quads."


def test_canonicalisers_that_disagree_about_the_proof_only_make_no_leaves(monkeypatch):
    suite, document = CASES[BULK]
    template = templating.compiled(document, templating.slots_of(document), suite, SIGNER)
    real = rdf.canonicalize_independently
    monkeypatch.setattr(
        rdf, "canonicalize_independently", lambda document: real(document) + (" " if "proof" in document else "")
    )
    assert refusal(lambda: template.leaves(Cover.PROOF)) == "Two canonicalisers do not agree about the document."
    assert template.leaves(Cover.DOCUMENT)(pressed(template, some_values(BULK, 8)))


PROOF_TERMS = {
    "created": "urn:p:created",
    "cryptosuite": "urn:p:suite",
    "proofPurpose": "urn:p:purpose",
    "verificationMethod": "urn:p:method",
    "proofValue": "urn:p:value",
    "DataIntegrityProof": "urn:p:type",
    "type": "@type",
    "id": "@id",
    "name": "urn:n:name",
    "other": "urn:n:other",
}
GRAPH = {"@id": "urn:p:proof", "@container": "@graph"}


def own(proof, **terms):
    """The template of a document in which contexts of our own say what a proof says."""
    document = {"@context": [{**PROOF_TERMS, "proof": proof, **terms}], "id": "urn:x:1", "name": "text"}
    document["other"] = {"id": SIGNER.method.id, "name": "method"}
    slots = [Slot("name", SlotKind.TEXT, (("name",),))]
    return templating.compiled(document, slots, v.EDDSA_RDFC_2022, SIGNER)


@pytest.mark.parametrize("proof", [GRAPH, "urn:p:proof"], ids=["graph", "no graph"])
def test_a_proof_may_be_said_in_other_words(proof):
    template = own(proof)
    one = pressed(template, ["Any name"])
    assert template.leaves(Cover.PROOF)(one) == anchoring.leaf_of(signed_document(template, one), Cover.PROOF)


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"verificationMethod": "urn:p:purpose"}, "A proof says the same more than once."),
        ({"verificationMethod": "@id"}, "A proof says the same more than once."),
        ({"created": "urn:p:value"}, "A proof says the same more than once."),
    ],
)
def test_proofs_that_decide_the_order_of_lines_have_no_leaves_of_a_template(terms, sentence):
    template = own(GRAPH, **terms)
    assert refusal(lambda: template.leaves(Cover.PROOF)) == sentence


def test_a_document_that_says_what_its_proof_says_is_refused():
    # A signature is of one document only; this signer makes the same one always.
    value = rdf_proof.with_value({}, bytes(range(64)))["proofValue"]
    options = rdf_proof.ProofOptions(SIGNER.method.id, templating.CREATED)
    twin = {**eddsa_rdfc.configure(options), "proofValue": "another"}
    document = {"@context": [{**PROOF_TERMS, "proof": "urn:n:other"}], "id": "urn:x:1", "other": twin}
    slots = [Slot("value", SlotKind.PLAIN, (("other", "proofValue"),))]
    template = templating.compiled(document, slots, v.EDDSA_RDFC_2022, SIGNER)
    leaf_of, press = template.leaves(Cover.PROOF), template.at(templating.CREATED)
    one = press.press(["another"], lambda _: bytes(range(64)))
    assert leaf_of(one) == anchoring.leaf_of(signed_document(template, one), Cover.PROOF)
    one = press.press([value], lambda _: bytes(range(64)))
    assert refusal(lambda: leaf_of(one)) == "Two things that a template tells apart are the same here."
