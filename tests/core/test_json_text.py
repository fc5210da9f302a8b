"""The strict reader refuses what JSON-LD cannot mean; the writer's bytes survive a decoder of HTML entities."""

import contextlib
import html
import json
import math

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.exceptions import PresentationError
from tests import properties

OBJECTS = st.dictionaries(st.text(max_size=8), properties.json_values, max_size=4)


def code_for(raw, **limits):
    """The code with which ``raw`` is refused."""
    with pytest.raises(PresentationError) as refusal:
        json_text.read_object(raw, **limits)
    return refusal.value.code


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"{}", {}),
        (b' {"a" : [1, -2, 1.5, 2e3, true, null, "x"]}\n', {"a": [1, -2, 1.5, 2000.0, True, None, "x"]}),
        ('{"ключ":"😀 é"}'.encode(), {"ключ": "😀 é"}),
        (rb'{"pair":"\ud83d\ude00"}', {"pair": "😀"}),
        (rb'{"q":"\" [[[[ \\","r":"}}"}', {"q": '" [[[[ \\', "r": "}}"}),
        (b'{"a":{"a":1},"b":[{"a":1},{"a":2}]}', {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}),
        (b'{"n":9007199254740992}', {"n": 9007199254740992}),
    ],
)
def test_plain_objects_are_read(raw, expected):
    assert json_text.read_object(raw) == expected


@pytest.mark.parametrize("raw", [b"[]", b'[{"a":1}]', b'"text"', b"1", b"1.5", b"true", b"null", b" [ ] "])
def test_only_one_object_is_accepted_at_the_top(raw):
    assert code_for(raw) == "not_an_object"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b"}",
        b"{}{}",
        b"{} x",
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":.5}',
        b'{"a":0x10}',
        b'{"a":tru}',
        b'{"a"}',
        b'{"a":"\x00"}',
        b'{"a":"line\nbreak"}',
        rb'{"a":"\x41"}',
        rb'{"a":"\u12"}',
        b'{"a":"open',
        b'{"a":"\\',
        b"// comment\n{}",
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-16-le"),
        '{"a":1}'.encode("utf-32"),
        b'{"a":"\xff"}',
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xf5\x80\x80\x80"}',
    ],
)
def test_what_is_not_json_in_utf8_is_refused(raw):
    assert code_for(raw) == "malformed_json"


@pytest.mark.parametrize(
    "number",
    [
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b"-1e999",
        b"[1,[2,1E+400]]",
        b"1" + b"0" * 400 + b".0",
        b"1" * 17,
        b"-" + b"9" * 5000,
        b"7" * 60000,
    ],
)
def test_numbers_that_are_none_or_are_out_of_range_are_refused(number):
    assert code_for(b'{"a":' + number + b"}") == "malformed_json"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"b":2,"a":3}',
        b'{"o":{"a":1,"a":2}}',
        b'{"l":[[{"a":1,"a":2}]]}',
        rb'{"a":1,"\u0061":2}',
        b'{"":1,"":2}',
    ],
)
def test_the_same_key_twice_in_an_object_is_refused_wherever_it_is(raw):
    assert code_for(raw) == "duplicate_key"


@pytest.mark.parametrize(
    "raw",
    [rb'"\ud800"', rb'"\ude00\ud83d"', rb'{"\udfff":1}', rb'[{"b":["x\ud83d"]}]', rb'"\ud83dx\ude00"'],
)
def test_half_a_surrogate_pair_is_refused_wherever_it_is(raw):
    assert code_for(b'{"a":' + raw + b"}") == "malformed_json"


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
def test_a_body_that_is_too_large_is_refused(size):
    assert code_for(b'{"a":"' + b"x" * (size - 8) + b'"}') == "too_large"
    assert code_for(b"[" * size) == "too_large"
    assert code_for(b'{"a":1}', max_bytes=6) == "too_large"


def test_the_largest_body_is_read():
    assert json_text.read_object(b'{"a":"' + b"x" * (64 * 1024 - 8) + b'"}')
    assert json_text.read_object(b'{"a":1}', max_bytes=7) == {"a": 1}


def nested(depth, opening=b'{"a":', closing=b"}"):
    return opening * (depth - 1) + b"{}" + closing * (depth - 1)


@pytest.mark.parametrize(
    "raw",
    [
        nested(25),
        nested(5_000, b'{"a":[', b"]}"),
        b"[" * 10_000,
        b'{"a":' * 10_000,
        b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"quote":"\\"","a":' + b"[" * 24 + b"]" * 24 + b"}",
        b'{"slash":"\\\\","a":' + b"[" * 24 + b"]" * 24 + b"}",
        b'{"a":"x","b":' + b"[" * 24 + b"]" * 24 + b',"c":"x"}',
    ],
)
def test_deep_nesting_is_refused_before_it_is_parsed(raw):
    assert code_for(raw) == "too_deep"


