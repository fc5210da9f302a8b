"""What is told quickly of plain values is what the long way tells, which the same values take in another guise."""

import datetime

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.moments import read_moment
from openedx_verifiable_credentials.core.moments import timestamp
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import properties

URN = "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"
# Equal to UTC, but not the same object.
OWN_UTC = datetime.timezone(datetime.timedelta(0), "own")
printable = st.text(alphabet=st.characters(min_codepoint=0x1E, max_codepoint=0x80), max_size=300)
every_cleaner = pytest.mark.parametrize("clean", [text.clean_line, text.clean_block, text.clean_markdown])


class Guised(str):
    """A string that is not taken for a plain one."""


@every_cleaner
@settings(max_examples=300)
@given(value=st.one_of(printable, properties.any_text), limit=st.integers(1, 300))
@example(value="  a  b  ", limit=300)
@example(value=" \t", limit=1)
@example(value="~ \x7f\x1f", limit=9)
def test_text_is_cleaned_alike(clean, value, limit):
    quick = clean(value, limit)
    assert quick == clean(Guised(value), limit)
    assert type(quick) is str


@given(moment=st.datetimes())
@example(moment=datetime.datetime.min)
@example(moment=datetime.datetime(999, 12, 31, 23, 59, 59))
@example(moment=datetime.datetime(1000, 1, 1, 0, 0, 0, 999_999))
@example(moment=datetime.datetime.max)
def test_dates_are_written_alike(moment):
    quick = timestamp(moment.replace(tzinfo=datetime.UTC))
    assert quick == timestamp(moment.replace(tzinfo=OWN_UTC))
    if moment.year >= 1000:
        assert read_moment(quick) == moment.replace(tzinfo=datetime.UTC, microsecond=0)


def test_a_date_in_another_zone_or_none_is_not_taken_for_one_in_utc():
    elsewhere = datetime.datetime(2026, 3, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    assert timestamp(elsewhere) == "2026-02-28T23:00:00Z"
    with pytest.raises(CompositionError) as refusal:
        timestamp(datetime.datetime(2026, 3, 1))
    assert refusal.value.code == "naive_date"


@given(where=st.integers(0, len(URN) - 1), character=st.characters(), whole=st.uuids())
@example(where=44, character="\n", whole=None)
@example(where=9, character="G", whole=None)
def test_the_ids_that_we_draw_are_judged_like_others(where, character, whole):
    changed = URN[:where] + character + URN[where + 1 :]
    for one in (changed, URN + character, URN, whole.urn if whole else URN):
        # No shortcut knows this scheme.
        assert where < 9 or text.is_absolute_iri(one) == text.is_absolute_iri("own" + one.removeprefix("urn"))
    assert text.is_absolute_iri(URN)
    assert not text.is_absolute_iri(f"{URN}\n") and not text.is_absolute_iri(f" {URN}")


@given(path=st.text(alphabet=st.characters(max_codepoint=0x80), max_size=12))
@example(path="%C3")
@example(path="%")
@example(path="a b")
def test_plain_addresses_are_judged_like_others(path):
    address = f"https://example.org/{path}"
    assert text.is_absolute_iri(address) == text.is_absolute_iri(f"{address}é")
