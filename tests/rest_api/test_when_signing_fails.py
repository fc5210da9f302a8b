"""The intent is durable before the key is used, and what fails its check never leaves."""

import json
import logging

import pytest

from openedx_verifiable_credentials.core.presentations import verify_presentation
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from tests import asking
from tests import lists
from tests import securers
from tests.wallet import make_wallet

# What stands in for the signer of each kind of issuer.
SETTING = {"issuer": "OPENEDX_VC_DIDKIT_SECURER", "web_issuer": "OPENEDX_VC_SECURER"}
REFUSALS = {
    "Refusing": (503, "didkit_failed"),
    "WithAnotherKey": (503, "self_check_failed"),
    "InAnotherKeysName": (503, "self_check_failed"),
    "OfAnotherDocument": (503, "self_check_failed"),
    "WithAnotherPurpose": (503, "self_check_failed"),
}


@pytest.fixture(params=SETTING)
def broken(request, settings, ready):
    """Puts a securer in the place of the issuer's own, and back."""
    lists.open_lists(request.getfixturevalue(request.param))
    name = SETTING[request.param]

    def put(securer):
        if securer is None:
            delattr(settings, name)
        else:
            setattr(settings, name, securers.PATH + securer)

    return put


def events():
    """What happened since the offer."""
    return list(Event.objects.filter(kind__startswith="credential.").order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("securer", REFUSALS)
def test_a_refused_signature_leaves_an_intent_and_a_retry_gives_the_same_credential(
    broken, make_offer, course_certificate, wallet, securer, caplog
):
    offer = make_offer(course_certificate)
    broken(securer)
    with caplog.at_level(logging.ERROR):
        response = offer.claim(wallet)
    assert asking.refusal(response) == REFUSALS[securer]
    assert response["Retry-After"]
    assert b"proofValue" not in response.content
    intent = Credential.objects.get()
    assert (intent.state, intent.issued_at) == ("intended", None)
    refused = Event.objects.get(kind="credential.refused")
    assert refused.ids["credential"] == str(intent.uuid)
    assert refused.ids["code"] == REFUSALS[securer][1]
    assert REFUSALS[securer][1] in caplog.text
    broken(None)
    assert asking.refusal(offer.claim(make_wallet())) == (409, "taken_by_another_holder")
    again = offer.claim(wallet)
    assert again.status_code == 201
    assert again.json()["id"] == intent.uuid.urn
    assert again.json()["credentialSubject"]["id"] == wallet.did
    assert Credential.objects.get().state == "issued"
    assert events() == ["credential.refused", "credential.issued"]


def test_the_proof_says_when_the_intent_was_made(broken, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    broken("Refusing")
    offer.claim(wallet)
    broken(None)
    created = offer.claim(wallet).json()["proof"]["created"]
    assert created == Credential.objects.get().created.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_signer_that_is_busy_is_asked_again_later(broken, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    broken("Busy")
    response = offer.claim(wallet)
    assert asking.refusal(response) == (503, "didkit_timeout")
    assert response["Retry-After"]
    assert Credential.objects.get().state == "intended"
    broken(None)
    assert offer.claim(wallet).json()["id"] == Credential.objects.get().uuid.urn


def test_a_crash_inside_the_signer_is_answered_in_json(broken, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    broken("Crashing")
    response = offer.claim(wallet)
    assert asking.refusal(response) == (503, "signing_failed")
    assert b"unwrap" not in response.content
    assert Credential.objects.get().state == "intended"
    broken(None)
    assert offer.claim(wallet).json()["id"] == Credential.objects.get().uuid.urn


def test_a_download_is_held_to_the_same(settings, ada_client, course_certificate):
    made = asking.init(ada_client, course_certificate, wallet="download").json()
    path = made["deeplink"].removeprefix("https://credentials.example.edu") + "download/"
    lists.open_lists(Issuer.objects.get())
    settings.OPENEDX_VC_SECURER = securers.PATH + "WithAnotherKey"
    response = ada_client.post(path)
    assert response.status_code == 503
    assert "self_check_failed" in response.content.decode()
    assert b"proofValue" not in response.content
    intent = Credential.objects.get()
    assert intent.state == "intended"
    del settings.OPENEDX_VC_SECURER
    assert json.loads(ada_client.post(path).content)["id"] == intent.uuid.urn


def test_without_a_usable_key_nothing_is_recorded(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    IssuerKey.objects.update(signs=None)
    assert asking.refusal(offer.claim(wallet)) == (503, "no_issuer_key")
    assert not Credential.objects.exists()


def test_a_stored_key_that_is_not_the_public_one_signs_nothing(make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    lists.open_lists(Issuer.objects.get())
    IssuerKey.objects.update(public_key_multibase=make_wallet().did.removeprefix("did:key:"))
    assert asking.refusal(offer.claim(wallet)) == (503, "key_mismatch")
    assert Credential.objects.get().state == "intended"


def test_a_key_encryption_key_that_went_missing_is_an_error_of_ours(settings, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    kept = settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS
    for keys in ({}, {"another": kept["tests-only"]}, {"tests-only": "AAAA"}):
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = keys
        assert asking.refusal(offer.claim(wallet)) == (500, "internal_error")
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = kept
    assert offer.claim(wallet).status_code == 201


def test_the_presentation_is_checked_before_anything_is_recorded(broken, make_offer, course_certificate, wallet):
    offer = make_offer(course_certificate)
    broken("Crashing")
    presentation = wallet.present(offer.challenge)
    assert verify_presentation(presentation, challenge=offer.challenge, domains=frozenset()).did == wallet.did
    presentation["proof"]["proofValue"] = make_wallet().present(offer.challenge)["proof"]["proofValue"]
    assert asking.refusal(offer.post(presentation)) == (403, "invalid_signature")
    assert not Credential.objects.exists()


def test_without_a_list_that_verifiers_find_nothing_is_recorded(
    settings, web_issuer, ready, make_offer, wallet, request
):
    """The first claim of an issuer signs its status list first."""
    offer = make_offer(request.getfixturevalue("course_certificate"))
    settings.OPENEDX_VC_SECURER = securers.PATH + "WithAnotherKey"
    assert asking.refusal(offer.claim(wallet)) == (503, "self_check_failed")
    assert not Credential.objects.exists()
    assert not PublishedList.objects.exists()
    del settings.OPENEDX_VC_SECURER
    assert offer.claim(wallet).status_code == 201
    assert PublishedList.objects.count() == 2
