"""LinkedIn's form, filled in."""

import datetime
from urllib.parse import parse_qsl
from urllib.parse import urlsplit

import pytest
from hypothesis import given

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.linkedin import add_to_profile_url
from tests import properties

PAGE = "https://credentials.example.edu/verifiable_credentials/c/Vx3sTq0mYbL2cK8dWf5h1A/"
AHEAD = datetime.timezone(datetime.timedelta(hours=14))
BEHIND = datetime.timezone(datetime.timedelta(hours=-11))


def address(**changes):
    """The address of a credential."""
    told = {
        "name": "Computing",
        "organization": "The Academy",
        "issued": datetime.datetime(2026, 3, 1, 12, 30, tzinfo=datetime.UTC),
        "expires": datetime.datetime(2029, 11, 30, tzinfo=datetime.UTC),
        "url": PAGE,
        "credential_id": "6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4",
    }
    return add_to_profile_url(**{**told, **changes})


def filled_in(**changes):
    """What the form reads, each once."""
    pairs = parse_qsl(urlsplit(address(**changes)).query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_everything_that_a_credential_says_of_itself_is_filled_in():
    assert address().startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Computing&")
    assert filled_in() == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Computing",
        "organizationName": "The Academy",
        "issueYear": "2026",
        "issueMonth": "3",
        "expirationYear": "2029",
        "expirationMonth": "11",
        "certUrl": PAGE,
        "certId": "6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4",
    }


def test_a_credential_without_an_end_has_none():
    assert not {"expirationYear", "expirationMonth"} & filled_in(expires=None).keys()


def test_a_number_stands_in_the_place_of_the_issuers_name():
    found = filled_in(organization=1337)
    assert found["organizationId"] == "1337"
    assert "organizationName" not in found


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.UTC), ("2026", "1")),
        (datetime.datetime(2026, 1, 1, 13, 59, tzinfo=AHEAD), ("2025", "12")),
        (datetime.datetime(2025, 12, 31, 13, 0, tzinfo=BEHIND), ("2026", "1")),
        (datetime.datetime(2025, 12, 31, 23, 59, 59, tzinfo=datetime.UTC), ("2025", "12")),
    ],
)
def test_months_are_those_of_utc(moment, month):
    found = filled_in(issued=moment, expires=moment)
    assert (found["issueYear"], found["issueMonth"]) == month
    assert (found["expirationYear"], found["expirationMonth"]) == month


@given(name=properties.titles, organization=properties.any_text)
def test_whatever_it_is_called_the_form_reads_just_that(name, organization):
    whole = address(name=name, organization=organization)
    assert whole.isascii() and " " not in whole and "+" not in whole
    found = filled_in(name=name, organization=organization)
    assert found["name"] == text.clean_line(name)
    assert found["organizationName"] == text.clean_line(organization)
    assert found["certUrl"] == PAGE
    parts = urlsplit(whole)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "www.linkedin.com", "/profile/add", "")
