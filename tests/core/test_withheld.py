"""Whatever policies there are: what they withhold is nowhere in the bytes, and what they release is."""

import dataclasses
import datetime
import json

from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import subjects
from openedx_verifiable_credentials.core.checks import structure
from openedx_verifiable_credentials.core.policies import Rule
from openedx_verifiable_credentials.core.policies import Scope
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.data import Award
from openedx_verifiable_credentials.data import CertificateKind
from openedx_verifiable_credentials.data import Grade
from openedx_verifiable_credentials.data import Learner
from openedx_verifiable_credentials.data import Signatory
from openedx_verifiable_credentials.data import Terms
from tests import awards

# Each value is found in nothing but itself.
LEARNER = Learner(77123456, "zq_xylander_99", "Zebulon Quux-Xylander", "Zq.Xylander@Learners.Example")
HASH = subjects.hash_email(LEARNER.email, awards.SALT)
GRADE = Grade(percent="61.837", letter="Qx+")
STARTED = datetime.datetime(1987, 6, 5, tzinfo=datetime.UTC)
ENDED = datetime.datetime(1991, 2, 3, tzinfo=datetime.UTC)
RECORD = "/records/programs/shared/feedfacecafe4242feedfacecafe4242/"
SIGNATORY = Signatory("Signe Nordzyxen", "Chancellor Zyxen")
ALIGNED = Alignment("https://frameworks.example/zyx/1", "Juggles with zyxes", "Zyxframe", "ZYX-1", "CFItem", "Up, zyx!")
SECRETS = {
    "name": ("Zebulon", "Quux-Xylander"),
    "email": ("Xylander@", "xylander@", "learners.example", HASH, HASH.removeprefix("sha256$"), awards.SALT),
    "grade": (GRADE.percent, GRADE.letter, "#percent", "#letter", "resultDescription"),
    "activity_dates": ("1987-06-05", "1991-02-03", "activityStartDate", "activityEndDate"),
    "evidence": ("feedfacecafe4242", "/records/", "evidence"),
    "alignments": ("frameworks.example", "Juggles", "Zyxframe", "ZYX-1", "Up, zyx!", '"alignment"'),
    "signatories": ("Nordzyxen", "Chancellor"),
}
NEVER = (LEARNER.username, str(LEARNER.user_id), LEARNER.email, LEARNER.email.lower())
RELEASED = {
    "name": ("Zebulon Quux-Xylander",),
    "email": (HASH, awards.SALT),
    "grade": GRADE.__dict__.values(),
    "activity_dates": ("1987-06-05T00:00:00Z", "1991-02-03T00:00:00Z"),
    "evidence": (f"https://credentials.example.org{RECORD}",),
    "alignments": ALIGNED.__dict__.values(),
    "signatories": ("Signe Nordzyxen, Chancellor Zyxen",),
}


def with_secrets(award: Award) -> Award:
    """The same award of a learner whose data can be told from everything else."""
    is_program = award.kind is CertificateKind.PROGRAM
    dated = {"starts": STARTED, "ends": ENDED}
    return dataclasses.replace(
        award,
        learner=LEARNER,
        grade=GRADE,
        signatories=(SIGNATORY,),
        awarded_at=max(award.awarded_at, datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)),
        record_path=RECORD if is_program else "",
        course=award.course and dataclasses.replace(award.course, **dated),
        program=award.program and dataclasses.replace(award.program, **dated),
    )


@st.composite
def ruled_awards(draw):
    """An award and the terms that some policies and its learner make for it."""
    award = with_secrets(draw(awards.awards))
    places = [place for level in policies.scopes_of(award.policy_case) for place in level]
    places.append((Scope.ORGANIZATION, "Elsewhere"))
    says = st.fixed_dictionaries(
        {},
        optional={
            **{claim: st.booleans() for claim in policies.CLAIMS},
            "criteria": st.sampled_from(("Pass the exam.", "")),
            "tags": st.just(("tag",)),
            "aligned_with": st.sampled_from(((), (ALIGNED,))),
        },
    )
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=4))
    rules = [Rule(f"{n}.1", *place, draw(says), final=draw(st.booleans())) for n, place in enumerate(chosen)]
    # Whoever forgets the alignments at every scope has none to withhold.
    rules.append(Rule("99.1", Scope.SITE, "1", {"aligned_with": (ALIGNED,), **draw(says)}))
    left_out = draw(st.sets(st.sampled_from(policies.CLAIMS)))
    return award, policies.resolve(rules, award.policy_case), left_out


