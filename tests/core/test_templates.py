"""A template signs what the whole way signs, byte for byte, whatever its slots hold."""

import dataclasses
import itertools
import json
import random

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.adapters.local_keys import LocalP256Signer
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.suites import rdf_proof
from openedx_verifiable_credentials.core.templates import CREATED
from openedx_verifiable_credentials.core.templates import PROOF_VALUE
from openedx_verifiable_credentials.core.templates import compile_template
from openedx_verifiable_credentials.core.templates import rdf
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import SigningError
from tests import awards
from tests import signed
from tests import templating
from tests import trees

SIGNER = signed.signer()
EVERYTHING = dataclasses.replace(awards.EVERYTHING, email=True)
SHAPES = {
    "bulk": {"terms": templating.BULK},
    "bare": {"terms": Terms(name=False), "entries": 0, "award": awards.bare_award()},
    "nobody": {"terms": Terms(name=False)},
    "suspension": {"terms": templating.BULK, "entries": 2},
    "everything": {"terms": EVERYTHING},
    "program": {"terms": EVERYTHING, "award": awards.program_award()},
}
CASES = {
    f"{suite}-{name}": (suite, templating.unsigned(templating.PROFILE_OF[suite], **shape))
    for suite in templating.PROFILE_OF
    for name, shape in SHAPES.items()
}
TEMPLATES = {
    name: templating.compiled(document, templating.slots_of(document), suite, SIGNER)
    for name, (suite, document) in CASES.items()
}
every_case = pytest.mark.parametrize("case", CASES)
every_rdf_case = pytest.mark.parametrize("case", [name for name, (suite, _) in CASES.items() if "jcs" not in suite])


def values_of(slots):
    return st.tuples(*map(templating.strategy_of, slots)).map(list)


def signed_or_refused(template, values):
    try:
        return templating.signed_by(template, values, SIGNER)
    except CompositionError as refusal:
        assert refusal.code == "not_templatable"
        return None


@every_case
@settings(max_examples=30)
@given(data=st.data())
def test_a_template_signs_what_the_whole_way_signs(case, data):
    suite, document = CASES[case]
    slots = templating.slots_of(document)
    values = data.draw(values_of(slots))
    by_template = signed_or_refused(TEMPLATES[case], values)
    names = [value for slot, value in zip(slots, values, strict=True) if slot.name.rpartition(".")[2] == "id"]
    # With values that each slot takes, the only reason: two things of the document are one.
    assert (by_template is None) == (suite != v.EDDSA_JCS_2022 and len(set(names)) < len(names))
    if by_template is not None:
        assert by_template == templating.whole_way(templating.filled(document, slots, values), suite, SIGNER)


@every_rdf_case
def test_what_a_template_signs_is_what_another_canonicaliser_finds(case):
    suite, document = CASES[case]
    slots, choose = templating.slots_of(document), random.Random(7)
    for _ in range(25):
        values = templating.random_values(slots, choose)
        message, *_ = TEMPLATES[case].at(templating.CREATED).fill(values)
        expected = canonicalize_independently(templating.filled(document, slots, values))
        assert message[32:] == templating.sha256(expected)


@every_rdf_case
def test_what_a_template_signs_passes_the_check_before_a_release_and_nothing_else_does(case):
    suite, document = CASES[case]
    slots, profile = templating.slots_of(document), templating.PROFILE_OF[suite]
    values = templating.random_values(slots, random.Random(8))
    unsigned = templating.filled(document, slots, values)
    raw = templating.signed_by(TEMPLATES[case], values, SIGNER)
    self_check.require_good_release(raw, unsigned=unsigned, profile=profile, method=SIGNER.method)
    written = TEMPLATES[case].at(templating.CREATED).sign(values, SIGNER.sign)
    for number in range(len(written)):
        other = [*written[:number], written[number] + b"x", *written[number + 1 :]]
        with pytest.raises(SigningError):
            self_check.require_good_release(
                TEMPLATES[case].outline.write(other), unsigned=unsigned, profile=profile, method=SIGNER.method
            )


@every_case
def test_every_value_and_the_moment_are_signed(case):
    _, document = CASES[case]
    slots = templating.slots_of(document)
    press = TEMPLATES[case].at(templating.CREATED)
    values = templating.random_values(slots, random.Random(9))
    message, *_ = press.fill(values)
    assert press.fill(values)[0] == message
    for number, slot in enumerate(slots):
        changed = [*values[:number], values[number] + "0", *values[number + 1 :]]
        assert press.fill(changed)[0][32:] != message[32:], slot.name
        assert press.fill(changed)[0][:32] == message[:32]
    later = TEMPLATES[case].at("2026-03-02T08:00:01Z").fill(values)[0]
    assert later[:32] != message[:32]
    assert later[32:] == message[32:]


