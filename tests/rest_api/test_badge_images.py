"""Badge images over HTTP: for anyone, for ever, and able to do nothing."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import badge_images
from openedx_verifiable_credentials.models import BadgeImage
from tests import asking
from tests import badges
from tests import faults

IMAGES = f"{asking.ROOT}images/"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@pytest.fixture(name="row", params=["png", "svg"])
def make_row(request, db):
    """A picture of each kind. The switch is off."""
    return badge_images.keep_picture(badges.png() if request.param == "png" else badges.svg())


def require_headers(response, row):
    assert response["ETag"] == f'"{row.sha256}"'
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == POLICY
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "cookie" not in response.get("Vary", "").lower()


def test_it_is_served_byte_for_byte_with_one_query(row, client):
    with asking.capture() as captured:
        response = client.get(row.path)
    ours = [one for one in asking.data_statements(captured) if "openedx_verifiable_credentials" in one]
    assert len(ours) == 1, ours
    assert response.status_code == 200
    assert hashlib.sha256(response.content).hexdigest() == row.sha256
    assert response["Content-Type"] == TYPES[row.path.rpartition(".")[2]]
    assert row.path == f"{IMAGES}{row.sha256}.{row.path.rpartition('.')[2]}"
    require_headers(response, row)


def test_who_has_it_is_not_sent_it_again(row, client):
    response = client.get(row.path, headers={"If-None-Match": f'W/"{row.sha256}"'})
    assert (response.status_code, response.content) == (304, b"")
    require_headers(response, row)
    assert client.get(row.path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_its_headers_can_be_asked_for(row, client):
    response = client.head(row.path)
    assert (response.status_code, response.content) == (200, b"")
    require_headers(response, row)


def test_nobody_is_asked_who_they_are(row, client, ada, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    client.force_login(ada)
    known = client.get(row.path, HTTP_ORIGIN="https://wallet.example.org")
    stranger = Client().get(row.path, HTTP_COOKIE="credentials_sessionid=x")
    assert known.content == stranger.content
    for response in (known, stranger):
        require_headers(response, row)
        assert not response.cookies


def test_it_can_only_be_read(row):
    for method in ("POST", "PUT", "DELETE"):
        response = Client(enforce_csrf_checks=True).generic(method, row.path)
        assert asking.refusal(response) == (405, "method_not_allowed")
    response = Client().options(row.path, HTTP_ORIGIN="https://a.example", HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET")
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, "*")


@pytest.mark.parametrize(
    "name",
    [
        "", "x", f"{'0' * 64}.png", f"{'0' * 64}.svg", f"{'0' * 64}", f"{'0' * 64}.gif", f"{'0' * 64}.png/",
        "../status/x.png", "a/b.png", f"{'0' * 63}é.png", "%00.png",
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_to_every_origin(db, name):
    response = Client(raise_request_exception=False).get(f"{IMAGES}{name}")
    if name == "":
        assert response.status_code == 404
        return
    assert asking.refusal(response) == (404, "not_found")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"


def test_a_picture_has_one_address(row, client):
    name, _, ending = row.path.rpartition(".")
    for other in (f"{name}.{'svg' if ending == 'png' else 'png'}", f"{name.upper()}.{ending}", f"{row.path}?x=1"):
        expected = 200 if "?" in other else 404
        assert client.get(other).status_code == expected


def test_bytes_that_changed_are_not_served(row, client, caplog):
    BadgeImage.objects.filter(pk=row.pk).update(data=bytes(row.data) + b"<script>")
    response = client.get(row.path)
    assert asking.refusal(response) == (503, "picture_corrupted")
    assert response["Cache-Control"] == "no-store"
    assert b"<script>" not in response.content
    assert [record for record in caplog.records if row.sha256 in record.message and record.levelname == "ERROR"]


@pytest.mark.django_db(transaction=True)
def test_before_the_migrations_it_is_a_503(db, client):
    with faults.without_table(BadgeImage):
        assert asking.refusal(client.get(f"{IMAGES}{'0' * 64}.png")) == (503, "database_unavailable")


def test_the_services_own_answers_to_preflights_stay_away(row):
    import re

    from openedx_verifiable_credentials.settings.base import plugin_settings

    class Settings:
        CORS_URLS_REGEX: str

    settings = Settings()
    plugin_settings(settings)
    assert not re.match(settings.CORS_URLS_REGEX, row.path)
    assert re.match(settings.CORS_URLS_REGEX, "/verifiable_credentials/api/v1/credentials/")


def test_the_same_picture_is_kept_once(db):
    first, second = (badge_images.keep_picture(badges.png()) for _ in range(2))
    # Not the same bytes, but the same picture.
    third = badge_images.keep_picture(badges.png(dpi=(300, 300)))
    assert first.pk == second.pk == third.pk
    assert badge_images.keep_picture(badges.svg()).pk != first.pk
    assert (first.width, first.height, first.media_type) == (100, 90, "image/png")
    assert BadgeImage.objects.count() == 2
