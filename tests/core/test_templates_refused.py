"""Shapes about which a template cannot be sure are refused, each with a reason."""

import copy
import dataclasses

import pytest

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.core.templates import compile_template
from openedx_verifiable_credentials.core.templates import rdf
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import signed
from tests import templating
from tests import trees

SIGNER = signed.signer()
EVERYTHING = dataclasses.replace(awards.EVERYTHING, email=True, grade=True)
DOCUMENT = templating.unsigned(OBV3_VC2, EVERYTHING, entries=2)
SLOTS = templating.slots_of(DOCUMENT)
NAME = Slot("name", SlotKind.TEXT, (("credentialSubject", "identifier", 0, "identityHash"),))


def refusal(work):
    with pytest.raises(CompositionError) as refused:
        work()
    assert refused.value.code == "not_templatable"
    return refused.value.message


def compiled(document, *slots, suite=v.EDDSA_RDFC_2022):
    return templating.compiled(document, slots, suite, SIGNER)


def filled_with(template, text):
    return template.at(templating.CREATED).fill([text])[0]


@pytest.mark.parametrize(
    "path",
    [(), ("nothing",), ("credentialSubject", "nothing"), ("credentialSubject", "identifier", 9), ("id", 0),
     ("name", "a"), ("credentialSubject", "identifier", -1, "identityHash"),
     ("credentialSubject", "identifier", "0", "identityHash"),
     ("credentialSubject", "identifier", False, "identityHash"),
     ("credentialSubject", "0"), ("issuer",), ("credentialStatus",),
     ("credentialSubject", "identifier", 0, "hashed"),
     ("credentialSubject", "achievement", "creditsAvailable")],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("suite", [v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022])
def test_a_slot_is_a_text_of_the_document(path, suite):
    refusal(lambda: compiled(DOCUMENT, Slot("slot", SlotKind.TEXT, (path,)), suite=suite))


@pytest.mark.parametrize("suite", [v.EDDSA_RDFC_2022, v.EDDSA_JCS_2022])
@pytest.mark.parametrize(
    "slots",
    [
        [NAME, NAME],
        [NAME, dataclasses.replace(NAME, name="other")],
        [dataclasses.replace(NAME, paths=NAME.paths * 2)],
        [dataclasses.replace(NAME, paths=())],
        [dataclasses.replace(NAME, name="created")],
        [dataclasses.replace(NAME, name="proofValue")],
        [Slot("context", SlotKind.IRI, (("@context", 0),))],
        [Slot("type", SlotKind.TEXT, (("type", 0),))],
        [Slot("type", SlotKind.PLAIN, (("credentialSubject", "identifier", 0, "type"),))],
        [Slot("iri", SlotKind.IRI, (("name",),))],
        [Slot("iris", SlotKind.IRI, (("id",), ("issuer", "id")))],
    ],
)
def test_slots_are_told_apart_and_are_neither_contexts_nor_types(slots, suite):
    refusal(lambda: compiled(DOCUMENT, *slots, suite=suite))


def test_a_signed_document_makes_no_template():
    document = {**DOCUMENT, "proof": {"type": "DataIntegrityProof"}}
    assert refusal(lambda: compiled(document, NAME)) == "The document is signed already."


@pytest.mark.parametrize("kind", [SlotKind.TEXT, SlotKind.PLAIN])
@pytest.mark.parametrize(
    "path", [("id",), ("credentialSubject", "id"), ("credentialStatus", 0, "statusListCredential")], ids=repr
)
def test_a_text_where_json_ld_sees_an_iri_is_refused(kind, path):
    # By us, or by safe mode: a mark is no absolute IRI.
    with pytest.raises(CompositionError) as refused:
        compiled(DOCUMENT, Slot("slot", kind, (path,)))
    assert refused.value.code in ("not_templatable", "relative_iri")


def test_one_of_several_texts_of_a_member_is_refused():
    tags = ("credentialSubject", "achievement", "tag")
    assert len(trees.at(DOCUMENT, tags)) == 2
    slot = Slot("tag", SlotKind.TEXT, ((*tags, 0),))
    assert refusal(lambda: compiled(DOCUMENT, slot)) == "One of several texts of the same member differs."
    assert filled_with(compiled(DOCUMENT, slot, suite=v.EDDSA_JCS_2022), "a tag")


def test_a_compact_iri_is_refused():
    context = [*DOCUMENT["@context"], {"ex": {"@id": "https://example.org/ns#", "@prefix": True}}]
    document = {**DOCUMENT, "@context": context, "id": "ex:1"}
    refusal(lambda: compiled(document, Slot("id", SlotKind.IRI, (("id",),))))


@pytest.mark.parametrize("scoped", [False, True])
def test_a_context_that_defines_a_slots_iris_as_terms_is_refused(scoped):
    context = {"urn:uuid:1": None}
    if scoped:
        context = {"ex": {"@id": "https://example.org/ex", "@context": [context]}}
    slot = Slot("id", SlotKind.IRI, (("id",),))
    assert filled_with(compiled(DOCUMENT, slot), "urn:uuid:1")
    document = {**DOCUMENT, "@context": [*DOCUMENT["@context"], context]}
    refusal(lambda: compiled(document, slot))


def own(term):
    """A document with a context of its own, and one member of it."""
    context = [v.CREDENTIALS_V2, {"own": {"@id": "https://example.org/own", **term}}]
    return {"@context": context, "id": "urn:x:1", "type": ["VerifiableCredential"], "own": "text"}


OWN = Slot("own", SlotKind.TEXT, (("own",),))


@pytest.mark.parametrize("term", [{"@type": "@json"}, {"@type": "@vocab"}, {"@type": "@id"}], ids=repr)
def test_a_text_that_json_ld_makes_something_else_of_is_refused(term):
    with pytest.raises(CompositionError) as refused:
        compiled(own(term), OWN)
    assert refused.value.code in ("not_templatable", "relative_iri")


@pytest.mark.parametrize("term", [{}, {"@language": "en"}, {"@type": "https://example.org/type"}], ids=repr)
def test_typed_texts_and_texts_in_a_language_are_taken(term):
    document = own(term)
    template = compiled(document, OWN)
    for text in ('"x"@en .\n', "é", ""):
        wanted = templating.whole_way({**document, "own": text}, v.EDDSA_RDFC_2022, SIGNER)
        assert templating.signed_by(template, [text], SIGNER) == wanted


def test_a_text_that_names_its_own_language_or_type_is_refused():
    document = {**own({}), "own": {"@value": "text", "@language": "en"}}
    refusal(lambda: compiled(document, Slot("own", SlotKind.PLAIN, (("own", "@language"),))))
    with pytest.raises(CompositionError):
        compiled(document | {"own": {"@value": "a", "@type": "urn:a"}}, Slot("own", SlotKind.IRI, (("own", "@type"),)))


def test_a_path_at_which_json_ld_sees_nothing_is_refused():
    document = {**own({}), "@context": [v.CREDENTIALS_V2, {"own": "https://example.org/own", "not": None}]}
    document["own"] = {"@value": "text", "@index": "text"}
    slot = Slot("own", SlotKind.PLAIN, (("own", "@value"), ("own", "@index")))
    assert refusal(lambda: compiled(document, slot)) == "A slot says nothing in JSON-LD at one of its paths."
    alone = Slot("own", SlotKind.PLAIN, (("own", "@index"),))
    assert refusal(lambda: compiled(document, alone)) == "The slot own says nothing in JSON-LD."


SEE = {"see": {"@id": "https://example.org/see", "@type": "@id"}}


def seeing(**members):
    """Something that refers to two others."""
    document = own({})
    document["@context"].append(SEE)
    return {**document, "own": {"see": ["urn:x:2", "urn:x:3"], **members}}


TWO = [Slot(f"see {number}", SlotKind.IRI, (("own", "see", number),)) for number in (0, 1)]


def test_an_unnamed_object_of_which_several_things_are_said_in_any_order_is_refused():
    message = refusal(lambda: compiled(seeing(), *TWO))
    assert message == "The order of what is said about an unnamed object differs."


@pytest.mark.parametrize("values", [["urn:x:4", "urn:x:5"], ["urn:x:5", "urn:x:4"], ["urn:x:5", "urn:x:5#"]])
def test_of_a_named_one_they_are_taken(values):
    document = seeing(id="urn:x:own")
    template = compiled(document, *TWO)
    wanted = templating.whole_way(templating.filled(document, TWO, values), v.EDDSA_RDFC_2022, SIGNER)
    for _ in range(2):
        assert templating.signed_by(template, values, SIGNER) == wanted


@pytest.mark.parametrize("name", ["a", "b", "c", "d", "e", ""])
def test_unnamed_objects_inside_unnamed_ones_are_taken(name):
    inner = {"own": [{"name": "1"}, {"name": "2"}, {"own": {"name": "3"}}]}
    document = {**own({}), "own": inner}
    slot = Slot("name", SlotKind.TEXT, (("own", "own", 1, "name"),))
    wanted = templating.whole_way(templating.filled(document, [slot], [name]), v.EDDSA_RDFC_2022, SIGNER)
    assert templating.signed_by(compiled(document, slot), [name], SIGNER) == wanted


def test_a_web_address_at_several_paths_says_something_at_each():
    document = {**own({}), "id": "urn:x:2", "own": {"id": "urn:x:2", "name": "text"}}
    slot = Slot("id", SlotKind.IRI, (("id",), ("own", "id")))
    wanted = templating.whole_way(templating.filled(document, [slot], ["urn:y"]), v.EDDSA_RDFC_2022, SIGNER)
    assert templating.signed_by(compiled(document, slot), ["urn:y"], SIGNER) == wanted
    document = {**own({}), "own": {"@id": "urn:x:1", "@index": "urn:x:1"}}
    slot = Slot("id", SlotKind.IRI, (("id",), ("own", "@id"), ("own", "@index")))
    assert refusal(lambda: compiled(document, slot)) == "A slot says nothing in JSON-LD at one of its paths."


def test_named_graphs_are_refused():
    document = {**own({"@container": "@graph"}), "own": {"id": "urn:x:2", "name": "text"}}
    slot = Slot("name", SlotKind.TEXT, (("own", "name"),))
    assert refusal(lambda: compiled(document, slot)) == "The document makes more than one graph."


def test_graphs_that_have_names_are_refused():
    document = {**own({"@container": ["@graph", "@id"]}), "own": {"urn:x:2": {"id": "urn:x:3", "name": "text"}}}
    slot = Slot("name", SlotKind.TEXT, (("own", "urn:x:2", "name"),))
    assert refusal(lambda: compiled(document, slot)) == "The document makes a graph that has a name."


def test_canonicalisers_that_disagree_make_no_template(monkeypatch):
    real = rdf.canonicalize_independently
    monkeypatch.setattr(rdf, "canonicalize_independently", lambda document: real(document) + " ")
    assert refusal(lambda: compiled(DOCUMENT, NAME)) == "Two canonicalisers do not agree about the document."


@pytest.mark.parametrize(
    "attach",
    [
        lambda document, proof: {**document, "proof": [proof, proof]},
        lambda document, proof: document,
        lambda document, proof: {**document, "id": "urn:other", "proof": proof},
        lambda document, proof: {**document, "name": document["id"], "proof": proof},
    ],
)
def test_a_proof_is_attached_and_nothing_else_is_done(attach):
    slot = Slot("id", SlotKind.IRI, (("id",),))
    refusal(
        lambda: compile_template(
            DOCUMENT, [slot], suite=v.EDDSA_RDFC_2022, attach=attach, verification_method=SIGNER.method.id
        )
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"undefinedMember": "text"}, "undefined_term"),
        ({"@context": ["https://example.org/unknown"]}, "unknown_context"),
        ({"id": "relative"}, "relative_iri"),
    ],
)
def test_what_cannot_be_canonicalised_makes_no_template(change, code):
    with pytest.raises(CompositionError) as refused:
        compiled({**copy.deepcopy(DOCUMENT), **change}, NAME)
    assert refused.value.code == code


def test_a_suite_that_is_not_ours_makes_no_template():
    with pytest.raises(KeyError):
        compile_template(
            DOCUMENT, SLOTS, suite="bbs-2023", attach=OBV3_VC2.attach, verification_method=SIGNER.method.id
        )
