"""
Holes, one at a time, for tests/core/test_mutants.py: ``OVC_MUTANT=<name> python -m pytest -p tests.mutants …``.

Each takes one check out of the package. A suite that still passes then would not have noticed it was gone.
"""

import gzip
import json
import os

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.core import canonical
from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core import covered
from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import labelling
from openedx_verifiable_credentials.core import presentations
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.checks import contexts as context_lists
from openedx_verifiable_credentials.core.checks import structure
from openedx_verifiable_credentials.core.templates import blank_nodes
from openedx_verifiable_credentials.core.templates import outline
from openedx_verifiable_credentials.core.templates import places
from openedx_verifiable_credentials.core.templates import rdf
from openedx_verifiable_credentials.core.templates import subjects
from openedx_verifiable_credentials.core.templates import values as slot_values


def _nothing(*_args, **_kwargs):
    return None


def _holder_says_who_it_is(presentation, proof):
    return presentation["holder"], dids.public_key_of(proof["verificationMethod"])[1]


def _any_context(url):
    try:
        return _get_context(url)
    except canonical.VerifiableCredentialsError:
        return {"@context": {}}


def _counting(place, mask):
    """Setting and reading bits that agree with each other, and with no verifier."""

    def with_bits(bits, indices, value=True):
        changed = bytearray(bits)
        for index in indices:
            status_list._require_index(bits, index)
            at = place(index) % len(bits)
            changed[at] = changed[at] | mask(index) if value else changed[at] & ~mask(index)
        return bytes(changed)

    def get_bit(bits, index):
        status_list._require_index(bits, index)
        return bool(bits[place(index) % len(bits)] & mask(index))

    return with_bits, get_bit


def _among(known):
    """Whoever is one of those that are known takes their place."""
    return lambda values: tuple(map(sorted([*known, *values]).index, values))


def _first_places(nodes, values):
    """The labels that were right once."""
    if not hasattr(nodes, "first"):
        nodes.first = _node_places(nodes, values)
    return nodes.first


