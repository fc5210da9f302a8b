"""Lines of certificates: where they break, and what stands where in those that are read from both sides."""

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core.formats.pdf import faces
from openedx_verifiable_credentials.core.formats.pdf.lines import Typesetter
from tests import properties

FACES = faces.get_faces(bold=False)
HEBREW, ARABIC = "שלום", "مقدمة"


def setter(*, right_to_left=False):
    return Typesetter(FACES, language="en", right_to_left=right_to_left)


def placed(words, **options):
    """The parts of the one line of ``words``, from left to right, each as it is read."""
    [line] = setter(**options).set_lines(words, 1000, 1)
    return [run.text.strip() for run in line.runs if run.text.strip()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("abc 123", ["abc 123"]),
        (f"abc {HEBREW} def", ["abc", HEBREW, "def"]),
        (f"{HEBREW} abc", ["abc", HEBREW]),
        (f"{ARABIC} 123", ["123", ARABIC]),
        (f"{ARABIC} 123 abc", ["abc", "123", ARABIC]),
        (f"Intro: {ARABIC} 123", ["Intro:", "123", ARABIC]),
        (f"Intro: {HEBREW} 12.5% x", ["Intro:", "12.5%", HEBREW, "x"]),
        (f"{ARABIC} ١٢٣", ["١٢٣", ARABIC]),
        (f"{HEBREW} (abc)", [")", "abc", f"{HEBREW} ("]),
        (f"a {HEBREW} {ARABIC} b", ["a", ARABIC, HEBREW, "b"]),
    ],
)
def test_what_is_read_from_the_right_stands_on_the_right(words, expected):
    """By the bidirectional algorithm; what is here a bracket that opens, is drawn as its mirror."""
    assert "".join(placed(words)).replace(" ", "") == "".join(expected).replace(" ", "")


def test_numbers_are_read_from_the_left_everywhere():
    for right_to_left in (False, True):
        [line] = setter(right_to_left=right_to_left).set_lines("2026-05-18", 1000, 1)
        assert all(not run.right_to_left for run in line.runs if any(map(str.isdigit, run.text)))


def test_a_line_without_letters_goes_with_the_sheet():
    assert placed("12 (34)", right_to_left=False) != placed("12 (34)", right_to_left=True)


@pytest.mark.parametrize("sign", ["(", "-", ".", "()", "\u05d0("])
def test_a_long_row_of_signs_is_set_as_well(sign):
    words = sign * 2_000
    lines = setter().set_lines(words, 50, 10_000)
    assert "".join(sorted(run.said for line in lines for run in line.runs)).count(sign[0]) == 2_000


def test_what_is_read_from_the_right_stays_so_however_long_it_is():
    lines = setter().set_lines(f"{HEBREW} " * 500, 50, 10_000)
    assert all(run.right_to_left for line in lines for run in line.runs)


@settings(max_examples=40)
@given(properties.any_text, st.floats(min_value=1.5, max_value=40))
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(words, width):
    words = " ".join(words.replace("\n", " ").split())
    lines = setter().set_lines(words, width, 10_000)
    assert all(line.width <= width or _letters(line) <= 1 for line in lines)
    assert sorted("".join(run.said for line in lines for run in line.runs).replace(" ", "")) == sorted(
        words.replace(" ", "")
    )


def _letters(line):
    return sum(len(run.text) for run in line.runs)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_what_has_no_room_ends_in_an_ellipsis(most):
    lines = setter().set_lines("word " * 200, 10, most)
    assert len(lines) == most
    assert lines[-1].runs[-1].text.endswith("…")
    assert all(line.width <= 10 for line in lines)
    assert "…" not in "".join(run.text for line in setter().set_lines("word", 10, most) for run in line.runs)


def test_chinese_breaks_between_letters_and_english_between_words():
    [first, *_] = setter().set_lines("漢" * 30, 10, 9)
    assert _letters(first) > 5
    assert [run.text for line in setter().set_lines("one two", 2.5, 9) for run in line.runs] == ["one", "two"]


def test_marks_stay_with_their_letters():
    lines = setter().set_lines("e\u0301" * 40, 3, 99)
    assert all(run.text[0] == "e" and run.text[-1] == "\u0301" for line in lines for run in line.runs)
