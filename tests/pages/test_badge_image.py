"""The badge image on the page of a shared credential: ours, from the page's own origin, or none."""

import json
import re

import pytest

from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from tests import badges
from tests import policies
from tests import sharing

NAME = f"/verifiable_credentials/images/{'0' * 64}"
PICTURE = r'<img class="ovc-picture" src="([^"]*)" alt="([^"]*)">'


@pytest.fixture(name="row")
def make_row(ready):
    """What a course admin has uploaded for all certificates of the site."""
    row = badge_images.keep_picture(badges.svg())
    policies.make_policy("site", ready.pk, image=row)
    return row


def html_of(page):
    response = sharing.get(page)
    assert response.status_code == 200
    return response


def test_the_page_shows_it_from_its_own_origin(row, ada_client, make_offer, course_certificate, wallet):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    page = sharing.share(ada_client)
    document = json.loads(sharing.get(f"{page}credential.json").content)
    image = document["credentialSubject"]["achievement"]["image"]
    assert image["id"] == f"{Issuer.objects.get().base_url}{row.path}"
    response = html_of(page)
    [(source, words)] = re.findall(PICTURE, response.content.decode())
    assert source == row.path
    assert words.startswith("Badge image of “")
    [policy] = [one for one in response["Content-Security-Policy"].split("; ") if one.startswith("img-src")]
    assert policy == "img-src 'self' data:"
    assert sharing.get(source).content == bytes(row.data)
    evidence = sharing.get(f"{page}evidence.html")
    assert b'ovc-picture"' not in evidence.content


def test_without_a_picture_there_is_none(ada_client, make_offer, course_certificate, wallet):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    assert "<img" not in html_of(sharing.share(ada_client)).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "https://home.example/x.png",
        f"https://home.example{NAME}.png",
        f"{{base}}{NAME}.gif",
        f"{{base}}{NAME}.png?x",
        f"{{base}}.home.example{NAME}.png",
        f"{{base}}@home.example{NAME}.png",
        f"{NAME}.png",
        f"//home.example{NAME}.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "javascript:alert(1)",
        "{base}/verifiable_credentials/images/../../logout/",
        "",
        None,
        7,
        ["x"],
    ],
)
def test_pictures_of_others_are_not_shown(shared, address):
    """Whatever a ledger may hold: the address decides, not who signed it."""
    written = address.replace("{base}", shared.base_url) if isinstance(address, str) else address
    assert made(shared, {"id": written, "type": "Image"}).picture == ""
    assert made(shared, written).picture == ""


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_ours_are_found_in_both_spellings(shared, ending):
    address = f"{shared.base_url}{NAME}.{ending}"
    assert made(shared, {"id": address, "type": "Image"}).picture == f"{NAME}.{ending}"
    assert made(shared, address).picture == f"{NAME}.{ending}"
    assert made(shared, [{"id": address}]).picture == f"{NAME}.{ending}"


@pytest.fixture(name="shared")
def make_shared(ada_client, make_offer, course_certificate, wallet):
    """A shared credential, as the page reads it."""
    from openedx_verifiable_credentials.api import public_credentials

    assert make_offer(course_certificate).claim(wallet).status_code == 201
    assert Credential.objects.count() == 1
    return public_credentials.find_shared(sharing.share(ada_client).split("/")[-2])


def made(shared, image):
    """``shared`` with this image."""
    import dataclasses

    document = {"credentialSubject": {"achievement": {"image": image}}}
    assert facts.picture_address({}) == ""
    return dataclasses.replace(shared, raw=json.dumps(document).encode())
