"""Certificates as PDF: what others' libraries find in them, and that nothing in them acts."""

import dataclasses
import datetime
import logging
import unicodedata

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.formats import pdf
from openedx_verifiable_credentials.core.formats.pdf import faces
from openedx_verifiable_credentials.core.formats.pdf.texts import get_texts
from tests import papers
from tests import properties

LANGUAGES = ("en", "es-419", "ar")
HOSTILE = (
    ") Tj ET Q q (never closed",
    "\\) \\\\ \\(",
    "]>> endobj 1 0 obj <</JS (app.alert(1))>>",
    "endstream endobj startxref 0 %%EOF",
    "<script>alert(1)</script> &amp; <b>bold</b>",
    "{nb} **bold** --italics--",
    "${jndi:ldap://x} %s {0} {title}",
)


# --- What is attached


@pytest.mark.parametrize(
    "credential", [b"{}", papers.CREDENTIAL, b'{"a":"' + b"x" * 300_000 + b'"}', bytes(range(256))]
)
def test_the_credential_is_attached_byte_for_byte(credential):
    raw = papers.made(credential=credential)
    assert papers.attached(raw) == {"credential.json": credential}


def test_the_attachment_says_what_it_is():
    catalog = papers.read(papers.made()).root_object
    [file] = catalog["/AF"]
    file = file.get_object()
    assert file["/AFRelationship"] == "/Source"
    assert file["/UF"] == "credential.json"
    assert file["/EF"]["/F"].get_object()["/Subtype"] == "/application/json"


# --- What is on the page


def test_everything_it_is_given_is_on_the_page():
    said = papers.shown(papers.made())
    for part in (
        *("This certifies that", "Ana López", "Introduction to Computing", "Example University"),
        *("Dr. María Pérez, Dean", "May 18, 2026", "December 1, 2029", "Final grade", "92 %"),
        *("Complete the five units.", "Hand in the project.", papers.PAGE, "credential.json"),
    ):
        assert part in said


def test_what_it_is_not_given_is_not_there():
    raw = papers.made(
        name="", official="", about="", results=(), awarded_on=None, valid_until=None, page="", verifier="", badge=b""
    )
    said = papers.shown(raw)
    english = get_texts("en")
    for label in (english.certifies, english.signed_by, english.awarded_on, english.valid_until, english.check_page):
        assert label not in said
    assert "Introduction to Computing" in said and "Example University" in said
    assert "Figure" not in str([one.get("/S") for one in papers.objects(raw)])
    assert papers.attached(raw) == {"credential.json": papers.CREDENTIAL}


@pytest.mark.parametrize(("page", "expected"), [(papers.PAGE, papers.PAGE), ("", papers.VERIFIER)])
def test_the_code_and_the_links_lead_to_where_it_can_be_checked(page, expected):
    raw = papers.made(page=page)
    assert zxingcpp.read_barcode(papers.drawn(raw).convert("L")).text == expected
    links = [one["/A"] for one in papers.objects(raw) if one.get("/Subtype") == "/Link"]
    assert [(link["/S"], link["/URI"]) for link in links] == [("/URI", expected)] * 2
    assert expected in papers.shown(raw)


def test_without_an_address_there_is_neither_code_nor_link():
    raw = papers.made(page="", verifier="")
    assert zxingcpp.read_barcode(papers.drawn(raw).convert("L")) is None
    assert not [one for one in papers.objects(raw) if one.get("/Subtype") == "/Link"]


def test_the_badge_keeps_its_proportions_and_says_what_it_is():
    picture = papers.drawn(papers.made(page="", verifier=""), scale=1)
    teal = [
        (x, y) for x in range(picture.width) for y in range(picture.height) if picture.getpixel((x, y)) == (0, 128, 128)
    ]
    width = max(x for x, _ in teal) - min(x for x, _ in teal)
    height = max(y for _, y in teal) - min(y for _, y in teal)
    assert width / height == pytest.approx(400 / 300, abs=0.05)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_leaves_the_frame_however_long_it_is(language):
    """What is printed stays clear of the edge, and the parts of the page clear of each other."""
    words = {"en": "certificate", "es-419": "certificación", "ar": "البرمجة"}[language]
    raw = papers.made(
        language=language,
        title=" ".join([words] * 40)[:255],
        name="W" * 255,
        issuer="M" * 255,
        official=" ".join([words] * 40)[:255],
        about="\n\n".join([" ".join([words] * 30)] * 20),
        results=tuple((f"{words} {number} " * 9, f"{words} {number} " * 15) for number in range(9)),
    )
    picture = papers.drawn(raw, scale=1).convert("L")
    for edge in ((0, 0, picture.width, 25), (0, picture.height - 25, picture.width, picture.height)):
        assert picture.crop(edge).getextrema() == (255, 255)
    for edge in ((28, 40, 60, picture.height - 40), (picture.width - 60, 40, picture.width - 28, picture.height - 40)):
        assert picture.crop(edge).getextrema() == (255, 255)
    assert zxingcpp.read_barcode(papers.drawn(raw).convert("L")).text == papers.PAGE


