"""Values that a slot does not take are refused, and those with which two things of a document are one."""

import dataclasses
import random

import pytest

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.templates import Slot
from openedx_verifiable_credentials.core.templates import SlotKind
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import awards
from tests import signed
from tests import templating
from tests import trees

SIGNER = signed.signer()
EVERYTHING = dataclasses.replace(awards.EVERYTHING, email=True, grade=True)
DOCUMENT = templating.unsigned(OBV3_VC2, EVERYTHING, entries=2)
SLOTS = templating.slots_of(DOCUMENT)
TEMPLATE = templating.compiled(DOCUMENT, SLOTS, v.EDDSA_RDFC_2022, SIGNER)
JCS = templating.compiled(DOCUMENT, SLOTS, v.EDDSA_JCS_2022, SIGNER)
GOOD = templating.random_values(SLOTS, random.Random(1))
ISSUER = DOCUMENT["issuer"]["id"]
ACHIEVEMENT = DOCUMENT["credentialSubject"]["achievement"]["id"]
ORGANISATION = DOCUMENT["credentialSubject"]["achievement"]["creator"]["id"]

every_template = pytest.mark.parametrize("template", [TEMPLATE, JCS], ids=["rdfc", "jcs"])


def refusal(work):
    with pytest.raises(CompositionError) as refused:
        work()
    assert refused.value.code == "not_templatable"
    return refused.value.message


def compiled(document, *slots, suite=v.EDDSA_RDFC_2022):
    return templating.compiled(document, slots, suite, SIGNER)


def with_values(**changed):
    """Good values, but for those of some slots: their names with ``_`` for a dot."""
    values = list(GOOD)
    for name, value in changed.items():
        values[TEMPLATE.slots.index(name.replace("_", "."))] = value
    return values


def fill(template, values):
    return lambda: template.at(templating.CREATED).fill(values)


# Values


def test_good_values_are_taken():
    for template in (TEMPLATE, JCS):
        message, written, _ = template.at(templating.CREATED).fill(GOOD)
        assert len(message) == 64
        assert len(written) == len(GOOD) + 1


@every_template
@pytest.mark.parametrize(
    "value",
    [*map(chr, range(0x0A)), *map(chr, range(0x0B, 0x20)), "\x7f", "\ud800", "\udfff", "a\r\nb", "a\x1fb"],
    ids=ascii,
)
def test_controls_and_half_pairs_are_refused_in_text(template, value):
    message = refusal(fill(template, with_values(credentialSubject_identifier_0_identityHash=f"Ada {value}")))
    assert message == "The slot credentialSubject.identifier.0.identityHash cannot hold this value."
    assert "Ada" not in message


@every_template
@pytest.mark.parametrize(
    "value", ["a b", "é", '"', "\\", "\n", "&", "<", "a\n", "\x1f", "\u0661", "a,b", "\ud800"], ids=ascii
)
def test_what_is_not_plain_is_refused_where_only_plain_text_may_stand(template, value):
    refusal(fill(template, with_values(credentialSubject_identifier_1_salt=value)))
    refusal(fill(template, with_values(awarded=value)))


@every_template
@pytest.mark.parametrize(
    "value",
    ["", "urn:", "urn:uuid:a b", "urn:uuid:a\n", "urn:uuid:<a>", 'urn:uuid:"', "urn:uuid:%zz", "urn:uuid:%ff", "uuid:1",
     "URN:uuid:1", "urn//a", "_:b0", "relative", "/a", "#a", "https://example.org/", "did:key:z6Mk", "urn:a\u202eb",
     "urn:a\ud800", "urn:" + "a" * 2045, "urn:a\\b", "urn:a^b", "urn:a`b", "urn:a|b", "urn:a{b}", "urn:a\x00",
     "mailto:a@b"],
    ids=lambda value: ascii(value)[:24],
)  # fmt: skip
def test_an_iri_is_of_the_scheme_it_was_and_absolute(template, value):
    refusal(fill(template, with_values(id=value)))


@every_template
@pytest.mark.parametrize(
    "value",
    ["http://credentials.example.org/s#1", "https:", "https:/a", "https:a", "https://", "https:///a", "https://a b/",
     "https://u@h/", "https://h:123456/", "https://[::1]/", "https://h/#a#b", "https://h/%e9", "HTTPS://h/"],
)  # fmt: skip
def test_a_web_address_is_one(template, value):
    refusal(fill(template, with_values(credentialStatus_0_id=value)))


