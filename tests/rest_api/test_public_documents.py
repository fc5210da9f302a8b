"""What stands behind addresses in credentials, over HTTP: for shared caches, for pages of any origin, in trouble."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.db import connection
from django.test import Client

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.models import Achievement
from openedx_verifiable_credentials.models import Issuer
from tests import asking
from tests import faults

HOST = "credentials.example.edu"
ROOT = asking.ROOT
PLACES = [
    "/.well-known/did.json",
    f"{ROOT}issuers/branch/did.json",
    f"{ROOT}issuers/academy/keys.json",
    f"{ROOT}issuers/academy/",
    "achievement",
]
MISSING = [
    f"{ROOT}issuers/nobody/did.json",
    f"{ROOT}issuers/nobody/keys.json",
    f"{ROOT}issuers/nobody/",
    f"{ROOT}achievements/course/none/",
]
OURS = 'SELECT "openedx_verifiable_credentials_issuer"'
every_place = pytest.mark.parametrize("place", PLACES)


@pytest.fixture(name="address")
def make_address(request, place, ready, web_issuer, make_offer, course_certificate, wallet):
    """The address at ``place``; each document is there."""
    issuers.create_issuer(issuers.NewIssuer(name="Branch", slug="branch", method="web-path"))
    if place != "achievement":
        return place
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    row = Achievement.objects.get()
    return row.document["id"].removeprefix(f"https://{HOST}")


def ask(method, place, client=None, **headers):
    return (client or Client(raise_request_exception=False)).generic(method, place, HTTP_HOST=HOST, **headers)


@every_place
@pytest.mark.parametrize("save", [False, True])
def test_it_is_the_same_for_everybody_so_that_shared_caches_keep_it(address, django_user_model, settings, client, save):
    settings.SESSION_SAVE_EVERY_REQUEST = save
    stranger = ask("GET", address)
    client.force_login(django_user_model.objects.create_user("eve", password="x"))
    known = ask("GET", address, client)
    forged = ask("GET", address, HTTP_COOKIE="credentials_sessionid=x; csrftoken=y")
    for response in (stranger, known, forged):
        assert (response.status_code, response.content) == (200, stranger.content)
        assert "cookie" not in response.get("Vary", "").lower()
        assert not response.cookies
        assert response["Cache-Control"] == "public, max-age=300"


@every_place
def test_a_browser_may_ask_before_it_asks(address):
    response = ask(
        "OPTIONS",
        address,
        HTTP_ORIGIN="https://verifier.example.org",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="if-none-match",
    )
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response["Access-Control-Allow-Methods"]
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


@every_place
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_it_can_only_be_read(address, method):
    response = ask(method, address, Client(enforce_csrf_checks=True))
    assert asking.refusal(response) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Origin"] == "*"


@every_place
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic", [False, True])
def test_while_the_database_is_gone_it_is_a_503(address, monkeypatch, caplog, atomic):
    def gone():
        return OperationalError(2006, "Server has gone away")

    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    with faults.at_statement(OURS, make_error=gone) as reached:
        response = ask("GET", address, HTTP_ORIGIN="https://verifier.example.org")
    assert reached
    assert asking.refusal(response) == (503, "database_unavailable")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"
    assert int(response["Retry-After"]) > 0
    [line] = [record for record in caplog.records if "cannot be read" in record.message]
    assert line.exc_info is None
    assert ask("GET", address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_before_the_migrations_it_is_a_503(db):
    with faults.without_table(Issuer):
        assert asking.refusal(ask("GET", PLACES[3])) == (503, "database_unavailable")


@pytest.mark.parametrize("place", MISSING)
def test_what_is_not_there_is_told_to_every_origin_and_kept_for_a_moment(db, place):
    response = ask("GET", place)
    assert asking.refusal(response) == (404, "not_found")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    assert "cookie" not in response.get("Vary", "").lower()
