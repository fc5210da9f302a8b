"""From any award comes a valid Open Badge that says what the terms allow, and the same one every time."""

import dataclasses
import datetime
import html
import json
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import Platform
from openedx_verifiable_credentials.data import Signatory
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import trees

UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029\ud800-\udfff]")
PLAIN_STRING_TYPES = {"IdentityObject", "IdentifierEntry", "Image"}
every_profile = pytest.mark.parametrize("profile", awards.PROFILES, ids=lambda profile: profile.id)
every_kind = pytest.mark.parametrize("make", [awards.full_award, awards.program_award], ids=["course", "program"])


def compose(award, profile=OBV3_VC1, terms=Terms(), **more):
    return open_badges.compose(
        award,
        terms,
        profile=profile,
        **{
            "issuer": awards.key_issuer(),
            "credential_id": awards.CREDENTIAL_ID,
            "subject_id": awards.SUBJECT,
            "salt": awards.SALT,
            **more,
        },
    )


def achievement_of(document):
    return document["credentialSubject"]["achievement"]


def texts(node):
    """Every string of a document, keys included."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield node


def code_for(award, **more):
    with pytest.raises(CompositionError) as refusal:
        compose(award, **more)
    return refusal.value.code


@given(award=awards.awards, terms=awards.terms, profile=awards.profiles, issuer=awards.issuers)
def test_whatever_is_composed_is_clean_bounded_and_the_same_every_time(award, terms, profile, issuer):
    document = compose(award, profile, terms, issuer=issuer)
    assert json_text.write(document) == json_text.write(compose(award, profile, terms, issuer=issuer))
    assert len(json_text.write(document)) < 48 * 1024
    assert json_text.read_object(json_text.write(document)) == document
    assert html.unescape(json_text.write(document).decode()) == json_text.write(document).decode()
    for value in texts(document):
        assert not UNCLEAN.search(value)


@given(award=awards.awards, terms=awards.terms, profile=awards.profiles, issuer=awards.issuers)
def test_types_are_arrays_but_where_the_schemas_want_strings(award, terms, profile, issuer):
    document = compose(award, profile, terms, issuer=issuer)
    for path in trees.objects(document):
        node = trees.at(document, path)
        if "type" in node:
            assert isinstance(node["type"], str) == (node["type"] in [*PLAIN_STRING_TYPES]), trees.name(path)
        else:
            assert path[-1] == "criteria"


@every_profile
def test_the_bare_minimum_of_an_award_is_enough(profile):
    document = compose(awards.bare_award(), profile)
    assert document["@context"] == list(profile.contexts)
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["name"] == "Computing"
    assert document["credentialSubject"].keys() == {"id", "type", "achievement"}
    assert achievement_of(document).keys() == {
        *("id", "type", "achievementType", "name", "description", "criteria", "otherIdentifier")
    }
    assert "proof" not in document
    assert "credentialStatus" not in document
    assert "credentialSchema" not in document


@every_profile
@every_kind
def test_what_the_host_knows_is_mapped(profile, make):
    award = make()
    document = compose(award, profile, Terms(grade=True))
    subject, achievement = document["credentialSubject"], achievement_of(document)
    assert document["id"] == awards.CREDENTIAL_ID
    assert subject["id"] == awards.SUBJECT
    assert document["issuer"] == {
        "id": awards.key_issuer().did,
        "type": ["Profile"],
        "name": "The Academy",
        "url": awards.key_issuer().url,
        "image": {"id": "https://example.org/logo.png", "type": "Image"},
        "official": "Grace Hopper, Dean",
    }
    assert subject["source"]["id"] == subject["source"]["url"] == "https://lms.example.org"
    assert subject["identifier"] == [
        {"type": "IdentityObject", "hashed": False, "identityHash": "Ada Lovelace", "identityType": "name"}
    ]
    assert [result["value"] for result in subject["result"]] == ["87.5", "B"]
    described = [description["id"] for description in achievement["resultDescription"]]
    assert [result["resultDescription"] for result in subject["result"]] == described
    assert achievement["creator"]["name"] == "The Academy"
    assert achievement["image"] == {"id": "https://example.org/academy.png", "type": "Image"}
    assert achievement["id"].startswith("https://credentials.example.org/verifiable_credentials/achievements/")
    assert achievement["name"] in ("Computing", "Data Science")


def test_what_is_personal_in_an_award_is_not_in_its_representation():
    award = awards.full_award()
    shown = repr(dataclasses.replace(award, learner=dataclasses.replace(award.learner, email="ada@example.org")))
    assert [secret for secret in ("Ada", "ada@", "87.5", "'B'", awards.RECORD_PATH) if secret in shown] == []


def test_course_and_program_facts_stand_in_their_achievements():
    course = achievement_of(compose(awards.full_award()))
    assert course["achievementType"] == "CertificateOfCompletion"
    assert (course["humanCode"], course["version"]) == ("CS101", "2026")
    assert course["id"].endswith("/course/course-v1%3AAcademy%2BCS101%2B2026/")
    assert course["otherIdentifier"][0]["identifier"] == "course-v1:Academy+CS101+2026"
    program = achievement_of(compose(awards.program_award(), OBV3_VC2))
    assert program["achievementType"] == "MicroCredential"
    assert program["id"].endswith("/program/9f1b9c4e-7e0f-4d4a-8b7c-64e1f5a2f001/")
    assert program["inLanguage"] == "pt-BR"
    assert "2 courses" in program["description"]
    assert "120 hours" in program["description"]
    assert program["criteria"]["narrative"].endswith("\n\n- Statistics\n- Machine Learning")


@pytest.mark.parametrize("slug", ["masters", "bachelors", "doctorate", "Masters", "anything", ""])
def test_no_degree_is_claimed_because_of_a_programs_type(slug):
    award = awards.program_award()
    program = dataclasses.replace(award.program, type_slug=slug)
    assert achievement_of(compose(dataclasses.replace(award, program=program)))["achievementType"] == "LearningProgram"


def test_only_the_extended_profile_has_members_that_some_copies_of_the_context_lack():
    for make in (awards.full_award, awards.program_award):
        plain, extended = compose(make(), OBV3_VC1), compose(make(), OBV3_VC2)
        assert not {"awardedDate", "inLanguage", "validFrom"} & set(texts(plain))
        assert extended["awardedDate"] == extended["validFrom"] == plain["issuanceDate"]


@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_the_name_appears_only_where_the_terms_allow_it(award, terms, profile):
    secret, username = "Zebulon Quux-Xylander", "zq_xylander_99"
    award = dataclasses.replace(award, learner=Learner(77123456, username, secret))
    document = compose(award, profile, terms)
    places = [path for path in trees.paths(document) if trees.at(document, path) == secret]
    assert places == ([("credentialSubject", "identifier", 0, "identityHash")] if terms.name else [])
    text = json.dumps(document)
    assert text.count("Zebulon") == len(places)
    for personal in (username, "77123456", str(award.certificate_uuid), award.certificate_uuid.hex):
        assert personal not in text
    assert ("result" in document["credentialSubject"]) <= terms.grade


@pytest.mark.parametrize("name", ["", " \t ", "\u202e", None])
def test_a_learner_without_a_name_has_no_empty_identifier(name):
    document = compose(awards.full_award(learner=Learner(7, "ada", name)))
    assert "identifier" not in document["credentialSubject"]


@every_profile
@every_kind
def test_grades_are_said_only_where_the_terms_and_the_host_have_them(profile, make):
    def results(grade, allowed=True):
        return compose(make(grade=grade), profile, Terms(grade=allowed))["credentialSubject"].get("result", [])

    assert results(Grade("87.5", "B"), allowed=False) == []
    assert results(None) == []
    assert results(Grade(None, "")) == []
    assert results(Grade(None, " \u202e ")) == []
    assert [result["value"] for result in results(Grade(None, "B\n+"))] == ["B +"]
    assert [result["value"] for result in results(Grade("0", ""))] == ["0"]


@given(
    award=awards.awards,
    terms=awards.terms,
    learners=st.lists(st.builds(Learner, st.integers(), st.text(), st.text()), min_size=2, max_size=2),
    grade=st.one_of(st.none(), st.builds(Grade, st.just("50"), st.text())),
    later=st.datetimes(timezones=st.just(datetime.UTC)),
)
def test_the_achievement_is_the_same_for_every_learner(award, terms, learners, grade, later):
    issuer = awards.key_issuer()
    others = {"certificate_uuid": UUID(int=1), "awarded_at": later, "modified_at": later, "grade": grade}
    for extended in (False, True):
        one = dataclasses.replace(award, learner=learners[0])
        two = dataclasses.replace(award, learner=learners[1], **others)
        achievements = [open_badges.compose_achievement(a, terms, issuer=issuer, extended=extended) for a in (one, two)]
        assert achievements[0] == achievements[1]
    # What is embedded is what the achievement's own address serves.
    for profile in awards.PROFILES:
        embedded = achievement_of(compose(award, profile, terms))
        assert embedded == open_badges.compose_achievement(award, terms, issuer=issuer, extended=profile.extended)


@every_kind
def test_grades_do_not_make_another_achievement_for_each_learner(make):
    graded = [make(grade=grade) for grade in (Grade("87.5", "B"), Grade("60", ""), None)]
    one, *others = (achievement_of(compose(award, OBV3_VC2, Terms(grade=True))) for award in graded)
    assert others == [one, one]


@given(award=awards.awards, profile=awards.profiles, moment=st.datetimes(timezones=st.just(datetime.UTC)))
def test_an_edit_of_the_certificate_changes_nothing(award, profile, moment):
    edited = dataclasses.replace(award, modified_at=moment, visible_from=moment, configuration_id=99, is_active=False)
    assert compose(edited, profile) == compose(award, profile)


@every_profile
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime.datetime(2026, 3, 1, 12, 30, 15, 999999, tzinfo=datetime.UTC), "2026-03-01T12:30:15Z"),
        (
            datetime.datetime(2026, 3, 1, 1, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=45))),
            "2026-02-28T19:15:00Z",
        ),
    ],
)
def test_the_date_is_the_awards_own_in_utc_to_the_second(profile, moment, expected):
    document = compose(awards.full_award(awarded_at=moment), profile)
    assert document[profile.valid_from] == expected
    assert timestamp(moment) == expected


def test_a_date_without_a_zone_is_refused():
    assert code_for(awards.bare_award(awarded_at=datetime.datetime(2026, 3, 1))) == "naive_date"


@pytest.mark.parametrize("title", ["", "   ", "\x00\x1f", "\u202e\u2069"])
def test_a_title_of_nothing_is_refused(title):
    assert code_for(awards.bare_award(title=title)) == "missing_text"


@every_kind
@pytest.mark.parametrize("blank", ["", " ", "\u202e", "\x00"])
def test_a_blank_title_of_the_course_or_program_gives_way_to_the_certificates(make, blank):
    award = make(title="Certificate title")
    facts = {"course": award.course and dataclasses.replace(award.course, title=blank)}
    facts["program"] = award.program and dataclasses.replace(award.program, title=blank)
    assert achievement_of(compose(dataclasses.replace(award, **facts)))["name"] == "Certificate title"


@pytest.mark.parametrize("bad", ["", "relative", "_:b0", "urn:x:a b", "javascript alert"])
@pytest.mark.parametrize("which", ["credential_id", "subject_id"])
def test_ids_that_are_no_iris_are_refused(which, bad):
    assert code_for(awards.bare_award(), **{which: bad}) == "invalid_iri"


@settings(max_examples=30)
@pytest.mark.parametrize(
    "hostile", ["javascript:alert(1)", "data:text/html,x", "https://u:p@e.org/", "/x", "a b", "ftp://e.org/"]
)
@given(profile=awards.profiles)
def test_hostile_addresses_are_left_out(hostile, profile):
    award = awards.full_award(
        organizations=(Organization("Academy", "The Academy", UUID(int=5), logo_url=hostile),),
        platform=Platform(1, "c.example.org", "Campus", "Campus Ltd", lms_url=hostile),
        signatories=(Signatory("Grace", "Dean"),),
    )
    document = compose(award, profile, issuer=awards.key_issuer(image_url=hostile))
    assert hostile not in set(texts(document))
    assert "source" not in document["credentialSubject"]
    assert "image" not in document["issuer"]
    assert "image" not in achievement_of(document)


@every_profile
def test_credentials_are_presented_together_as_they_are(profile):
    credentials = [compose(awards.full_award(), profile), compose(awards.program_award(), profile)]
    presentation = open_badges.present(credentials)
    assert presentation["verifiableCredential"] == credentials
    assert presentation["@context"] == [profile.contexts[0]]
    assert presentation["type"] == ["VerifiablePresentation"]
