"""Whatever can be put into a document without a trace in what was signed is refused, at every object of it."""

import tracemalloc

import pytest

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.checks.report import Outcome
from openedx_verifiable_credentials.core.checks.schema import check_schema
from openedx_verifiable_credentials.core.covered import canonicalize_covered
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import documents
from tests import standards
from tests import trees

OURS = documents.ours()
FOREIGN = [
    f"{documents.OB30}/simple_v1.json",
    f"{documents.OB30}/endorsement-valid.json",
    f"{documents.BLOCKCERTS}/ethereum-sepolia-v3.json",
    f"{documents.BLOCKCERTS}/testnet-v3-hashlink.json",
    f"{documents.BLOCKCERTS}/cert-rl-status-list-2021-suspended.json",
]
VALUES = ["text", 1.5, True, {"name": "x"}, ["text"], [{"id": "urn:x:1"}], None, [], {}]


@pytest.fixture(params=[*OURS, *FOREIGN])
def document(request):
    """A document that passes, without its proof: that is another check's."""
    found = OURS[request.param] if request.param in OURS else standards.read_json(request.param)
    assert check_schema(found).code == "well_formed"
    return documents.without_proof(found)


def accepted(document, member, value):
    """The places at which ``member`` may be ``value`` and the document still passes: there must be none."""
    tampered = ((path, trees.changed(document, (*path, member), value)) for path in trees.objects(document))
    return [trees.name(path) for path, changed in tampered if check_schema(changed).outcome is not Outcome.FAILED]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_an_undefined_member_is_refused_at_every_object(document, value):
    assert accepted(document, "undefinedTerm", value) == []


def test_an_undefined_member_is_refused_at_every_object_of_a_credential_that_says_all_there_is_to_say():
    document = documents.without_proof(standards.read_json(f"{documents.OB30}/complete.json"))
    assert check_schema(document).code == "well_formed"
    assert len(trees.objects(document)) > 70
    assert accepted(document, "undefinedTerm", "text") == []


@pytest.mark.parametrize(
    "member",
    ["@foo", "@index", "@graph", "@included", "@reverse", "@nest", "@set", "@list", "@id", "@type", "@direction"],
)
def test_a_member_that_looks_like_a_keyword_is_refused_at_every_object(document, member):
    assert accepted(document, member, "x") == []
    assert accepted(document, member, [{"id": "urn:x:1"}]) == []


@pytest.mark.parametrize("member", ["", " ", "foo bar", "https://a b/", "1a:foo", "_:foo", 'a"b', "{x}"])
def test_a_member_whose_name_is_no_iri_is_refused_at_every_object(document, member):
    assert accepted(document, member, "x") == []


@pytest.mark.parametrize("value", [None, [], {}, [None], ["x", None], [[]], [["x"]], {"@value": None}], ids=repr)
def test_nothing_is_refused_in_the_place_of_every_member(document, value):
    left = []
    for path in trees.paths(document):
        if (
            path
            and isinstance(path[-1], str)
            and check_schema(trees.changed(document, path, value)).code == "well_formed"
        ):
            left.append(trees.name(path))
    assert left == []


@pytest.mark.parametrize(
    "identifier",
    ["relative", "/path", "//host/path", "", "_:b0", "#f", "https://a b/", "@id", "@foo", "1a:b", "https://a/%zz", 5],
)
def test_an_identifier_that_is_no_absolute_iri_is_refused_at_every_object(document, identifier):
    assert accepted(document, "id", identifier) == []


@pytest.mark.parametrize(
    "name", ["UndefinedType", "@json", "@id", "_:b0", "two words", "", "rel/ative", "1a:b", None, 5]
)
def test_an_undefined_type_is_refused_at_every_object(document, name):
    left = []
    for path in trees.objects(document):
        types = trees.at(document, path).get("type", [])
        types = [types] if isinstance(types, str) else types
        changed = trees.changed(document, (*path, "type"), [*types, name])
        if check_schema(changed).outcome is not Outcome.FAILED:
            left.append(trees.name(path))
    assert left == []


# What the walk says by itself


def refusal(document):
    with pytest.raises(DocumentError) as found:
        canonicalize_covered(document)
    return found.value.code, found.value.field


def credential(**members):
    return {
        "@context": [v.CREDENTIALS_V2],
        "id": "urn:x:credential",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:subject"},
        **members,
    }


