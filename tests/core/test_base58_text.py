"""Base58 of long values, as the library writes them."""

import hashlib

import base58
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import base58_text


@given(zeros=st.integers(0, 40), raw=st.binary(max_size=1_500))
def test_it_is_what_the_library_writes(zeros, raw):
    value = bytes(zeros) + raw
    assert base58_text.encode(value) == base58.b58encode(value)
    assert base58.b58decode(base58_text.encode(value)) == value


def test_of_every_length():
    for length in range(300):
        for raw in (bytes(length), b"\xff" * length, b"\1" + bytes(length), hashlib.shake_256(b"x").digest(length)):
            assert base58_text.encode(raw) == base58.b58encode(raw)


def test_around_the_numbers_where_it_is_split():
    for power in (1, 2, 4, 8, 16, 32, 64, 127, 128, 129, 256, 384):
        for number in (58**power - 1, 58**power, 58**power + 1):
            raw = number.to_bytes(400, "big").lstrip(b"\0")
            assert base58_text.encode(raw) == base58.b58encode(raw)
