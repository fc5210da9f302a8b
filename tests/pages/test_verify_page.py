"""The page that checks a file in the browser: the server gives the page, and takes nothing."""

import json

import pytest
from django.test import Client
from waffle.models import Switch

from tests import asking
from tests import rows
from tests import sharing
from tests.pages.test_credential_page import embedded
from tests.pages.test_credential_page import policy_of
from tests.pages.test_offer_page import read

PATH = f"{asking.ROOT}verify/"


def test_it_takes_a_file_and_has_nowhere_to_send_it(db, built):
    response = sharing.get(PATH)
    assert response.status_code == 200
    found = read(response)
    [main] = found.all("main")
    assert main["data-ovc-page"] == "verify"
    assert [one["type"] for one in found.all("input")] == ["file"]
    assert not [one for one in found.all("form") if "action" in one or "method" in one]
    policy = policy_of(response)
    assert policy["form-action"] == policy["default-src"] == ["'none'"]
    assert policy["connect-src"] == ["'self'", "https:"]


def test_without_scripts_it_names_the_command(db, built):
    text = sharing.get(PATH).content.decode()
    assert "<noscript>" in text
    assert "vc_verify" in text


def test_without_the_verifier_it_says_so(db, static_folder):
    response = sharing.get(PATH)
    assert response.status_code == 200
    assert "vc_verify" in response.content.decode()
    assert not read(response).all("script")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_takes_nothing(db, method):
    before = rows.snapshot()
    assert getattr(Client(), method)(PATH).status_code == 405
    assert rows.changed(before) == []


def test_it_needs_no_switch_no_issuer_and_no_query(db):
    assert not Switch.objects.exists()
    with asking.capture() as captured:
        assert sharing.get(PATH).status_code == 200
    assert [query["sql"] for query in captured if rows.OURS in query["sql"]] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", True),
        ("OPENEDX_VC_FETCH_LOOPBACK", True),
        ("OPENEDX_VC_PUBLIC_BASE_URL", "http://localhost:8000"),
    ],
)
def test_on_a_developers_machine_it_may_ask_that(db, settings, name, value):
    setattr(settings, name, value)
    allowed = policy_of(sharing.get(PATH))["connect-src"]
    assert allowed == ["'self'", "https:", "http://localhost:*", "http://127.0.0.1:*"]


def test_it_is_the_same_for_everybody(ada_client, db):
    pages = [Client().get(PATH), ada_client.get(PATH)]
    assert pages[0].content == pages[1].content
    assert not pages[1].cookies


@pytest.mark.parametrize("url", ["https://node.example:8545/v1?x=y", "http://10.0.0.7:8545/"])
def test_it_may_ask_the_nodes_of_the_settings_and_shows_no_others(db, built, settings, url):
    settings.OPENEDX_VC_ANCHOR_RPC_URLS = {"base": ["https://secret.example/token"]}
    settings.OPENEDX_VC_ANCHOR_PUBLIC_RPC_URLS = {"base-sepolia": [url]}
    response = sharing.get(PATH)
    origin = url[: url.index("/", 8)]
    assert policy_of(response)["connect-src"] == ["'self'", "https:", *([origin] if origin.startswith("http:") else [])]
    networks = json.loads(embedded(response, "ovc-networks"))
    assert {each["title"]: each["urls"] for each in networks if each["urls"]} == {"Base Sepolia": [url]}
    assert b"secret.example" not in response.content