# --- Languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_around_are_those_of_the_language(language):
    raw = papers.made(language=language)
    catalog = papers.read(raw).root_object
    assert catalog["/Lang"] == language
    assert get_texts(language).say_date(datetime.date(2026, 5, 18)).split()[0] in papers.shown(raw)
    assert papers.read(raw).metadata.title == get_texts(language).document.format(title=papers.FULL.title)


@pytest.mark.parametrize(
    ("asked", "found"), [("es", "es-419"), ("es-ES", "es-419"), ("AR-eg", "ar"), ("xx", "en"), ("", "en")]
)
def test_a_language_we_do_not_speak_gets_english_words(asked, found):
    assert get_texts(asked).code == found


def test_every_language_has_every_text():
    english = dataclasses.asdict(get_texts("en"))
    for language in LANGUAGES:
        texts = dataclasses.asdict(get_texts(language))
        assert len(set(texts["months"])) == 12
        for name, value in english.items():
            assert texts[name] != "" and type(texts[name]) is type(value)
            if isinstance(value, str):
                fields = {
                    field
                    for field in ("{day}", "{month}", "{year}", "{title}", "{file}", "{address}")
                    if field in value
                }
                assert all(field in texts[name] for field in fields), (language, name)


def test_a_sheet_in_arabic_is_the_mirror_of_one_in_english():
    """Where the badge stands tells on which side the lines begin."""

    def badge_side(language):
        picture = papers.drawn(papers.made(language=language, page="", verifier=""), scale=1)
        found = [x for x in range(picture.width) if picture.getpixel((x, 130)) == (0, 128, 128)]
        return "left" if min(found) < picture.width / 2 else "right"

    assert badge_side("en") == "right"
    assert badge_side("ar") == "left"


def test_arabic_letters_join_and_numbers_stay_numbers():
    """Joined letters are other glyphs: drawn apart, the word would be wider."""
    raw = papers.made(title="مقدمة في البرمجة 123 بلغة Python", language="ar")
    said = papers.shown(raw)
    assert "123" in said and "Python" in said
    joined = _set_width("البرمجة")
    assert joined < 0.9 * sum(map(_set_width, "البرمجة"))


def _set_width(word):
    from openedx_verifiable_credentials.core.formats.pdf.lines import Typesetter

    setter = Typesetter(faces.get_faces(bold=False), language="ar", right_to_left=True)
    [line] = setter.set_lines(word, 1000, 1)
    return line.width


# --- Letters that no font has


def test_a_letter_that_no_font_has_is_seen_to_be_missing_and_can_be_copied():
    missing, replaced, without = (
        papers.made(title="To 漢字"),
        papers.made(title="To \ufffd\ufffd"),
        papers.made(title="To"),
    )
    assert papers.drawn(missing).tobytes() == papers.drawn(replaced).tobytes() != papers.drawn(without).tobytes()
    assert "To 漢字" in papers.shown(missing)
    assert "To \ufffd\ufffd" in papers.shown(replaced)


def test_a_font_of_the_operator_shows_it():
    font = papers.font("漢字")
    plain, shown = papers.made(title="To 漢字"), papers.made(title="To 漢字", fonts=(font,))
    assert papers.drawn(plain).tobytes() != papers.drawn(shown).tobytes()
    assert "To 漢字" in papers.shown(shown)
    assert b"ActualText" in papers.page_operators(plain)
    assert b"ActualText" not in papers.page_operators(shown)


def test_a_font_that_is_not_needed_changes_nothing():
    assert papers.made(fonts=(papers.font("漢字"),)) == papers.made()


@pytest.mark.parametrize(
    ("font", "fault"),
    [
        (b"", "is not a TrueType"),
        (b"%PDF-1.7", "is not a TrueType"),
        (papers.font("漢")[:200], "is not a TrueType"),
        (papers.font("漢", outlines="CFF"), "has no TrueType outlines"),
    ],
)
def test_a_font_that_cannot_be_used_is_told_and_left_out(font, fault):
    assert (pdf.find_font_fault(font) or "").startswith(fault)
    assert papers.made(fonts=(font,)) == papers.made()
    assert pdf.find_font_fault(papers.font("漢")) is None


def test_a_font_that_is_too_large_is_told(monkeypatch):
    monkeypatch.setattr(faces, "MAX_FONT_BYTES", 100)
    assert "larger" in (pdf.find_font_fault(papers.font("漢")) or "")