@pytest.mark.parametrize(
    "raw",
    [
        nested(24),
        b'{"a":"' + b"[" * 10_000 + b'"}',
        b'{"a":"\\"' + b"{" * 10_000 + b'"}',
        b'{"a":"\\\\","b":"' + b"[" * 10_000 + b'\\""}',
        b'{"' + b"[{" * 5_000 + b'":"\\\\\\""}',
        b'{"a":[' + b"[],{}," * 5_000 + b"0]}",
    ],
)
def test_brackets_inside_strings_and_side_by_side_are_not_nesting(raw):
    assert json_text.read_object(raw) == json.loads(raw)


@pytest.mark.parametrize("filler", [b'\\"', b'\\\\"', b'"', b"\\", b'\\"[', b'"\\', b"\\u0022"])
def test_unfinished_strings_take_no_more_time_than_finished_ones(filler):
    # A scan that starts again at every quote is quadratic: half a minute for the largest body. This ends at once, or
    # the suite visibly hangs.
    for start in (b'"', b"", b'{"a":"'):
        body = (start + filler * (60_000 // len(filler)))[:60_000]
        assert code_for(body) in ("malformed_json", "too_deep")


@given(value=OBJECTS)
def test_what_is_written_is_read_back(value):
    assert json_text.read_object(json_text.write(value)) == value


@given(raw=st.one_of(st.binary(max_size=60), st.text(alphabet='{}[]":,\\ue01+-.tfn\ud800 ', max_size=40)))
@example(raw=b'{"a":1e400}')
def test_whatever_comes_is_an_object_of_plain_json_or_refused(raw):
    body = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")
    try:
        value = json_text.read_object(body)
    except PresentationError as refusal:
        assert refusal.code in {"too_deep", "malformed_json", "duplicate_key", "not_an_object"}
    else:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")


@given(value=OBJECTS, where=st.integers(0, 2**30), byte=st.integers(0, 255))
def test_a_changed_byte_never_escapes_as_another_error(value, where, byte):
    body = bytearray(json_text.write(value))
    body[where % len(body)] = byte
    with contextlib.suppress(PresentationError):
        json_text.read_object(bytes(body))


@given(value=st.one_of(OBJECTS, st.lists(properties.any_text, max_size=4)))
def test_written_text_is_immune_to_a_decoder_of_html_entities(value):
    try:
        body = json_text.write(value)
    except UnicodeEncodeError:
        return  # Lone surrogates never get past cleaning and reading.
    text = body.decode("utf-8")
    assert html.unescape(text) == text
    assert not set(text) & set("&<>\u2028\u2029")
    assert json.loads(text) == value


def test_the_five_characters_are_escaped_in_keys_and_values():
    written = json_text.write({"<a&b>": "&lt; &copy=1 </script> \u2028\u2029"})
    assert written == rb'{"\u003ca\u0026b\u003e":"\u0026lt; \u0026copy=1 \u003c/script\u003e \u2028\u2029"}'


def test_writing_is_deterministic_and_keeps_the_order_of_members():
    document = {"z": 1, "a": [True, None, "é"], "m": {"y": 0.5, "b": "😀"}}
    assert json_text.write(document) == json_text.write(json.loads(json.dumps(document)))
    assert json_text.write(document) == '{"z":1,"a":[true,null,"é"],"m":{"y":0.5,"b":"😀"}}'.encode()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_is_not_written(number):
    with pytest.raises(ValueError):
        json_text.write({"a": number})


def of_values(count, one=b"1"):
    """An object of ``count`` values, itself, its array and every ``one`` counted."""
    return b'{"a":[' + b",".join([one] * (count - 2)) + b"]}"


@pytest.mark.parametrize("one", [b"1", b"[]", b"{}", b'""', b"[ \n]", b'"[,{"', b"{\t}"])
def test_there_are_only_so_many_values(one):
    assert len(json_text.read_object(of_values(20_000, one), max_bytes=1 << 20)["a"]) == 19_998
    assert code_for(of_values(20_001, one), max_bytes=1 << 20) == "too_large"


@given(OBJECTS)
def test_values_are_counted_as_they_are(value):
    def count(inner):
        inside = inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ()
        return 1 + sum(map(count, inside))

    # Filled up to the limit with values of its own, and then by one more.
    filler = [0] * (20_000 - 2 - count(value))
    assert json_text.read_object(json_text.write({"v": value, "f": filler}), max_bytes=1 << 20)["v"] == value
    assert code_for(json_text.write({"v": value, "f": [0, *filler]}), max_bytes=1 << 20) == "too_large"
