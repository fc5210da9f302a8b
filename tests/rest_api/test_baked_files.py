"""A credential baked into a picture: the learner's own, and the one that they share."""

import base64
import io
import json
import uuid
from xml.etree import ElementTree

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.core import facts
from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core.images import generated
from openedx_verifiable_credentials.models import BadgeImage
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import badges
from tests import network
from tests import papers
from tests import policies
from tests import rows
from tests import seed
from tests import sharing

SVG = f"{{{badges.SVG}}}"
TYPES = {"png": "image/png", "svg": "image/svg+xml"}
SANDBOX = "default-src 'none'; sandbox"


@pytest.fixture(name="picture", params=[None, "png", "svg"])
def make_picture(request, ready):
    """What policy has for all certificates, if anything."""
    if request.param is None:
        return None
    row = badge_images.keep_picture(badges.png() if request.param == "png" else badges.svg())
    policies.make_policy("site", ready.pk, image=row)
    return row


@pytest.fixture(name="signed")
def make_signed(make_offer, course_certificate, wallet):
    """What Ada's wallet got."""
    response = make_offer(course_certificate).claim(wallet)
    assert response.status_code == 201
    return response.content


def path(form, credential=None):
    """Where the owner's file is; by default of the only credential."""
    return f"{sharing.ISSUED}{credential or Credential.objects.get().uuid}/credential.{form}"


def pixels(raw):
    with Image.open(io.BytesIO(raw)) as image:
        return image.mode, image.size, image.tobytes()


def canonical(root):
    return ElementTree.canonicalize(ElementTree.tostring(root))


def drawing(raw):
    """What the SVG shows, without the credential in it."""
    root = ElementTree.fromstring(raw)
    [baked] = root.findall("{https://purl.imsglobal.org/ob/v3p0}credential")
    assert root[0] is baked
    root.remove(baked)
    return canonical(root)


def expect_png(raw, row, document):
    drawn = generated.draw_png(facts.achievement_id(document))
    expected = drawn.data if row is None or row.media_type != "image/png" else bytes(row.data)
    assert pixels(raw) == pixels(expected)


def expect_svg(raw, row, document):
    if row is not None and row.media_type == "image/png":
        root = ElementTree.fromstring(raw)
        [image] = root.findall(f"{SVG}image")
        assert base64.b64decode(image.get("href").removeprefix("data:image/png;base64,")) == bytes(row.data)
        return
    title = facts.read(document).title
    expected = generated.draw_svg(facts.achievement_id(document), title).data if row is None else bytes(row.data)
    assert drawing(raw) == canonical(ElementTree.fromstring(expected))


EXPECTED = {"png": expect_png, "svg": expect_svg}


# --- One's own


@pytest.mark.parametrize("form", TYPES)
def test_the_credential_is_in_the_picture_byte_for_byte(picture, ada_client, signed, form):
    before = rows.snapshot()
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        response = ada_client.get(path(form))
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[form])
    assert formats.read_credential(response.content) == signed
    EXPECTED[form](response.content, picture, json.loads(signed))
    assert rows.changed(before) == []


@pytest.mark.parametrize("form", TYPES)
def test_headers_keep_it_a_file(ada_client, signed, form):
    response = ada_client.get(path(form))
    name = f"credential-{Credential.objects.get().uuid}.{form}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert response.get("Content-Security-Policy") == (SANDBOX if form == "svg" else None)


@pytest.mark.parametrize("form", TYPES)
def test_it_verifies_and_a_changed_one_does_not(ada_client, signed, form):
    raw = ada_client.get(path(form)).content
    assert didkit.verify(json.loads(formats.read_credential(raw))) == []
    if form == "png":
        with pytest.raises(Exception, match="malformed_image"):
            formats.read_credential(raw.replace(b"Ada", b"Eda", 1))
        return
    changed = formats.read_credential(raw.replace(b"Ada", b"Eda", 1))
    assert changed != signed
    assert didkit.verify(json.loads(changed)) != []