@every_template
@pytest.mark.parametrize("value", ["https://h", "https://h/%C3%A9?a=1&b=2#c", "https://é.example/徽", "https://h:80/a"])
def test_what_the_whole_way_takes_as_a_web_address_is_taken(template, value):
    values = with_values(credentialStatus_0_id=value)
    suite = v.EDDSA_JCS_2022 if template is JCS else v.EDDSA_RDFC_2022
    wanted = templating.whole_way(templating.filled(DOCUMENT, SLOTS, values), suite, SIGNER)
    assert templating.signed_by(template, values, SIGNER) == wanted


@every_template
@pytest.mark.parametrize("value", [None, 1, 1.5, True, b"bytes", ["list"], {"a": "b"}], ids=repr)
def test_only_text_is_a_value(template, value):
    assert refusal(fill(template, with_values(id=value))) == "A value is no text."


@every_template
@pytest.mark.parametrize(
    "values", [[], GOOD[:-1], [*GOOD, "more"], ["\x1f".join(GOOD)], [*GOOD[:-2], "\x1f".join(GOOD[-2:])]]
)
def test_there_is_one_value_for_each_slot(template, values):
    refusal(fill(template, values))


@every_template
@pytest.mark.parametrize(
    "created",
    ["", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00:00+00:00", "2026-11-22T10:00:00.5Z", "now",
     "2026-11-22T10:00:00Z\n", "２026-11-22T10:00:00Z", '2026-11-22T10:00:00Z"'],
)  # fmt: skip
def test_a_proof_is_made_at_a_moment_in_utc(template, created):
    refusal(lambda: template.at(created))


# Coincidences

SAME = "Two things that a template tells apart are the same here."


@pytest.mark.parametrize("other", [ORGANISATION, GOOD[TEMPLATE.slots.index("id")]], ids=["organisation", "credential"])
def test_a_subject_that_is_another_thing_of_the_document_is_refused(other):
    values = with_values(credentialSubject_id=other)
    assert refusal(fill(TEMPLATE, values)) == SAME
    # As for every refusal: the whole way is open, and JSON itself knows no things.
    document = templating.filled(DOCUMENT, SLOTS, values)
    assert canonicalize(document) == canonicalize_independently(document)
    assert fill(JCS, values)()[0]


@pytest.mark.parametrize("other", [ACHIEVEMENT, "https://example.org/logo.png", "https://lms.example.org"])
def test_a_status_entry_that_is_another_thing_of_the_document_is_refused(other):
    assert refusal(fill(TEMPLATE, with_values(credentialStatus_1_id=other))) == SAME


def test_two_status_entries_that_are_one_are_refused():
    entry = GOOD[TEMPLATE.slots.index("credentialStatus.0.id")]
    assert refusal(fill(TEMPLATE, with_values(credentialStatus_1_id=entry))) == SAME


def test_two_entries_of_one_list_are_taken():
    values = with_values(
        credentialStatus_0_statusListCredential="https://h/1", credentialStatus_1_statusListCredential="https://h/1"
    )
    wanted = templating.whole_way(templating.filled(DOCUMENT, SLOTS, values), v.EDDSA_RDFC_2022, SIGNER)
    assert templating.signed_by(TEMPLATE, values, SIGNER) == wanted


def with_identities(*hashes):
    """The learner is identified by several names."""
    one = {"type": "IdentityObject", "hashed": False, "identityHash": "", "identityType": "name"}
    identities = [{**one, "identityHash": text} for text in hashes]
    return trees.changed(DOCUMENT, ("credentialSubject", "identifier"), identities)


def identity(number):
    return Slot(f"name {number}", SlotKind.TEXT, (("credentialSubject", "identifier", number, "identityHash"),))


@pytest.mark.parametrize("cached", [False, True])
def test_twins_are_refused_when_they_are_met(cached):
    template = compiled(with_identities("Ada", "Grace"), identity(0), identity(1))
    press = template.at(templating.CREATED)
    if cached:
        assert press.fill(["Ada", "Grace"])[0] == press.fill(["Grace", "Ada"])[0]
    assert refusal(lambda: press.fill(["Ada", "Ada"])) == SAME


@pytest.mark.parametrize("cached", [False, True])
def test_twins_of_a_fixed_object_are_refused_when_they_are_met(cached):
    template = compiled(with_identities("Ada", "Grace"), identity(0))
    press = template.at(templating.CREATED)
    if cached:
        assert press.fill(["Mary"])[0][32:] == templating.sha256(canonicalize(with_identities("Mary", "Grace")))
    assert refusal(lambda: press.fill(["Grace"])) == SAME


def test_objects_that_are_always_twins_make_no_template():
    document = with_identities("Ada", "Grace")
    both = Slot("name", SlotKind.TEXT, identity(0).paths + identity(1).paths)
    assert refusal(lambda: compiled(document, both)) == SAME
    assert refusal(lambda: compiled(with_identities("Ada", "Ada"), Slot("id", SlotKind.IRI, (("id",),)))) == SAME
