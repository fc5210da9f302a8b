"""Credentials baked into pictures: read back byte for byte, pixels untouched, and never two in one."""

import io
import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.exceptions import DocumentError
from openedx_verifiable_credentials.exceptions import PictureError
from tests import badges
from tests import pictures
from tests import properties

ELEMENT = f"{{{pictures.OPEN_BADGES}}}credential"
# What XML makes something else of, or ends a section with.
AWKWARD = st.sampled_from(["]]>", "]]", "]", ">", "&", "&amp;", "<", "</openbadges:credential>", "\r", "\r\n", "\u2028",
                           "\u0085", "\t", "<![CDATA[", "<!--", "&#0;", "\\u0000", "\U0010fffd", "\x7f"])  # fmt: skip
XML_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
TEXTS = st.lists(AWKWARD | st.text(XML_CHARACTERS, max_size=9), max_size=9).map("".join)
# JSON with anything in it, also between its tokens.
CREDENTIALS = st.one_of(
    st.dictionaries(st.text(max_size=8), properties.json_values, max_size=4).map(json.dumps),
    TEXTS.map(lambda text: '{"name":"' + text + '"}'),
    st.just('{\r\n\t"a" :\r1}'),
).map(lambda text: text.encode("utf-8"))
PNGS = st.builds(
    badges.png,
    st.sampled_from(["RGB", "RGBA", "L", "LA", "P", "1"]),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    optimize=st.booleans(),
)
ROOTS = (
    'viewBox="0 0 10 10"',
    'viewBox="0 0 10 10" desc="a > b"',
    "viewBox='0 0 10 10' desc='\"/>'",
    'viewBox="0 0 10 10" xmlns:openbadges="urn:another"',
    f'viewBox="0 0 10 10" xmlns:openbadges="{pictures.OPEN_BADGES}"',
    f'\n viewBox = "0 0 10 10"\n xmlns:o="{pictures.OPEN_BADGES}"\n',
)
BEFORE = ("", '<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg> -->\n', "\ufeff", "\r\n ", "<?note <svg/> ?>")
SVGS = st.builds(
    badges.svg,
    st.sampled_from(["", '<circle r="4"/>', "<title>Ünï &gt; 👩‍🔬</title>", "<g><!-- > --></g>"]),
    st.sampled_from(ROOTS),
    st.sampled_from(BEFORE),
)


def code_for(bake, picture, credential=b"{}"):
    with pytest.raises(PictureError) as refusal:
        bake(picture, credential)
    return refusal.value.code


def without_credential(raw):
    """The canonical form of the drawing, its credential taken out."""
    root = ElementTree.fromstring(raw)
    for element in root.findall(ELEMENT):
        root.remove(element)
    return ElementTree.canonicalize(ElementTree.tostring(root))


# --- PNG


@given(PNGS, CREDENTIALS)
def test_what_is_baked_into_a_png_is_read_back_and_the_pixels_stay(picture, credential):
    baked = png.bake(picture, credential)
    assert formats.read_credential(baked) == credential
    with Image.open(io.BytesIO(picture)) as before, Image.open(io.BytesIO(baked)) as after:
        assert (after.mode, after.size, after.tobytes()) == (before.mode, before.size, before.tobytes())
        assert after.getpalette() == before.getpalette()
        # Another reader finds the same.
        assert after.text == {pictures.KEYWORD: credential.decode()}


def test_the_chunk_is_one_is_not_packed_and_stands_behind_the_header():
    picture = badges.png()
    baked = png.bake(picture, b'{"a":1}')
    start = len(pictures.SIGNATURE) + 25
    chunk = pictures.itxt(b'{"a":1}')
    assert baked == picture[:start] + chunk + picture[start:]
    assert baked.count(b"iTXt") == 1


def test_a_png_that_was_accepted_is_baked_and_accepted_again():
    picture = accept_picture(badges.png()).data
    assert accept_picture(png.bake(picture, b"{}")).data == picture


@given(st.integers(0), st.integers(0, 7))
def test_no_flipped_bit_of_a_baked_png_is_overlooked(position, bit):
    raw = bytearray(png.bake(badges.png(size=(4, 4)), b'{"name":"Ada"}'))
    # What is no PNG any more is not taken for one.
    raw[position % (len(raw) - 8) + 8] ^= 1 << bit
    with pytest.raises(DocumentError) as refusal:
        formats.read_credential(bytes(raw))
    assert refusal.value.code in ("malformed_image", "too_large")


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (pictures.png(pictures.itxt(b"{}")), "picture_not_allowed"),
        (pictures.baked_png('{"a":1}'), "picture_not_allowed"),
        (pictures.png(pictures.itxt(b"{}", keyword=b"openbadges")), "picture_not_allowed"),
        (pictures.png(pictures.chunk(b"tEXt", b"openbadges\0https://example.org/assertion")), "picture_not_allowed"),
        # Damaged ones and doubtful ones may carry one as well.
        (pictures.baked_png('{"a":1}', packed=True), "picture_not_readable"),
        (pictures.png(pictures.itxt(b"{}"), pictures.itxt(b"{}")), "picture_not_readable"),
        (badges.png()[:-20], "picture_not_readable"),
        (badges.png()[:-1], "picture_not_readable"),
        (pictures.SIGNATURE, "picture_not_readable"),
        (pictures.png(first=pictures.header(4_097, 1)), "picture_too_large"),
        (pictures.png(*[pictures.chunk(b"tEXt", b"a\0b")] * 1_000), "picture_too_large"),
    ],
)
def test_a_png_that_carries_one_or_leaves_doubt_gets_none(picture, code):
    assert code_for(png.bake, picture) == code


