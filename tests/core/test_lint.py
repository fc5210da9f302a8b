"""What is wrong is said before the key is used."""

import datetime

import pytest
from hypothesis import given
from hypothesis import settings

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.lint import require_signable
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import signed
from tests import trees

NOW = datetime.datetime(2101, 1, 1, tzinfo=datetime.UTC)
DID = signed.signer().method.controller
every_profile = pytest.mark.parametrize("profile", awards.PROFILES, ids=lambda profile: profile.id)


def composed(profile, **changes):
    return signed.unsigned(awards.full_award(**changes), profile, DID)


def code_for(document, profile, now=NOW):
    with pytest.raises(CompositionError) as refusal:
        require_signable(document, profile, now)
    return refusal.value.code


@settings(max_examples=40)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles)
def test_whatever_is_composed_may_be_signed(award, terms, profile):
    require_signable(signed.unsigned(award, profile, DID, terms), profile, NOW)


@every_profile
def test_the_contexts_must_be_exactly_the_profiles(profile):
    document = composed(profile)
    require_signable(document, profile, NOW)
    contexts = document["@context"]
    others = [
        contexts[:-1],
        contexts[::-1],
        [*contexts, contexts[0]],
        [*contexts, v.DATA_INTEGRITY_V2],
        [*contexts, "https://evil.example/"],
        [*contexts, {"extra": "https://evil.example/"}],
        [{"@vocab": "https://evil.example/"}, *contexts],
        [],
        contexts[0],
        {},
    ]
    assert [code_for({**document, "@context": other}, profile) for other in others] == ["contexts_differ"] * len(others)


@pytest.mark.parametrize(("profile", "other"), [(OBV3_VC1, OBV3_VC2), (OBV3_VC2, OBV3_VC1)], ids=["vc1", "vc2"])
def test_a_credential_of_the_other_profile_is_refused(profile, other):
    assert code_for(composed(other), profile) == "contexts_differ"


@every_profile
def test_a_date_in_the_future_is_refused_and_a_minute_of_skew_is_not(profile):
    document = composed(profile)
    awarded = awards.AWARDED.replace(microsecond=0)
    require_signable(document, profile, awarded)
    require_signable(document, profile, awarded - datetime.timedelta(seconds=60))
    assert code_for(document, profile, awarded - datetime.timedelta(seconds=61)) == "not_yet_valid"
    year_2999 = awards.AWARDED.replace(year=2999)
    assert code_for(composed(profile, awarded_at=year_2999), profile) == "not_yet_valid"


@every_profile
def test_what_is_too_large_is_refused(profile):
    document = composed(profile)
    require_signable({**document, "description": "x" * 40_000}, profile, NOW)
    assert code_for({**document, "description": "x" * 48 * 1024}, profile) == "too_large"
    # Three bytes in UTF-8, six once escaped: what counts are the bytes that leave.
    assert code_for({**document, "description": "徽" * 17_000}, profile) == "too_large"
    assert code_for({**document, "description": "&" * 9_000}, profile) == "too_large"


@every_profile
def test_an_undefined_term_is_refused_at_every_object(profile):
    document = composed(profile)
    for path in trees.objects(document):
        assert code_for(trees.changed(document, (*path, "gpa"), "4.0"), profile) == "undefined_term", trees.name(path)


@every_profile
def test_relative_ids_and_foreign_nested_contexts_are_refused(profile):
    document = composed(profile)
    assert code_for(trees.changed(document, ("credentialSubject", "id"), "ada"), profile) == "relative_iri"
    assert code_for(trees.changed(document, ("type",), [*document["type"], "Diploma"]), profile) == "relative_iri"
    foreign = trees.changed(document, ("issuer", "@context"), "https://evil.example/")
    assert code_for(foreign, profile) == "unknown_context"
