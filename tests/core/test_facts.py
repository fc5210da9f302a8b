"""What a credential says, for people: read from our own credentials, and from anything else without a fault."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core.facts import Link
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.data import Terms
from tests import awards
from tests import properties
from tests import signed
from tests import trees

DID = signed.signer().method.controller
BAD_ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "https://u:p@e.org/",
    "/x",
    "",
    None,
    7,
    ["https://e.org/"],
    {},
)


def unsigned(profile=OBV3_VC2, terms=awards.EVERYTHING):
    return json.loads(json.dumps(signed.unsigned(awards.program_award(), profile, DID, terms)))


@pytest.mark.parametrize("profile", awards.PROFILES, ids=lambda profile: profile.id)
def test_everything_that_our_own_say_is_read(profile):
    content = awards.EVERYTHING.content
    found = facts.read(unsigned(profile))
    assert (found.title, found.recipient, found.achievement) == (
        "Computing, an introduction",
        "Ada Lovelace",
        "Data Science",
    )
    assert (found.description, found.criteria) == (content.description, content.criteria)
    assert (found.active_from, found.active_until) == (awards.STARTED, awards.ENDED)
    assert found.valid_from == awards.AWARDED.replace(microsecond=0)
    assert found.valid_until == found.valid_from + datetime.timedelta(days=36_500)
    assert found.results == (("Final grade in percent", "87.5"), ("Final letter grade", "B"))
    assert (found.credits, found.field_of_study, found.official) == ("4.5", "Computer science", "Grace Hopper, Dean")
    record = f"https://credentials.example.org{awards.RECORD_PATH}"
    assert found.evidence == (Link("Program record", record),)
    assert [(link.name, link.address, link.note) for link in found.alignments] == [
        ("Python (computer programming)", content.aligned_with[0].url, "ESCO"),
        ("Uses loops", content.aligned_with[1].url, "CASE CS.5"),
    ]


def test_what_is_not_said_is_empty():
    found = facts.read(unsigned(terms=Terms()))
    assert (found.active_from, found.active_until, found.valid_until) == (None, None, None)
    assert (found.credits, found.field_of_study, found.evidence, found.alignments) == ("", "", (), ())


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_only_addresses_of_the_web_are_links(address):
    document = trees.changed(unsigned(), ("evidence", 0, "id"), address)
    document = trees.changed(document, ("credentialSubject", "achievement", "alignment", 0, "targetUrl"), address)
    found = facts.read(document)
    assert found.evidence == ()
    assert [link.name for link in found.alignments] == ["Uses loops"]


@pytest.mark.parametrize(("credits", "said"), [(3, "3"), (0, "0"), (2.5, "2.5")])
def test_credits_are_told_as_numbers(credits, said):
    path = ("credentialSubject", "achievement", "creditsAvailable")
    assert facts.read(trees.changed(unsigned(), path, credits)).credits == said


@pytest.mark.parametrize("credits", [True, "3", -1, 10**400, 1e300, None, [3], {}])
def test_what_is_no_number_of_credits_is_not_told(credits):
    path = ("credentialSubject", "achievement", "creditsAvailable")
    assert facts.read(trees.changed(unsigned(), path, credits)).credits == ""


def test_the_subject_is_told_by_its_id():
    document = trees.changed(unsigned(), ("credentialSubject", "id"), "did:key:z6Mk1234")
    assert facts.subject_id(document) == "did:key:z6Mk1234"
    assert facts.subject_id({**document, "credentialSubject": [document["credentialSubject"]]}) == "did:key:z6Mk1234"


@pytest.mark.parametrize("subject", [None, "did:key:z6Mk1234", [], {}, {"id": 7}, {"id": ["did:key:z6Mk1234"]}])
def test_a_subject_without_an_id_has_none(subject):
    assert facts.subject_id({"credentialSubject": subject}) == ""


@given(value=properties.json_values, where=st.sampled_from(sorted(map(str, trees.paths(unsigned())))))
def test_a_member_of_another_form_is_no_fault(value, where):
    paths = {str(path): path for path in trees.paths(unsigned())}
    if paths[where]:
        facts.read(trees.changed(unsigned(), paths[where], value))


@given(st.dictionaries(st.sampled_from(sorted(unsigned())), properties.json_values))
def test_any_object_can_be_read(document):
    facts.read(document)