# --- One sheet, one file


def test_the_same_sheet_is_the_same_file():
    assert papers.made() == papers.made()
    assert papers.made(title="Another") != papers.made()


def test_the_file_has_no_date_but_those_of_the_credential():
    assert papers.read(papers.made()).metadata.creation_date.date() == papers.FULL.awarded_on


def test_nothing_of_it_is_logged(caplog):
    """The libraries would name the letters that a name is made of."""
    with caplog.at_level(logging.DEBUG):
        papers.made(name="Xenia Ωmega 漢")
    assert [record.message for record in caplog.records if not record.name.startswith("PIL.")] == []


# --- Nothing acts


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_text(hostile):
    raw = papers.made(title=hostile, name=hostile, issuer=hostile, about=hostile, results=((hostile, hostile),))
    assert papers.shown(raw).count(" ".join(hostile.split())) >= 3
    assert papers.attached(raw) == {"credential.json": papers.CREDENTIAL}
    _require_passive(raw)


def _require_passive(raw):
    for one in papers.objects(raw):
        acts = {
            "/JS",
            "/JavaScript",
            "/AA",
            "/Launch",
            "/AcroForm",
            "/XFA",
            "/RichMedia",
            "/GoToR",
            "/GoToE",
            "/SubmitForm",
        }
        assert not acts & set(one), one
        if one.get("/Type") == "/Action" or "/S" in one and "/URI" in one:
            assert one["/S"] == "/URI"
        assert one.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE")
        assert one.get("/FS") is None and "/Ref" not in one  # nothing outside of the file
    start = papers.read(raw).root_object["/OpenAction"]
    assert start[1] == "/FitH"  # a place on the page, no action


def test_a_certificate_acts_in_no_way():
    _require_passive(papers.made())


def test_metadata_says_no_name():
    """What is not printed is nowhere, and what is printed need not be in what search engines index first."""
    raw = papers.made()
    metadata = papers.read(raw).root_object["/Metadata"].get_object().get_data().decode()
    assert "Introduction to Computing" in metadata
    assert "Ana" not in metadata
    assert "Ana" not in str(papers.read(raw).metadata)


# --- For people who do not see it


def test_it_is_tagged_in_the_order_of_reading():
    tree = papers.read(papers.made()).root_object
    assert tree["/MarkInfo"]["/Marked"].value
    assert tree["/ViewerPreferences"]["/DisplayDocTitle"].value
    document = tree["/StructTreeRoot"]["/K"][0].get_object()
    kinds = [element.get_object()["/S"] for element in document["/K"]]
    assert kinds.count("/H1") == 1
    assert kinds.index("/H1") < kinds.index("/Figure")
    assert set(kinds) == {"/P", "/H1", "/Figure", "/Link"}
    figures = [one.get_object() for one in document["/K"] if one.get_object()["/S"] in ("/Figure", "/Link")]
    assert all(figure["/Alt"] for figure in figures)
    assert any("Introduction to Computing" in figure["/Alt"] for figure in figures)
    assert any(papers.PAGE in figure["/Alt"] for figure in figures)


# --- Whatever people type


@settings(max_examples=25)
@given(properties.titles, properties.any_text, properties.any_text, st.sampled_from((*LANGUAGES, "zh", "")))
def test_arbitrary_text_makes_a_certificate(title, name, about, language):
    sheet = dataclasses.replace(papers.FULL, title=title, name=name, about=about, language=language, badge=b"")
    raw = pdf.write_certificate(sheet)
    assert papers.attached(raw) == {"credential.json": papers.CREDENTIAL}
    papers.shown(raw)
    _require_passive(raw)


# Those that are assigned.
LETTERS = "".join(
    chr(code)
    for code in (*range(0x21, 0x7F), *range(0xC0, 0x180), *range(0x391, 0x3CA), *range(0x410, 0x450))
    if unicodedata.category(chr(code)) != "Cn"
)


@settings(max_examples=25)
@given(st.text(alphabet=LETTERS, min_size=1, max_size=60).filter(lambda word: text.clean_line(word) == word))
def test_what_the_fonts_have_can_be_copied_out_again(word):
    said = papers.shown(papers.made(title=word, badge=b"", name=""))
    assert unicodedata.normalize("NFC", "".join(word.split())) in unicodedata.normalize("NFC", said.replace(" ", ""))


@settings(max_examples=25)
@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1, max_size=30))
def test_no_arabic_letter_is_lost(word):
    said = papers.shown(papers.made(title=f"{word} x", name="", language="en", badge=b""))
    assert sorted(word) == sorted(letter for letter in unicodedata.normalize("NFKC", said) if letter in word)
