"""Our own DID documents and lists come from the database, and nothing of this service is ever asked over HTTP."""

import json
import uuid

import pytest

from openedx_verifiable_credentials.api import own_documents
from openedx_verifiable_credentials.api import verifying
from openedx_verifiable_credentials.core.checks.report import Verdict
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import FetchError
from openedx_verifiable_credentials.exceptions import StatusListError
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import lists
from tests import published
from tests.wallet import make_wallet

HOST = "https://credentials.example.edu"
STATUS = f"{HOST}/verifiable_credentials/status/"


@pytest.fixture(name="status_list")
def make_status_list(issuer):
    """One that is published."""
    lists.add_credentials(issuer)
    status_list = StatusList.objects.get()
    lists.publish(status_list)
    return status_list


def test_a_list_of_ours_is_found_by_its_address(status_list):
    for form in (ListForm.REVOCATION, ListForm.REVOCATION_2021):
        found = own_documents.find_own_document(HOST + lists.path(status_list, form))
        assert found == bytes(PublishedList.objects.get(form=form.value).document)
        assert json.loads(found)["id"] == HOST + lists.path(status_list, form)


def test_the_did_document_of_a_did_web_issuer_is_found_by_its_address(web_issuer):
    found = json.loads(own_documents.find_own_document(f"{HOST}/.well-known/did.json"))
    assert found["id"] == web_issuer.did
    assert found["verificationMethod"]


def test_a_did_document_of_an_issuer_on_another_host_is_found_too(web_issuer):
    Issuer.objects.update(did="did:web:issuers.example.edu:one")
    found = own_documents.find_own_document("https://issuers.example.edu/one/did.json")
    assert json.loads(found)["id"] == "did:web:issuers.example.edu:one"
    for other in (
        "/one/did.json?a=1",
        "//one/did.json",
        "/one/./did.json",
        "/%6fne/did.json",
        "/one/did.json/",
        "/one",
    ):
        assert own_documents.find_own_document(f"https://issuers.example.edu{other}") is None
    assert own_documents.find_own_document("https://somebody@issuers.example.edu/one/did.json") is None
    assert own_documents.find_own_document("http://issuers.example.edu/one/did.json") is None


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}/issuers/one/did.json",
        f"{HOST}/did.json",
        f"{HOST}/.well-known/did.json",
        f"{HOST}/.well-known/did.json?a=1",
        f"{HOST}/",
        HOST,
        "https://CREDENTIALS.example.edu:443/anything",
        "https://credentials.example.edu./anything",
        "http://credentials.example.edu:443/a",
        f"{STATUS}{uuid.UUID(int=1)}.json",
        f"{STATUS}nothing.json",
        f"{STATUS}../status/nothing.json",
        f"{STATUS}%2e%2e/did.json",
    ],
)
def test_what_this_service_does_not_have_is_not_asked_for(issuer, status_list, url):
    with pytest.raises(FetchError) as caught:
        own_documents.find_own_document(url)
    assert caught.value.code == "fetch_failed"


def test_a_list_has_one_address(status_list):
    good = HOST + lists.path(status_list)
    name = str(status_list.uuid)
    for url in (
        good.replace(name, name.upper()),
        good.replace(name, status_list.uuid.hex),
        good + "?a",
        good + "#a",
        good[:-5],
    ):
        with pytest.raises(FetchError):
            own_documents.find_own_document(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example/.well-known/did.json",
        "https://issuer.example/verifiable_credentials/status/a.json",
        "https://credentials.example.edu.evil.example/a",
        "https://credentials.example.edu@evil.example/a",
        "https://credentials.example.edu:8443/a",
        "https://[::1",
        "https://issuer.example:port/",
        "https://issuer.example",
        "not an address",
        "",
    ],
)
def test_what_is_of_others_is_not_ours(issuer, url):
    assert own_documents.find_own_document(url) is None


def test_a_list_that_is_damaged_is_not_served_to_us_either(status_list):
    PublishedList.objects.update(document=b"{}")
    with pytest.raises(StatusListError):
        own_documents.find_own_document(HOST + lists.path(status_list))


def test_the_keys_of_our_issuers_are_known_and_no_others(issuer, web_issuer):
    for one in (issuer, web_issuer):
        [record] = own_documents.find_own_keys(one.did)
        assert record.public_key_multibase == one.keys.get().public_key_multibase
    assert own_documents.find_own_keys("did:web:issuer.example") is None


@pytest.fixture(name="watched")
def make_watched(settings):
    """A fetcher that tells what it is asked for."""
    settings.OPENEDX_VC_FETCHER = published.PATH
    published.reset()
    return published.asked


def test_nothing_of_ours_is_asked_of_the_network(watched, course_certificate, web_issuer, make_offer):
    document = make_offer(course_certificate).claim(make_wallet()).json()
    assert verifying.verify(json.dumps(document).encode()).verdict is Verdict.VALID
    PublishedList.objects.all().delete()
    report = verifying.verify(json.dumps(document).encode())
    assert [one.code for one in report.checks][3] == "status_unreachable"
    assert not watched
    assert Credential.objects.exists()
