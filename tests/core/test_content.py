"""What a policy says of an achievement, and of how long a credential holds, goes before what the host's facts say."""

import dataclasses
import datetime
import hashlib
import math
import struct
from decimal import Decimal

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import canonical
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core.achievements import compose_achievement
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.subjects import hash_email
from openedx_verifiable_credentials.data import AchievementContent
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Signatory
from openedx_verifiable_credentials.data import Terms
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards

ISSUER = awards.key_issuer()
HOSTILE_ADDRESSES = ("javascript:alert(1)", "data:text/html,x", "https://u:p@example.org/", "/x", "", "ftp://e.org/")
every_profile = pytest.mark.parametrize("profile", awards.PROFILES, ids=lambda profile: profile.id)
every_kind = pytest.mark.parametrize("make", [awards.full_award, awards.program_award], ids=["course", "program"])


def compose(award, terms, profile=OBV3_VC2, **more):
    given = {"issuer": ISSUER, "credential_id": awards.CREDENTIAL_ID, "subject_id": awards.SUBJECT, **more}
    return open_badges.compose(award, terms, profile=profile, **{"salt": awards.SALT, **given})


def achievement(award=None, extended=True, **content):
    terms = Terms(content=AchievementContent(**content))
    return compose_achievement(award or awards.full_award(), terms, issuer=ISSUER, extended=extended)


@every_profile
@every_kind
def test_everything_that_a_policy_says_is_written(make, profile):
    document = compose(make(), awards.EVERYTHING, profile)
    found, content = document["credentialSubject"]["achievement"], awards.EVERYTHING.content
    assert found["criteria"] == {"narrative": content.criteria}
    assert found["description"] == content.description
    assert found["image"] == {"id": f"https://credentials.example.org{content.image_path}", "type": "Image"}
    assert found["achievementType"] == "ext:NanoCourse"
    assert found["fieldOfStudy"] == "Computer science"
    assert found["tag"] == ["computing", "Informatik"]
    assert found["creditsAvailable"] == 4.5
    assert found.get("inLanguage") == ("pt-BR" if profile is OBV3_VC2 else None)
    assert found["alignment"] == [
        {
            "type": ["Alignment"],
            "targetUrl": content.aligned_with[0].url,
            "targetName": "Python (computer programming)",
            "targetFramework": "ESCO",
        },
        {
            "type": ["Alignment"],
            "targetUrl": "https://case.example.org/ims/case/v1p0/CFItems/0a1b",
            "targetName": "Uses loops",
            "targetFramework": "CASE",
            "targetCode": "CS.5",
            "targetType": "CFItem",
            "targetDescription": "Writes programs that repeat steps.",
        },
    ]
    subject = document["credentialSubject"]
    assert subject["activityStartDate"] == "2025-09-01T09:00:00Z"
    assert subject["activityEndDate"] == "2026-02-20T23:59:00Z"
    assert document[profile.valid_until] == timestamp(awards.AWARDED + datetime.timedelta(days=36_500))
    evidence = {
        "id": f"https://credentials.example.org{awards.RECORD_PATH}", "type": ["Evidence"], "name": "Program record"
    }  # fmt: skip
    assert document.get("evidence") == ([evidence] if make is awards.program_award else None)


@every_kind
def test_where_a_policy_says_nothing_the_hosts_facts_stand(make):
    for empty in (AchievementContent(), AchievementContent(criteria=" \n ", description="\u202e", image_path="x")):
        known = compose_achievement(make(), Terms(), issuer=ISSUER, extended=True)
        assert compose_achievement(make(), Terms(content=empty), issuer=ISSUER, extended=True) == known
    assert known["image"]["id"] == "https://example.org/academy.png"


@pytest.mark.parametrize("word", ["Kurs", "course", "ext:", "ext:a b", "ext:<b>", "EXT:own", "x ext:own", "Course\n"])
def test_a_type_that_open_badges_does_not_know_is_not_written(word):
    assert achievement(achievement_type=word)["achievementType"] == "CertificateOfCompletion"
    [aligned] = achievement(aligned_with=(Alignment("https://e.org/1", "One", type=word),))["alignment"]
    assert "targetType" not in aligned


