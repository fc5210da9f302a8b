"""The evidence file: all it takes to check a credential, in one file, as of the moment it was made."""

import base64
import hashlib
import html
import json
import re

import pytest
from django.core.management import call_command

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.api import bundle
from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import PublishedList
from tests import anchored_rows
from tests import asking
from tests import lists
from tests import rows
from tests import sharing
from tests.pages.conftest import SCRIPT
from tests.pages.test_credential_page import embedded
from tests.pages.test_credential_page import policy_of
from tests.pages.test_credential_page import reseal
from tests.pages.test_offer_page import HOSTILE
from tests.pages.test_offer_page import read

pytestmark = pytest.mark.usefixtures("built")


@pytest.fixture(name="evidence")
def make_evidence(page):
    """Its address."""
    return f"{page}evidence.html"


def hash_of(source):
    """As a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def inline(response, tag):
    """What stands in the one element of this name that is no data."""
    [found] = re.findall(rf"<{tag}>(.*?)</{tag}>", response.content.decode(), re.DOTALL)
    return found


def test_it_is_a_file_that_allows_its_own_script_and_nothing_else(page, evidence):
    response = sharing.get(evidence)
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="evidence-{page.split("/")[-2]}.html"'
    [meta] = [one for one in read(response).all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert meta["content"] == response["Content-Security-Policy"]
    assert policy_of(response) == {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "script-src": [hash_of(SCRIPT)],
        "style-src": [hash_of(bundle.get_styles())],
        "img-src": ["data:"],
    }


def test_script_and_style_are_there_letter_by_letter_and_have_these_hashes(evidence):
    response = sharing.get(evidence)
    assert inline(response, "script") == SCRIPT
    assert inline(response, "style") == bundle.get_styles()
    assert inline(sharing.get(evidence), "script") == bundle.find_script()


def test_it_refers_to_nothing_outside_but_the_page(page, evidence, issuer):
    found = read(sharing.get(evidence))
    assert [one["href"] for one in found.all("a")] == [f"{issuer.base_url}{page}"]
    assert not [one for one in found.tags if one[0] in ("link", "img", "iframe", "form", "base", "object")]
    assert not [one for one in found.all("script") if "src" in one]


def test_it_holds_the_credential_and_the_list_that_is_served(page, evidence):
    response = sharing.get(evidence)
    credential = json.loads(embedded(response))
    assert didkit.verify(credential) == []
    assert embedded(response).encode() == sharing.get(f"{page}credential.json").content
    address = credential["credentialStatus"]["statusListCredential"]
    held = json.loads(embedded(response, "ovc-documents"))
    assert held == {address: sharing.get(address.removeprefix("https://credentials.example.edu")).json()}
    assert lists.indices(held[address], ListForm.REVOCATION) == set()


def test_a_revocation_is_in_the_next_file(evidence, course_certificate):
    course_certificate.revoke()
    call_command("vc_reconcile", verbosity=0)
    call_command("vc_publish_status", now=True, verbosity=0)
    response = sharing.get(evidence)
    assert "has been revoked" in response.content.decode()
    credential = json.loads(embedded(response))
    [held] = json.loads(embedded(response, "ovc-documents")).values()
    assert lists.indices(held, ListForm.REVOCATION) == {int(credential["credentialStatus"]["statusListIndex"])}


def test_it_holds_the_did_document_of_a_did_web(web_issuer, evidence):
    Credential.objects.update(issuer=web_issuer)
    held = json.loads(embedded(sharing.get(evidence), "ovc-documents"))
    document = held["https://credentials.example.edu/.well-known/did.json"]
    served = sharing.get("/.well-known/did.json", Host="credentials.example.edu")
    assert document == served.json()
    assert document["id"] == web_issuer.did


def test_it_says_as_of_when(evidence):
    response = sharing.get(evidence)
    [main] = read(response).all("main")
    assert main["data-ovc-page"] == "evidence"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", main["data-ovc-as-of"])
    assert main["data-ovc-as-of"] in [one["datetime"] for one in read(response).all("time")]
    text = " ".join(response.content.decode().split())
    assert "as of <time" in text
    assert "It asks nobody" in text
    assert "Ada Lovelace" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_it_holds_becomes_markup(evidence, name):
    def change(document):
        document["name"] = document["credentialSubject"]["achievement"]["name"] = name

    harmless = [tag for tag, _ in read(sharing.get(evidence)).tags]
    reseal(change)
    response = sharing.get(evidence)
    assert [tag for tag, _ in read(response).tags] == harmless
    assert html.escape(name) in response.content.decode()
    assert json.loads(embedded(response))["name"] == name


def test_an_erased_one_is_gone(evidence):
    erasing.erase_by_username("ada")
    response = sharing.get(evidence)
    assert response.status_code == 410
    assert "withheld" in response.content.decode()


def test_one_that_is_not_shared_is_not_there(page, evidence, ada_client):
    sharing.delete(ada_client, Credential.objects.get())
    assert sharing.get(evidence).status_code == 404
    assert sharing.get(evidence).content == sharing.get(page).content


def test_without_the_verifier_there_is_none(evidence, built):
    (built / "verifier.js").unlink()
    response = sharing.get(evidence)
    assert response.status_code == 503
    assert "no_verifier" in response.content.decode()


@pytest.mark.parametrize("source", ["'</script >'", "'</SCRIPT'", "'<!--' + '<script'", "`</style>`"])
def test_a_script_that_would_end_its_element_is_not_inlined(evidence, built, source):
    (built / "verifier.js").write_text(f"x = {source};", encoding="utf-8")
    assert sharing.get(evidence).status_code == 503


@pytest.mark.parametrize("source", ["'<\\/script>'", "a<!--b", "'<script'", "1</a/.test(b)"])
def test_a_script_that_would_not_is(evidence, built, source):
    (built / "verifier.js").write_text(source, encoding="utf-8")
    response = sharing.get(evidence)
    assert response.status_code == 200
    assert policy_of(response)["script-src"] == [hash_of(source)]


def test_with_a_list_that_is_over_there_is_none(evidence):
    PublishedList.objects.update(valid_until=Credential.objects.get().created)
    response = sharing.get(evidence)
    assert response.status_code == 503
    assert "status_list_expired" in response.content.decode()


def test_it_reads_little_and_writes_nothing(web_issuer, evidence):
    Credential.objects.update(issuer=web_issuer)
    before = rows.snapshot()
    sharing.get(evidence)
    with asking.capture() as captured:
        assert sharing.get(evidence).status_code == 200
    assert len(captured) <= 5
    assert rows.changed(before) == []


def test_of_an_anchored_credential_its_reader_may_name_a_node(course_certificate, web_issuer, evidence):
    Credential.objects.update(issuer=web_issuer)
    anchored_rows.anchored(Credential.objects.get())
    response = sharing.get(evidence)
    policy = policy_of(response)
    assert policy["connect-src"] == ["https:", "http://localhost:*", "http://127.0.0.1:*"]
    assert policy["default-src"] == policy["form-action"] == ["'none'"]
    documents = json.loads(embedded(response, "ovc-documents"))
    assert documents[web_issuer.profile_url]["publicKey"]
    [service] = documents["https://credentials.example.edu/.well-known/did.json"]["service"]
    assert service["serviceEndpoint"] == web_issuer.profile_url