@pytest.mark.parametrize("form", TYPES)
def test_titles_that_would_be_markup_are_text(ready, ada, ada_client, make_offer, wallet, form):
    certificate = seed.award(ada, seed.make_course(ready, seed.CourseOptions(title="<script>]]>&amp;\u2028</title>")))
    signed = make_offer(certificate).claim(wallet).content
    raw = ada_client.get(path(form)).content
    assert formats.read_credential(raw) == signed
    if form == "svg":
        assert "script" in ElementTree.fromstring(raw).find(f"{SVG}title").text
        assert b"<script" not in raw.replace(signed, b"")


@pytest.mark.parametrize("form", TYPES)
def test_an_image_of_others_is_not_fetched(ada_client, signed, form, monkeypatch):
    address = "https://home.example/verifiable_credentials/images/" + "0" * 64 + ".png"
    monkeypatch.setattr(facts, "picture_address", lambda _document: address)
    network.block(monkeypatch)
    raw = ada_client.get(path(form)).content
    EXPECTED[form](raw, None, json.loads(signed))


@pytest.mark.parametrize("form", TYPES)
@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_picture_that_is_gone_or_damaged_keeps_no_learner_waiting(
    ready, ada_client, make_offer, course_certificate, wallet, form, damage, caplog
):
    row = badge_images.keep_picture(badges.png() if form == "png" else badges.svg())
    policy = policies.make_policy("site", ready.pk, image=row)
    signed = make_offer(course_certificate).claim(wallet).content
    policy.delete()
    if damage == "gone":
        BadgeImage.objects.all().delete()
    else:
        BadgeImage.objects.update(data=badges.png(colour="red"))
    raw = ada_client.get(path(form)).content
    assert formats.read_credential(raw) == signed
    EXPECTED[form](raw, None, json.loads(signed))
    assert ("damaged" in caplog.text) == (damage == "changed")


@pytest.mark.parametrize("form", TYPES)
def test_the_database_is_asked_the_same_however_much_there_is(
    ready, ada, ada_client, make_offer, course_certificate, wallet, form, picture
):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    first = path(form)
    ada_client.get(first)
    with CaptureQueriesContext(connection) as alone:
        ada_client.get(first)
    for _ in range(3):
        assert make_offer(seed.award(ada, seed.make_course(ready))).claim(wallet).status_code == 201
    with CaptureQueriesContext(connection) as among:
        ada_client.get(first)
    assert len(among) == len(alone)
    ours = [query["sql"] for query in alone if "openedx_verifiable" in query["sql"]]
    assert len(ours) == (1 if picture is None else 2), ours


@pytest.mark.parametrize("form", TYPES)
def test_it_works_while_the_switch_is_off_and_for_what_is_over(ada_client, signed, form, switched_on):
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    list(revoking.revoke_credentials([Credential.objects.get().uuid], reason="staff"))
    assert formats.read_credential(ada_client.get(path(form)).content) == signed


@pytest.mark.parametrize("form", TYPES)
def test_anothers_an_unknown_one_and_an_erased_learners_are_not_told_apart(ada_client, bob, signed, form):
    other = Client()
    other.force_login(bob)
    answers = [other.get(path(form)), ada_client.get(path(form, uuid.uuid4()))]
    assert Client().get(path(form)).status_code == 401
    erasing.erase_by_username("ada")
    answers.append(ada_client.get(path(form)))
    assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("form", TYPES)
def test_a_document_that_is_gone_is_withheld(ada_client, signed, form):
    Credential.objects.update(sealed_document=None)
    assert asking.refusal(ada_client.get(path(form))) == (410, "withheld")


@pytest.mark.parametrize("form", ["gif", "jpg", "html", "PNG", "json2", ""])
def test_there_are_no_other_forms(ada_client, signed, form):
    assert ada_client.get(path(form)).status_code == 404


def test_every_form_is_listed_with_its_address(ada_client, signed):
    [listed] = ada_client.get(sharing.ISSUED).json()["credentials"]
    assert {"json", "pdf", *TYPES} == listed["files"].keys()
    for form, address in listed["files"].items():
        assert address == path(form)
        assert ada_client.get(address).status_code == 200


# --- On paper