_node_places = blank_nodes.BlankNodes.places
_get_context = contexts.get_context
BITS = "test_status_list.py::TestBits::test_"
WALLET = "test_presentations.py::test_"
TEMPLATES = "test_templates.py::test_"
TAKEN, REFUSED = "test_templates_values.py::test_", "test_templates_refused.py::test_"
MUTANTS = {
    # name: (what is replaced, its attribute, by what, the test that must notice, seen from tests/core); of several
    # attributes, by as many
    "every signature of a wallet is good": (
        presentations,
        "_require_signature",
        _nothing,
        WALLET + "a_signature_of_another_key_is_refused",
    ),
    "any purpose and challenge will do": (
        presentations,
        "_require_purpose",
        _nothing,
        WALLET + "a_challenge_of_an_earlier_offer_cannot_be_replayed",
    ),
    "the holder is who they say": (
        presentations,
        "_holder",
        _holder_says_who_it_is,
        WALLET + "one_thing_wrong_in_what_was_signed_is_refused",
    ),
    "any member and context will do": (
        presentations,
        "_require_plain",
        _nothing,
        WALLET + "one_thing_changed_after_signing_is_refused",
    ),
    "every release is good": (
        self_check,
        "_require_proof",
        _nothing,
        "test_self_check.py::test_a_proof_by_another_key_is_noticed",
    ),
    "relative addresses are signed": (
        canonical,
        "_require_absolute",
        _nothing,
        "test_canonical.py::test_a_relative_or_blank_id_is_refused_at_every_object",
    ),
    "an unknown context is empty": (
        contexts,
        "get_context",
        _any_context,
        "test_canonical.py::test_a_context_that_is_not_pinned_is_told_apart",
    ),
    "text is signed as it comes": (text, "_clean", str, "test_text.py::test_a_line_is_cleaned"),
    "JSON is read as it comes": (
        json_text,
        "read_object",
        lambda raw, **_: json.loads(raw),
        "test_json_text.py::test_the_same_key_twice_in_an_object_is_refused_wherever_it_is",
    ),
    "bits are counted from the right": (
        status_list,
        "with_bits get_bit",
        _counting(lambda index: index >> 3, lambda index: 1 << (index & 7)),
        BITS + "an_index_is_the_bit_the_standard_says",
    ),
    "an entry is a byte": (
        status_list,
        "with_bits get_bit",
        _counting(lambda index: index, lambda index: 1),
        BITS + "an_index_is_the_bit_the_standard_says",
    ),
    "indices start at one": (
        status_list,
        "with_bits get_bit",
        _counting(lambda index: (index - 1) >> 3, lambda index: 0x80 >> ((index - 1) & 7)),
        BITS + "an_index_is_the_bit_the_standard_says",
    ),
    "a revocation may be taken back": (
        status_list,
        "keeps_every_bit",
        lambda earlier, later: len(earlier) == len(later),
        BITS + "one_bit_that_is_taken_back_is_noticed",
    ),
    "indices tell their order": (
        status_list,
        "_round",
        lambda order_key, number, half, bits: half & ((1 << bits) - 1) if number else 0,
        "test_status_list.py::TestOrder::test_indices_do_not_tell_in_which_order_they_were_handed_out",
    ),
    "a list unpacks to whatever it likes": (
        status_list,
        "_gunzip",
        lambda raw, max_bytes: gzip.decompress(raw),
        "test_status_list.py::TestEncoding::test_the_cap_is_exact",
    ),
    "any list of contexts is accepted": (
        context_lists,
        "_require_list",
        _nothing,
        "test_checks_contexts.py::test_no_context_may_stand_twice",
    ),
    "no context needs to be needed": (
        context_lists,
        "_accepted",
        lambda urls, types, proofs: True,
        "test_checks_contexts.py::test_one_context_more_is_refused_wherever_it_is_put",
    ),
    "any structure will do": (
        structure,
        "_document",
        _nothing,
        "test_checks_structure.py::test_a_required_member_that_is_missing_is_named",
    ),
    "what JSON-LD drops is signed": (
        covered,
        "require_covered",
        _nothing,
        "test_checks_coverage.py::test_the_refusal_says_where_and_never_what",
    ),
    "undefined terms are signed": (
        covered,
        "_require_defined",
        _nothing,
        "test_covered.py::test_a_term_that_is_new_to_a_known_kind_is_found_undefined",
    ),
    "steps are not counted": (
        labelling._Labelling,
        "_count_a_step",
        _nothing,
        "test_labelling.py::test_steps_are_counted_over_the_whole_dataset",
    ),
    "a template takes a twin of a fixed object": (
        places,
        "among",
        _among,
        TAKEN + "twins_of_a_fixed_object_are_refused_when_they_are_met",
    ),
    "a template takes twins": (
        places,
        "require_distinct",
        _nothing,
        TAKEN + "twins_are_refused_when_they_are_met",
    ),
    "a template takes any value": (
        slot_values,
        "_may_hold",
        lambda kind, scheme, value: True,
        TAKEN + "controls_and_half_pairs_are_refused_in_text",
    ),
    "a template takes paths of which nothing is seen": (
        rdf,
        "_require_every_path",
        _nothing,
        REFUSED + "a_path_at_which_json_ld_sees_nothing_is_refused",
    ),
    "labels stay as they were": (
        blank_nodes.BlankNodes,
        "places",
        _first_places,
        TEMPLATES + "unnamed_objects_come_in_every_order",
    ),
    "subjects stay where they were": (
        subjects.Subjects,
        "places",
        lambda self, values: (),
        TEMPLATES + "subjects_come_in_every_order_also_among_those_of_the_achievement",
    ),
    "IRIs are compared without their end": (
        subjects.Subjects,
        "places",
        lambda self, values: tuple(
            sorted(values[hole] for hole in self._holes).index(values[at]) for at in self._holes
        ),
        TEMPLATES + "status_entries_come_in_either_order",
    ),
    "an outline is what it says": (
        outline,
        "_is_whole",
        lambda outline: True,
        "test_templates_outline.py::test_a_damaged_outline_is_refused",
    ),
    "what DIDKit reports is ignored": (
        didkit,
        "verify",
        lambda document: [],
        "../adapters/test_didkit.py::test_didkit_refuses_what_was_changed_after_signing",
    ),
}


def pytest_configure():
    """Called by pytest when this module is named by ``-p``."""
    name = os.environ["OVC_MUTANT"]
    if name != "none":
        target, attributes, replacement, _ = MUTANTS[name]
        several = replacement if isinstance(replacement, tuple) else (replacement,)
        for attribute, one in zip(attributes.split(), several, strict=True):
            assert hasattr(target, attribute)
            setattr(target, attribute, one)
