"""``issued/``: what a learner was given, a page at a time, with what each says; and how it is shared."""

import base64
import io
import uuid

import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from openedx_verifiable_credentials.api import erasing
from openedx_verifiable_credentials.models import Credential
from tests import asking
from tests import policies
from tests import reissued
from tests import rows
from tests import sharing
from tests.wallet import make_wallet

OTHER_KEK = {"other": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}


@pytest.fixture(name="credential")
def make_credential(ada_client, make_offer, wallet, course_certificate):
    """Ada's credential, in a wallet."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    return Credential.objects.get()


def page(client, number=1):
    """One page."""
    response = client.get(sharing.ISSUED, {"page": number})
    assert response.status_code == 200, response.content
    return response.json()


def only(client):
    """The only credential."""
    [found] = page(client)["credentials"]
    return found


def switch_off(switch):
    """Somebody does."""
    switch.active = False
    switch.save()
    switch.flush()


# What each says


def test_a_download_is_bound_to_no_wallet(ada_client, course_certificate):
    offer = asking.init(ada_client, course_certificate, wallet="download").json()["offer"]
    ada_client.post(f"{asking.API}offers/{offer}/download/")
    found = only(ada_client)
    assert (found["bound"], found["holder"]) == (False, None)
    assert found["wallet"] == {"id": "download", "name": "Download or other wallet"}


def test_what_it_says_is_read_off_the_credential(ada, ada_client, credential, issuer, course_certificate):
    """Not off the service or the issuer as they are by now."""
    course_certificate.credential.title = "Another title"
    course_certificate.credential.save()
    type(issuer).objects.filter(pk=issuer.pk).update(name="Another name")
    found = only(ada_client)
    assert (found["title"], found["issuer"]) == ("Introduction to Everything", "Example University")


def test_it_says_until_when_it_is_valid(ada_client, make_offer, course_certificate, wallet):
    policies.of_run(course_certificate, validity_days=365)
    claimed = make_offer(course_certificate).claim(wallet).json()
    until = claimed.get("expirationDate") or claimed["validUntil"]
    assert only(ada_client)["valid_until"] == until.replace("Z", "+00:00")


def test_a_wallet_that_is_known_no_more_goes_by_its_id(ada_client, credential):
    Credential.objects.update(wallet_id="gone_wallet")
    assert only(ada_client)["wallet"] == {"id": "gone_wallet", "name": "gone_wallet"}


def test_of_a_document_that_is_gone_nothing_is_said(ada_client, credential, issuer):
    Credential.objects.update(sealed_document=None)
    found = only(ada_client)
    assert (found["title"], found["issuer"], found["holder"], found["valid_until"]) == ("", issuer.name, None, None)
    assert (found["withheld"], found["files"]) == (True, {})
    assert found["can_revoke"], "it counts still"


def test_an_erased_learner_has_none(ada_client, credential):
    erasing.erase_by_username("ada")
    assert page(ada_client) == {"count": 0, "page": 1, "pages": 1, "credentials": []}


@pytest.mark.parametrize("damage", ["keys", "document", "learner"])
def test_what_cannot_be_read_is_listed_all_the_same(settings, ada_client, credential, caplog, damage):
    """It must always be possible to see, unshare and revoke what one has."""
    if damage == "keys":
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = OTHER_KEK
    elif damage == "document":
        Credential.objects.update(sealed_document=b"\0" * 99)
    else:
        type(credential.learner).objects.update(sealed_key=b"\0" * 60)
    found = only(ada_client)
    assert (found["title"], found["withheld"], found["can_revoke"]) == ("", False, True)
    assert "cannot be listed" in caplog.text
    assert "Ada" not in caplog.text
    assert ada_client.post(f"{sharing.ISSUED}{credential.uuid}/revoke/").json()["state"] == "revoked"


def test_one_document_that_does_not_open_hides_no_other(ada_client, make_offer, credential, program_certificate):
    assert make_offer(program_certificate).claim(make_wallet()).status_code == 201
    Credential.objects.filter(kind="course").update(sealed_document=b"\0" * 99)
    assert {one["kind"]: one["title"] for one in page(ada_client)["credentials"]} == {
        "program": "Everything, in Depth",
        "course": "",
    }


# Pages


def test_newest_first_twenty_a_page(ada_client, credential):
    reissued.copies(credential, 44)
    found = [page(ada_client, number) for number in (1, 2, 3)]
    assert [(one["count"], one["page"], one["pages"]) for one in found] == [(45, 1, 3), (45, 2, 3), (45, 3, 3)]
    shown = [one["uuid"] for whole in found for one in whole["credentials"]]
    newest = Credential.objects.order_by("-issued_at", "-pk").values_list("uuid", flat=True)
    assert shown == [str(one) for one in newest]
    assert {one["title"] for whole in found for one in whole["credentials"]} == {"Introduction to Everything"}


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "1.0", "٣", "99999999999999999999", "2"])
def test_what_is_no_page_is_refused(ada_client, credential, number):
    response = ada_client.get(sharing.ISSUED, {"page": number})
    assert asking.refusal(response) == (400, "invalid_request")


def test_it_can_be_read_while_the_switch_is_off(ada_client, credential, switched_on):
    switch_off(switched_on)
    assert only(ada_client)["uuid"] == str(credential.uuid)
    assert asking.refusal(ada_client.get(sharing.ISSUED, {"page": "x"})) == (400, "invalid_request")
    assert asking.refusal(Client().get(sharing.ISSUED)) == (401, "not_authenticated")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_list_can_only_be_read(ada_client, credential, method):
    before = rows.snapshot()
    assert getattr(ada_client, method)(sharing.ISSUED).status_code == 405
    assert rows.changed(before) == []


def test_a_page_costs_the_same_for_twenty_credentials_and_for_ten_thousand(settings, ada_client, credential):
    def count(number):
        with asking.capture() as captured:
            found = page(ada_client, number)
        return found["count"], len(found["credentials"]), len(captured)

    reissued.copies(credential, 19)
    count(1)
    few = count(1)
    assert few[:2] == (20, 20)
    reissued.copies(credential, 9_980)
    assert [count(number) for number in (1, 250, 500)] == [(10_000, 20, few[2])] * 3


# How it is shared


def read_qr(png_base64):
    """What a phone reads."""
    image = Image.open(io.BytesIO(base64.b64decode(png_base64, validate=True)))
    return zxingcpp.read_barcode(image.convert("L")).text


def test_how_it_is_shared_comes_with_its_qr_code(ada_client, credential):
    path = sharing.share_path(credential)
    nothing = {"share": None, "qrcode": None, "linkedin": None}
    assert ada_client.get(path).json() == nothing
    put = sharing.put(ada_client, credential).json()
    response = ada_client.get(path)
    assert (response.json(), response["Cache-Control"]) == (put, "no-store")
    assert read_qr(put["qrcode"]) == put["share"] == only(ada_client)["share"]
    sharing.delete(ada_client, credential)
    assert ada_client.get(path).json() == nothing


def test_how_it_is_shared_can_be_read_while_the_switch_is_off(ada_client, bob, credential, switched_on):
    page_address = sharing.put(ada_client, credential).json()["share"]
    switch_off(switched_on)
    before = rows.snapshot()
    assert ada_client.get(sharing.share_path(credential)).json()["share"] == page_address
    other = Client()
    other.force_login(bob)
    answers = [other.get(sharing.share_path(credential)), ada_client.get(sharing.share_path(uuid.uuid4()))]
    assert {asking.refusal(answer) for answer in answers} == {(404, "unknown_credential")}
    assert Client().get(sharing.share_path(credential)).status_code == 401
    assert rows.changed(before) == []
