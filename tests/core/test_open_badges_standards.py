"""What is composed is held to the published schemas, to other copies of the contexts, and to Markdown."""

import dataclasses

import jsonschema
import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import properties
from tests import signed
from tests import standards
from tests import trees

DID = signed.signer().method.controller
FLAVOURS = {
    "strict": "schemas/ob_v3p0/strict/ob_v3p0_achievementcredential_schema.json",
    "lenient": "schemas/ob_v3p0/jsonld-lenient/ob_v3p0_achievementcredential_schema.json",
}
LCW_OPEN_BADGES = "contexts/variants/ob-v3p0-context-3.0.3.lcw-npm-2.1.0.json"
VALIDATOR_OPEN_BADGES = "contexts/variants/ob-v3p0-context-3.0.3.1edtech-validator.json"
every_kind = pytest.mark.parametrize("make", [awards.full_award, awards.program_award], ids=["course", "program"])
every_flavour = pytest.mark.parametrize("flavour", FLAVOURS)
every_profile = pytest.mark.parametrize("profile", awards.PROFILES, ids=lambda profile: profile.id)

format_checker = jsonschema.FormatChecker(formats=())


@format_checker.checks("date-time")
def _is_date_time(value):
    return not isinstance(value, str) or (value.endswith("Z") and len(value) == len("2026-01-01T00:00:00Z"))


def status_entries(count=1):
    """As every credential that we issue carries them: one, or two where it can be suspended."""
    forms = (ListForm.REVOCATION, ListForm.SUSPENSION)[:count]
    urls = {form: status_list.list_url("https://credentials.example.org", "6f2c1e0a", form) for form in forms}
    return [status_list.compose_entry(urls[form], 94567, form) for form in forms]


def validator(flavour):
    # The "#" at the end of its "$schema" is unknown to jsonschema.
    schema = {**standards.read_json(FLAVOURS[flavour]), "$schema": "https://json-schema.org/draft/2019-09/schema"}
    return jsonschema.Draft201909Validator(schema, format_checker=format_checker)


def as_vc2(document):
    """A VC 1.1 credential as the schemas, which know only VC 2.0, can judge it."""
    names = {"issuanceDate": "validFrom", "expirationDate": "validUntil"}
    renamed = {names.get(name, name): value for name, value in document.items()}
    return {**renamed, "@context": [v.CREDENTIALS_V2, v.OPEN_BADGES_V3]}


def errors(document, flavour):
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(flavour).iter_errors(as_vc2(document))]


@every_flavour
@settings(max_examples=50)
@given(award=awards.awards, terms=awards.terms, profile=awards.profiles, entries=st.integers(0, 2))
@example(award=awards.bare_award(), terms=Terms(), profile=OBV3_VC1, entries=1)
@example(award=awards.bare_award(), terms=Terms(), profile=OBV3_VC2, entries=1)
@example(award=awards.program_award(), terms=Terms(grade=True), profile=OBV3_VC2, entries=2)
@example(award=awards.full_award(), terms=awards.EVERYTHING, profile=OBV3_VC1, entries=1)
@example(award=awards.program_award(), terms=awards.EVERYTHING, profile=OBV3_VC2, entries=1)
def test_every_composed_credential_is_valid_open_badges(flavour, award, terms, profile, entries):
    document = signed.unsigned(award, profile, DID, terms, status=status_entries(entries))
    # The schemas know one status; the data model allows several (VCDM 2.0 §4.10).
    known = {**document, "credentialStatus": document["credentialStatus"][0]} if entries == 2 else document
    assert errors(known, flavour) == []


@every_flavour
@every_kind
@pytest.mark.parametrize("terms", [Terms(), awards.EVERYTHING], ids=["default", "everything"])
def test_a_signed_vc2_credential_is_valid_with_its_proof(flavour, make, terms):
    signer = signed.signer()
    document = signed.sign(signed.unsigned(make(), OBV3_VC2, DID, terms, status=status_entries()), OBV3_VC2, signer)
    assert isinstance(document["proof"], list)
    assert errors(document, flavour) == []


