"""A document from outside is read whole, within limits, or refused with a code that the report knows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.checks import reading
from openedx_verifiable_credentials.core.checks.reading import read_document
from openedx_verifiable_credentials.core.checks.report import codes
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import documents

OURS = documents.ours()


def code_for(raw, **limits):
    with pytest.raises(DocumentError) as refusal:
        read_document(raw, **limits)
    assert codes()[refusal.value.code]["check"] == "schema"
    return refusal.value.code


@pytest.mark.parametrize("document", OURS.values(), ids=OURS.keys())
def test_what_is_released_is_read_as_it_was_written(document):
    raw = json_text.write(document)
    assert read_document(raw) == document
    assert read_document(b"\xef\xbb\xbf" + raw) == document


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e400}',
        b'{"a":9007199254740992}',
        b'{"a":[-9007199254740992]}',
        b'{"a":1e16}',
        b'{"a":1e-310}',
        b'{"a":' + b"9" * 5000 + b"}",
        rb'{"a":"\ud83d"}',
        rb'{"\udc00":1}',
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
        b'\xef\xbb\xbf\xef\xbb\xbf{"a":1}',
        b"<svg/>",
    ],
)
def test_json_that_leaves_doubt_is_refused(raw):
    assert code_for(raw) == "not_json"


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1, 0.5, -1.25, 0, 1.5e15])
def test_numbers_that_every_reader_sees_alike_are_read(number):
    assert read_document(json.dumps({"a": number}).encode()) == {"a": number}


@pytest.mark.parametrize("raw", [b"[]", b"[{}]", b'"a"', b"1", b"null", b"true"])
def test_json_that_is_no_object_is_no_credential(raw):
    assert code_for(raw) == "not_a_credential"


def test_bytes_depth_and_number_of_values_have_limits():
    assert read_document(b'{"a":"' + b"x" * (reading.MAX_BYTES - 8) + b'"}')
    assert code_for(b'{"a":"' + b"x" * (reading.MAX_BYTES - 7) + b'"}') == "too_large"
    assert code_for(b'{"a":1}', max_bytes=6) == "too_large"
    deepest = reading.MAX_DEPTH - 1
    assert read_document(b'{"a":' + b"[" * deepest + b"]" * deepest + b"}")
    assert code_for(b'{"a":' + b"[" * (deepest + 1) + b"]" * (deepest + 1) + b"}") == "too_large"
    assert code_for(b'{"a":' * 100_000) == "too_large"
    # The object and the array are values, too.
    most = reading.MAX_VALUES - 2
    assert read_document(json.dumps({"a": [0] * most}).encode())
    assert code_for(json.dumps({"a": [0] * (most + 1)}).encode()) == "too_large"


@given(raw=st.binary(max_size=60) | st.text(alphabet='{}[]":,\\u0aedD1.-+eE \n', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_code_of_the_report(raw):
    try:
        document = read_document(raw)
    except DocumentError as refusal:
        assert refusal.code in codes()
    else:
        assert isinstance(document, dict)
