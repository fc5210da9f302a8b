"""What a learner is shown is what the credential would say: all of it, and nothing else."""

import dataclasses
import itertools

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings

from openedx_verifiable_credentials.core import open_badges
from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.core import shown_facts
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.shown_facts import Fact
from openedx_verifiable_credentials.core.shown_facts import Form
from openedx_verifiable_credentials.core.subjects import written_email
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests.core.test_withheld import ALIGNED
from tests.core.test_withheld import SECRETS
from tests.core.test_withheld import with_secrets

# Says nothing to people: what things are to programs, and how values are written.
_BOILERPLATE = {
    "@context",
    "type",
    "hashed",
    "identityType",
    "identifierType",
    "resultType",
    "resultDescription",
    "salt",
}
# Shown together with what stands beside it.
_JOINED = {"targetFramework", "targetCode", "targetType", "valueMin", "valueMax"}


def literals(value, path=()):
    """Every string of a document that a person could read, with its place."""
    if isinstance(value, dict):
        for member, inner in value.items():
            if member not in _BOILERPLATE and not (member == "id" and path[-1:] not in (("image",), ("evidence",))):
                yield from literals(inner, (*path, member))
        return
    if isinstance(value, list):
        for inner in value:
            yield from literals(inner, path)
        return
    if not isinstance(value, bool):
        yield path, value if isinstance(value, str) else f"{value:.10g}"


def composed(award, terms, profile, official=""):
    """The unsigned document."""
    return open_badges.compose(
        award,
        terms,
        profile=profile,
        issuer=awards.key_issuer(official=official, contact="office@example.org"),
        credential_id=awards.CREDENTIAL_ID,
        subject_id=awards.SUBJECT,
        salt=awards.SALT,
    )


def missing(document, shown):
    """Strings of the document that no fact tells."""
    values = {fact.value for fact in shown}
    hashes = {entry["identityHash"] for entry in document["credentialSubject"].get("identifier", ()) if entry["hashed"]}
    return [
        (path, text)
        for path, text in literals(document)
        if text not in values | hashes
        and not (
            (path[-1] in _JOINED or path[-2:] in (("result", "value"), ("resultDescription", "name")))
            and any(text in value for value in values)
        )
    ]


@settings(max_examples=200)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
@example(award=awards.program_award(), terms=awards.EVERYTHING, profile=OBV3_VC1)
@example(award=awards.full_award(), terms=awards.EVERYTHING, profile=OBV3_VC2)
@example(award=awards.bare_award(), terms=Terms(), profile=OBV3_VC2)
def test_everything_that_the_document_says_is_among_the_facts(award, terms, profile):
    document = composed(award, terms, profile)
    shown = shown_facts.read(document, email=written_email(award.learner))
    assert missing(document, shown) == []
    assert all(fact.value for fact in shown)
    said = {text for _, text in literals(document)}
    for fact in shown:
        if fact.fact not in (Fact.CREDITS, Fact.EMAIL, Fact.RESULT, Fact.RESULT_SCALE, Fact.ALIGNMENT):
            assert fact.value in said, fact


def test_a_member_that_no_fact_tells_is_noticed():
    document = composed(awards.full_award(), awards.EVERYTHING, OBV3_VC2)
    document["credentialSubject"]["achievement"]["specialization"] = "Compilers"
    shown = shown_facts.read(document, email=awards.full_award().learner.email)
    assert missing(document, shown) == [(("credentialSubject", "achievement", "specialization"), "Compilers")]


@settings(max_examples=100)
@given(award=awards.awards.map(with_secrets), terms=awards.terms, profile=awards.profiles)
@example(award=with_secrets(awards.program_award()), terms=awards.EVERYTHING, profile=OBV3_VC1)
def test_what_is_left_out_is_in_no_fact_and_what_stays_is_marked_with_its_claim(award, terms, profile):
    terms = dataclasses.replace(terms, content=dataclasses.replace(terms.content, aligned_with=(ALIGNED,)))
    shown = shown_facts.read(composed(award, terms, profile, "The Registrar"), email=written_email(award.learner))
    for claim in policies.CLAIMS:
        of_it = [fact for fact in shown if fact.claim == claim]
        if getattr(terms, claim):
            assert all(any(secret in fact.value for secret in SECRETS[claim]) for fact in of_it if claim == "name")
        else:
            others = claim != "signatories"  # the issuer's own official comes in their place
            assert not others or of_it == []
            values = [fact.value for fact in shown]
            assert not [secret for secret in SECRETS[claim] if any(secret in value for value in values)], claim


@pytest.mark.parametrize("claim", policies.CLAIMS)
@pytest.mark.parametrize("award", [awards.full_award(), awards.program_award()], ids=["course", "program"])
def test_leaving_a_claim_out_takes_away_the_facts_that_are_marked_with_it_and_no_other(award, claim):
    official = "The Registrar" if claim == "signatories" else ""

    def shown(**changes):
        terms = dataclasses.replace(awards.EVERYTHING, **changes)
        document = composed(award, terms, OBV3_VC2, official)
        return shown_facts.read(document, email=award.learner.email, official=official)

    before, after = shown(), shown(**{claim: False})
    own = {fact for fact in after if fact.value == official}
    assert [fact for fact in before if fact.claim != claim] == [fact for fact in after if fact not in own]
    exists = not (claim == "evidence" and award.program is None)
    assert any(fact.claim == claim for fact in before) == exists
    assert all(fact.claim is None for fact in own)


def test_the_facts_in_their_order():
    award = awards.full_award()
    shown = shown_facts.read(composed(award, awards.EVERYTHING, OBV3_VC2), email=award.learner.email)
    codes = [code.value for code, _ in itertools.groupby(fact.fact for fact in shown)]
    assert codes[:8] == ["name", "email", "achievement", "title", "summary", "kind", "description", "criteria"]
    by_code = {fact.fact: fact for fact in shown}
    assert by_code[Fact.EMAIL].value == "Ada.Lovelace@Example.org"
    assert by_code[Fact.CRITERIA].form is Form.MARKDOWN
    assert by_code[Fact.AWARDED_AT].value == "2026-03-01T12:30:15Z"
    assert by_code[Fact.AWARDED_AT].form is Form.DATE
    results = [fact.value for fact in shown if fact.fact is Fact.RESULT]
    assert results == ["Final grade in percent: 87.5", "Final letter grade: B"]


def test_an_address_that_is_not_the_hashed_one_is_not_shown_in_its_place():
    award = awards.full_award()
    [shown] = [
        fact
        for fact in shown_facts.read(composed(award, awards.EVERYTHING, OBV3_VC2), email="eve@example.org")
        if fact.fact is Fact.EMAIL
    ]
    assert shown.value.startswith("sha256$")


def test_no_value_shows_in_a_representation():
    award = awards.full_award()
    shown = shown_facts.read(composed(award, awards.EVERYTHING, OBV3_VC2), email=award.learner.email)
    assert "Lovelace" not in repr(shown)
