"""Badge images: what is drawn stays, what could do harm is refused or gone, and the same again is the same bytes."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image
from PIL import ImageChops

from openedx_verifiable_credentials.core.images import MAX_BYTES
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.exceptions import PictureError
from tests import badges
from tests import hostile_pictures
from tests import pictures
from tests import scanned

CODES = {"picture_too_large", "picture_not_readable", "picture_not_allowed"}
SVGS = hostile_pictures.svgs()
# What is no danger once it is gone; everything else of the corpus is refused.
HARMLESS_SVGS = {
    "script in a note", "script in an editor's note", "script in a section", "script in references",
    "script in a comment", "an event attribute of another vocabulary", "use of two addresses",
    "style with an image set",
    "base", "text with direction marks", "id that ends", "class that ends", "title that ends", "baked credential",
    "base of the root", "script type of the root", "location of a schema",
}  # fmt: skip
HARMLESS_PNGS = {
    "profile without end", "text without end", "text of a page", "baked credential", "place and camera",
    "page in a chunk of its own", "page behind the end", "archive behind the end", "another picture behind the end",
    "page behind the pixels", "palette that is no palette", "palette that is too short",
    "transparency that is too long",    "pixels apart",
}  # fmt: skip


def drawn(inside: str, **options: str) -> str:
    """What is written of a drawing, without its first element."""
    text = accept_picture(badges.svg(inside, **options)).data.decode()
    return re.sub(r"^<svg[^>]*>|</svg>\n$", "", text)


def refused(raw: bytes) -> PictureError:
    with pytest.raises(PictureError) as caught:
        accept_picture(raw)
    assert caught.value.code in CODES
    assert caught.value.message.endswith(".")
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 250
    return caught.value


def pixels(raw: bytes) -> Image.Image:
    with Image.open(io.BytesIO(raw)) as image:
        return image.convert("RGBA")


# --- What is refused, and what is made harmless


def test_the_corpus_is_as_large_as_it_should_be():
    assert len(SVGS) >= 60
    assert len(hostile_pictures.PNGS) >= 20
    assert not HARMLESS_SVGS - set(SVGS)
    assert not HARMLESS_PNGS - set(hostile_pictures.PNGS)


@pytest.mark.parametrize("name", SVGS)
def test_hostile_drawings_are_refused_or_made_harmless(name):
    if name not in HARMLESS_SVGS:
        refused(SVGS[name])
        return
    accepted = accept_picture(SVGS[name])
    assert scanned.faults_of_svg(accepted.data) == []
    assert accept_picture(accepted.data) == accepted
    # What was to be seen is there still.
    assert b'<rect height="4" width="4"/>' in accepted.data


@pytest.mark.parametrize("name", hostile_pictures.PNGS)
def test_hostile_pixels_are_refused_or_made_harmless(name):
    raw = hostile_pictures.PNGS[name]()
    if name not in HARMLESS_PNGS:
        refused(raw)
        return
    accepted = accept_picture(raw)
    assert scanned.faults_of_png(accepted.data) == []
    assert accept_picture(accepted.data) == accepted
    assert hostile_pictures.CANARY.encode() not in accepted.data
    assert (accepted.width, accepted.height) == pixels(accepted.data).size == (100, 100)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("script", "Line 1: the element “script” is not accepted in a badge image."),
        ("onload", "Line 1: the attribute “onload” of “rect” runs a script."),
        ("use of another document", "the attribute “href” of “use” leads out of the picture"),
        ("fill from home", "the attribute “fill” of “rect” refers to something outside the picture."),
        ("sheet with an import", "Line 1: the style sheet has @-rules, such as @import, which are not accepted."),
        ("style with an escape", "the attribute “style” cannot be read."),
        ("document type", "The picture has a document type declaration"),
        ("instruction", "the processing instruction “xml-stylesheet” is not accepted."),
        ("page of HTML", "the element “body” is none of SVG and is not accepted."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_and_where(name, said):
    assert said in refused(SVGS[name]).message


def test_the_line_is_that_of_the_file():
    error = refused(badges.svg('\n<g>\n  <rect\n width="1"/>\n<image href="x.png"/></g>'))
    assert error.message.startswith("Line 5: the element “image”")


# --- What is kept of drawings

EDITORS = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with an editor -->
<svg width="100mm" height="50mm" viewBox="0 0 100 50" version="1.1" id="svg5" xml:space="preserve"
   inkscape:version="1.2" sodipodi:docname="a.svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:xlink="http://www.w3.org/1999/xlink"
   xmlns="http://www.w3.org/2000/svg" xmlns:svg="http://www.w3.org/2000/svg">
  <sodipodi:namedview id="namedview7" pagecolor="#ffffff"><inkscape:grid type="xygrid"/></sodipodi:namedview>
  <metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><?xpacket begin=""?></rdf:RDF></metadata>
  <defs id="defs2">
    <marker id="Arrow"><path d="M0 0"/></marker>
    <linearGradient id="g1"><stop style="stop-color:#f00;stop-opacity:1" offset="0" id="stop1"/></linearGradient>
    <linearGradient inkscape:collect="always" xlink:href="#g1" id="g2" x1="10" gradientUnits="userSpaceOnUse"/>
  </defs>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" onscreen-x="">
    <path style="fill:url(#g2);stroke:none;stroke-width:0.26;-inkscape-stroke:none;marker-end:none"
      d="M 10,10 C 1.5e1,-2 3 4 .5.5 z" sodipodi:nodetypes="cc" /></g>
</svg>"""


