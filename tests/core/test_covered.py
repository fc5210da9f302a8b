"""What verification canonicalises: the same form as others compute, from memory or not, and nothing left uncovered."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import configurations
from openedx_verifiable_credentials.core import covered
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.configurations import canonical_configuration
from openedx_verifiable_credentials.core.covered import canonicalize_covered
from openedx_verifiable_credentials.core.covered import canonicalize_in_full
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import awards
from tests import documents
from tests import signed
from tests import standards
from tests import trees

OURS = {name: documents.without_proof(document) for name, document in documents.ours().items()}
every_document = pytest.mark.parametrize("document", OURS.values(), ids=OURS.keys())
every_canonicalizer = pytest.mark.parametrize("canonicalizer", [canonicalize_covered, canonicalize_in_full])
DID = documents.SIGNER.method.controller
OPEN_BADGES_300 = v.OPEN_BADGES_V3.replace("context-3.0.3", "context")
BLOCKCERTS = "https://w3id.org/blockcerts/v3"


def code_for(document, canonicalizer=canonicalize_covered):
    with pytest.raises(DocumentError) as refusal:
        canonicalizer(document)
    return refusal.value.code


def credential(**members):
    return {
        "@context": [v.CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:subject"},
        **members,
    }


# The same form as others compute


@settings(max_examples=60)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_whatever_we_compose_has_the_form_that_was_signed(award, terms, profile):
    document = signed.unsigned(award, profile, DID, terms, documents.status_entries())
    quads = canonicalize(document)
    assert canonicalize_covered(document) == quads
    # Now the kind of the document is known.
    assert canonicalize_covered(document) == quads
    assert canonicalize_in_full(document) == quads


@pytest.mark.parametrize("folder", ["vectors", "examples"])
def test_what_others_publish_has_the_form_that_their_canonicalisers_compute(folder):
    compared = 0
    for file in sorted(standards.path(folder).rglob("*.json")):
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if not isinstance(document, dict) or "@context" not in document:
            continue
        document = documents.without_proof(document)
        try:
            found = canonicalize_covered(document)
        except DocumentError:
            continue
        assert found == canonicalize(document), file
        compared += 1
    assert compared > (25 if folder == "vectors" else 10)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
values = st.one_of(
    words,
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-1e15, 1e15, allow_subnormal=False),
    st.sampled_from([9.7, 0.3, 1e-7, 123456.789]),
    st.sampled_from(["urn:x:1", "_:b", "@id", "rel", "https://a b/", "did:example:1", "2026-01-01T00:00:00Z", "x:y"]),
    st.sampled_from([{"id": "urn:x:1"}, {"type": "Profile"}, {"@value": "x", "@language": "en-GB"}, {"name": "x"}]),
    st.sampled_from([None, [], {}, ["x", "y"], [["x"]], [{"type": "Profile"}, {"type": "Profile"}]]),
)
members = st.sampled_from(
    ["id", "type", "name", "description", "image", "issuer", "evidence", "url", "schema:x", "@id"]
)


@settings(max_examples=300)
@given(data=st.data(), name=st.sampled_from(sorted(OURS)))
def test_a_document_changed_anywhere_is_refused_or_has_the_form_that_others_compute(data, name):
    document = OURS[name]
    place = data.draw(st.sampled_from(list(trees.paths(document))[1:]))
    if isinstance(trees.at(document, place), dict):
        place = (*place, data.draw(members))
    changed = trees.changed(document, place, data.draw(values))
    try:
        found = canonicalize_covered(changed)
    except DocumentError:
        return
    assert found == canonicalize_in_full(changed)
    assert found == canonicalize(changed)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("x\ty", '"x\\ty"'),
        ("x\b\f\x0b\x01\x7fy", '"x\\b\\f\\u000B\\u0001\\u007Fy"'),
        ("line\u2028separator\x85", '"line\u2028separator\x85"'),
        ({"@value": "x", "@language": "EN-gb"}, '"x"@en-gb'),
        ({"@value": "x", "@language": "AR", "@direction": "rtl"}, '"x"^^<https://www.w3.org/ns/i18n#ar_rtl>'),
        ({"@value": "x", "@direction": "ltr"}, '"x"^^<https://www.w3.org/ns/i18n#_ltr>'),
        (5.0, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (1e15, '"1000000000000000"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (0.1 + 0.2, '"3.0E-1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (9.7, '"9.699999999999999E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (1.5, '"1.5E0"^^<http://www.w3.org/2001/XMLSchema#double>'),
    ],
)
@every_canonicalizer
def test_literals_have_the_form_that_signers_give_them(canonicalizer, value, literal):
    assert f"<https://schema.org/name> {literal} .\n" in canonicalizer(credential(name=value))


def test_lines_are_ordered_by_code_points():
    lines = canonicalize_covered(credential(id="urn:x:1", name=["\U0001f600", "\uff21"])).splitlines()
    assert lines == sorted(lines)
    assert [line for line in lines if "schema.org" in line][0].endswith('"\uff21" .')


# From memory


def test_kinds_of_documents_are_forgotten_before_they_are_too_many(monkeypatch):
    monkeypatch.setattr(covered, "_MAX_KINDS", 2)
    monkeypatch.setattr(covered, "_PROVEN", set())
    for document in OURS.values():
        assert canonicalize_covered(document) == canonicalize_covered(document) == canonicalize_in_full(document)
        assert 0 < len(covered._PROVEN) <= 2


def test_a_kind_for_which_small_contexts_did_not_do_is_canonicalised_with_whole_ones(monkeypatch):
    monkeypatch.setattr(covered, "_PROVEN", set())
    monkeypatch.setattr(covered, "small_contexts", lambda kind: '[{"@vocab": "urn:another:"}]')
    document = OURS["obv3-vc2-course"]
    assert canonicalize_covered(document) == canonicalize_covered(document) == canonicalize_in_full(document)
    assert not covered._PROVEN


@every_document
def test_a_term_that_is_new_to_a_known_kind_is_found_undefined(document):
    canonicalize_covered(document)
    canonicalize_covered(document)
    for path in trees.objects(document):
        assert code_for(trees.changed(document, (*path, "undefinedTerm"), "x")) == "undefined_term"


CONTEXTS = [
    [v.CREDENTIALS_V2],
    [v.CREDENTIALS_V2, v.OPEN_BADGES_V3],
    [v.CREDENTIALS_V1, OPEN_BADGES_300, v.ED25519_2020_V1],
    [v.CREDENTIALS_V1, v.DATA_INTEGRITY_V2],
    [v.CREDENTIALS_V1, BLOCKCERTS],
]
plain = st.from_regex(r"[A-Za-z0-9._:/?&=%+~,; -]{1,12}", fullmatch=True)
odd = st.sampled_from(
    ['"', "\\", "é", "\n", "", "@id", "_:b", 5, None, True, ["x"], {"@value": "x"}, {"id": "urn:x:1"}]
)
configuration = st.fixed_dictionaries(
    {
        "@context": st.sampled_from(CONTEXTS),
        "type": st.sampled_from([v.DATA_INTEGRITY_PROOF, v.ED25519_SIGNATURE_2020, "MerkleProof2019", "Unknown"]),
        "proofPurpose": st.sampled_from(["assertionMethod", "authentication", "keyAgreement", "other"]),
    },
    optional={
        "cryptosuite": st.sampled_from(["eddsa-rdfc-2022", "ecdsa-rdfc-2019"]) | odd,
        "created": st.just("2026-03-01T12:00:00.5+01:00") | plain | odd,
        "expires": st.just("2026-03-01T12:00:00Z") | plain | odd,
        "verificationMethod": st.sampled_from(
            [
                "did:key:z6Mk#z6Mk",
                "did:web:a.example%3A8000:b#key-1",
                "https://a.example/#k",
                "did:x:%zz",
                "did:x:a#b#c",
            ]
        )
        | plain
        | odd,
        "challenge": plain | odd,
        "domain": plain | odd,
        "nonce": plain | odd,
        "id": st.sampled_from(["urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4", "rel"]),
        "previousProof": st.just("urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"),
        "undefinedTerm": plain,
    },
)


def outcome(canonicalizer, document):
    try:
        return canonicalizer(document)
    except DocumentError as refusal:
        return refusal.code


@settings(max_examples=300)
@given(document=configuration)
def test_a_configuration_from_memory_is_what_the_full_way_says(document):
    assert outcome(canonicalize_covered, document) == outcome(canonicalize_in_full, document)


@pytest.mark.parametrize("document", documents.ours().values(), ids=documents.ours().keys())
def test_the_configurations_of_our_proofs_come_from_memory(document):
    def once(one):
        asked.append(one)
        return canonicalize_in_full(one)

    asked = []
    proof = document["proof"][0] if isinstance(document["proof"], list) else document["proof"]
    proof = {"@context": document["@context"], **{name: proof[name] for name in proof if name != "proofValue"}}
    found = canonical_configuration(proof, once)
    assert found == canonicalize_in_full(proof) == canonicalize(proof)
    later = {**proof, "created": "2031-12-31T23:59:59Z", "verificationMethod": "did:web:other.example#key-2"}
    assert canonical_configuration(later, once) == canonicalize_in_full(later) != found
    assert len(asked) == 1


def test_an_undefined_proof_is_not_learnt():
    document = {"@context": CONTEXTS[0], "type": "UnknownProof2030", "proofPurpose": "assertionMethod"}
    configurations._pieces.cache_clear()
    for _ in range(2):
        assert code_for(document) == "undefined_term"


def test_a_document_is_canonicalised_once_for_all_checks():
    asked = []

    def counted(document):
        asked.append(document)
        return canonicalize_covered(document)

    remembered = covered.remembering(counted)
    first, second = OURS["obv3-vc1-course"], OURS["obv3-vc2-course"]
    for document in (first, copy.deepcopy(first), second, first):
        assert remembered(document) == canonicalize_covered(document)
    assert asked == [first, second]
    with pytest.raises(DocumentError):
        remembered({**first, "undefinedTerm": "x"})


# Contexts


@every_canonicalizer
@pytest.mark.parametrize(
    ("contexts", "code"),
    [
        (["https://evil.example/context.jsonld"], "unknown_context"),
        ([v.CREDENTIALS_V2, "https://evil.example/context.jsonld"], "unknown_context"),
        ("http://169.254.169.254/latest/meta-data/", "unknown_context"),
        ([v.CREDENTIALS_V2, {"name": "https://schema.org/alternateName"}], "context_not_accepted"),
        ({"@import": v.CREDENTIALS_V2}, "context_not_accepted"),
        ([v.CREDENTIALS_V2, None], "context_not_accepted"),
        ([[v.CREDENTIALS_V2]], "context_not_accepted"),
        ([v.CREDENTIALS_V2, OPEN_BADGES_300], "not_canonical"),
        ([v.CREDENTIALS_V2, v.CREDENTIALS_V1], "not_canonical"),
    ],
    ids=repr,
)
def test_contexts_are_pinned_named_by_address_and_do_not_contradict_each_other(canonicalizer, contexts, code):
    document = credential(**{"@context": contexts})
    assert code_for(document, canonicalizer) == code
    assert code_for(credential(credentialSubject=document), canonicalizer) == code


@every_canonicalizer
@pytest.mark.parametrize("depth", [300, 2_000, 50_000])
def test_a_document_nested_too_deeply_is_refused(canonicalizer, depth):
    document = {}
    for _ in range(depth):
        document = {"issuer": document}
    assert code_for(credential(issuer=document), canonicalizer) in ("too_large", "not_canonical", "uncovered_member")


def test_credentials_inside_a_presentation_are_covered_by_contexts_of_their_own():
    inner = OURS["obv3-vc2-course"]
    whole = documents.presentation(inner)
    assert canonicalize_covered(whole) == canonicalize(whole)
    assert code_for(documents.presentation({**inner, "undefinedTerm": "x"})) == "undefined_term"
    # The data model 2.0 forgets its terms there: without contexts every member would vanish.
    bare = {name: value for name, value in inner.items() if name != "@context"}
    assert code_for(documents.presentation(bare)) == "uncovered_member"
    assert code_for(documents.presentation({**bare, "@context": []})) == "uncovered_member"
    with pytest.raises(CompositionError):
        canonicalize(documents.presentation({**inner, "undefinedTerm": "x"}))


@pytest.mark.parametrize(
    ("contexts", "harmless", "contradicting"),
    [
        ([v.CREDENTIALS_V2, "https://w3id.org/blockcerts/v3.2"], {"name": "cnf"}, {"name": "x", "cnf": "x"}),
        (
            [v.CREDENTIALS_V1],
            {"EcdsaSecp256r1Signature2019": "x", "VerifiableCredential": {"type": "RsaSignature2018"}},
            {"EcdsaSecp256r1Signature2019": "x", "VerifiableCredential": "x", "type": "RsaSignature2018"},
        ),
    ],
)
def test_a_document_is_not_accepted_for_its_words_standing_elsewhere_in_another_one(
    monkeypatch, contexts, harmless, contradicting
):
    monkeypatch.setattr(covered, "_PROVEN", set())
    document = {"@context": contexts, "id": "urn:x:1"}
    for _ in range(2):
        assert canonicalize_covered({**document, **harmless})
    assert code_for({**document, **contradicting}, canonicalize_in_full) == "not_canonical"
    assert code_for({**document, **contradicting}) == "not_canonical"
