"""Awards as the host could have made them: plain ones, bare ones, and nasty but legal ones."""

import dataclasses
import datetime
from uuid import UUID

from hypothesis import strategies as st

from openedx_verifiable_credentials.core import dids
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import AchievementContent
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import CourseFacts
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import IssuerProfile
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Organization
from openedx_verifiable_credentials.data import Platform
from openedx_verifiable_credentials.data import ProgramFacts
from openedx_verifiable_credentials.data import Signatory
from openedx_verifiable_credentials.data import Terms
from tests import properties

AWARDED = datetime.datetime(2026, 3, 1, 12, 30, 15, 999999, tzinfo=datetime.UTC)
STARTED = datetime.datetime(2025, 9, 1, 9, 0, tzinfo=datetime.UTC)
ENDED = datetime.datetime(2026, 2, 20, 23, 59, tzinfo=datetime.UTC)
RECORD_PATH = "/records/programs/shared/0123456789abcdef0123456789abcdef/"
SUBJECT = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
CREDENTIAL_ID = "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"
PROFILES = (OBV3_VC1, OBV3_VC2)
SALT = "00112233445566778899aabbccddeeff"
EVERYTHING = Terms(
    email=True,
    grade=True,
    activity_dates=True,
    evidence=True,
    validity_days=36_500,
    content=AchievementContent(
        criteria="Pass *all* of these:\n\n1. a test\n   - in writing\n2. a [project](https://example.org/project)",
        description="How computers are told what to do.",
        image_path=f"/verifiable_credentials/images/{'0f' * 32}.png",
        tags=("computing", "Informatik"),
        achievement_type="ext:NanoCourse",
        field_of_study="Computer science",
        language="pt-BR",
        aligned_with=(
            Alignment(
                url="http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
                name="Python (computer programming)",
                framework="ESCO",
            ),
            Alignment(
                url="https://case.example.org/ims/case/v1p0/CFItems/0a1b",
                name="Uses loops",
                framework="CASE",
                code="CS.5",
                type="CFItem",
                description="Writes programs that repeat steps.",
            ),
        ),
        credits=4.5,
    ),
)


def bare_award(**changes) -> Award:
    """A course certificate about which the host knows only what it must."""
    award = Award(
        certificate_uuid=UUID("0c1f5f0e-52f0-4d60-86ab-2b4b8ab5b9a1"),
        kind=CertificateKind.COURSE,
        title="Computing",
        learner=Learner(user_id=None, username="ada", full_name=""),
        platform=Platform(site_id=1, domain="credentials.example.org", name="", company=""),
        organizations=(),
        signatories=(),
        status="awarded",
        is_active=True,
        visible_from=None,
        awarded_at=AWARDED,
        modified_at=AWARDED,
        configuration_id=1,
        course=CourseFacts(key="course-v1:Academy+CS101+2026", title="", number="", run="", mode="verified"),
    )
    return dataclasses.replace(award, **changes)


def full_award(**changes) -> Award:
    """A course certificate about which the host knows everything."""
    organization = Organization(
        key="Academy",
        name="The Academy",
        uuid=UUID("5f0cc8f0-5a04-4a37-8c3a-9d5b9a2a6c11"),
        logo_url="https://example.org/academy.png",
    )
    return bare_award(
        **{
            "title": "Computing, an introduction",
            "learner": Learner(7, "ada.lovelace", "Ada Lovelace", "Ada.Lovelace@Example.org"),
            "platform": Platform(1, "credentials.example.org", "Campus", "Campus Ltd", "https://lms.example.org"),
            "organizations": (organization,),
            "signatories": (Signatory(name="Grace Hopper", title="Dean", organization="The Academy"),),
            "visible_from": AWARDED,
            "course": CourseFacts(
                "course-v1:Academy+CS101+2026", "Computing", "CS101", "2026", "honor", starts=STARTED, ends=ENDED
            ),
            "grade": Grade(percent="87.5", letter="B"),
            **changes,
        }
    )


def program_award(**changes) -> Award:
    """A program certificate about which the host knows everything."""
    program = ProgramFacts(
        uuid=UUID("9f1b9c4e-7e0f-4d4a-8b7c-64e1f5a2f001"),
        title="Data Science",
        type_name="MicroMasters",
        type_slug="micromasters",
        course_titles=("Statistics", "Machine Learning"),
        hours=120,
        language="pt-br",
        starts=STARTED,
        ends=ENDED,
    )
    of_program = {"kind": CertificateKind.PROGRAM, "course": None, "program": program, "record_path": RECORD_PATH}
    return full_award(**{**of_program, **changes})


def in_language(award: Award, language: str) -> Award:
    """The same on a site that speaks ``language``, of a program whose certificate names none."""
    platform = dataclasses.replace(award.platform, language=language)
    program = award.program and dataclasses.replace(award.program, language=None)
    return dataclasses.replace(award, platform=platform, program=program)


def worded(said: Terms) -> Terms:
    """The same where no policy says anything in place of the sentences that we compose."""
    content = dataclasses.replace(said.content, criteria="", description="", language="")
    return dataclasses.replace(said, content=content)


def issuer_profile(did: str, **changes) -> IssuerProfile:
    """An issuer that lives at credentials.example.org."""
    profile = IssuerProfile(
        did=did,
        name="The Academy",
        base_url="https://credentials.example.org",
        url="https://credentials.example.org/verifiable_credentials/issuers/academy/",
        image_url="https://example.org/logo.png",
    )
    return dataclasses.replace(profile, **changes)


def key_issuer(seed_byte: int = 1, **changes) -> IssuerProfile:
    """An issuer whose did:key is of no consequence to the test."""
    return issuer_profile(dids.key_did(bytes([seed_byte]) * 32), **changes)


