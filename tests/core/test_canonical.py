"""Two canonicalisers agree, and neither signs nor checks a document that JSON-LD would read only in part."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import signed
from tests import trees

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "rdf-canon.json").read_text(encoding="utf-8"))
# Control characters never reach the signing canonicaliser, which escapes them otherwise; named blank nodes neither.
FOR_BOTH = [vector for vector in VECTORS if not (vector["blank_node_ids"] or vector.get("controls"))]
DID = signed.signer().method.controller
DOCUMENTS = {
    f"{profile.id}-{kind}": signed.unsigned(make(), profile, DID)
    for profile in (OBV3_VC1, OBV3_VC2)
    for kind, make in (("course", awards.full_award), ("program", awards.program_award))
}
every_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
REFUSALS = {"unknown_context", "not_canonical", "undefined_term", "relative_iri"}


def code_for(document, canonicalizer=canonicalize):
    with pytest.raises(CompositionError) as refusal:
        canonicalizer(document)
    return refusal.value.code


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["test"])
def test_the_checking_canonicaliser_reproduces_the_published_results(vector):
    assert canonicalize_independently(vector["document"]) == vector["canonical"]


@pytest.mark.parametrize("vector", FOR_BOTH, ids=lambda vector: vector["test"])
def test_the_signing_canonicaliser_reproduces_the_published_results(vector):
    assert canonicalize(vector["document"]) == vector["canonical"]


@pytest.mark.parametrize("vector", [one for one in VECTORS if one["blank_node_ids"]], ids=lambda one: one["test"])
def test_blank_nodes_that_a_document_names_never_reach_the_signing_canonicaliser(vector):
    # Only named blank nodes can form the graphs that take exponential time (rdf-canon, "dataset poisoning").
    assert code_for(vector["document"]) == "relative_iri"


@settings(max_examples=40)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_both_canonicalisers_agree_on_whatever_is_composed(award, terms, profile):
    document = signed.unsigned(award, profile, DID, terms)
    quads = canonicalize(document)
    assert quads == canonicalize_independently(document)
    assert quads.endswith(" .\n")
    # Node's canonicaliser sorts UTF-16 code units, the standard code points: what we sign is the same either way.
    lines = quads.splitlines(keepends=True)
    assert lines == sorted(lines) == sorted(lines, key=lambda line: line.encode("utf-16-be"))


@pytest.mark.parametrize("text", ["a\u2028b", "a\x85b", "a\x1cb", "a\vb"], ids=ascii)
def test_a_line_of_the_canonical_form_ends_at_lf_alone(text):
    document = {"@context": [v.CREDENTIALS_V2], "id": "urn:x:1", "name": text, "type": ["VerifiableCredential"]}
    lines = canonicalize_independently(document).split("\n")
    assert len(lines) == 3 and lines[-1] == "" and all(line.endswith(" .") for line in lines[:-1])


def accepted(document, member, value, canonicalizer=canonicalize, codes=frozenset(REFUSALS)):
    """The objects of ``document`` at which ``member`` may be ``value`` without one of ``codes``: there must be none."""
    found = []
    for path in trees.objects(document):
        tampered = trees.changed(document, (*path, member), value)
        try:
            canonicalizer(tampered)
        except CompositionError as refusal:
            if refusal.code in codes:
                continue
        found.append(trees.name(path))
    return found


@every_document
def test_the_order_of_members_is_not_signed_but_every_value_is(document):
    quads = canonicalize(document)
    assert canonicalize(json.loads(json.dumps(document, sort_keys=True))) == quads
    for path in trees.paths(document):
        value = trees.at(document, path)
        if isinstance(value, str):
            swapped = trees.changed(document, path, value + "x")
            try:
                assert canonicalize(swapped) != quads, trees.name(path)
            except CompositionError as refusal:
                assert refusal.code in ("relative_iri", "undefined_term")


@every_document
@pytest.mark.parametrize("value", ["text", 1.5, True, {"name": "x"}, ["text"], [], {}, None], ids=repr)
def test_an_undefined_member_is_refused_at_every_object(document, value):
    assert canonicalize(document)
    assert accepted(document, "undefinedTerm", value, codes={"undefined_term"}) == []


@every_document
@pytest.mark.parametrize("bad", ["UndefinedType", "relative/type", "", "_:b0"])
def test_an_undefined_or_relative_type_is_refused_at_every_object(document, bad):
    for path in trees.objects(document):
        types = trees.at(document, path).get("type", [])
        types = [types] if isinstance(types, str) else types
        with pytest.raises(CompositionError) as refusal:
            canonicalize(trees.changed(document, (*path, "type"), [*types, bad]))
        assert refusal.value.code in ("relative_iri", "undefined_term"), trees.name(path)


@every_document
@pytest.mark.parametrize("identifier", ["relative", "/absolute/path", "//host/path", "", "_:b0", "#f", "https://a b/"])
def test_a_relative_or_blank_id_is_refused_at_every_object(document, identifier):
    assert accepted(document, "id", identifier, codes={"relative_iri", "undefined_term"}) == []


@every_document
@pytest.mark.parametrize("canonicalizer", [canonicalize, canonicalize_independently])
@pytest.mark.parametrize(
    "context",
    [
        "https://evil.example/context.jsonld",
        [v.CREDENTIALS_V2, "https://evil.example/context.jsonld"],
        {"@import": "https://evil.example/context.jsonld"},
        [{"name": {"@id": "https://schema.org/name", "@context": "https://evil.example/context.jsonld"}}],
        "http://169.254.169.254/latest/meta-data/",
        "relative.jsonld",
        "file:///etc/passwd",
        5,
        [[]],
    ],
    ids=repr,
)
def test_a_foreign_context_is_refused_at_every_object_and_never_fetched(document, canonicalizer, context):
    assert accepted(document, "@context", context, canonicalizer) == []


@pytest.mark.parametrize("canonicalizer", [canonicalize, canonicalize_independently])
def test_a_context_that_is_not_pinned_is_told_apart(canonicalizer):
    assert code_for({"@context": ["https://evil.example/"], "id": "urn:x:1"}, canonicalizer) == "unknown_context"


@pytest.mark.parametrize("canonicalizer", [canonicalize, canonicalize_independently])
@pytest.mark.parametrize("depth", [2_000, 50_000])
def test_a_document_nested_too_deeply_is_refused(canonicalizer, depth):
    document = {}
    for _ in range(depth):
        document = {"issuer": document}
    assert code_for({"@context": [v.CREDENTIALS_V2], **document}, canonicalizer) == "not_canonical"


@pytest.mark.parametrize("canonicalizer", [canonicalize, canonicalize_independently])
def test_two_versions_of_the_data_model_do_not_mix(canonicalizer):
    document = {"@context": [v.CREDENTIALS_V2, v.CREDENTIALS_V1], "id": "urn:x:1", "type": [v.VERIFIABLE_CREDENTIAL]}
    assert code_for(document, canonicalizer) == "not_canonical"


@settings(max_examples=60)
@given(
    document=st.dictionaries(
        st.sampled_from(["@context", "id", "type", "@id", "@type", "@graph", "@value", "@list", "@reverse", "name"]),
        st.recursive(
            st.sampled_from([None, True, 1, "x", "urn:x:1", v.CREDENTIALS_V2, v.CREDENTIALS_V1, "@id", "_:b"]),
            lambda inner: st.one_of(
                st.lists(inner, max_size=2),
                st.dictionaries(st.sampled_from(["@id", "id", "@value", "@set", "name", "@vocab"]), inner, max_size=2),
            ),
            max_leaves=4,
        ),
    )
)
@example(document={"@context": {"@vocab": None}})
@example(document={"@context": "relative.jsonld"})
@example(document={"@context": [v.CREDENTIALS_V2], "name": {"@value": "x", "@type": "relative"}})
def test_odd_json_ld_is_canonicalised_or_refused(document):
    for canonicalizer in (canonicalize, canonicalize_independently):
        with contextlib.suppress(CompositionError):
            canonicalizer(document)