def composed(award, terms, profile, issuer=None):
    """The document, and its bytes."""
    document = open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=issuer or awards.key_issuer(official="The Registrar"),
        credential_id=awards.CREDENTIAL_ID,
        subject_id=awards.SUBJECT,
        salt=awards.SALT,
    )
    return document, json_text.write(document).decode()


def require_only_released(raw, released, award, has_alignments=True):
    """Every secret that is not of a released claim is absent; every one that is, is there."""
    for claim, secrets in SECRETS.items():
        if claim not in released:
            assert [secret for secret in secrets if secret in raw] == [], claim
    assert [secret for secret in NEVER if secret in raw] == []
    has = {"evidence": award.kind is CertificateKind.PROGRAM, "alignments": has_alignments}
    expected = [value for claim in released if has.get(claim, True) for value in RELEASED[claim]]
    decoded = json.dumps(json.loads(raw), ensure_ascii=False)
    assert [value for value in expected if json.dumps(value) not in decoded] == []


@settings(max_examples=150)
@given(ruled=ruled_awards(), profile=awards.profiles)
def test_what_policies_or_the_learner_withhold_is_nowhere_in_the_bytes(ruled, profile):
    award, resolution, left_out = ruled
    terms = resolution.terms(left_out)
    document, raw = composed(award, terms, profile)
    released = {claim for claim in policies.CLAIMS if resolution.decisions[claim].value and claim not in left_out}
    require_only_released(raw, released, award, has_alignments=bool(terms.content.aligned_with))
    assert document["issuer"].get("official") == (
        "Signe Nordzyxen, Chancellor Zyxen" if "signatories" in released else "The Registrar"
    )


@settings(max_examples=100)
@given(award=awards.awards.map(with_secrets), terms=awards.terms, profile=awards.profiles)
@example(award=with_secrets(awards.program_award()), terms=awards.EVERYTHING, profile=OBV3_VC1)
@example(award=with_secrets(awards.full_award()), terms=awards.EVERYTHING, profile=OBV3_VC2)
def test_each_claim_is_there_exactly_where_the_terms_release_it(award, terms, profile):
    terms = dataclasses.replace(terms, content=dataclasses.replace(terms.content, aligned_with=(ALIGNED,)))
    document, raw = composed(award, terms, profile)
    require_only_released(raw, {claim for claim in policies.CLAIMS if getattr(terms, claim)}, award)
    assert raw == composed(award, terms, profile)[1]
    structure.require_structure(document)


@settings(max_examples=60)
@given(award=awards.awards.map(with_secrets), terms=awards.terms, extended=st.booleans())
def test_the_published_achievement_says_nothing_of_any_learner(award, terms, extended):
    issuer = awards.key_issuer()
    document = open_badges.compose_achievement(award, terms, issuer=issuer, extended=extended)
    raw = json_text.write(document).decode()
    personal = ("name", "email", "activity_dates", "evidence", "signatories")
    assert [secret for claim in personal for secret in SECRETS[claim] if secret in raw] == []
    assert [secret for secret in (*NEVER, GRADE.percent, GRADE.letter) if secret in raw] == []


def test_a_credential_that_says_what_it_must_not_is_noticed():
    award = with_secrets(awards.program_award())
    terms = dataclasses.replace(
        awards.EVERYTHING, content=dataclasses.replace(awards.EVERYTHING.content, aligned_with=(ALIGNED,))
    )
    for claim in policies.CLAIMS:
        _, raw = composed(award, terms, OBV3_VC2)
        noticed = False
        try:
            require_only_released(raw, set(policies.CLAIMS) - {claim}, award)
        except AssertionError:
            noticed = True
        assert noticed, claim


def test_by_default_only_the_name_the_signatory_and_the_alignments_are_released():
    _, raw = composed(with_secrets(awards.program_award()), Terms(), OBV3_VC2)
    require_only_released(raw, {"name", "signatories"}, with_secrets(awards.program_award()))
