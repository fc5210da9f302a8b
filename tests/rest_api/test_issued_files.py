"""A learner's own credential as a file; what was issued anew, and for which."""

import uuid

import pytest
from django.test import Client

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import reissued
from tests import rows
from tests import sharing
from tests.wallet import make_wallet


@pytest.fixture(name="handed_over")
def make_handed_over(make_offer, course_certificate):
    """What Ada's wallet got."""
    response = make_offer(course_certificate).claim(make_wallet())
    assert response.status_code == 201
    return response.content


@pytest.fixture(name="credential")
def make_credential(handed_over):
    """Its row."""
    return Credential.objects.get()


def path(credential):
    """Where the file is."""
    return f"{sharing.ISSUED}{getattr(credential, 'uuid', credential)}/credential.json"


def test_it_is_what_was_handed_over_byte_for_byte(ada_client, handed_over, credential):
    before = rows.snapshot()
    response = ada_client.get(path(credential))
    assert (response.status_code, response.content) == (200, handed_over)
    assert response["Content-Type"] == "application/vc+ld+json"
    assert response["Content-Disposition"] == f'attachment; filename="credential-{credential.uuid}.json"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert rows.changed(before) == []


def test_a_download_comes_again_with_its_own_media_type(ada_client, course_certificate):
    page = asking.init(ada_client, course_certificate, wallet="download").json()["deeplink"]
    first = ada_client.post("/" + page.split("/", 3)[3] + "download/")
    response = ada_client.get(path(Credential.objects.get()))
    assert (response.content, response["Content-Type"]) == (first.content, "application/vc")


def test_it_works_while_the_switch_is_off_and_for_what_is_over(ada_client, handed_over, credential, switched_on):
    switched_on.active = False
    switched_on.save()
    switched_on.flush()
    list(revoking.revoke_credentials([credential.uuid], reason="staff"))
    assert ada_client.get(path(credential)).content == handed_over


def test_anothers_an_unknown_one_and_one_that_was_not_handed_out_are_not_told_apart(ada_client, bob, credential):
    other = Client()
    other.force_login(bob)
    answers = [other.get(path(credential)), ada_client.get(path(uuid.uuid4()))]
    Credential.objects.update(issued_at=None, state="intended")
    answers.append(ada_client.get(path(credential)))
    assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
    assert len({answer.content for answer in answers}) == 1
    assert Client().get(path(credential)).status_code == 401


def test_of_an_erased_learner_there_is_none(ada_client, credential):
    erasing.erase_by_username("ada")
    assert asking.refusal(ada_client.get(path(credential))) == (404, "unknown_credential")


def test_a_document_that_is_gone_is_withheld(ada_client, credential):
    Credential.objects.update(sealed_document=None)
    assert asking.refusal(ada_client.get(path(credential))) == (410, "withheld")


def test_one_that_does_not_open_is_told_without_a_reason(settings, ada_client, credential, caplog):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {"other": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    assert asking.refusal(ada_client.get(path(credential))) == (503, "unreadable_credential")
    assert "cannot be handed out again" in caplog.text
    assert "Ada" not in caplog.text


def test_what_was_issued_anew_is_listed_with_the_one_it_replaces(ada, ada_client, credential):
    page = sharing.put(ada_client, credential).json()["share"]
    reissued.rename(ada)
    reissued.reissue(credential)
    new, old = ada_client.get(sharing.ISSUED).json()["credentials"]
    assert (old["uuid"], old["state"], old["share"]) == (str(credential.uuid), "superseded", page)
    assert (old["replaces"], old["replaced_by"]) == (None, new["uuid"])
    # Nothing is shared by itself.
    assert (new["state"], new["share"]) == ("valid", None)
    assert (new["replaces"], new["replaced_by"]) == (old["uuid"], None)
    document = ada_client.get(path(new["uuid"])).json()
    assert document["id"] == f"urn:uuid:{new['uuid']}"
    assert reissued.name_in(document) == "Augusta Ada King"
    assert b"Augusta" not in Client().get(sharing.share(ada_client, credential)).content


def test_one_that_could_not_be_issued_anew_is_not_listed(ada_client, credential):
    left = Credential.objects.get()
    left.pk, left.uuid, left.replaces_id, left.offer_id = None, uuid.uuid4(), credential.pk, None
    left.live_key, left.status_index, left.issued_at, left.state = "reissue:x", None, None, "intended"
    left.save(force_insert=True)
    [listed] = ada_client.get(sharing.ISSUED).json()["credentials"]
    assert (listed["uuid"], listed["replaced_by"]) == (str(credential.uuid), None)
