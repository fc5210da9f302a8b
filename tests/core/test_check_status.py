"""What status entries and lists say, and which of them are no answer."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core.checks import status
from openedx_verifiable_credentials.core.checks.report import check
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import foreign
from tests import properties
from tests import standards

BY = foreign.signer()
DID = BY.method.controller
URL = foreign.LIST_URL
NOW = foreign.NOW


def read(entry):
    return status.read_entries({"credentialStatus": entry})


def judge(entry, document, *, issuer=DID, at=NOW, signed_by=DID):
    [found] = read(entry)
    return status.judge_entry(found, issuer, status.read_list(document, signed_by), at)


def entry_2021(index=94_567, **members):
    return {**foreign.entry(index), "type": "StatusList2021Entry", **members}


def list_2021(indices=(), **members):
    bits = status_list.with_bits(status_list.empty_bits(131_072), indices)
    subject = {"id": f"{URL}#list", "type": "StatusList2021", "statusPurpose": "revocation"}
    subject["encodedList"] = status_list.encode(bits, multibase=False)
    document = foreign.list_credential(BY)
    return {
        **document,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "credentialSubject": subject,
        **members,
    }


@pytest.mark.parametrize("index", [0, 7, 8, 9, 71, 94_567, 131_071])
def test_the_bit_at_the_index_decides_and_no_other(index):
    for form, listed in ((foreign.entry, foreign.list_credential(BY, [index])), (entry_2021, list_2021([index]))):
        assert judge(form(index), listed).code == "revoked"
        for other in {0, 7, 8, 9, 71, 94_567, 131_071} - {index}:
            assert judge(form(other), listed).code == "not_revoked"


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        ("revocation", "revoked"),
        ("suspension", "suspended"),
        ("message", "status_message"),
        ("refresh", "status_message"),
    ],
)
def test_a_bit_means_what_the_purpose_says(purpose, code):
    listed = foreign.list_credential(BY, [5], purpose=purpose)
    assert judge(foreign.entry(5, purpose=purpose), listed).code == code
    assert judge(foreign.entry(6, purpose=purpose), listed).code == "not_revoked"


def test_a_list_may_have_several_purposes():
    listed = foreign.list_credential(BY, [5], purpose=["revocation", "suspension"])
    assert judge(foreign.entry(5, purpose="suspension"), listed).code == "suspended"
    assert judge(foreign.entry(5, purpose="message"), listed).code == "status_list_mismatch"


MESSAGES = [{"status": f"0x{number:x}", "message": f"message {number}"} for number in range(4)]


@pytest.mark.parametrize(
    ("bits", "code", "message"),
    [
        ([], "not_revoked", "message 0"),
        ([7], "status_message", "message 1"),
        ([6], "status_message", "message 2"),
        ([6, 7], "status_message", "message 3"),
    ],
)
def test_a_status_of_several_bits_has_a_message(bits, code, message):
    entry = foreign.entry(3, purpose="message", statusSize=2, statusMessage=MESSAGES)
    found = judge(entry, foreign.list_credential(BY, bits, purpose="message", length=262_144))
    assert (found.code, found.detail["message"]) == (code, message)


def test_a_status_of_several_bits_that_revokes_revokes():
    entry = foreign.entry(3, statusSize=2)
    assert judge(entry, foreign.list_credential(BY, [7], length=262_144)).code == "revoked"
    assert judge(entry, foreign.list_credential(BY, [5], length=262_144)).code == "not_revoked"


def test_a_list_that_is_too_short_for_its_statuses_hides_nobody():
    found = judge(foreign.entry(3, statusSize=2), foreign.list_credential(BY))
    assert (found.code, found.detail["reason"]) == ("status_list_invalid", "list_too_short")


def test_an_index_beyond_the_list_fails():
    found = judge(foreign.entry(131_072), foreign.list_credential(BY))
    assert (found.code, str(found.outcome)) == ("status_index_out_of_range", "failed")


SWAPS = {
    "issuer": (foreign.entry(), foreign.list_credential(BY), "did:web:other.example"),
    "id": (foreign.entry(url="https://issuer.example/status/2"), foreign.list_credential(BY), DID),
    "type": (entry_2021(), foreign.list_credential(BY), DID),
    "type of 2021": (foreign.entry(), list_2021(), DID),
    "purpose": (foreign.entry(purpose="suspension"), foreign.list_credential(BY), DID),
    "purpose of 2021": (entry_2021(statusPurpose="suspension"), list_2021(), DID),
}


@pytest.mark.parametrize("swap", SWAPS)
def test_another_list_in_its_place_is_no_answer(swap):
    entry, listed, signed_by = SWAPS[swap]
    found = judge(entry, listed, signed_by=signed_by)
    assert (found.code, str(found.outcome)) == ("status_list_mismatch", "not_checked")
    assert found.detail["mismatch"] == swap.removesuffix(" of 2021")


def test_a_list_may_leave_its_id_out():
    listed = foreign.list_credential(BY)
    del listed["id"]
    assert judge(foreign.entry(), listed).code == "not_revoked"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW - datetime.timedelta(days=2), "status_list_invalid"),
        (NOW, "not_revoked"),
        (NOW + datetime.timedelta(hours=12, minutes=4), "not_revoked"),
        (NOW + datetime.timedelta(hours=12, minutes=6), "status_list_stale"),
        (NOW + datetime.timedelta(days=300), "status_list_stale"),
    ],
)
def test_a_list_answers_while_it_is_in_force(at, code):
    found = judge(foreign.entry(), foreign.list_credential(BY), at=at)
    assert found.code == code
    assert str(found.outcome) == ("passed" if code == "not_revoked" else "not_checked")


@pytest.mark.parametrize(
    "dates", [{"validUntil": "soon"}, {"validFrom": 5}, {"validFrom": "2027-01-01T00:00:00Z"}], ids=str
)
def test_a_list_with_bad_dates_answers_nothing(dates):
    assert judge(foreign.entry(), foreign.changed(foreign.list_credential(BY), **dates)).code == "status_list_invalid"


def without_prefix(document):
    document["credentialSubject"]["encodedList"] = document["credentialSubject"]["encodedList"][1:]
    return document


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"credentialSubject": []},
        {"credentialSubject": {"encodedList": 5}},
        {"credentialSubject": {"encodedList": "u"}},
        {"credentialSubject": {"encodedList": "uAAAA"}},
        without_prefix(foreign.list_credential(BY)),
    ],
    ids=lambda document: str(document)[:50],
)
def test_what_is_no_list_is_refused(document):
    with pytest.raises(DocumentError) as caught:
        status.read_list(document, DID)
    assert caught.value.code == "status_list_invalid"


@pytest.mark.parametrize("value", [94_567, "94567", 0, "0"])
def test_an_index_is_a_string_or_a_number_of_one_meaning(value):
    [found] = read(foreign.entry(statusListIndex=value))
    assert found.index == int(value)


@pytest.mark.parametrize(
    "members",
    [
        *({"statusListIndex": value} for value in (
            "", "01", "-1", "+1", " 1", "1.0", "0x1", "１", "1e3", "12345678901", None, 1.5, -1, True, [1], 10**12
        )),
        *({"statusSize": value} for value in (0, -1, 9, "1", 1.5, True, None)),
        *({"statusListCredential": value} for value in (None, 5, "status/1", "ftp://a/b", " https://a.example/1", "")),
        {"statusPurpose": None},
        {"statusPurpose": ["revocation"]},
        {"id": URL},
        {"statusMessage": "a", "statusPurpose": "message"},
        {"statusMessage": [{"status": "1", "message": "a"}], "statusPurpose": "message"},
        {"statusMessage": ["a"], "statusPurpose": "message"},
        {"type": "StatusList2021Entry", "statusSize": 2},
    ],
    ids=str,
)  # fmt: skip
def test_a_malformed_entry_fails(members):
    with pytest.raises(DocumentError) as caught:
        read(foreign.entry(**members))
    assert caught.value.code == "malformed_status"


@pytest.mark.parametrize("value", [None, [], "none", 5, [None], ["a"], [foreign.entry(), "a"], [foreign.entry()] * 9])
def test_a_status_that_is_no_entry_fails(value):
    with pytest.raises(DocumentError) as caught:
        read(value)
    assert caught.value.code == "malformed_status"


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "https://a.example/1", "type": "RevocationList2020Status"},
        {"type": "BitstringStatusListEntryV2"},
        {"type": 5},
        {},
        foreign.entry(purpose="something-else"),
    ],
    ids=str,
)
def test_an_entry_of_another_kind_is_not_known(entry):
    assert read(entry) == [None]
    assert read([foreign.entry(), entry])[1] is None


def test_a_credential_without_a_status_has_none():
    assert status.read_entries({}) == []
    assert status.conclude([]).code == "no_status"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (["not_revoked"], "not_revoked"),
        (["not_revoked", "revoked"], "revoked"),
        (["suspended", "status_unreachable"], "suspended"),
        (["not_revoked", "status_unreachable"], "status_unreachable"),
        (["status_message", "not_revoked"], "status_message"),
        (["status_message", "unsupported_status"], "unsupported_status"),
    ],
)
def test_of_several_entries_the_worst_counts(found, code):
    concluded = status.conclude([check(one) for one in found])
    assert concluded.code == code
    if len(found) > 1:
        assert [one["code"] for one in concluded.detail["entries"]] == found


# --- 1EdTech Revocation List

REVOCATIONS = "https://issuer.example/revocations"


def revocation_list(**members):
    entries = [{"id": "urn:uuid:1", "revoked": True, "revocationReason": "a"}, {"id": "urn:uuid:2", "revoked": False}]
    return {"id": REVOCATIONS, "issuer": DID, "revokedCredential": entries, **members}


@pytest.mark.parametrize(
    ("credential_id", "code"),
    [("urn:uuid:1", "revoked"), ("urn:uuid:2", "not_revoked"), ("urn:uuid:3", "not_revoked"), (None, "not_revoked")],
)
def test_a_1edtech_list_names_what_is_revoked(credential_id, code):
    assert status.judge_1edtech(revocation_list(), credential_id, DID, REVOCATIONS).code == code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"id": "https://issuer.example/other"}, "status_list_mismatch"),
        ({"issuer": "did:web:other.example"}, "status_list_mismatch"),
        ({"issuer": {"id": DID}}, "revoked"),
        ({"revokedCredential": {}}, "status_list_invalid"),
        ({"revokedCredential": ["urn:uuid:1"]}, "status_list_invalid"),
    ],
)
def test_a_1edtech_list_of_another_form_or_issuer_is_no_answer(members, code):
    assert status.judge_1edtech(revocation_list(**members), "urn:uuid:1", DID, REVOCATIONS).code == code


def test_a_1edtech_entry_is_read():
    [found] = read({"id": REVOCATIONS, "type": "1EdTechRevocationList"})
    assert (found.is_1edtech, found.url) == (True, REVOCATIONS)
    with pytest.raises(DocumentError):
        read({"id": "revocations", "type": "1EdTechRevocationList"})


# --- What others publish


def test_the_examples_of_the_specification_are_read():
    examples = standards.read_json("vectors/bitstring-status-list/spec-examples.json")
    lists = [one for one in examples if "BitstringStatusListCredential" in one.get("type", [])]
    entries = [found for one in examples if "credentialStatus" in one for found in status.read_entries(one)]
    assert lists
    assert {found.purpose for found in entries if found} >= {"revocation", "suspension"}
    for listed in lists:
        found = status.read_list(listed, listed["issuer"])
        assert len(found.bits) * 8 >= 131_072
        matching = [one for one in entries if one and one.url == listed["id"]]
        for one in matching:
            assert status.judge_entry(one, listed["issuer"], found, NOW).code in (
                "not_revoked",
                "revoked",
                "status_message",
            )


@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "type", "statusPurpose", "statusListIndex", "statusListCredential", "statusSize", "statusMessage"]
        ),
        properties.json_values,
    )
)
def test_any_entry_is_read_or_refused(members):
    try:
        found = read(foreign.entry(**members))
    except DocumentError as error:
        assert error.code == "malformed_status"
    else:
        assert len(found) == 1


@given(st.dictionaries(st.sampled_from(["id", "type", "statusPurpose", "encodedList"]), properties.json_values))
def test_any_list_is_read_or_refused(members):
    document = foreign.list_credential(BY)
    document["credentialSubject"] = {**document["credentialSubject"], **members}
    try:
        found = judge(foreign.entry(), document)
    except DocumentError as error:
        assert error.code == "status_list_invalid"
    else:
        assert found.code in ("not_revoked", "status_list_mismatch")