def test_notes_of_editors_are_left_out():
    accepted = accept_picture(EDITORS.replace(' onscreen-x=""', "").encode())
    assert (accepted.width, accepted.height) == (378, 189)
    assert accepted.media_type == "image/svg+xml"
    assert re.sub(r"\s+(?=<)", "", accepted.data.decode().strip()) == (
        '<svg height="188.9764" id="svg5" viewBox="0 0 100 50" width="377.9528" xmlns="http://www.w3.org/2000/svg">'
        '<defs id="defs2"><linearGradient id="g1"><stop id="stop1" offset="0" stop-color="#f00" stop-opacity="1"/>'
        '</linearGradient><linearGradient gradientUnits="userSpaceOnUse" href="#g1" id="g2" x1="10"/></defs>'
        '<g id="layer1"><path d="M 10,10 C 1.5e1,-2 3 4 .5.5 z" fill="url(#g2)" stroke="none" stroke-width="0.26"/>'
        "</g></svg>"
    )
    assert "“onscreen-x”" in refused(EDITORS.encode()).message


@pytest.mark.parametrize(
    ("inside", "written"),
    [
        ('<g fill="rgba( 0, 0,0 , .5 )"/>', '<g fill="rgba( 0, 0,0 , .5 )"/>'),
        ("<g fill=\"url( '#a' ) red\"/>", '<g fill="url(#a) red"/>'),
        ('<g transform="rotate(45) translate(1,\n2)"/>', '<g transform="rotate(45) translate(1, 2)"/>'),
        ("<text font-family=\"'Open Sans', sans-serif\">A &amp; B</text>",
         "<text font-family=\"'Open Sans', sans-serif\">A &amp; B</text>"),
        ('<text>a <tspan x="1">b</tspan> c</text>', '<text>a <tspan x="1">b</tspan> c</text>'),
        ("<title>Ærø ✓</title>", "<title>Ærø ✓</title>"),
        ('<g style="transform:rotate(45deg);mix-blend-mode:multiply;cursor:pointer"/>',
         '<g style="mix-blend-mode:multiply;transform:rotate(45deg)"/>'),
        ('<g id="a"/><g id="a" fill="red"/>', '<g id="a"/><g fill="red"/>'),
        ('<use xlink:href="#a"/>', '<use href="#a"/>'),
        ('<rect data-name="x" aria-label="y" role="img" tabindex="0" width="1"/>', '<rect width="1"/>'),
        ('<g z="1" y="2" x="3"/>', '<g x="3" y="2"/>'),
        # No numbers, whatever they look like.
        ('<g fill="#1e7abc" stroke="url(#a1e9)"/>', '<g fill="#1e7abc" stroke="url(#a1e9)"/>'),
    ],
)  # fmt: skip
def test_what_is_drawn_stays(inside, written):
    assert drawn(inside) == written


