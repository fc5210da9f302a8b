"""The table of structure: every rule of it bites, and it refuses what the published schemas refuse."""

import copy
import itertools

import jsonschema
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import contexts
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks import structure
from openedx_verifiable_credentials.core.checks.structure import require_a_document
from openedx_verifiable_credentials.core.checks.structure import require_structure
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import awards
from tests import documents
from tests import signed
from tests import standards
from tests import trees

OURS = documents.ours()
TABLE = structure._table()
COMPLETE = f"{documents.OB30}/complete.json"
KINDS = {"text", "iri", "moment", "day", "number", "boolean", "label", "document"}


def refusal(document):
    with pytest.raises(DocumentError) as found:
        require_structure(document)
    assert found.value.code == "malformed"
    return found.value.field


# The table


def test_every_name_in_the_table_is_one_and_is_used():
    classes, enumerations = set(TABLE["classes"]), set(TABLE["enumerations"])
    assert not KINDS & (classes | enumerations) and not classes & enumerations
    named = {name for models in TABLE["documents"].values() for name in models.values()}
    for rules in TABLE["classes"].values():
        assert set(rules) <= {"members", "type", "closed", "one_of", "and", "also", "document"}
        named |= set(rules.get("also", {}).values()) | ({rules["and"]} if "and" in rules else set())
        for line in rules["members"].values():
            filling = structure._Filling.read(line)
            assert line == "|".join(filling.kinds) + "*" * filling.many + "!" * filling.required
            named |= set(filling.kinds)
    assert named - KINDS == classes | enumerations


def test_every_member_of_the_table_is_defined_by_a_context():
    known = {name for url in contexts.known_contexts() for name in names(contexts.get_context(url))}
    in_table = {member for rules in TABLE["classes"].values() for member in rules["members"]}
    # Two are in the schemas of Open Badges and in no context: whoever uses them meets ``undefined_term``.
    assert in_table - known == {"endorsementJwt", "geo"} - known


def names(node):
    for key, value in node.items() if isinstance(node, dict) else ():
        yield key
        yield from names(value)


# What is required, and of which kind


@pytest.mark.parametrize("document", OURS.values(), ids=OURS.keys())
def test_what_we_issue_has_the_structure(document):
    require_a_document(document)
    require_structure(document)


@settings(max_examples=40)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_whatever_we_compose_has_the_structure(award, terms, profile):
    did = documents.SIGNER.method.controller
    require_structure(signed.unsigned(award, profile, did, terms, documents.status_entries()))


REQUIRED = {
    "obv3-vc1-course": [
        "/id",
        "/issuer",
        "/issuer/id",
        "/issuanceDate",
        "/credentialSubject",
        "/credentialSubject/achievement",
        "/credentialSubject/achievement/id",
        "/credentialSubject/achievement/name",
        "/credentialSubject/achievement/description",
        "/credentialSubject/achievement/criteria",
        "/credentialSubject/identifier/0/hashed",
        "/credentialSubject/identifier/0/identityHash",
        "/credentialSubject/identifier/0/identityType",
        "/issuer/image/id",
        "/proof/type",
    ],
    "obv3-vc2-course": [
        "/id",
        "/issuer",
        "/validFrom",
        "/credentialSubject",
        "/proof/0/type",
        "/credentialStatus/type",
    ],
}


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in REQUIRED for place in REQUIRED[name]])
def test_a_required_member_that_is_missing_is_named(name, place):
    path = tuple(int(step) if step.isdigit() else step for step in place.split("/")[1:])
    assert refusal(trees.without(OURS[name], path)) == place


def test_without_a_type_an_object_is_not_of_its_class():
    document = OURS["obv3-vc2-course"]
    for path in trees.objects(document):
        # Criteria have no type, and a type of nothing else is a document's own.
        if "type" in trees.at(document, path) and path:
            assert refusal(trees.without(document, (*path, "type"))) == "".join(f"/{step}" for step in (*path, "type"))


WRONG = ["", "x", 0, 1.5, True, "true", "1", [], ["x"], {}, {"id": "urn:x:1"}, {"@value": "x"}, "2026-01-01", None]


