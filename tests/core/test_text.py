"""Text and addresses from outside come out clean, short and readable the way they are written."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from openedx_verifiable_credentials.exceptions import CompositionError
from tests import properties

CLEANERS = (text.clean_line, text.clean_block, text.clean_markdown)
limits = st.integers(1, 300)


def is_noncharacter(character):
    return 0xFDD0 <= ord(character) <= 0xFDEF or ord(character) & 0xFFFE == 0xFFFE


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Plain title", "Plain title"),
        ("  a \t b\r\nc\u2028d\u0085e  ", "a b c d e"),
        ("nul\x00 bell\x07 del\x7f c1\x9b", "nul bell del c1"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("pair \U0001f600, halves \ud83d \ude00", "pair \U0001f600, halves \ufffd \ufffd"),
        ("non \uffff \ufdd0 \U0002fffe", "non \ufffd \ufffd \ufffd"),
        ("e\u0301", "\u00e9"),
        ("\ufeffmark", "mark"),
        ("quotes \" ' and \\ stay", "quotes \" ' and \\ stay"),
        ("&lt;i&gt; &copy", "&lt;i&gt; &copy"),
        ("مقدمة 👩‍🔬🏽", "مقدمة 👩‍🔬🏽"),
    ],
)
def test_a_line_is_cleaned(given_text, expected):
    assert text.clean_line(given_text) == expected


def test_a_block_keeps_its_lines_and_at_most_one_empty_one_in_a_row():
    assert text.clean_block(" one \r\n\r\n \n\ntwo\t2\u2028three\n") == "one\n\ntwo 2\nthree"


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["list"], {"a": 1}, True])
def test_what_is_not_text_becomes_nothing(value):
    assert [clean(value) for clean in CLEANERS] == [""] * len(CLEANERS)


def test_what_is_too_long_is_cut_and_marked():
    assert text.clean_line("x" * 255) == "x" * 255
    assert text.clean_line("x" * 256) == "x" * 254 + "…"
    assert text.clean_line("one two three", 9) == "one two…"
    assert len(text.clean_block("y" * 9000)) == 5000


@pytest.mark.parametrize("clean", CLEANERS)
@given(value=properties.any_text, limit=limits)
def test_cleaning_is_finished_after_the_first_time(clean, value, limit):
    once = clean(value, limit)
    assert clean(once, limit) == once


@pytest.mark.parametrize("clean", CLEANERS)
@given(value=st.one_of(properties.titles, st.text(alphabet=st.characters(), max_size=60)), limit=limits)
def test_what_is_clean_is_short_nfc_utf8_and_without_controls(clean, value, limit):
    cleaned = clean(value, limit)
    assert len(cleaned) <= limit
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert cleaned == (cleaned.strip("\n").rstrip() if clean is text.clean_markdown else cleaned.strip())
    allowed = set() if clean is text.clean_line else {"\n"}
    bad = [c for c in cleaned if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") and c not in allowed]
    assert not bad
    assert not set(cleaned) & set(properties.BIDI_CONTROLS)
    assert not any(is_noncharacter(c) for c in cleaned)
    assert clean is text.clean_markdown or "  " not in cleaned
    assert "\n\n\n" not in cleaned


@given(value=properties.any_text)
def test_both_canonicalisers_read_clean_text_alike_and_reencode_it_unchanged(value):
    document = {"https://example.org/#text": text.clean_block(value), "@id": "urn:example:1"}
    quads = canonicalize(document)
    assert quads == canonicalize_independently(document)
    # Escapes of N-Quads that canonicalisers disagree about never occur: only these four are left.
    assert set(re.findall(r"\\(.)", quads.replace("\\\\", ""))) <= {'"', "n", "r"}


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.org/a?b=c#d",
        "urn:uuid:6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "did:web:example.org%3A8000:issuers:a",
        "mailto:ada@example.org",
        "https://example.org/徽章",
        "https://example.org/%C3%A9cole.png",
        "https://example.org:8000/",
    ],
)
def test_absolute_iris_are_known(iri):
    assert text.is_absolute_iri(iri)
    assert text.require_iri(iri, "id") == iri


@pytest.mark.parametrize(
    "value",
    [
        "",
        "relative",
        "/path",
        "//host/path",
        "_:b0",
        "1a:b",
        "a:",
        ":b",
        "https://example.org/a b",
        "https://example.org/a\nb",
        "https://example.org/<b>",
        'https://example.org/"',
        "https://example.org/{x}",
        "https://example.org/a|b",
        "https://example.org/a\\b",
        "https://example.org/^`",
        "https://example.org/\x7f",
        "https://example.org/\u0085",
        "https://example.org/\u00a0",
        "https://example.org/\u2028",
        "https://example.org/\u202e",
        "https://example.org/\ufeff",
        "https://example.org/\ud800",
        "https://example.org/" + "x" * 2048,
        # RFC 3987 §2.2: percent signs start an escape, one fragment, no noncharacters, a port is a number; and,
        # narrower than that, no private characters, no IP literals, no user: implementations differ about them.
        "https://example.org/%zz",
        "https://example.org/100%",
        "https://example.org/%E9cole.png",
        "https://example.org/?a=%80",
        "https://example.org/%ED%A0%80",
        "https://example.org/a[1].png",
        "https://example.org/a#b#c",
        "https://example.org/\ufffe",
        "https://example.org/\ue000",
        "https://example.org:port/",
        "https://example.org/?\ue000",
        "https://[2001:db8::1]/",
        "https://user@example.org/",
        None,
        7,
        b"https://example.org/",
        ["https://example.org/"],
    ],
)
def test_what_is_no_absolute_iri_is_refused(value):
    assert not text.is_absolute_iri(value)
    with pytest.raises(CompositionError) as refusal:
        text.require_iri(value, "id")
    assert refusal.value.code == "invalid_iri"


@given(value=st.one_of(properties.web_addresses, properties.any_text))
def test_both_canonicalisers_keep_every_iri_that_is_accepted(value):
    if text.is_absolute_iri(value):
        document = {"@id": "urn:example:1", "https://example.org/#see": {"@id": value}}
        quads = canonicalize_independently(document)
        assert f"<{value}>" in quads
        assert canonicalize(document) == quads


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.org", "https://example.org"),
        ("  http://example.org:8000/a?b#c\n", "http://example.org:8000/a?b#c"),
        ("HTTPS://EXAMPLE.ORG/", "HTTPS://EXAMPLE.ORG/"),
        ("https://user:password@example.org/", None),
        ("https://user@example.org", None),
        ("https:///path", None),
        ("https:example.org", None),
        ("https://", None),
        ("ftp://example.org/", None),
        ("javascript:alert(1)", None),
        ("javascript://example.org/%0Aalert(1)", None),
        ("data:text/html,x", None),
        ("https://example.org\\@evil.example/", None),
        ("https://exa mple.org/", None),
        ("https://example.org/\u202e", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_only_web_addresses_without_credentials_pass(value, expected):
    assert text.clean_web_address(value) == expected


def test_text_that_must_be_there_is_cleaned_or_refused():
    assert text.require_line(" a\tb ", "title") == "a b"
    for value in ("", " \t\n", "\u202e\u200f", "\x00", None):
        with pytest.raises(CompositionError) as refusal:
            text.require_line(value, "title of the course")
        assert refusal.value.code == "missing_text"
        assert "title of the course" in refusal.value.message


def test_markdown_is_escaped():
    assert text.escape_markdown("plain, text.") == "plain, text."
    assert text.escape_markdown("[a](b) <c> *d* `e` &f;") == r"\[a\]\(b\) \<c\> \*d\* \`e\` \&f;"


@given(value=properties.any_text)
def test_escaped_markdown_renders_as_the_text_itself(value):
    markdown_it = pytest.importorskip("markdown_it")
    line = text.clean_line(f"In {value}")
    rendered = markdown_it.MarkdownIt("commonmark").render(text.escape_markdown(line))
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        rendered = rendered.replace(entity, character)
    assert rendered == f"<p>{line}</p>\n"