@pytest.mark.parametrize(
    ("sheet", "element", "expected"),
    [
        (".a{fill:red}", '<g class="a"/>', '<g fill="red"/>'),
        (".a,.b{fill:red}.b{fill:blue}", '<g class="b a"/>', '<g fill="blue"/>'),
        ("g.a{fill:red}.a{fill:blue}", '<g class="a"/>', '<g fill="red"/>'),
        ("#x{fill:red}.a.b{fill:blue}", '<g id="x" class="a b"/>', '<g fill="red" id="x"/>'),
        ("g{fill:red!important}#x{fill:blue}", '<g id="x" style="fill:green"/>', '<g fill="red" id="x"/>'),
        ("g{fill:red}", '<g fill="blue"/>', '<g fill="red"/>'),
        ("g{fill:red}", '<g style="fill:blue"/>', '<g fill="blue"/>'),
        ("g{fill:red!important}", '<g style="fill:blue!important"/>', '<g fill="blue"/>'),
        ("*{fill:red}.c{fill:blue}", "<g/>", '<g fill="red"/>'),
        ("/* a */ g /* b */ { /* c */ fill : red ; ; -x-y: z } ", "<g/>", '<g fill="red"/>'),
        ("<![CDATA[g{font-family:'A B';}]]>", "<g/>", "<g font-family=\"'A B'\"/>"),
        (".a{isolation:isolate;fill:url(#p)}", '<g class="a"/>', '<g fill="url(#p)" style="isolation:isolate"/>'),
        ("circle{fill:red}", "<g/>", "<g/>"),
    ],
)
def test_style_sheets_become_attributes(sheet, element, expected):
    """CSS 2.1 §6.4.1, and SVG 1.1 §6.4: a presentation attribute counts less than any rule."""
    assert drawn(f"{element}<style>{sheet}</style>") == expected


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 24 24"', (24, 24)),
        ('viewBox="-5,-5,10.5,20"', (11, 20)),
        ('width="64" height="32px"', (64, 32)),
        ('width="1in" height="72pt" viewBox="0 0 9 9"', (96, 96)),
        ('width="100%" height="100%" viewBox="0 0 30 40"', (30, 40)),
    ],
)
def test_the_size_is_told(attributes, size):
    accepted = accept_picture(badges.svg(attributes=attributes))
    assert (accepted.width, accepted.height) == size


def test_a_byte_order_mark_does_no_harm():
    assert accept_picture(b"\xef\xbb\xbf" + badges.svg()) == accept_picture(badges.svg())


# --- What is kept of pixels


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(90, 90), (123, 457)])
def test_pixels_stay_as_they_are(mode, size):
    raw = badges.png(mode, size)
    accepted = accept_picture(raw)
    assert (accepted.media_type, accepted.width, accepted.height) == ("image/png", *size)
    assert ImageChops.difference(pixels(raw), pixels(accepted.data)).getbbox(alpha_only=False) is None
    assert accept_picture(accepted.data) == accepted


@pytest.mark.parametrize(("mode", "transparent"), [("L", 7), ("RGB", (7, 7, 7)), ("P", 7), ("P", bytes(range(200)))])
def test_what_is_transparent_stays_so(mode, transparent):
    raw = badges.png(mode, transparency=transparent)
    accepted = accept_picture(raw)
    assert pixels(raw).getchannel("A").getextrema() == pixels(accepted.data).getchannel("A").getextrema() != (255, 255)
    assert ImageChops.difference(pixels(raw), pixels(accepted.data)).getbbox(alpha_only=False) is None
    assert accept_picture(accepted.data) == accepted