@pytest.mark.parametrize("word", ["MasterDegree", "Badge", "ext:Nano-Course_1.0"])
def test_a_policy_may_claim_any_type_that_it_knows_and_own_ones(word):
    assert achievement(achievement_type=word)["achievementType"] == word


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_an_alignment_that_leads_nowhere_is_left_out(address):
    good = Alignment("https://frameworks.example/1", "One")
    assert achievement(aligned_with=(Alignment(address, "Bad"), good))["alignment"] == [
        {"type": ["Alignment"], "targetUrl": good.url, "targetName": "One"}
    ]
    assert "alignment" not in achievement(aligned_with=(Alignment(address, "Bad"),))
    assert "alignment" not in achievement(aligned_with=(Alignment(good.url, " \u202e"),))


@pytest.mark.parametrize(
    ("number", "written"), [(3.0, 3), (0.0, 0), (4.5, 4.5), (0.1 + 0.2, 0.3), (99_999.97, 99_999.97)]
)
def test_credits_are_numbers_and_whole_ones_are_integers(number, written):
    found = achievement(credits=number)["creditsAvailable"]
    assert (found, type(found)) == (written, type(written))


@settings(max_examples=500)
@given(hundredths=st.integers(1, 9_999_999))
@example(hundredths=7)
@example(hundredths=830)
@example(hundredths=9443)
def test_credits_are_the_same_to_everybody_who_canonicalises_them(hundredths):
    found = achievement(credits=hundredths / 100)["creditsAvailable"]
    # JSON-LD's canonical form, and the shortest that tells it from its neighbours.
    assert Decimal(repr(found)) == Decimal(f"{found:.15E}")
    assert f"{found:.10g}" == f"{hundredths / 100:.10g}"
    assert struct.pack("f", found) == struct.pack("f", hundredths / 100)


@pytest.mark.parametrize("credits", [0.07, 8.3, 94.43])
def test_two_implementations_agree_on_odd_credits(credits):
    document = compose(awards.full_award(), Terms(content=AchievementContent(credits=credits)))
    assert canonical.canonicalize(document) == canonical.canonicalize_independently(document)


