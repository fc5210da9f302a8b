"""DID documents and key histories as they are served: anyone, any origin, cached, and never of the Host header."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.core.canonical import canonicalize
from openedx_verifiable_credentials.core.canonical import canonicalize_independently
from tests import rows
from tests.commands.run import run

pytestmark = pytest.mark.django_db
HOST = "credentials.example.edu"
ROOT = "/verifiable_credentials/issuers/"


@pytest.fixture(name="academy")
def make_academy(web_issuer):
    """On the host itself."""
    return web_issuer


@pytest.fixture(name="branch")
def make_branch(web_issuer):
    """On a path of the same host."""
    return issuers.create_issuer(issuers.NewIssuer(name="Branch", slug="branch", method="web-path"))


PLACES = ["/.well-known/did.json", f"{ROOT}branch/did.json", f"{ROOT}branch/keys.json", f"{ROOT}academy/keys.json"]
every_place = pytest.mark.parametrize("place", PLACES)


def get(place, **headers):
    return Client().get(place, HTTP_HOST=HOST, **headers)


@every_place
def test_anyone_may_have_it_and_keep_it_for_a_while(academy, branch, place):
    with CaptureQueriesContext(connection) as queries:
        response = get(place, HTTP_ORIGIN="https://verifier.example")
    # The issuer, its keys, and for a DID document those that pay for anchors.
    most = 3 if place.endswith("did.json") else 2
    assert len([query for query in queries if rows.OURS in query["sql"]]) == most
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["ETag"].startswith('"')
    assert not response.cookies


@every_place
def test_who_has_it_already_is_told_so(academy, branch, place):
    first = get(place)
    again = get(place, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    assert again["Cache-Control"] == first["Cache-Control"]
    assert get(place, HTTP_IF_NONE_MATCH='"another"').status_code == 200
    assert get(place, HTTP_IF_NONE_MATCH='"another", ' + first["ETag"]).status_code == 304
    assert get(place, HTTP_IF_NONE_MATCH="*").status_code == 304


@every_place
def test_a_new_key_makes_it_another_one(academy, branch, place):
    first = get(place)
    for slug in ("academy", "branch"):
        run("vc_rotate_key", "--issuer", slug)
    second = get(place, HTTP_IF_NONE_MATCH=first["ETag"])
    assert second.status_code == 200
    assert second["ETag"] != first["ETag"]


@every_place
def test_it_has_a_head_and_no_other_methods(academy, branch, place):
    head = Client().head(place, HTTP_HOST=HOST)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == get(place)["ETag"]
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(place, HTTP_HOST=HOST).status_code == 405


@pytest.mark.parametrize("place", PLACES[:2])
def test_it_is_json_ld_in_both_canonicalisers(academy, branch, place):
    for slug in ("academy", "branch"):
        run("vc_rotate_key", "--issuer", slug, "--algorithm", "P-256")
    document = get(place).json()
    assert canonicalize(document) == canonicalize_independently(document)
    assert all(entry["controller"] == document["id"] for entry in document["verificationMethod"])
    assert all(entry["id"].startswith(f"{document['id']}#") for entry in document["verificationMethod"])


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_HOST": f"{HOST}:443"},
        {"HTTP_HOST": HOST.upper()},
    ],
)
def test_hostile_headers_are_written_nowhere(academy, headers):
    response = Client().get("/.well-known/did.json", **{"HTTP_HOST": HOST, **headers})
    assert response.json()["id"] == f"did:web:{HOST}"
    assert b"evil" not in response.content


@pytest.mark.parametrize("host", ["evil.example", f"{HOST}.evil.example", "", "a b", f"{HOST}@evil.example", "::1"])
def test_another_host_has_no_document(academy, host):
    assert Client().get("/.well-known/did.json", HTTP_HOST=host).status_code in (400, 404)


def test_there_is_none_of_nobody(academy, branch, issuer):
    assert get(f"{ROOT}nobody/keys.json").status_code == 404
    assert get(f"{ROOT}nobody/did.json").status_code == 404
    assert get(f"{ROOT}default/did.json").status_code == 404, "a did:key is its own document"
    history = get(f"{ROOT}default/keys.json").json()
    assert history["issuer"] == issuer.did
    assert history["keys"][0]["publicKeyMultibase"] == issuer.did.removeprefix("did:key:")


def test_nothing_private_is_in_it(academy):
    """Neither where a key is kept, nor what our row is called."""
    key = academy.keys.get()
    key.store, key.reference = "file", "/etc/openedx/academy.pem"
    key.save()
    for place in ("/.well-known/did.json", f"{ROOT}academy/keys.json"):
        text = get(place).content.decode()
        for secret in ("academy.pem", str(key.uuid), key.uuid.hex, key.sealed_with):
            assert secret not in text
