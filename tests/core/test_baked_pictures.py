"""Credentials in PNG and SVG: what others' libraries bake in is read back, and what leaves doubt is refused."""

import io
import json
import random
import zlib

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import pictures
from tests import properties

CREDENTIAL = '{"@context":["https://www.w3.org/ns/credentials/v2"],"name":"Ünï 👩‍🔬 ]]> & <b>"}'
TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"
CREDENTIALS = st.dictionaries(st.text(max_size=8), properties.json_values, max_size=4)
ELEMENT = "<openbadges:credential>{}</openbadges:credential>".format
NAMESPACED = f'xmlns:o="{pictures.OPEN_BADGES}"'


def written(value):
    """As JSON in ASCII where it has what XML or UTF-8 cannot have, else as it is."""
    return json.dumps(value, ensure_ascii=True)


def code_for(raw):
    with pytest.raises(DocumentError) as refusal:
        formats.read_credential(raw)
    return refusal.value.code


# --- What is no picture


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b" {}", TOKEN.encode(), b"\x89PN", b"GIF89a", b"\xff\xd8\xff", b" %PDF-1.7"]
)
def test_what_is_no_picture_is_left_alone(raw):
    assert formats.read_credential(raw) is None


@pytest.mark.parametrize("raw", [b"<html></html>", b"<!-- -->", b"  <x/>", b"\xef\xbb\xbf<a/>", b"<svg/>"])
def test_markup_that_is_no_svg_is_no_credential(raw):
    assert code_for(raw) in ("not_a_credential", "malformed_image")


# --- PNG


@given(CREDENTIALS)
def test_what_pillow_bakes_into_a_png_is_read_back(value):
    assert formats.read_credential(pictures.baked_png(written(value))) == written(value).encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_in_a_png_is_read_back(text):
    assert formats.read_credential(pictures.baked_png(text)) == text.encode()


def test_language_and_translated_keyword_mean_nothing():
    raw = pictures.baked_png(CREDENTIAL, language="en", translated="Beglaubigung")
    assert formats.read_credential(raw) == CREDENTIAL.encode()


def test_a_real_picture_of_another_library_is_read():
    stream = io.BytesIO()
    segno.make("https://example.org/" + "x" * 500).save(stream, kind="png", scale=8)
    plain = stream.getvalue()
    assert code_for(plain) == "not_a_credential"
    baked = plain[:-12] + pictures.itxt(CREDENTIAL.encode()) + plain[-12:]
    assert formats.read_credential(baked) == CREDENTIAL.encode()


def test_what_follows_the_end_is_no_part_of_the_picture():
    raw = pictures.png(pictures.itxt(b"{}"))
    assert formats.read_credential(raw + b"\n" + pictures.itxt(b'{"other":1}')) == b"{}"
    assert code_for(pictures.png() + pictures.itxt(b"{}")) == "not_a_credential"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (pictures.png(), "not_a_credential"),
        (pictures.png(pictures.itxt(b"{}", keyword=b"OpenBadgeCredential")), "not_a_credential"),
        (pictures.png(pictures.itxt(b"{}", keyword=b"openbadgecredential ")), "not_a_credential"),
        (pictures.png(pictures.itxt(b"{}", keyword=b"openbadges")), "unsupported_format"),
        (pictures.png(pictures.chunk(b"tEXt", b"openbadges\0https://example.org/assertion")), "unsupported_format"),
        (pictures.png(pictures.itxt(b"{}"), pictures.itxt(b"{}")), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), pictures.itxt(b'{"a":1}')), "malformed_image"),
        (pictures.png(pictures.chunk(b"tEXt", b"openbadgecredential\0{}")), "malformed_image"),
        (pictures.png(pictures.chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(b"{}"))), "malformed_image"),
        (pictures.baked_png(CREDENTIAL, packed=True), "malformed_image"),
        (pictures.png(pictures.itxt(zlib.compress(b"{}"), flags=b"\1\0")), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}", flags=b"\0\1")), "malformed_image"),
        (pictures.png(pictures.itxt(b"", between=b"")), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}", between=b"\0")), "malformed_image"),
        (pictures.png(pictures.itxt(b"")), "malformed_image"),
        (pictures.png(pictures.chunk(b"iTXt", b"openbadgecredential")), "malformed_image"),
        (pictures.png(pictures.chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}", crc=0)), "malformed_image"),
        (pictures.png(pictures.chunk(b"tIME", b"1234567", crc=1), pictures.itxt(b"{}")), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), first=b""), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), first=pictures.header() * 2), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), first=pictures.chunk(b"IHDR", bytes(12))), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), first=pictures.header(0, 1)), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), first=pictures.header(1, 0)), "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"), first=pictures.header(4_097, 1)), "too_large"),
        (pictures.png(pictures.itxt(b"{}"), first=pictures.header(1, 2**32 - 1)), "too_large"),
        (pictures.png(pictures.itxt(b" " * (512 * 1024 + 1))), "too_large"),
        (pictures.png(*[pictures.chunk(b"tEXt", b"a\0b")] * 1_000), "too_large"),
        (pictures.png(pictures.chunk(b"IDAT", bytes(4 << 20))), "too_large"),
        (pictures.png(pictures.itxt(b"{}"))[:-12], "malformed_image"),
        (pictures.png(pictures.itxt(b"{}"))[:-1], "malformed_image"),
        (pictures.png(b"\xff\xff\xff\xffIDAT"), "malformed_image"),
        (pictures.png(b"\x7f\xff\xff\xffiTXtopenbadgecredential\0"), "malformed_image"),
        (pictures.SIGNATURE, "malformed_image"),
        (pictures.SIGNATURE + pictures.header(), "malformed_image"),
    ],
)
def test_a_png_that_leaves_doubt_is_refused(raw, code):
    assert code_for(raw) == code


