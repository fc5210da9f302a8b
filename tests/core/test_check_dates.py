"""A document is in force from its first moment to its last, give or take five minutes."""

import datetime

import pytest

from openedx_verifiable_credentials.core.checks import dates
from openedx_verifiable_credentials.core.moments import read_moment

AT = datetime.datetime(2026, 4, 1, 12, 0, 0, tzinfo=datetime.UTC)
NAMES = [("issuanceDate", "expirationDate"), ("validFrom", "validUntil")]


def moment(minutes):
    return (AT + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("names", NAMES, ids=str)
@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (None, None, "in_force"),
        (-60, None, "in_force"),
        (0, None, "in_force"),
        (4, None, "in_force"),
        (5, None, "in_force"),
        (6, None, "not_yet_valid"),
        (600_000, None, "not_yet_valid"),
        (None, 60, "in_force"),
        (None, 0, "in_force"),
        (None, -5, "in_force"),
        (None, -6, "expired"),
        (None, -600_000, "expired"),
        (-60, 60, "in_force"),
        (-60, -30, "expired"),
        (30, 60, "not_yet_valid"),
        (3, -3, "malformed_dates"),
        (60, -60, "malformed_dates"),
        (0, 0, "in_force"),
    ],
)
def test_clocks_may_differ_by_five_minutes(names, starts, ends, code):
    members = dict(zip(names, (starts, ends), strict=True))
    document = {name: moment(minutes) for name, minutes in members.items() if minutes is not None}
    assert dates.judge(document, AT).code == code


@pytest.mark.parametrize(("starts", "ends"), NAMES)
def test_the_first_and_the_last_moment_there_is_stand_for_always(starts, ends):
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
    assert dates.judge({starts: first, ends: last}, AT, [read_moment(first)]).code == "in_force"
    assert dates.judge({starts: last}, AT).code == "not_yet_valid"
    assert dates.judge({ends: first}, AT).code == "expired"
    assert dates.judge({}, AT, [read_moment(last)]).code == "proof_in_the_future"


def test_a_document_with_the_dates_of_both_data_models_is_held_to_both():
    assert dates.judge({"issuanceDate": moment(-60), "validFrom": moment(60)}, AT).code == "not_yet_valid"
    assert dates.judge({"expirationDate": moment(60), "validUntil": moment(-60)}, AT).code == "expired"
    assert dates.judge({"validFrom": moment(-9), "expirationDate": moment(9)}, AT).code == "in_force"


@pytest.mark.parametrize(
    "value",
    [
        "2026-04-01", "2026-04-01T12:00:00", "2026-04-01 12:00:00Z", "2026-04-01t12:00:00z", "2026-02-30T00:00:00Z",
        "2026-04-01T24:00:00Z", "2026-04-01T12:00:60Z", "20260401T120000Z", "2026-04-01T12:00Z",
        "-2026-04-01T12:00:00Z",
        "2026-04-01T12:00:00+15:00", "2026-04-01T12:00:00+0100", "2026-04-01T12:00:00,5Z", "12026-04-01T12:00:00Z",
        "٢٠٢٦-04-01T12:00:00Z", "2026-04-01T12:00:00Z\n", "", 0, 1_775_044_800, None, True, ["2026-04-01T12:00:00Z"],
        "0001-01-01T00:00:00+14:00",
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("name", ["issuanceDate", "expirationDate", "validFrom", "validUntil"])
def test_a_date_that_is_none_is_malformed(name, value):
    check = dates.judge({name: value}, AT)
    assert (check.code, check.detail["members"]) == ("malformed_dates", [name])


@pytest.mark.parametrize(
    "value",
    ["2026-04-01T12:00:00Z", "2026-04-01T12:00:00.000Z", "2026-04-01T14:00:00+02:00", "2026-04-02T02:00:00+14:00",
     "2026-04-01T11:59:59.999999999999Z", "2026-03-31T22:30:00-13:30"],
)  # fmt: skip
def test_a_date_in_any_zone_is_read(value):
    assert abs(read_moment(value) - AT) < datetime.timedelta(seconds=1)


@pytest.mark.parametrize(("minutes", "code"), [(-60, "in_force"), (5, "in_force"), (6, "proof_in_the_future")])
def test_a_proof_from_the_future_is_told(minutes, code):
    created = AT + datetime.timedelta(minutes=minutes)
    check = dates.judge({"validFrom": moment(-60)}, AT, [AT, created])
    assert (check.code, str(check.outcome)) == (code, "warning" if code != "in_force" else "passed")


def test_the_detail_has_the_dates_in_utc():
    check = dates.judge({"validFrom": "2026-04-01T13:00:00+02:00"}, AT)
    assert check.detail == {"validFrom": "2026-04-01T11:00:00Z"}
