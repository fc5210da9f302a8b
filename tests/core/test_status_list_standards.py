"""Status lists that others published, read by us; ours held to what others publish about theirs."""

import datetime

import jsonschema
import pytest

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import StatusListError
from tests import signed
from tests import standards

LENGTH = status_list.MIN_LENGTH
EBSI = "examples/ebsi/vcdm1.1-revocation-statuslist-schema/issuer-revocation-{}-bitstring.json"


def set_indices(encoded, multibase=True):
    bits = status_list.decode(encoded, multibase=multibase)
    assert len(bits) * 8 == LENGTH
    return {index for index in range(LENGTH) if status_list.get_bit(bits, index)}


def test_a_list_in_both_encodings_as_digital_bazaar_writes_it():
    example = standards.read_json("examples/proposed/status-bits.both-encodings.json")
    assert set_indices(example["bitstring"]) == set(example["idx"]) == {0, 5, 94567, 131_071}
    assert set_indices(example["sl2021"], multibase=False) == set(example["idx"])


def test_the_examples_of_the_standard():
    documents = standards.read_json("vectors/bitstring-status-list/spec-examples.json")
    found = [document["credentialSubject"].get("encodedList") for document in documents]
    assert [set_indices(encoded) for encoded in found if encoded] == [set(), set()]


def test_the_list_of_the_open_badges_validator():
    listed = standards.read_json("vectors/ob30-1edtech-validator/bit-string-list/testlist")
    assert set_indices(listed["credentialSubject"]["encodedList"]) == {23}


@pytest.mark.parametrize(("name", "expected"), [("empty", set()), ("revoked-1-4", {15, 39})])
def test_lists_in_the_other_alphabet_are_refused_and_say_the_same_in_ours(name, expected):
    encoded = standards.read_json(EBSI.format(name))["credentialSubject"]["encodedList"]
    assert "+" in encoded
    with pytest.raises(StatusListError):
        status_list.decode(encoded, multibase=False)
    assert set_indices(encoded.replace("+", "-").replace("/", "_"), multibase=False) == expected


@pytest.mark.parametrize("form", [ListForm.REVOCATION_2021, ListForm.SUSPENSION_2021])
def test_a_statuslist2021_of_ours_is_valid_where_a_schema_says_what_one_is(form):
    schema = standards.read_json("schemas/ebsi/vcdm1.1-revocation-statuslist-schema.json")["allOf"][1]
    written = status_list.list_profile(OBV3_VC1, form, v.ED25519)
    made = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)
    document = status_list.compose_list(
        status_list.empty_bits(LENGTH),
        form,
        profile=written,
        url=status_list.list_url("https://credentials.example.org", "6f2c1e0a", form),
        issuer=signed.signer().method.controller,
        valid_from=made,
        valid_until=made + datetime.timedelta(days=3),
        ttl=datetime.timedelta(minutes=5),
    )
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(document)) == []
    document["credentialSubject"]["type"] = "BitstringStatusList"
    assert list(validator.iter_errors(document)) != []