def test_the_limits_of_a_png_are_those_that_are_said():
    largest = b" " * (512 * 1024)
    assert formats.read_credential(pictures.png(pictures.itxt(largest), first=pictures.header(4_096, 4_096))) == largest
    chunks = [pictures.chunk(b"tEXt", b"a\0b")] * (png.MAX_CHUNKS - 4)
    assert formats.read_credential(pictures.png(pictures.itxt(b"{}"), *chunks)) == b"{}"


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_of_a_png_is_noticed_or_changes_no_text(position, flip):
    """Whatever is changed, the text comes out as it was, or nothing does; the signature of the file aside."""
    raw = bytearray(pictures.baked_png(CREDENTIAL))
    raw[position % len(raw)] ^= flip
    try:
        assert formats.read_credential(bytes(raw)) in (CREDENTIAL.encode(), None)
    except DocumentError as error:
        assert error.code in ("malformed_image", "not_a_credential", "too_large")


# --- SVG


@given(CREDENTIALS, st.booleans())
def test_what_a_dom_bakes_into_an_svg_is_read_back(value, cdata):
    assert formats.read_credential(pictures.baked_svg(written(value), cdata=cdata)) == written(value).encode()


XML_TEXT = st.text(
    alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
)


@given(XML_TEXT.map(lambda text: json.dumps({"name": text}, ensure_ascii=False)), st.booleans())
def test_any_text_that_xml_can_have_is_read_back(text, cdata):
    assert formats.read_credential(pictures.baked_svg(text, cdata=cdata)) == text.encode()


def test_a_token_in_an_svg_is_read_back():
    assert formats.read_credential(pictures.baked_svg(TOKEN, as_token=True)) == TOKEN.encode()