def test_the_paper_has_the_credential_attached_byte_for_byte(picture, ada_client, signed):
    before = rows.snapshot()
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        response = ada_client.get(path("pdf"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert papers.attached(response.content) == {"credential.json": signed}
    assert facts.read(json.loads(signed)).recipient in papers.shown(response.content)
    name = f"credential-{Credential.objects.get().uuid}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert response["Content-Security-Policy"] == SANDBOX
    assert rows.changed(before) == []


def test_the_paper_leads_to_the_public_page_while_there_is_one(ada_client, signed):
    def codes():
        return {code.text for code in zxingcpp.read_barcodes(papers.drawn(ada_client.get(path("pdf")).content))}

    base_url = Credential.objects.get().issuer.base_url
    assert codes() == {f"{base_url}/verifiable_credentials/verify/"}
    page = sharing.share(ada_client)
    assert codes() == {f"{base_url}{page}"}
    sharing.delete(ada_client, Credential.objects.get())
    assert codes() == {f"{base_url}/verifiable_credentials/verify/"}


def test_the_attachment_of_the_paper_verifies_and_a_changed_one_does_not(ada_client, signed):
    [attached] = papers.attached(ada_client.get(path("pdf")).content).values()
    assert didkit.verify(json.loads(attached)) == []
    assert didkit.verify(json.loads(attached.replace(b"Ada", b"Eda", 1))) != []


def test_there_is_no_paper_of_anothers_or_of_what_is_gone(ada_client, bob, signed):
    other = Client()
    other.force_login(bob)
    assert asking.refusal(other.get(path("pdf"))) == (404, "unknown_credential")
    assert Client().get(path("pdf")).status_code == 401
    Credential.objects.update(sealed_document=None)
    assert asking.refusal(ada_client.get(path("pdf"))) == (410, "withheld")


def test_the_paper_costs_three_questions(picture, ada_client, signed):
    ada_client.get(path("pdf"))
    address = path("pdf")
    with CaptureQueriesContext(connection) as asked:
        ada_client.get(address)
    ours = [query["sql"] for query in asked if "openedx_verifiable" in query["sql"]]
    assert len(ours) == (2 if picture is None else 3), ours


# --- The shared one


@pytest.fixture(name="page")
def make_page(signed, ada_client):
    return sharing.share(ada_client)


@pytest.mark.parametrize("form", TYPES)
def test_the_shared_one_is_the_same_for_anyone(picture, ada_client, page, signed, form):
    own = ada_client.get(path(form)).content
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        response = sharing.get(f"{page}credential.{form}")
    assert (response.status_code, response["Content-Type"]) == (200, TYPES[form])
    assert response.content == own
    assert formats.read_credential(response.content) == signed
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-cache", "noindex")
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Content-Disposition"] == f'attachment; filename="credential-{page.split("/")[-2]}.{form}"'
    assert response.get("Content-Security-Policy") == (SANDBOX if form == "svg" else None)


@pytest.mark.parametrize("form", TYPES)
def test_whoever_has_the_shared_one_gets_no_body(page, form):
    response = sharing.get(f"{page}credential.{form}")
    again = sharing.get(f"{page}credential.{form}", **{"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len({sharing.get(f"{page}credential.{other}")["ETag"] for other in ("json", "png", "svg")}) == 3


@pytest.mark.parametrize("form", TYPES)
def test_the_shared_one_ends_with_the_sharing_and_is_withheld_after_an_erasure(ada_client, page, form):
    response = sharing.get(f"{page}credential.{form}")
    assert response.status_code == 200
    erasing.erase_by_username("ada")
    assert asking.refusal(sharing.get(f"{page}credential.{form}")) == (410, "withheld")
    assert asking.refusal(sharing.get(f"{asking.ROOT}c/none/credential.{form}")) == (404, "unknown_credential")


@pytest.mark.parametrize("form", TYPES)
def test_what_is_not_shared_any_more_is_gone(ada_client, page, form):
    sharing.delete(ada_client, Credential.objects.get())
    assert asking.refusal(sharing.get(f"{page}credential.{form}")) == (404, "unknown_credential")


def test_the_page_leads_to_each_form(page):
    html = sharing.get(page).content.decode()
    for form in ("json", *TYPES):
        assert f'<a href="credential.{form}" download>' in html