@pytest.mark.parametrize("value", [0, 257 * 3, 257 * 128, 65535])
def test_sixteen_bits_of_grey_become_eight(value):
    accepted = accept_picture(badges.png("I;16", colour=value))
    with Image.open(io.BytesIO(accepted.data)) as image:
        assert (image.mode, image.getpixel((0, 0))) == ("L", value // 257)


def test_nothing_but_pixels_stays():
    raw = badges.png(dpi=(300, 300), icc_profile=b"x" * 200, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    assert scanned.faults_of_png(raw) != []
    accepted = accept_picture(raw)
    assert scanned.faults_of_png(accepted.data) == []
    assert accepted == accept_picture(badges.png())


def test_what_is_larger_once_written_anew_is_refused():
    noise = Image.effect_noise((1_000, 700), 100).convert("RGB")
    raw = io.BytesIO()
    noise.save(raw, "PNG", compress_level=0)
    error = refused(raw.getvalue())
    assert error.code == "picture_too_large"
    assert len(raw.getvalue()) > MAX_BYTES


# --- Whatever is sent

_NAMES = st.sampled_from(
    [*sorted(scanned.DRAWN), "script", "foreignObject", "image", "a", "animate", "set", "style", "metadata", "x:y"]
)
_ATTRIBUTES = st.sampled_from(
    ["id", "class", "style", "fill", "stroke", "filter", "mask", "d", "points", "transform", "x", "width", "href",
     "xlink:href", "onload", "font-family", "viewBox", "xml:base", "x:y", "values", "opacity"]
)  # fmt: skip
_PIECES = st.sampled_from(
    ["url(#a)", "url(", "#a", "a", "b", "red", "0", "1.5", "-2e3", "%", " ", ",", ";", ":", "/*", "*/", "'", "\\", "@",
     "(", ")", "{", "}", "rotate(", "javascript:", "data:", "https://home.example/", "fill:", "M0 0", "!important",
     "&amp;", "&lt;", "&quot;", "&#10;", "&#13;", "&#x2028;", "\u202e", "é", "\U0001f393", "&#xFFFE;"]
)  # fmt: skip
_VALUES = st.lists(_PIECES, max_size=4).map("".join)
_TEXTS = st.one_of(_VALUES, st.just("\n  "), st.just("g{fill:red}"), st.just("<!-- x -->"), st.just("<![CDATA[<a>]]>"))


def _element(name, attributes, children):
    written = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f"<{name} {written}>{''.join(children)}</{name}>"


def _elements(children):
    attributes = st.dictionaries(_ATTRIBUTES, _VALUES, max_size=3)
    return st.builds(_element, _NAMES, attributes, st.lists(st.one_of(children, _TEXTS), max_size=3))


_DRAWINGS = st.recursive(st.builds(_element, _NAMES, st.dictionaries(_ATTRIBUTES, _VALUES, max_size=3), st.just([])),
                         _elements, max_leaves=6)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(inside=_DRAWINGS)
def test_whatever_is_accepted_is_accepted_again_and_holds_nothing_forbidden(inside):
    try:
        accepted = accept_picture(badges.svg(inside, 'viewBox="0 0 9 9" xmlns:x="urn:x"'))
    except PictureError as error:
        assert error.code in CODES
        return
    assert scanned.faults_of_svg(accepted.data) == []
    assert accept_picture(accepted.data) == accepted


GOOD_PNGS = [
    badges.png("P", transparency=bytes(range(99))),
    badges.png("RGBA"),
    pictures.SIGNATURE + badges.png("1")[8:],
    badges.png("LA", dpi=(1, 1)),
]


@settings(max_examples=120, deadline=None)
@given(
    picture=st.sampled_from(GOOD_PNGS),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3),
    mend=st.booleans(),
)
def test_changed_pixels_are_refused_or_written_anew(picture, changes, mend):
    raw = bytearray(picture)
    for position, value in changes:
        raw[position % len(raw)] = value
    try:
        accepted = accept_picture(_mended(bytes(raw)) if mend else bytes(raw))
    except PictureError as error:
        assert error.code in CODES
        return
    assert scanned.faults_of_png(accepted.data) == []
    assert accept_picture(accepted.data) == accepted


def _mended(raw: bytes) -> bytes:
    """With checksums that are right, as far as the chunks can be told."""
    position, written = 8, [raw[:8]]
    while position + 12 <= len(raw):
        length = int.from_bytes(raw[position : position + 4], "big")
        written.append(pictures.chunk(raw[position + 4 : position + 8], raw[position + 8 : position + 8 + length]))
        position += 12 + length
    return b"".join(written)


@settings(max_examples=100, deadline=None)
@given(raw=st.one_of(st.binary(max_size=200), st.text(alphabet="<>/svg =\"'&;!?-[]ax", max_size=80).map(str.encode)))
def test_junk_is_refused(raw):
    refused(raw)