@every_case
def test_what_is_filled_is_what_is_signed_without_its_value(case):
    _, document = CASES[case]
    template = TEMPLATES[case]
    press = template.at(templating.CREATED)
    values = templating.random_values(templating.slots_of(document), random.Random(10))
    message, written, _ = press.fill(values)
    assert press.sign(values, SIGNER.sign) == [*written, proof_value(message)]
    assert written[-1] == templating.CREATED.encode()
    assert template.outline.slots == (*template.slots, CREATED, PROOF_VALUE)
    assert list(template.slots) == [slot.name for slot in templating.slots_of(document)]


def proof_value(message):
    return rdf_proof.with_value({}, SIGNER.sign(message))["proofValue"].encode()


URNS = ("urn:uuid:5", "urn:uuid:5f", "urn:uuid:5f#", "urn:uuid:5f!", "urn:uuid:5f:", "urn:uuid:5fé", "urn:uuid:6")


@pytest.mark.parametrize("names", list(itertools.permutations(URNS, 2)), ids=" ".join)
def test_subjects_come_in_every_order_also_among_those_of_the_achievement(names):
    # The organisation that made the achievement has the id urn:uuid:5f0c…
    suite, document = CASES["eddsa-rdfc-2022-bulk"]
    slots = templating.slots_of(document)
    values = templating.random_values(slots, random.Random(11))
    for slot_name, name in zip(("id", "credentialSubject.id"), names, strict=True):
        values[TEMPLATES["eddsa-rdfc-2022-bulk"].slots.index(slot_name)] = name
    wanted = templating.whole_way(templating.filled(document, slots, values), suite, SIGNER)
    # The order is met for the first time, and then known.
    for _ in range(2):
        assert templating.signed_by(TEMPLATES["eddsa-rdfc-2022-bulk"], values, SIGNER) == wanted


@pytest.mark.parametrize(
    "ends", [("/r#1", "/s#1"), ("/s#1", "/r#1"), ("/r#9", "/r#10"), ("/r", "/r#1"), ("/r#1", "/r")]
)
def test_status_entries_come_in_either_order(ends):
    suite, document = CASES["eddsa-rdfc-2022-suspension"]
    template, slots = TEMPLATES["eddsa-rdfc-2022-suspension"], templating.slots_of(document)
    values = templating.random_values(slots, random.Random(12))
    for number, end in enumerate(ends):
        values[template.slots.index(f"credentialStatus.{number}.id")] = templating.LISTS + end
    wanted = templating.whole_way(templating.filled(document, slots, values), suite, SIGNER)
    for _ in range(2):
        assert templating.signed_by(template, values, SIGNER) == wanted


@pytest.mark.parametrize("most_plans", [0, 3, rdf.MAX_PLANS])
def test_unnamed_objects_come_in_every_order(monkeypatch, most_plans):
    monkeypatch.setattr(rdf, "MAX_PLANS", most_plans)
    suite, document = CASES["eddsa-rdfc-2022-bulk"]
    slots, choose = templating.slots_of(document), random.Random(13)
    template = templating.compiled(document, slots, suite, SIGNER)
    press, orders = template.at(templating.CREATED), set()
    for _ in range(120):
        values = templating.random_values(slots, choose)
        n_quads = canonicalize_independently(templating.filled(document, slots, values))
        assert press.fill(values)[0][32:] == templating.sha256(n_quads)
        orders.add(
            tuple(line.split(" ")[0] for line in n_quads.split("\n") if "identityHash" in line or "salt" in line)
        )
    assert len(orders) >= 8


def test_a_signature_of_another_curve_is_written_likewise():
    signer = LocalP256Signer("did:web:credentials.example.org", Secret(bytes([5]) * 32))
    _, document = CASES["eddsa-rdfc-2022-bulk"]
    slots = templating.slots_of(document)
    template = compile_template(
        document, slots, suite=v.ECDSA_RDFC_2019, attach=OBV3_VC2.attach, verification_method=signer.method.id
    )
    values = templating.random_values(slots, random.Random(14))
    unsigned = templating.filled(document, slots, values)
    raw = templating.signed_by(template, values, signer)
    unsigned["issuer"]["id"] = signer.method.controller
    with pytest.raises(SigningError):
        self_check.require_good_release(raw, unsigned=unsigned, profile=OBV3_VC2, method=signer.method)
    template = compile_template(
        unsigned, slots, suite=v.ECDSA_RDFC_2019, attach=OBV3_VC2.attach, verification_method=signer.method.id
    )
    raw = templating.signed_by(template, values, signer)
    self_check.require_good_release(raw, unsigned=unsigned, profile=OBV3_VC2, method=signer.method)


def test_a_document_without_slots_is_a_template_of_itself():
    suite, document = CASES["eddsa-rdfc-2022-bulk"]
    template = templating.compiled(document, [], suite, SIGNER)
    assert templating.signed_by(template, [], SIGNER) == templating.whole_way(document, suite, SIGNER)


def test_the_document_that_was_given_is_left_as_it_was():
    suite, document = CASES["eddsa-rdfc-2022-bulk"]
    before = json.dumps(document)
    templating.compiled(document, templating.slots_of(document), suite, SIGNER)
    assert json.dumps(document) == before
    assert trees.at(document, ("credentialSubject", "identifier", 0, "identityHash")) == "Ada Lovelace"