_moments = st.datetimes(
    min_value=datetime.datetime(2000, 1, 1),
    max_value=datetime.datetime(2100, 1, 1),
    timezones=st.sampled_from((datetime.UTC, datetime.timezone(datetime.timedelta(hours=5, minutes=45)))),
)
_maybe_moment = st.one_of(st.none(), _moments)
_maybe_address = st.one_of(st.none(), st.just(""), properties.web_addresses)
_organizations = st.builds(
    Organization,
    key=st.sampled_from(("Academy", "Uni.X", "école_1", "A-B")),
    name=properties.any_text,
    uuid=st.one_of(st.none(), st.uuids()),
    logo_url=_maybe_address,
)
_courses = st.builds(
    CourseFacts,
    key=st.sampled_from(
        ("course-v1:Academy+CS101+2026", "edX/DemoX/Demo_Course", "course-v1:Ünï+Числа.1+2026-T1", "course-v1:a+b~c+1")
    ),
    title=st.one_of(st.just(""), properties.titles),
    number=properties.any_text,
    run=properties.any_text,
    mode=st.sampled_from(("honor", "verified", "professional", "no-id-professional", "masters", "")),
    uuid=st.one_of(st.none(), st.uuids()),
    starts=_maybe_moment,
    ends=_maybe_moment,
)
_languages = st.one_of(
    st.none(),
    st.sampled_from(
        (
            "en",
            "es-419",
            "ar",
            "es_MX",
            "ar-EG",
            "pt-br",
            "zh-hans",
            "zh_Hant_TW",
            "EN",
            "",
            "x",
            "de-1996",
            "en\n",
            "i-klingon",
        )
    ),
    st.text(max_size=6),
)
_programs = st.builds(
    ProgramFacts,
    uuid=st.uuids(),
    title=st.one_of(st.just(""), properties.titles),
    type_name=properties.any_text,
    type_slug=st.one_of(
        st.sampled_from(("micromasters", "XSeries", "professional-certificate", "masters", "bootcamp", "license")),
        properties.any_text,
    ),
    course_titles=st.lists(properties.any_text, max_size=4).map(tuple),
    hours=st.one_of(st.none(), st.integers(0, 5000)),
    language=_languages,
    starts=_maybe_moment,
    ends=_maybe_moment,
)
_emails = st.one_of(st.just(""), st.sampled_from(("Ada@Example.org", "é@example.org")), properties.any_text)
_grades = st.builds(
    Grade,
    percent=st.one_of(st.none(), st.sampled_from(("0", "87.5", "100", "3.25"))),
    letter=properties.any_text,
)


def _common(**more) -> dict:
    return {
        "certificate_uuid": st.uuids(),
        "title": properties.titles,
        "learner": st.builds(Learner, st.just(7), properties.any_text, properties.any_text, _emails),
        "platform": st.builds(
            Platform,
            st.just(1),
            st.just("c.example.org"),
            properties.any_text,
            properties.any_text,
            _maybe_address,
            _languages.map(lambda value: value or ""),
        ),
        "organizations": st.lists(_organizations, max_size=3).map(tuple),
        "signatories": st.lists(st.builds(Signatory, properties.any_text, properties.any_text), max_size=2).map(tuple),
        "status": st.just("awarded"),
        "is_active": st.just(True),
        "visible_from": st.one_of(st.none(), _moments),
        "awarded_at": _moments,
        "modified_at": _moments,
        "configuration_id": st.just(1),
        "grade": st.one_of(st.none(), _grades),
        **more,
    }


course_awards = st.builds(Award, **_common(kind=st.just(CertificateKind.COURSE), course=_courses))
program_awards = st.builds(
    Award,
    **_common(kind=st.just(CertificateKind.PROGRAM), program=_programs, record_path=st.sampled_from(("", RECORD_PATH))),
)
awards = st.one_of(course_awards, program_awards)
_alignments = st.builds(
    Alignment,
    url=properties.web_addresses,
    name=properties.any_text,
    framework=st.one_of(st.sampled_from(("ESCO", "CASE", "CTDL", "")), properties.any_text),
    code=properties.any_text,
    type=st.one_of(st.sampled_from(("CFItem", "ceasn:Competency", "ext:own", "", "nothing")), properties.any_text),
    description=properties.any_text,
)
_markdown = st.one_of(st.just(""), properties.any_text, st.lists(properties.any_text, max_size=6).map("\n\n- ".join))
contents = st.builds(
    AchievementContent,
    criteria=_markdown,
    description=st.one_of(properties.any_text, properties.titles),
    image_path=st.sampled_from(("", f"/verifiable_credentials/images/{'0f' * 32}.svg")),
    tags=st.lists(properties.any_text, max_size=4).map(tuple),
    achievement_type=st.one_of(st.sampled_from(("", "Badge", "MasterDegree", "ext:own", "Kurs")), properties.any_text),
    field_of_study=properties.any_text,
    language=_languages.map(lambda value: value or ""),
    aligned_with=st.lists(_alignments, max_size=3).map(tuple),
    credits=st.one_of(
        st.none(), st.integers(0, 10_000_000).map(lambda hundredths: hundredths / 100), st.just(3.0), st.floats()
    ),
)
terms = st.builds(
    Terms,
    **{name: st.booleans() for name in policies.CLAIMS},
    validity_days=st.one_of(st.none(), st.integers(0, 40_000), st.just(2**31 - 1)),
    content=contents,
)
profiles = st.sampled_from(PROFILES)
issuers = st.builds(
    key_issuer,
    name=properties.titles,
    url=st.just("https://credentials.example.org/verifiable_credentials/issuers/academy/"),
    image_url=_maybe_address,
)