@pytest.mark.parametrize("number", [None, -1.0, math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_number_of_credits_is_left_out(number):
    assert "creditsAvailable" not in achievement(credits=number)


def test_a_language_goes_before_the_programs_own():
    program = awards.program_award()
    assert achievement(program, language="de")["inLanguage"] == "de"
    assert achievement(program, language="not a language")["inLanguage"] == "pt-BR"
    assert "inLanguage" not in achievement(program, extended=False, language="de")


def test_tags_are_told_once_and_never_empty():
    assert achievement(tags=("a", " a ", "", "\u202e", "b\nc"))["tag"] == ["a", "b c"]


def test_tags_that_not_everybody_sorts_alike_do_not_stand_together():
    # U+1F393 comes after U+FF01 as a code point, and before it as UTF-16.
    found = achievement(tags=("a", "\U0001f393 b", "\uff01 c", "\U0001f393"))
    assert found["tag"] == ["a", "\U0001f393 b", "\U0001f393"]


@given(st.lists(st.text(max_size=8), max_size=12).map(tuple))
def test_tags_stand_in_one_order_for_those_who_sort_by_code_points_and_by_utf_16(tags):
    kept = achievement(tags=tags).get("tag", [])
    assert sorted(kept) == sorted(kept, key=lambda tag: tag.encode("utf-16-be", "surrogatepass"))


def test_markdown_keeps_what_has_a_meaning_and_loses_what_misleads():
    written = achievement(criteria="\n- one\r\n    - two \u202eevil\x00  \n\n\n\nthree\ud800\n")["criteria"][
        "narrative"
    ]
    assert written == "- one\n    - two evil\n\nthree\ufffd"


class TestSignatories:
    def test_the_issuers_own_official_stands_where_no_signatory_is_released(self):
        issuer = awards.key_issuer(official="The Registrar")
        award = awards.full_award(signatories=(Signatory("Grace Hopper", "Dean"), Signatory("Ada", "Chair")))
        officials = [
            compose(award, Terms(signatories=released), issuer=issuer)["issuer"]["official"]
            for released in (True, False)
        ]
        assert officials == ["Grace Hopper, Dean", "The Registrar"]
        nameless = awards.full_award(signatories=(Signatory("\u202e", ""),))
        assert compose(nameless, Terms(), issuer=issuer)["issuer"]["official"] == "The Registrar"


class TestEmails:
    def test_the_hash_is_the_standards(self):
        # The example of Open Badges 3.0.
        assert hash_email("a@example.com", "Kosher") == (
            "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
        )

    @every_profile
    def test_whoever_knows_the_address_finds_it(self, profile):
        [name, email] = compose(awards.full_award(), Terms(email=True), profile)["credentialSubject"]["identifier"]
        digest = hashlib.sha256(b"ada.lovelace@example.org" + awards.SALT.encode()).hexdigest()
        assert name["identityType"] == "name"
        assert email == {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": f"sha256${digest}",
            "identityType": "emailAddress",
            "salt": awards.SALT,
        }

    def test_it_is_never_hashed_without_a_salt(self):
        with pytest.raises(CompositionError) as refusal:
            compose(awards.full_award(), Terms(email=True), salt="")
        assert refusal.value.code == "missing_salt"
        assert "ada" not in str(refusal.value).lower()

    @pytest.mark.parametrize("email", ["", " ", "\u202e"])
    def test_without_an_address_or_a_release_no_salt_is_needed_or_written(self, email):
        nobody = awards.full_award(learner=Learner(7, "ada", "Ada", email))
        for award, terms in ((nobody, Terms(email=True)), (awards.full_award(), Terms())):
            [identifier] = compose(award, terms, salt="")["credentialSubject"]["identifier"]
            assert identifier["identityType"] == "name"
            assert awards.SALT not in str(compose(award, terms))


class TestActivityDates:
    DAYS = [datetime.datetime(2026, 2, day, tzinfo=datetime.UTC) for day in (1, 2)]
    LATER = awards.AWARDED + datetime.timedelta(days=30)

    @every_kind
    @pytest.mark.parametrize(
        ("starts", "ends", "written"),
        [
            (*DAYS, ["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"]),
            (DAYS[0], None, ["2026-02-01T00:00:00Z", None]),
            (None, DAYS[1], [None, "2026-02-02T00:00:00Z"]),
            (None, None, [None, None]),
            # The course runs on: that says nothing about this learner.
            (DAYS[0], LATER, ["2026-02-01T00:00:00Z", None]),
            (LATER, LATER, [None, None]),
            # Which of the two is wrong, nobody knows.
            (DAYS[1], DAYS[0], [None, None]),
        ],
    )
    def test_they_are_the_courses_as_far_as_they_lie_before_the_award(self, make, starts, ends, written):
        award = make()
        dated = {"starts": starts, "ends": ends}
        award = dataclasses.replace(
            award,
            course=award.course and dataclasses.replace(award.course, **dated),
            program=award.program and dataclasses.replace(award.program, **dated),
        )
        subject = compose(award, Terms(activity_dates=True))["credentialSubject"]
        assert [subject.get("activityStartDate"), subject.get("activityEndDate")] == written


class TestEvidence:
    @pytest.mark.parametrize("path", ["", "records/1/", "https://elsewhere.example/", "javascript:alert(1)", "/a b"])
    def test_it_is_a_page_of_the_service_or_nothing(self, path):
        document = compose(awards.program_award(record_path=path), Terms(evidence=True))
        assert "evidence" not in document

    def test_a_course_has_none(self):
        award = awards.full_award(record_path=awards.RECORD_PATH)
        assert "evidence" not in compose(award, Terms(evidence=True))


class TestValidity:
    @every_profile
    def test_it_is_counted_from_the_award(self, profile):
        award = awards.full_award(awarded_at=datetime.datetime(2026, 3, 1, 23, 0, 1, 5, tzinfo=datetime.UTC))
        document = compose(award, Terms(validity_days=365), profile)
        assert document[profile.valid_until] == "2027-03-01T23:00:01Z"
        other = OBV3_VC1 if profile is OBV3_VC2 else OBV3_VC2
        assert other.valid_until not in document
        assert profile.valid_until not in compose(award, Terms(), profile)

    @given(days=st.integers(0, 2**32), profile=awards.profiles)
    def test_however_long_it_is_it_is_written_or_without_an_end(self, days, profile):
        document = compose(awards.bare_award(), Terms(validity_days=days), profile)
        end = open_badges.valid_until(awards.bare_award(), Terms(validity_days=days))
        assert document.get(profile.valid_until) == (None if end is None else timestamp(end))

    def test_the_end_is_known_before_anything_is_composed(self):
        award = awards.full_award()
        assert open_badges.valid_until(award, Terms(validity_days=10)) == award.awarded_at + datetime.timedelta(days=10)
        assert open_badges.valid_until(award, Terms()) is None