# Proofs of what stands inside are only ever read as a whole, and nothing at all is found by :mod:`.coverage`.
TEXTS = {"'x'", "''", "'1'", "'true'", "'2026-01-01'", "['x']"}
ALSO_RIGHT = {
    "name": {"{'@value': 'x'}"},
    "description": {"{'@value': 'x'}"},
    "tag": TEXTS,
    "allowedValue": TEXTS,
    "creditsEarned": {"1.5"},
    "creditsAvailable": {"1.5"},
    "latitude": {"1.5"},
    "longitude": {"1.5"},
    "criteria": {"{'id': 'urn:x:1'}", "{}"},
}


def test_a_value_of_another_kind_is_refused_in_the_place_of_every_member_of_the_table():
    whole = standards.read_json(COMPLETE)
    require_structure(whole)
    tried, left = 0, {}
    for path in trees.paths(documents.without_proof(whole)):
        if not path or path[-1] == "type" or "proof" in path[:-1]:
            continue
        value = trees.at(whole, path)
        for wrong in WRONG:
            if wrong == [] or (isinstance(wrong, type(value)) and not isinstance(wrong, dict | list)):
                continue
            tried += 1
            try:
                require_structure(trees.changed(whole, path, wrong))
            except DocumentError:
                continue
            left.setdefault(path[-1], set()).add(repr(wrong))
    assert tried > 2_000
    assert {name: found - ALSO_RIGHT.get(name, set()) for name, found in left.items()} == dict.fromkeys(left, set())


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("credentialSubject.identifier.0.hashed", "false"),
        ("credentialSubject.identifier.0.hashed", 0),
        ("credentialSubject.identifier.0.more", "x"),
        ("credentialSubject.identifier.0.identityType", "shoeSize"),
        ("credentialSubject.creditsEarned", "6.0"),
        ("credentialSubject.creditsEarned", True),
        ("credentialSubject.achievement.creditsAvailable", "6"),
        ("credentialSubject.achievement.achievementType", "Sandwich"),
        ("credentialSubject.achievement.name", ["x"]),
        ("credentialSubject.achievement.name", {"@value": "x", "@language": "en"}),
        ("credentialSubject.achievement.image", {"id": "urn:x:1"}),
        ("credentialSubject.achievement", [{}]),
        ("issuer.url", "www.example.org"),
        ("issuer.dateOfBirth", "2001-02-30"),
        ("issuer.address", {"type": "Address", "geo": {"type": "GeoCoordinates", "latitude": "1", "longitude": 1}}),
        ("validFrom", "2026-03-01"),
        ("validFrom", "2026-03-01T12:00:00"),
        ("validFrom", "2026-02-30T12:00:00Z"),
        ("validFrom", ["2026-03-01T12:00:00Z"]),
        ("issuer", ["did:example:1"]),
        ("credentialStatus", "urn:x:1"),
        ("evidence", [{"type": ["Proof"]}]),
        ("relatedResource", {"id": "urn:x:1"}),
        ("proof", "x"),
    ],
)
def test_a_wrong_form_is_refused_where_it_stands(place, value):
    document = OURS["obv3-vc2-course"]
    field = refusal(trees.changed(document, tuple(int(s) if s.isdigit() else s for s in place.split(".")), value))
    assert field.startswith("/" + place.split(".")[0])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("credentialSubject.achievement.achievementType", "ext:Sandwich"),
        ("credentialSubject.creditsEarned", 6.5),
        ("credentialSubject.creditsEarned", 0),
        ("name", {"@value": "x", "@language": "en"}),
        ("issuer", "did:example:1"),
        ("validUntil", "2036-03-01T12:00:00.125-05:00"),
        ("relatedResource", {"id": "urn:x:1", "digestSRI": "sha384-x"}),
        ("credentialSubject.achievement.unknownToTheTable", "x"),
    ],
)
def test_a_form_that_the_standards_allow_is_accepted(place, value):
    document = OURS["obv3-vc2-course"]
    require_structure(trees.changed(document, tuple(place.split(".")), value))