@pytest.mark.parametrize(
    ("members", "code", "field"),
    [
        ({"name": None}, "uncovered_member", "/name"),
        ({"evidence": [{"type": "Evidence", "name": []}]}, "uncovered_member", "/evidence/0/name"),
        ({"issuer": {}}, "uncovered_member", "/issuer"),
        ({"@graph": [{"id": "urn:x:1"}]}, "uncovered_member", "/@graph"),
        ({"a/b~c": "x"}, "undefined_term", "/a~1b~0c"),
        ({"issuer": {"id": "urn:x:1", "gpa": 4}}, "undefined_term", "/issuer/gpa"),
        ({"credentialSubject": {"type": ["Person"]}}, "undefined_term", "/credentialSubject/type"),
        ({"issuer": "issuers/5"}, "relative_iri", None),
        ({"issuer": "https://a b/"}, "relative_iri", "/issuer"),
        ({"issuer": ["did:example:1", "@foo"]}, "relative_iri", "/issuer/1"),
        ({"issuer": "_:b"}, "blank_node_identifier", "/issuer"),
        ({"id": "_:b"}, "blank_node_identifier", "/id"),
        ({"_:b": "x"}, "blank_node_identifier", "/_:b"),
        ({"id": None}, "uncovered_member", "/id"),
        ({"id": ["urn:x:1"]}, "malformed", "/id"),
        ({"name": [["x"]]}, "malformed", "/name/0"),
        ({"name": {"@value": "x", "@language": "not a language"}}, "uncovered_member", "/name"),
        ({"name": {"@value": "x", "@language": "en", "@type": "urn:x:1"}}, "malformed", "/name"),
        ({"name": {"@value": "x", "@direction": "up"}}, "malformed", "/name"),
        ({"name": {"@value": "x", "@index": "i"}}, "uncovered_member", "/name"),
        ({"name": {"@value": "x", "name": "y"}}, "uncovered_member", "/name"),
        ({"name": {"@value": None, "@language": "en"}}, "uncovered_member", "/name"),
        ({"name": {"@value": 5, "@language": "en"}}, "malformed", "/name"),
        ({"name": {"@value": "x", "@type": "relative"}}, "relative_iri", "/name"),
        ({"name": {"@value": ["x"], "@type": "@json"}}, "malformed", "/name"),
        ({"proof": {"id": "urn:x:1"}}, "uncovered_member", "/proof"),
        ({"proof": "urn:x:1"}, "uncovered_member", "/proof"),
    ],
    ids=repr,
)
def test_the_refusal_says_where_and_never_what(members, code, field):
    assert refusal(credential(**members)) == (code, field)


@pytest.mark.parametrize(
    "members",
    [
        {"name": "@alice"},
        {"name": "_:b"},
        {"name": ""},
        {"name": {"@value": "x", "@language": "de-1996"}},
        {"name": [{"@value": "x", "@language": "en"}, {"@value": "y", "@language": "ar", "@direction": "rtl"}]},
        {"https://schema.org/award": "x"},
        {"issuer": {"id": "did:web:a.example%3A8443:b", "https://schema.org/award": {"id": "https://[2001:db8::1]/"}}},
    ],
    ids=repr,
)
def test_what_is_covered_is_accepted(members):
    assert refusal(credential(**members, gpa=4)) == ("undefined_term", "/gpa")
    assert canonicalize_covered(credential(**members)) != canonicalize_covered(credential())


# Graphs made to take for ever


def alike(count, member="https://example.org/p", inner=None):
    return {member: [dict(inner or {"https://example.org/q": "x"}) for _ in range(count)]}


HOSTILE = {
    "alike in two that are alike": [alike(8), alike(8)],
    "families": [alike(6) for _ in range(20)],
    "tree": [alike(5, inner=alike(5, inner=alike(5)))] * 2,
    "clique": [
        {"id": f"_:n{one}", "https://example.org/p": [{"id": f"_:n{other}"} for other in range(8)]} for one in range(8)
    ],
    "clique by lists": [{"https://example.org/p": {"@list": [{"id": f"_:n{other}"} for other in range(8)]}}],
    "many": [{"https://example.org/p": number} for number in range(501)],
}


@pytest.mark.parametrize("subjects", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_poisoned_document_is_refused_and_memory_stays_flat(subjects):
    tracemalloc.start()
    try:
        code, _ = refusal(credential(credentialSubject=subjects))
        assert code in ("too_many_alike", "blank_node_identifier", "too_large", "uncovered_member")
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_honest_objects_that_are_alike_are_accepted():
    document = OURS["obv3-vc2-course"]
    alignment = {"type": ["Alignment"], "targetName": "Skill", "targetUrl": "https://skills.example/1"}
    subject = document["credentialSubject"]
    twice = {
        **document,
        "credentialSubject": {**subject, "achievement": {**subject["achievement"], "alignment": [alignment] * 2}},
    }
    assert check_schema(twice).code == "well_formed"
    quads = canonicalize_covered(documents.without_proof(twice))
    assert quads.count("<https://schema.org/targetName>") == 2
    grades = ["A", "B", "C", "D", "E", "F"]
    scales = [
        {
            "id": f"urn:x:{number}",
            "type": ["ResultDescription"],
            "name": "Grade",
            "resultType": "LetterGrade",
            "allowedValue": grades,
        }
        for number in range(15)
    ]
    achievement = {**subject["achievement"], "resultDescription": scales}
    many = {**document, "credentialSubject": {**subject, "achievement": achievement}}
    assert check_schema(many).code == "well_formed"
