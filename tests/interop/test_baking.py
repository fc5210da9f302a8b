"""Files that were baked here are read by a baking library that is not ours, and the other way round."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from openbadgeslib import baking
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3 import OB3Verifier
from PIL import Image

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.formats import png
from openedx_verifiable_credentials.core.formats import svg
from openedx_verifiable_credentials.core.images import accept_picture
from openedx_verifiable_credentials.core.images import generated
from openedx_verifiable_credentials.core.images import wrapped
from openedx_verifiable_credentials.models import Credential
from tests import badges
from tests import policies
from tests import sharing

READ = {"png": OB3Verifier.extract_token_from_png, "svg": OB3Verifier.extract_token_from_svg}
BAKE = {"png": png.bake, "svg": svg.bake}
ID = "urn:uuid:2d5a1f7a-5d3e-4c1c-9c7e-000000000001"
PICTURES = {
    "drawn": ("png", generated.draw_png(ID).data),
    "accepted PNG": ("png", accept_picture(badges.png("RGBA")).data),
    "PNG with a palette": ("png", accept_picture(badges.png("P")).data),
    "drawn drawing": ("svg", generated.draw_svg(ID, "A & B <c>").data),
    "accepted SVG": ("svg", accept_picture(badges.svg()).data),
    "PNG in an SVG": ("svg", wrapped.svg_around(accept_picture(badges.png()), "A & B <c>")),
}
TEXTS = ["{}", '{"a":"]]> & < > \\u2028 \u2028 Ünï 👩‍🔬 تعلّم"}', '{"a":"\\r\\n ]]"}', '{\n\t"a": [1, 2]\n}']


def read(form: str, raw: bytes) -> bytes:
    """What the other library finds."""
    return READ[form](raw).encode("utf-8")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", PICTURES)
def test_the_other_library_reads_what_was_baked_here(name: str, text: str) -> None:
    form, picture = PICTURES[name]
    baked = BAKE[form](picture, text.encode())
    assert read(form, baked) == text.encode()
    # Nothing is in the picture alone.
    with pytest.raises(OB3VerificationError):
        READ[form](picture)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", PICTURES)
def test_what_the_other_library_bakes_is_read_here(name: str, text: str) -> None:
    form, picture = PICTURES[name]
    if form == "png":
        baked = baking.bake_png(picture, text, keyword=baking.ITXT_KEYWORD_OB3)
    else:
        baked = baking.bake_svg(
            picture, text, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3, as_text=True
        )
    assert formats.read_credential(baked) == text.encode()


@pytest.mark.parametrize("form", ["png", "svg"])
@pytest.mark.parametrize("policy", [None, "png", "svg"])
def test_a_learners_file_is_read_and_its_credential_verifies(
    ready: Any, ada_client: Any, make_offer: Any, course_certificate: Any, wallet: Any, form: str, policy: str | None
) -> None:
    if policy is not None:
        row = badge_images.keep_picture(badges.png() if policy == "png" else badges.svg())
        policies.make_policy("site", ready.pk, image=row)
    signed = make_offer(course_certificate).claim(wallet).content
    raw = ada_client.get(f"{sharing.ISSUED}{Credential.objects.get().uuid}/credential.{form}").content
    found = read(form, raw)
    assert found == signed
    assert didkit.verify(json.loads(found)) == []
    changed = raw.replace(b"Ada", b"Eda", 1)
    assert changed != raw
    if form == "png":
        # The pixels still show; the checksum of the chunk says what happened to it.
        assert Image.open(io.BytesIO(raw)).size
        with pytest.raises((LibOpenBadgesException, OB3VerificationError)):
            read(form, changed)
    else:
        assert didkit.verify(json.loads(read(form, changed))) != []
