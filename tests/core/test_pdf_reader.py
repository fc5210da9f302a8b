"""The credential is read back out of our own certificates, and out of nothing that was changed or written otherwise."""

import io

import pypdf
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import papers

FILE = papers.made()
TABLE = FILE.rindex(b"\nxref\n") + 1


def code_for(raw):
    with pytest.raises(DocumentError) as refusal:
        formats.read_credential(raw)
    return refusal.value.code


@pytest.mark.parametrize("language", ["en", "es-419", "ar"])
@pytest.mark.parametrize(
    "credential",
    [
        b"{}",
        papers.CREDENTIAL,
        b"x" * 512 * 1024,
        b"\nendstream\nendobj\n",
        b"\nstartxref\n0\n%%EOF\n",
        bytes(range(256)),
    ],
)
def test_what_was_attached_is_read_back(language, credential):
    assert formats.read_credential(papers.made(credential=credential, language=language)) == credential


@pytest.mark.parametrize(
    "changes", [{"badge": b""}, {"page": "", "verifier": ""}, {"name": "漢"}, {"about": "x\n" * 99}]
)
def test_whatever_is_on_the_page(changes):
    assert formats.read_credential(papers.made(**changes)) == papers.CREDENTIAL


def test_others_find_the_same_in_it():
    assert papers.attached(FILE) == {"credential.json": formats.read_credential(FILE)}


def test_what_was_written_anew_by_others_is_not_read():
    """It has the attachment, but in a spelling that leaves room for doubt."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(FILE))
    stream = io.BytesIO()
    writer.write(stream)
    assert papers.attached(stream.getvalue()) == {"credential.json": papers.CREDENTIAL}
    assert code_for(stream.getvalue()) == "unsupported_format"


def test_what_was_added_to_is_not_read():
    """A later table can say that another file is attached."""
    update = FILE + b"2 0 obj\n<<>>\nendobj\n" + FILE[TABLE:]
    assert code_for(update) == "unsupported_format"


def test_what_others_read_from_its_start_is_not_read():
    """Some find the other one in such a file."""
    both = papers.beginning_as(papers.made(credential=b'{"other":1}'), FILE)
    assert papers.attached(both) == {"credential.json": papers.CREDENTIAL}
    assert code_for(both) == "unsupported_format"


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"\n3 0 obj\n", b"\n9 0 obj\n"),
        (b"\nendobj\n3 0 obj\n", b"\nENDOBJ\n3 0 obj\n"),
        (b"1 0 obj\n<<\n/Count 1\n", b"1 0 obj\n<<\n/Count 9\n"),
        (b"0000000000 65535 f ", b"0000000000 00000 n "),
    ],
)
def test_what_others_would_search_for_its_objects_is_not_read(part, other):
    """In a file that is damaged anywhere, some take the last object that bears a number for the one that is meant."""
    assert FILE.count(part) == 1
    assert code_for(FILE.replace(part, other)) == "unsupported_format"


@pytest.mark.parametrize("more", [b"6 0 obj\n<<>>\nendobj\n", b" 6\t0\r\nobj <<>> endobj\n"])
def test_an_object_that_the_table_leaves_out_is_not_read(more):
    moved = FILE[:TABLE] + more + FILE[TABLE:].replace(b"%d" % TABLE, b"%d" % (TABLE + len(more)))
    assert papers.attached(moved) == {"credential.json": papers.CREDENTIAL}
    assert code_for(moved) == "unsupported_format"


@pytest.mark.parametrize("words", ["1 0 obj", "2 1 object-oriented courses", "x\n1 0 obj\n<<>>\nendobj\n"])
def test_words_on_the_page_that_look_like_objects_do_no_harm(words):
    assert formats.read_credential(papers.made(title=words, about=words, credential=words.encode())) == words.encode()


@pytest.mark.parametrize(
    "raw",
    [b"%PDF-", b"%PDF-1.7", b"%PDF-1.4\n\nstartxref\n0\n%%EOF\n", FILE[:-1], FILE + b"\n", FILE[:500], FILE + FILE]
    + [FILE.replace(b"%PDF-1.", b"%PDF-2.", 1), FILE.replace(b"/EF <</F ", b"/EF <</G ", 1)],
)
def test_what_is_not_ours_is_not_read(raw):
    assert code_for(raw) == "unsupported_format"


def test_what_is_too_large_is_refused():
    assert code_for(FILE[:100] + bytes(4 * 1024 * 1024) + FILE[100:]) == "too_large"
    assert code_for(papers.made(credential=b"x" * (512 * 1024 + 1))) == "too_large"


@settings(max_examples=300)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused_or_changes_nothing_but_the_page_or_the_credential(place, change):
    changed = FILE[:place] + bytes([FILE[place] ^ change]) + FILE[place + 1 :]
    try:
        found = formats.read_credential(changed)
    except DocumentError as error:
        assert error.code == "unsupported_format"
        return
    start = FILE.index(papers.CREDENTIAL)
    if start <= place < start + len(papers.CREDENTIAL):
        assert found == changed[start : start + len(papers.CREDENTIAL)]
    elif found is not None:  # without its first bytes it is no PDF
        assert found == papers.CREDENTIAL


@settings(max_examples=200)
@given(st.integers(TABLE - 10, len(FILE)), st.binary(max_size=30))
def test_nothing_else_than_a_refusal_comes_of_damage(place, more):
    try:
        assert formats.read_credential(FILE[:place] + more) == papers.CREDENTIAL
    except DocumentError as error:
        assert error.code == "unsupported_format"
