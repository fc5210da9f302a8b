"""``vc_create_issuer``: an issuer of each kind, and what it refuses to make."""

import pytest
from django.test import Client

from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from openedx_verifiable_credentials.flows.steps.keys import open_signer
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from tests import rows
from tests.commands.run import fails
from tests.commands.run import run

pytestmark = pytest.mark.django_db
NAME = "vc_create_issuer"
BASE = "https://credentials.example.edu"


@pytest.mark.parametrize(
    ("method", "did"),
    [
        ("key", "did:key:z6Mk"),
        ("web", "did:web:credentials.example.edu"),
        ("web-path", "did:web:credentials.example.edu:verifiable_credentials:issuers:academy"),
    ],
)
def test_it_makes_an_issuer_whose_key_signs(method, did):
    said = run(NAME, "--name", "The Academy", "--slug", "academy", "--did-method", method)
    issuer = Issuer.objects.get()
    assert issuer.did.startswith(did) if method == "key" else issuer.did == did
    assert (issuer.name, issuer.base_url, issuer.is_default) == ("The Academy", BASE, True)
    assert issuer.did in said
    assert f"{BASE}/verifiable_credentials/issuers/academy/" in said
    assert "vc_doctor" in said
    key = issuer.keys.get()
    signer = open_signer(key, get_key_encryption_keys())
    assert signer.method.public_key_multibase == key.public_key_multibase
    event = Event.objects.get()
    assert (event.kind, event.ids) == ("issuer.created", {"issuer": issuer.did, "key": str(key.uuid)})


def test_the_key_is_encrypted_with_the_first_key_encryption_key(settings):
    kept = settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS["tests-only"]
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"new": "A" * 43 + "=", "tests-only": kept}
    run(NAME, "--name", "The Academy")
    key = IssuerKey.objects.get()
    assert key.sealed_with == "new"
    signer = open_signer(key, get_key_encryption_keys())
    assert signer.seed.reveal() not in bytes(key.sealed_seed)


@pytest.mark.parametrize(
    ("method", "path"),
    [("web", "/.well-known/did.json"), ("web-path", "/verifiable_credentials/issuers/academy/did.json")],
)
def test_its_did_document_is_served_where_did_web_looks(method, path):
    run(NAME, "--name", "The Academy", "--slug", "academy", "--did-method", method)
    document = Client().get(path, HTTP_HOST="credentials.example.edu").json()
    issuer = Issuer.objects.get()
    assert document["id"] == issuer.did
    key = issuer.keys.get().public_key_multibase
    assert {method.get("publicKeyMultibase", key) for method in document["verificationMethod"]} == {key}
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]


def test_a_dry_run_stores_nothing():
    before = rows.snapshot()
    assert "nothing was stored" in run(NAME, "--name", "The Academy", "--dry-run")
    assert rows.changed(before) == []


def test_a_dry_run_refuses_what_the_run_would(issuer):
    assert "already" in fails(NAME, "--name", "Again", "--dry-run")[1]


def test_the_newest_is_the_default_unless_said_otherwise(issuer):
    run(NAME, "--name", "Second", "--slug", "second", "--not-default")
    assert Issuer.objects.get(is_default=True).slug == "default"
    run(NAME, "--name", "Third", "--slug", "third")
    assert Issuer.objects.get(is_default=True).slug == "third"


def test_the_first_is_the_default_whatever_is_said():
    run(NAME, "--name", "First", "--not-default")
    assert Issuer.objects.get().is_default


REFUSED = {
    "http": (("--base-url", "http://credentials.example.edu"), "https"),
    "no address": (("--base-url", "credentials.example.edu"), "--base-url"),
    "address with a path": (("--base-url", f"{BASE}/path"), "--base-url"),
    "address with a query": (("--base-url", f"{BASE}?a=b"), "--base-url"),
    "address with a password": (("--base-url", "https://user:pass@credentials.example.edu"), "--base-url"),
    "slug with a slash": (("--slug", "a/b"), "slug"),
    "slug that is too long": (("--slug", "a" * 65), "slug"),
    "url": (("--url", "javascript:alert(1)"), "--url"),
    "url that is too long": (("--url", f"https://example.edu/{'a' * 600}"), "--url"),
    "image": (("--image-url", "data:image/png;base64,AA"), "--image-url"),
    "no name": (("--name", " \u200f "), "name"),
    "host that is no did:web": (("--did-method", "web", "--base-url", "https://my_host.example"), "did:web"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name):
    arguments, says = REFUSED[name]
    given = ("--name", "The Academy", *arguments)
    assert says in fails(NAME, *given)[1]
    assert not Issuer.objects.exists()
    assert not Event.objects.exists()


def test_http_is_accepted_for_development():
    run(NAME, "--name", "Dev", "--base-url", "http://localhost:18150", "--did-method", "web", "--allow-http")
    assert Issuer.objects.get().did == "did:web:localhost%3A18150"


def test_without_a_base_url_it_says_what_to_set(settings):
    settings.OPENEDX_VC_PUBLIC_BASE_URL = ""
    assert "OPENEDX_VC_PUBLIC_BASE_URL" in fails(NAME, "--name", "The Academy")[1]


@pytest.mark.parametrize("keys", [{}, {"a": "AAAA"}, {"a": "not base64!"}, {"a": None}, "AAAA", None])
def test_without_a_key_encryption_key_it_says_what_to_do(settings, keys):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = keys
    _, sentence = fails(NAME, "--name", "The Academy")
    assert "key" in sentence.lower()
    if keys == {}:
        assert "vc_generate_kek" in sentence
    assert "AAAA" not in sentence
    assert not Issuer.objects.exists()


def test_a_slug_is_taken_once(issuer):
    before = rows.snapshot()
    assert "--slug" in fails(NAME, "--name", "Again")[1]
    assert rows.changed(before) == []


def test_a_host_has_one_did(web_issuer):
    before = rows.snapshot()
    _, sentence = fails(NAME, "--name", "Again", "--slug", "again", "--did-method", "web")
    assert "web-path" in sentence
    assert rows.changed(before) == []


def test_every_issuer_has_a_key_of_its_own():
    for slug in ("a", "b"):
        run(NAME, "--name", slug, "--slug", slug, "--did-method", "web-path")
    assert len(set(IssuerKey.objects.values_list("public_key_multibase", flat=True))) == 2