# Which documents


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "not_a_credential"),
        ({"type": []}, "not_a_credential"),
        ({"type": None}, "not_a_credential"),
        ({"type": ["OpenBadgeCredential"]}, "not_a_credential"),
        ({"type": {"VerifiableCredential": 1}}, "not_a_credential"),
        ({"type": "Assertion"}, "unsupported_data_model"),
        ({"type": ["BadgeClass", "x"]}, "unsupported_data_model"),
    ],
)
def test_other_documents_are_told_apart(document, code):
    with pytest.raises(DocumentError) as found:
        require_a_document(document)
    assert found.value.code == code


def test_a_document_is_a_credential_or_a_presentation_and_not_both():
    document = OURS["obv3-vc2-course"]
    both = {**document, "type": [*document["type"], "VerifiablePresentation"]}
    require_a_document(both)
    assert refusal(both) == "/type"


def test_a_credential_is_judged_by_its_own_data_model():
    first, second = OURS["obv3-vc1-course"], OURS["obv3-vc2-course"]
    require_structure(documents.presentation(first, second))
    assert refusal({**first, "@context": second["@context"]}) == "/validFrom"
    assert refusal({**second, "@context": first["@context"]}) == "/issuanceDate"
    assert refusal(documents.presentation(second, "eyJ.eyJ.sig")) == "/verifiableCredential/1"
    assert refusal(documents.presentation(trees.without(first, ("issuer",)))) == "/verifiableCredential/0/issuer"


def test_an_enveloped_credential_may_be_presented():
    enveloped = {
        "@context": [v.CREDENTIALS_V2],
        "id": "data:application/vc+jwt,eyJ",
        "type": "EnvelopedVerifiableCredential",
    }
    require_structure(documents.presentation(enveloped))
    del enveloped["id"]
    assert refusal(documents.presentation(enveloped)) == "/verifiableCredential/0/id"


def test_status_lists_have_their_structure():
    document = standards.read_json(f"{documents.OB30}/bit-string-list/testlist")
    require_structure(document)
    for name in ("type", "statusPurpose", "encodedList"):
        assert refusal(trees.without(document, ("credentialSubject", name))) == f"/credentialSubject/{name}"
    assert refusal({**document, "credentialSubject": [document["credentialSubject"]]}) == "/credentialSubject"


# Held to the published schemas


@pytest.fixture(scope="module")
def published():
    schema = standards.read_json("schemas/ob_v3p0/strict/ob_v3p0_achievementcredential_schema.json")
    return jsonschema.Draft201909Validator({**schema, "$schema": "https://json-schema.org/draft/2019-09/schema"})


def test_what_the_published_schema_refuses_for_want_of_a_member_is_refused(published):
    whole = standards.read_json(COMPLETE)
    assert not list(published.iter_errors(whole))
    compared = 0
    for path in trees.paths(documents.without_proof(whole)):
        # VC Data Model 2.0 §4.10 and §5.4 ask for no identifier of these.
        if not path or path[-1] == "@context" or path[-2:] in (("credentialStatus", "id"), ("refreshService", "id")):
            continue
        changed = trees.without(whole, path)
        if any(error.validator == "required" for error in leaves(published.iter_errors(changed))):
            compared += 1
            with pytest.raises(DocumentError):
                require_structure(changed)
    assert compared > 60


def leaves(errors):
    for error in errors:
        yield error
        yield from leaves(error.context)


@settings(max_examples=150)
@given(data=st.data())
def test_any_json_in_any_place_is_refused_or_accepted_and_nothing_else(data):
    document = copy.deepcopy(OURS[data.draw(st.sampled_from(sorted(OURS)))])
    places = list(itertools.islice(trees.paths(document), 1, None))
    value = data.draw(st.sampled_from([*WRONG, {"type": {"x": 1}}, {"type": [5]}, [[{}]], float("nan")]))
    try:
        require_structure(trees.changed(document, data.draw(st.sampled_from(places)), value))
    except DocumentError as found:
        assert found.code == "malformed"
