"""Our CBOR, held to a library in both directions, and to the examples of RFC 8949."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import cbor
from openedx_verifiable_credentials.exceptions import DocumentError

integers = st.one_of(
    st.integers(-(2**64), 2**64 - 1),
    st.sampled_from([0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**64 - 1]),
    st.sampled_from([-1, -24, -25, -256, -257, -65_536, -65_537, -(2**32), -(2**32) - 1, -(2**64)]),
)
items = st.recursive(
    integers | st.binary(max_size=300) | st.text(max_size=100),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=10,
)


def depth(item):
    return 1 + max(map(depth, item), default=0) if isinstance(item, list) else 0


@given(items)
def test_it_is_written_as_the_library_writes_it(item):
    assert cbor.encode(item) == cbor2.dumps(item, canonical=True)


@given(items.filter(lambda item: depth(item) <= 8))
def test_what_the_library_writes_is_read(item):
    assert cbor.decode(cbor2.dumps(item)) == item
    assert cbor.decode(cbor.encode(item)) == item


@given(items, st.data())
def test_what_is_read_is_read_the_same_by_the_library(item, data):
    raw = bytearray(cbor.encode(item))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = cbor.decode(bytes(raw))
    except DocumentError as error:
        assert error.code == "malformed_proof"
    else:
        assert cbor2.loads(bytes(raw)) == found
        assert cbor.encode(found) == raw


# RFC 8949, appendix A.
@pytest.mark.parametrize(
    ("item", "encoded"),
    [
        (0, "00"), (1, "01"), (10, "0a"), (23, "17"), (24, "1818"), (25, "1819"), (100, "1864"), (1000, "1903e8"),
        (1_000_000, "1a000f4240"), (1_000_000_000_000, "1b000000e8d4a51000"), (2**64 - 1, "1bffffffffffffffff"),
        (-(2**64), "3bffffffffffffffff"), (-1, "20"), (-10, "29"), (-100, "3863"), (-1000, "3903e7"),
        (b"", "40"), (bytes((1, 2, 3, 4)), "4401020304"), ("", "60"), ("IETF", "6449455446"), ("\u6c34", "63e6b0b4"),
        ([], "80"), ([1, 2, 3], "83010203"), ([1, [2, 3], [4, 5]], "8301820203820405"),
        ([*range(1, 26)], "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
    ],
)  # fmt: skip
def test_the_examples_of_the_standard(item, encoded):
    assert cbor.encode(item).hex() == encoded
    assert cbor.decode(bytes.fromhex(encoded)) == item


@pytest.mark.parametrize("number", [2**64, -(2**64) - 1])
def test_a_number_beyond_64_bits_is_not_written(number):
    with pytest.raises(OverflowError):
        cbor.encode([number])
