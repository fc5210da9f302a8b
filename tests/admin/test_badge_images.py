"""Badge images in Django's admin: uploaded, looked at, never changed and never deleted."""

import re

import pytest
from django import forms
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from openedx_verifiable_credentials.admin import picture_field
from openedx_verifiable_credentials.admin.picture_field import PictureField
from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.core.images import MAX_BYTES
from openedx_verifiable_credentials.exceptions import PictureError
from openedx_verifiable_credentials.models import BadgeImage
from tests import asking
from tests import badges
from tests import rows
from tests import seed

ADD = "admin:openedx_verifiable_credentials_badgeimage_add"
LIST = "admin:openedx_verifiable_credentials_badgeimage_changelist"
CHANGE = "admin:openedx_verifiable_credentials_badgeimage_change"
DELETE = "admin:openedx_verifiable_credentials_badgeimage_delete"


@pytest.fixture(name="designer")
def make_designer(client, db):
    """A course admin who may add and look at badge images, and nothing else."""
    account = seed.make_learner("designer", "", is_staff=True)
    wanted = ["add_badgeimage", "view_badgeimage", "change_badgeimage", "delete_badgeimage"]
    account.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    client.force_login(account)
    return client


def upload(browser, raw, name="badge.png", kind="image/png"):
    return browser.post(reverse(ADD), {"picture": SimpleUploadedFile(name, raw, kind)}, follow=True)


@pytest.mark.parametrize(("raw", "ending"), [(badges.png(), "png"), (badges.svg(), "svg")])
def test_a_picture_is_uploaded_and_shown(designer, raw, ending):
    assert 'type="file"' in designer.get(reverse(ADD)).content.decode()
    response = upload(designer, raw)
    assert "was added successfully" in response.content.decode()
    row = BadgeImage.objects.get()
    assert row.path.endswith(f".{ending}")
    for page in (reverse(LIST), reverse(CHANGE, args=[row.pk])):
        shown = designer.get(page).content.decode()
        assert re.search(rf'<img src="{row.path}" alt="Badge image {row.sha256[:8]}"', shown)
    assert designer.get(row.path).content == bytes(row.data)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (badges.svg("\n<script>x</script>"), "Line 2: the element “script” is not accepted in a badge image."),
        (badges.svg('<rect onload="x"/>'), "the attribute “onload” of “rect” runs a script."),
        (badges.png(size=(16, 16)), "it needs at least 90 each way."),
        (b"%PDF-1.7", "The file is neither a PNG nor an SVG picture."),
        (badges.png() + bytes(MAX_BYTES), "The picture is larger than 512 KiB."),
        (b"", "The submitted file is empty."),
    ],
)
def test_what_is_wrong_is_said_beside_the_file(designer, raw, said):
    response = upload(designer, raw)
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors["picture"]
    assert [error for error in errors if said in error]
    assert "errorlist" in response.content.decode()
    assert not BadgeImage.objects.exists()


def test_without_a_file_nothing_is_kept(designer):
    response = designer.post(reverse(ADD), {})
    assert response.context["adminform"].form.errors["picture"] == ["This field is required."]


def test_the_same_picture_again_is_the_same_row(designer):
    assert upload(designer, badges.png()).status_code == upload(designer, badges.png()).status_code == 200
    assert BadgeImage.objects.count() == 1


def test_nothing_is_changed_or_deleted_and_it_says_why(designer):
    row = badge_images.keep_picture(badges.png())
    before = rows.snapshot()
    page = reverse(CHANGE, args=[row.pk])
    assert "signed credentials may name them" in designer.get(page).content.decode()
    assert designer.post(page, {"picture": SimpleUploadedFile("a.png", badges.png("L"))}).status_code == 403
    for method in (designer.get, designer.post):
        response = method(reverse(DELETE, args=[row.pk]), {"post": "yes"}, follow=True)
        assert "signed credentials may name them" in response.content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    designer.post(reverse(LIST), chosen)
    assert rows.changed(before) == []


def test_who_may_only_look_cannot_upload(client, db):
    account = seed.make_learner("viewer", "", is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename="view_badgeimage"))
    client.force_login(account)
    assert client.get(reverse(LIST)).status_code == 200
    assert upload(client, badges.png()).status_code == 403
    assert not BadgeImage.objects.exists()


@pytest.mark.parametrize("who", ["staff", "learner"])
def test_who_may_not_look_cannot_even_learn_of_it(client, ada, who):
    row = badge_images.keep_picture(badges.png())
    client.force_login(ada if who == "learner" else seed.make_learner("helper", "", is_staff=True))
    for page in (reverse(LIST), reverse(ADD), reverse(CHANGE, args=[row.pk]), reverse(DELETE, args=[row.pk])):
        assert client.get(page).status_code in (302, 403)


def test_the_list_reads_no_picture(designer):
    for shade in range(5):
        badge_images.keep_picture(badges.png("L", colour=shade))
    designer.get(reverse(LIST))
    with asking.capture() as captured:
        assert designer.get(reverse(LIST)).status_code == 200
    statements = asking.data_statements(captured)
    assert not [one for one in statements if '"data"' in one or "`data`" in one]
    five = len(statements)
    for shade in range(5, 20):
        badge_images.keep_picture(badges.png("L", colour=shade))
    with asking.capture() as captured:
        designer.get(reverse(LIST))
    assert len(asking.data_statements(captured)) == five


class Form(forms.Form):
    """As another form uses the field."""

    picture = PictureField(required=False)


def test_the_field_serves_other_forms():
    empty = Form({}, {})
    assert empty.is_valid()
    assert empty.cleaned_data["picture"] is None
    good = Form({}, {"picture": SimpleUploadedFile("any.exe", badges.png(), "text/html")})
    assert good.is_valid()
    assert good.cleaned_data["picture"].media_type == "image/png"
    bad = Form({}, {"picture": SimpleUploadedFile("a.svg", badges.svg("<a/>"))})
    assert bad.errors["picture"] == ["Line 1: the element “a” is not accepted in a badge image."]


@pytest.mark.parametrize("language", ["es-419", "ar"])
@pytest.mark.parametrize("code", sorted(picture_field.REFUSALS))
def test_a_refusal_says_in_the_readers_language_what_its_code_means(language, code):
    error = PictureError(code, "Line 1: why.")
    with translation.override(language):
        said = picture_field._sentence(error)
    assert said.endswith("\u2068Line 1: why.\u2069")
    assert len(said) > 40
    with translation.override("en"):
        assert picture_field._sentence(error) == "Line 1: why."