@pytest.mark.parametrize(
    "raw",
    [
        pictures.svg(ELEMENT("<![CDATA[{}]]>")),
        pictures.svg(ELEMENT("\n  <![CDATA[{]]><![CDATA[}]]>\n")),
        pictures.svg(ELEMENT("{}")),
        pictures.svg(ELEMENT("&#123;&#x7d;")),
        pictures.svg(f"<g><g>{ELEMENT('{}')}</g></g>"),
        pictures.svg("<o:credential>{}</o:credential>", NAMESPACED),
        pictures.svg(f'<credential xmlns="{pictures.OPEN_BADGES}">{{}}</credential>'),
        pictures.svg(ELEMENT("{}"), before='<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- a badge -->'),
        b"\xef\xbb\xbf" + pictures.svg(ELEMENT("{}")),
        b"\r\n " + pictures.svg(ELEMENT("{}")),
        pictures.svg(ELEMENT("{}") + "<?php 1 ?><script>alert(1)</script>" + '<image href="https://example.org/x"/>'),
        pictures.svg('<openbadges:credential verify="{}"/>'),
        pictures.svg('<openbadges:credential verify="{}"> \n</openbadges:credential>'),
        pictures.svg("<openbadges:other>x</openbadges:other>" + ELEMENT("{}")),
    ],
)
def test_other_ways_to_write_the_same(raw):
    assert formats.read_credential(raw) == b"{}"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (pictures.svg(""), "not_a_credential"),
        (pictures.svg("<credential>{}</credential>"), "not_a_credential"),
        (pictures.svg("<o:credential>{}</o:credential>", 'xmlns:o="https://example.org/"'), "not_a_credential"),
        (
            pictures.svg("<o:credential>{}</o:credential>", 'xmlns:o="https://purl.imsglobal.org/ob/v3p0/"'),
            "not_a_credential",
        ),
        (pictures.svg("<!-- " + ELEMENT("{}") + " -->"), "not_a_credential"),
        (pictures.svg("<desc><![CDATA[" + ELEMENT("{}") + "]]></desc>"), "not_a_credential"),
        (ELEMENT("{}").replace(">", f' xmlns:openbadges="{pictures.OPEN_BADGES}">', 1).encode(), "not_a_credential"),
        (pictures.svg("").replace(pictures.SVG.encode(), b"https://example.org"), "not_a_credential"),
        (pictures.svg('<b:assertion verify="x"/>', 'xmlns:b="http://openbadges.org"'), "unsupported_format"),
        (pictures.svg(ELEMENT("{}") * 2), "malformed_image"),
        (pictures.svg(ELEMENT("{}") + '<openbadges:credential verify="a.b.c"/>'), "malformed_image"),
        (pictures.svg(ELEMENT("")), "malformed_image"),
        (pictures.svg(ELEMENT(" \n")), "malformed_image"),
        (pictures.svg('<openbadges:credential verify=""/>'), "malformed_image"),
        (pictures.svg('<openbadges:credential verify="a.b.c">{}</openbadges:credential>'), "malformed_image"),
        (pictures.svg(ELEMENT("{}<g/>")), "malformed_image"),
        (pictures.svg(ELEMENT(ELEMENT("{}"))), "malformed_image"),
        (pictures.svg(ELEMENT("{}"))[:-1], "malformed_image"),
        (pictures.svg(ELEMENT("{}")) + b"<svg/>", "malformed_image"),
        (pictures.svg("<openbadges:credential>{}</g>"), "malformed_image"),
        (pictures.svg(ELEMENT("&unknown;")), "malformed_image"),
        (pictures.svg(ELEMENT("\x00")), "malformed_image"),
        (pictures.svg("<x:credential/>"), "malformed_image"),
        (pictures.svg('<openbadges:credential verify="a" verify="b"/>'), "malformed_image"),
        (pictures.svg(ELEMENT("{}"), before="<!DOCTYPE svg>"), "malformed_image"),
        (pictures.svg(ELEMENT("&a;"), before='<!DOCTYPE svg [<!ENTITY a "{}">]>'), "malformed_image"),
        (
            pictures.svg(ELEMENT("&a;"), before='<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
            "malformed_image",
        ),
        (pictures.svg(ELEMENT("{}"), before='<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd">'), "malformed_image"),
        (pictures.svg(ELEMENT("{}"), before='<?xml version="1.0" encoding="ISO-8859-1"?>'), "malformed_image"),
        (pictures.svg(ELEMENT("{}"), before='<?xml version="1.0" encoding="UTF-7"?>'), "malformed_image"),
        (pictures.svg(ELEMENT("{}")).decode().replace("{}", "\xe9").encode("latin-1"), "malformed_image"),
        (pictures.svg(ELEMENT("x" * (512 * 1024 + 1))), "too_large"),
        (pictures.svg(ELEMENT("é" * (256 * 1024 + 1))), "too_large"),
        (pictures.svg(f'<openbadges:credential verify="{"x" * (512 * 1024 + 1)}"/>'), "too_large"),
        (pictures.svg("<g/>" * svg.MAX_ELEMENTS), "too_large"),
        (pictures.svg("<g>" * svg.MAX_DEPTH + "</g>" * svg.MAX_DEPTH), "too_large"),
        (pictures.svg("<g " + " ".join(f'a{number}=""' for number in range(257)) + "/>"), "too_large"),
        (pictures.svg(ELEMENT("{}") + " " * (2 << 20)), "too_large"),
    ],
)
def test_an_svg_that_leaves_doubt_is_refused(raw, code):
    assert code_for(raw) == code


def test_utf_16_is_no_picture_here():
    assert formats.read_credential(pictures.svg(ELEMENT("{}")).decode().encode("utf-16")) is None


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_start_are_read_or_refused(raw):
    for start in (pictures.SIGNATURE, pictures.SIGNATURE + pictures.header(), b"<", b"<svg ", pictures.svg("")[:-6]):
        try:
            formats.read_credential(start + raw)
        except DocumentError as error:
            assert error.code in ("malformed_image", "not_a_credential", "too_large", "unsupported_format")


def test_a_shuffled_picture_is_read_or_refused():
    draw = random.Random(7)
    good = [pictures.baked_png(CREDENTIAL), pictures.baked_svg(CREDENTIAL)]
    for _ in range(2_000):
        raw = bytearray(draw.choice(good))
        for _ in range(draw.randrange(1, 6)):
            start, length = draw.randrange(len(raw)), draw.randrange(1, 40)
            match draw.randrange(3):
                case 0:
                    raw[start : start + length] = b""
                case 1:
                    raw[start:start] = raw[start : start + length]
                case _:
                    raw[start : start + length] = draw.randbytes(length)
        try:
            formats.read_credential(bytes(raw))
        except DocumentError as error:
            assert error.code in ("malformed_image", "not_a_credential", "too_large", "unsupported_format")