@every_flavour
@every_profile
def test_the_schemas_notice_what_is_wrong(flavour, profile):
    document = signed.unsigned(awards.program_award(), profile, DID, awards.EVERYTHING, status=status_entries())
    achievement = ("credentialSubject", "achievement")
    faults = [
        trees.without(document, ("id",)),
        trees.without(document, ("issuer",)),
        trees.without(document, (profile.valid_from,)),
        trees.without(document, (*achievement, "criteria")),
        trees.without(document, (*achievement, "description")),
        trees.changed(document, (profile.valid_from,), "2026-03-01"),
        trees.changed(document, ("type",), ["VerifiableCredential"]),
        trees.without(document, ("credentialStatus", "type")),
        trees.changed(document, ("credentialStatus",), document["credentialStatus"]["id"]),
        trees.changed(document, (*achievement, "achievementType"), "Kurs"),
        trees.changed(document, (*achievement, "otherIdentifier", 0, "extra"), "x"),
        trees.changed(document, ("credentialSubject", "identifier", 0, "type"), ["IdentityObject"]),
        trees.changed(document, ("credentialSubject", "identifier", 0, "hashed"), "false"),
        trees.changed(document, ("credentialSubject", "activityStartDate"), "2025-09-01"),
        trees.changed(document, (*achievement, "creditsAvailable"), "4.5"),
        trees.changed(document, (*achievement, "tag", 0), 1),
        trees.without(document, (*achievement, "alignment", 0, "targetUrl")),
        trees.changed(document, (*achievement, "alignment", 1, "targetType"), "Kompetenz"),
        trees.without(document, ("evidence", 0, "type")),
    ]
    assert [index for index, fault in enumerate(faults) if not errors(fault, flavour)] == []


@pytest.mark.parametrize("language", ["en", "es-419", "pt-br", "zh-hans", "zh_Hant_TW", "PT_br"])
def test_a_language_is_written_as_the_schemas_want_it(language):
    award = awards.program_award()
    award = dataclasses.replace(award, program=dataclasses.replace(award.program, language=language))
    document = signed.unsigned(award, OBV3_VC2, DID)
    written = document["credentialSubject"]["achievement"]["inLanguage"]
    assert written.lower() == language.replace("_", "-").lower()
    assert errors(document, "strict") == []


@pytest.mark.parametrize("language", [None, "", "x", "i-klingon", "de-1996", "en\n", "en-", "12", "en_US.UTF-8", "𝕖𝕟"])
def test_what_is_no_language_is_left_out(language):
    award = awards.program_award()
    award = dataclasses.replace(award, program=dataclasses.replace(award.program, language=language))
    assert "inLanguage" not in signed.unsigned(award, OBV3_VC2, DID)["credentialSubject"]["achievement"]


def with_other_copy(document, path=LCW_OPEN_BADGES):
    """
    ``document`` with another copy of the Open Badges context in place of its URL: the Learner Credential Wallet's,
    which is older.
    """
    copy = standards.read_json(path)["@context"]
    return {**document, "@context": [copy if url == v.OPEN_BADGES_V3 else url for url in document["@context"]]}


@settings(max_examples=40)
@given(award=awards.awards, terms=awards.terms)
@example(award=awards.program_award(), terms=Terms(grade=True))
@example(award=awards.full_award(), terms=awards.EVERYTHING)
@example(award=awards.program_award(), terms=awards.EVERYTHING)
def test_the_wallets_older_context_gives_obv3_vc1_the_same_meaning(award, terms):
    document = signed.unsigned(award, OBV3_VC1, DID, terms, status=status_entries())
    other = with_other_copy(document)
    assert canonicalize(document) == canonicalize(other) == canonicalize_independently(other)


@every_profile
@every_kind
def test_the_copy_of_the_public_validator_gives_both_profiles_the_same_meaning(profile, make):
    document = signed.unsigned(make(), profile, DID, awards.EVERYTHING, status=status_entries())
    assert canonicalize_independently(with_other_copy(document, VALIDATOR_OPEN_BADGES)) == canonicalize(document)


def test_the_wallets_older_context_would_not_do_for_obv3_vc2():
    document = signed.unsigned(awards.program_award(), OBV3_VC2, DID)
    assert canonicalize_independently(with_other_copy(document)) != canonicalize_independently(document)


@settings(max_examples=60)
@given(award=awards.program_awards, titles=st.lists(properties.titles, min_size=1, max_size=3))
@example(award=awards.program_award(), titles=["1. Introduction"])
@example(award=awards.program_award(), titles=["- Dash", "--- ---"])
@example(award=awards.program_award(), titles=["2) Second", "* star", "+ plus", "# head", "> quote"])
def test_criteria_render_as_one_sentence_and_one_plain_list(award, titles):
    markdown_it = pytest.importorskip("markdown_it")
    program = dataclasses.replace(award.program, course_titles=tuple(titles))
    document = signed.unsigned(dataclasses.replace(award, program=program), OBV3_VC1, DID)
    narrative = document["credentialSubject"]["achievement"]["criteria"]["narrative"]
    tokens = markdown_it.MarkdownIt("commonmark").parse(narrative)
    items = ["list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close"] * len(titles)
    assert [token.type for token in tokens] == [
        *("paragraph_open", "inline", "paragraph_close"),
        *("bullet_list_open", *items, "bullet_list_close"),
    ]
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "text_special"}