def test_none_is_baked_twice():
    once = png.bake(badges.png(), b"{}")
    assert code_for(png.bake, once) == code_for(png.bake, once, b'{"a":1}') == "picture_not_allowed"


def test_limits_of_a_baked_png_are_those_of_the_reader():
    largest = b'"' + b"a" * (png.MAX_CREDENTIAL_BYTES - 2) + b'"'
    assert formats.read_credential(png.bake(badges.png(), largest)) == largest
    assert code_for(png.bake, badges.png(), largest + b" ") == "picture_too_large"
    assert code_for(png.bake, badges.png(), b"") == "picture_not_allowed"
    full = pictures.png(*[pictures.chunk(b"tEXt", b"a\0b")] * (png.MAX_CHUNKS - 3))
    assert code_for(png.bake, full) == "picture_too_large"


# --- SVG


@given(SVGS, CREDENTIALS)
def test_what_is_baked_into_an_svg_is_read_back_and_the_drawing_stays(picture, credential):
    baked = svg.bake(picture, credential)
    assert formats.read_credential(baked) == credential
    root = ElementTree.fromstring(baked)
    # Another reader finds the same, and finds it first.
    assert root[0].tag == ELEMENT
    assert root[0].text == credential.decode()
    assert without_credential(baked) == without_credential(picture)


def test_the_element_is_the_first_and_the_rest_stays_byte_for_byte():
    head, tail = badges.svg().split(b"<circle", 1)
    element = (
        f'<openbadges:credential xmlns:openbadges="{pictures.OPEN_BADGES}"><![CDATA[{{}}]]></openbadges:credential>'
    )
    assert svg.bake(badges.svg(), b"{}") == head + element.encode() + b"<circle" + tail


def test_an_svg_without_anything_in_it():
    picture = f'<s:svg xmlns:s="{pictures.SVG}" viewBox="0 0 9 9" />'.encode()
    baked = svg.bake(picture, b"{}")
    assert formats.read_credential(baked) == b"{}"
    assert baked.endswith(b"</openbadges:credential></s:svg>")


def test_an_svg_that_was_accepted_is_baked_and_accepted_again():
    picture = accept_picture(badges.svg()).data
    assert accept_picture(svg.bake(picture, b'{"a":"]]>"}')).data == picture


@given(st.integers(0), st.integers(0, 7))
def test_a_flipped_bit_of_a_baked_svg_gives_no_other_credential_unnoticed(position, bit):
    """XML has no checksums: what is changed inside the credential is for its proof to notice."""
    credential = b'{"name":"Ada"}'
    raw = bytearray(svg.bake(badges.svg(), credential))
    start = raw.index(credential)
    where = position % (len(raw) - len(credential))
    raw[where if where < start else where + len(credential)] ^= 1 << bit
    try:
        assert formats.read_credential(bytes(raw)) in (credential, None)
    except DocumentError as error:
        assert error.code in ("malformed_image", "not_a_credential", "too_large")


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (pictures.baked_svg("{}"), "picture_not_allowed"),
        (pictures.baked_svg("a.b.c", as_token=True), "picture_not_allowed"),
        (pictures.svg("<g><openbadges:credential>{}</openbadges:credential></g>"), "picture_not_allowed"),
        (pictures.svg('<b:assertion verify="x"/>', 'xmlns:b="http://openbadges.org"'), "picture_not_allowed"),
        (pictures.svg("<openbadges:credential/>"), "picture_not_readable"),
        (pictures.svg("<openbadges:credential>{}</openbadges:credential>" * 2), "picture_not_readable"),
        (pictures.svg("", before="<!DOCTYPE svg>"), "picture_not_readable"),
        (pictures.svg("")[:-1], "picture_not_readable"),
        (badges.svg().decode().encode("utf-16"), "picture_not_readable"),
        (b"<svg " + b"a=" * 5_000, "picture_too_large"),
        (badges.svg(" " * svg.MAX_BYTES), "picture_too_large"),
    ],
)
def test_an_svg_that_carries_one_or_leaves_doubt_gets_none(picture, code):
    assert code_for(svg.bake, picture) == code


def test_markup_that_is_no_svg_gets_none():
    assert code_for(svg.bake, b"<html></html>") == "picture_not_allowed"
    assert code_for(png.bake, badges.svg()) == "picture_not_readable"
    assert code_for(svg.bake, badges.png()) == "picture_not_readable"


@pytest.mark.parametrize(
    "credential",
    [b"", b"  ", b" {}", b"{}\n", b'"\xff"', b'"\xc3"', b'"\0"', '"\uffff"'.encode(), b'"\x0b"', b"\xef\xbb\xbf{}"],
)
def test_what_xml_cannot_carry_is_refused_and_never_changed(credential):
    try:
        assert formats.read_credential(svg.bake(badges.svg(), credential)) == credential
    except PictureError as error:
        assert error.code == "picture_not_allowed"
        assert credential != b"\xef\xbb\xbf{}"


def test_limits_of_a_baked_svg_are_those_of_the_reader():
    largest = b'"' + b"a" * (svg.MAX_CREDENTIAL_BYTES - 2) + b'"'
    assert formats.read_credential(svg.bake(badges.svg(), largest)) == largest
    assert code_for(svg.bake, badges.svg(), largest[:-1] + b'a"') == "picture_too_large"
