"""Badges of achievements without a picture: the same for the same id, told apart, and read aloud."""

import base64
import hashlib
import io
import uuid
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image

from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.core.images import colours
from openedx_verifiable_credentials.core.images import generated
from openedx_verifiable_credentials.core.images import wrapped
from openedx_verifiable_credentials.exceptions import PictureError
from tests import badges

ID = "urn:uuid:2d5a1f7a-5d3e-4c1c-9c7e-000000000001"
WHITE = (255, 255, 255)
TITLE = f"{{{badges.SVG}}}title"
IMAGE = f"{{{badges.SVG}}}image"


def title_of(raw):
    return ElementTree.fromstring(raw).find(TITLE).text


def pixels(picture):
    return Image.open(io.BytesIO(picture.data)).convert("RGBA")


# --- Colours


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [((0, 0, 0), WHITE, 21), (WHITE, WHITE, 1), ((118, 118, 118), WHITE, 4.54), ((0, 0, 255), WHITE, 8.59)],
)
def test_contrast_is_that_of_the_guidelines(one, other, expected):
    assert colours.contrast(one, other) == colours.contrast(other, one) == pytest.approx(expected, abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.02, 0.95))
def test_a_colour_gives_the_light_that_is_asked_for(hue, saturation, luminance):
    assert colours.relative_luminance(colours.of_light(hue, saturation, luminance)) == pytest.approx(
        luminance, abs=0.02
    )


@given(st.text())
@settings(max_examples=300)
def test_what_touches_keeps_its_contrast_whatever_the_id(achievement_id):
    look = generated.look_of(achievement_id)
    assert colours.contrast(look.dark, WHITE) >= 4.5
    assert colours.contrast(look.darker, WHITE) >= 4.5
    assert colours.contrast(look.dark, look.pale) >= 4.5
    assert colours.contrast(look.dark, look.bright) >= 3


# --- Drawings


def test_the_same_id_is_the_same_bytes_for_ever():
    drawing, image = generated.draw_svg(ID, "Computing"), generated.draw_png(ID)
    assert (drawing, image) == (generated.draw_svg(ID, "Computing"), generated.draw_png(ID))
    # Of the pixels: how they are packed is the library's.
    assert (
        hashlib.sha256(drawing.data).hexdigest() == "010a7834730339c406a8fa7d24c17889dbba933eb424cf8636185a86f46c4b3c"
    )
    assert (
        hashlib.sha256(pixels(image).tobytes()).hexdigest()
        == "cd4ea883b3569dc5180accdbb362c0636ffb9d7b60e78e0d38dd75f0191ed9aa"
    )


def test_ids_are_told_apart():
    ids = [f"urn:uuid:{uuid.UUID(int=number)}" for number in range(200)]
    assert len({generated.look_of(one) for one in ids}) == 200


def test_it_is_accepted_as_it_is():
    for picture in (generated.draw_svg(ID, "Computing"), generated.draw_png(ID)):
        assert accept_picture(picture.data) == picture
        assert (picture.width, picture.height) == (512, 512)


def test_a_badge_stands_on_nothing_and_fills_its_place():
    image = pixels(generated.draw_png(ID))
    assert [image.getpixel(corner)[3] for corner in ((0, 0), (511, 0), (0, 511), (511, 511))] == [0] * 4
    left, top, right, bottom = image.getchannel("A").getbbox()
    assert left < 64 and top < 24 and right > 448 and bottom > 488
    # The star in the middle is white or its shade, on what is dark.
    look = generated.look_of(ID)
    assert image.getpixel((256, 90))[:3] == look.dark
    assert image.getpixel((250, 180))[:3] in (WHITE, look.pale)


def test_drawing_and_pixels_show_the_same():
    """The shapes of the one, filled in here, are the other."""
    root = ElementTree.fromstring(generated.draw_svg(ID, "Computing").data)
    fills = {element.get("fill") for element in root if element.get("fill")}
    common = {colours.written(colour[:3]) for _, colour in pixels(generated.draw_png(ID)).getcolors(1 << 18)}
    assert fills <= common


@given(st.text())
@settings(max_examples=50)
def test_the_title_is_read_aloud_whatever_it_is(title):
    picture = generated.draw_svg(ID, title)
    root = ElementTree.fromstring(picture.data)
    found = root.find(TITLE)
    expected = " ".join(title.split())
    assert found is None or found.text
    if expected.isascii() and expected.isprintable() and 0 < len(expected) < 250:
        assert root[0].tag == TITLE and found.text == expected


@pytest.mark.parametrize("title", ["</title><script>x</script>", "A & B", "<b>", '"', "تعلّم الآلة", "\x00\ud800"])
def test_a_title_is_text_and_never_markup(title):
    raw = generated.draw_svg(ID, title).data
    assert {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(raw).iter()} == {
        "svg", "title", "polygon", "circle",
    }  # fmt: skip
    if title.isprintable():
        assert title_of(raw) == title


# --- A PNG in an SVG


def test_a_png_in_an_svg_is_the_same_png():
    picture = accept_picture(badges.png(size=(120, 90)))
    raw = wrapped.svg_around(picture, "A <b> & ]]>")
    root = ElementTree.fromstring(raw)
    assert (root.get("viewBox"), root.get("width"), root.get("height")) == ("0 0 120 90", "120", "90")
    assert title_of(raw) == "A <b> & ]]>"
    address = root.find(IMAGE).get("href")
    assert base64.b64decode(address.removeprefix("data:image/png;base64,"), validate=True) == picture.data
    assert svg.read(svg.bake(raw, b"{}")) == b"{}"
    # Nobody may upload such a thing: only ours are known to hold an accepted picture.
    with pytest.raises(PictureError):
        accept_picture(raw)


def test_the_largest_picture_and_credential_still_make_a_file():
    picture = accept_picture(badges.png())
    largest = type(picture)(picture.media_type, bytes(512 * 1024), 2_000, 2_000)
    raw = svg.bake(wrapped.svg_around(largest, "x" * 300), b'"' + b"a" * 500_000 + b'"')
    assert len(svg.read(raw)) == 500_002
