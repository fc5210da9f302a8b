"""Where a shared credential is added to a LinkedIn profile: as long as there is something to add."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import linkedin
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import seed
from tests import sharing


@pytest.fixture(name="credential")
def make_credential(ada_client: Any, make_offer: Any, wallet: Any, course_certificate: Any) -> Credential:
    """Ada's credential, which ends after a while."""
    policies.of_run(course_certificate, validity_days=4000)
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return Credential.objects.get()


def form(response: Any) -> dict[str, str] | None:
    """What LinkedIn's form reads; None without an address."""
    assert response.status_code == 200, response.content
    address = response.json()["linkedin"]
    return address and {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def test_the_form_says_what_the_credential_says(ada_client, credential, course_certificate):
    response = sharing.put(ada_client, credential)
    awarded = course_certificate.created
    found = form(response)
    assert found is not None
    assert found.pop("expirationYear") and found.pop("expirationMonth")
    assert found == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Introduction to Everything",
        "organizationName": "Example University",
        "issueYear": str(awarded.year),
        "issueMonth": str(awarded.month),
        "certUrl": response.json()["share"],
        "certId": str(credential.uuid),
    }
    assert form(ada_client.get(sharing.share_path(credential))) == form(response)


def test_it_is_read_off_the_document_not_off_what_holds_now(ada_client, credential, course_certificate, issuer):
    issuer.name = "Another University"
    issuer.save()
    course_certificate.credential.title = "Another title"
    course_certificate.credential.save()
    found = form(sharing.put(ada_client, credential))
    assert found is not None
    assert (found["name"], found["organizationName"]) == ("Introduction to Everything", "Example University")


@pytest.mark.parametrize("key", ["slug", "did"])
def test_the_issuers_number_is_told_where_it_is_set(settings, ada_client, credential, issuer, key):
    settings.OPENEDX_VC_LINKEDIN_ORGANIZATIONS = {"another": 1, getattr(issuer, key): 1337}
    found = form(sharing.put(ada_client, credential))
    assert found is not None
    assert found["organizationId"] == "1337"
    assert "organizationName" not in found


def test_a_setting_of_the_wrong_kind_does_not_keep_anybody_from_sharing(settings, ada_client, credential):
    settings.OPENEDX_VC_LINKEDIN_ORGANIZATIONS = {"default": "1337"}
    found = form(sharing.put(ada_client, credential))
    assert found is not None
    assert found["organizationName"] == "Example University"


def test_what_is_not_shared_is_not_added(ada_client, credential):
    assert form(ada_client.get(sharing.share_path(credential))) is None
    sharing.put(ada_client, credential)
    sharing.delete(ada_client, credential)
    assert form(ada_client.get(sharing.share_path(credential))) is None


@pytest.mark.parametrize(
    "change",
    [{"state": "revoked"}, {"state": "superseded"}, {"suspended": True}, {"sealed_document": None}],
    ids=["revoked", "superseded", "suspended", "withheld"],
)
def test_what_does_not_hold_is_not_added(ada_client, credential, change):
    sharing.put(ada_client, credential)
    Credential.objects.update(**change)
    assert form(ada_client.get(sharing.share_path(credential))) is None


def test_a_document_that_does_not_open_is_not_added(ada_client, credential, caplog):
    sharing.put(ada_client, credential)
    Credential.objects.update(sealed_document=b"damaged")
    assert form(ada_client.get(sharing.share_path(credential))) is None
    assert "Lovelace" not in caplog.text


def test_anothers_is_nobodys(ada_client, bob, credential):
    sharing.put(ada_client, credential)
    assert linkedin.find_address(credential.uuid, user_id=bob.pk) is None
    other = Client()
    other.force_login(bob)
    assert asking.refusal(other.get(sharing.share_path(credential))) == (404, "unknown_credential")


def test_it_costs_one_query(ada, ada_client, credential):
    sharing.put(ada_client, credential)
    with asking.capture() as captured:
        assert linkedin.find_address(credential.uuid, user_id=ada.pk)
    assert len(asking.data_statements(captured)) == 1


def test_a_title_of_another_script_is_encoded(ready, ada, ada_client, make_offer, wallet):
    title = "مقدمة & «C++» 100%"
    certificate = seed.backdate(seed.award(ada, seed.make_course(ready, seed.CourseOptions(run_title=title))), days=3)
    assert make_offer(certificate).claim(wallet).status_code == 201
    response = sharing.put(ada_client, Credential.objects.get())
    assert response.json()["linkedin"].isascii()
    found = form(response)
    assert found is not None
    assert found["name"] == title
