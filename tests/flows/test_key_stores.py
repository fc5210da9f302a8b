"""A wallet claims, whatever the issuer's key is kept in; and is told at the offer where it cannot be."""

from __future__ import annotations

import json

import pytest

from openedx_verifiable_credentials.adapters import vc_api_signer
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import PublishedList
from tests import asking
from tests import signed
from tests import signing_service
from tests import softhsm
from tests.adapters.test_keystores import jwk
from tests.adapters.test_keystores import make_token  # noqa: F401
from tests.adapters.test_keystores import pem
from tests.commands.run import run

pytestmark = pytest.mark.django_db
STORES = ("file", "environment", pytest.param("pkcs11", marks=pytest.mark.softhsm), "remote")


@pytest.fixture(name="options", params=STORES)
def make_options(request, tmp_path, monkeypatch, settings):
    """Of ``vc_create_issuer``, for a key in each store."""
    store = request.param
    if store == "file":
        (tmp_path / "key.pem").write_bytes(pem("Ed25519"))
        yield ("--key-store", store, "--key-reference", str(tmp_path / "key.pem"))
    elif store == "environment":
        monkeypatch.setenv("ACADEMY_KEY", json.dumps(jwk("Ed25519")))
        yield ("--key-store", store, "--key-reference", "ACADEMY_KEY")
    elif store == "pkcs11":
        request.getfixturevalue("token")
        yield ("--key-store", store, "--key-reference", softhsm.ED25519)
    else:
        signer = signed.signer(11)
        with signing_service.running(signer) as service:
            settings.OPENEDX_VC_SIGNING_SERVICE_URL = service.url
            settings.OPENEDX_VC_SIGNING_SERVICE_ALLOW_HTTP = True
            settings.OPENEDX_VC_SIGNING_SERVICE_TOKEN = signing_service.TOKEN
            vc_api_signer.reset()
            public = signer.method.public_key_multibase
            yield ("--key-store", store, "--key-reference", signing_service.TENANT, "--public-key", public)
        vc_api_signer.reset()


@pytest.mark.parametrize("wallet_id", ["lc_wallet", "download"])
def test_a_wallet_claims(options, site, switched_on, ada, ada_client, wallet, wallet_id):
    """Both profiles, and the status list beside the credential."""
    from openedx_verifiable_credentials.models import Offer
    from tests import seed
    from tests.conftest import MadeOffer

    run("vc_create_issuer", "--name", "The Academy", *options)
    certificate = seed.backdate(seed.award(ada, seed.make_course(site)), days=3)
    offer = MadeOffer(asking.init(ada_client, certificate).json())
    if wallet_id == "download":
        response = ada_client.post(f"{asking.ROOT}offers/{Offer.objects.get().uuid}/download/")
        assert response.status_code == 200
    else:
        presentation = wallet.present(offer.challenge)
        response = offer.post(presentation)
        assert response.status_code == 201
        assert offer.post(presentation).content == response.content, "the same bytes again"
    public = Issuer.objects.get().did.removeprefix("did:key:")
    assert public in json.dumps(response.json()["proof"])
    assert Credential.objects.get().key.public_key_multibase == public
    assert PublishedList.objects.exists()
    assert "OK    sign-and-verify: issuer default, obv3-vc2" in run("vc_doctor")


def test_an_issuer_with_p256_only_refuses_an_old_wallet_at_the_offer(site, switched_on, ada, ada_client, wallet):
    from tests import seed

    run("vc_create_issuer", "--name", "The Academy", "--algorithm", "P-256")
    certificate = seed.backdate(seed.award(ada, seed.make_course(site)), days=3)
    response = asking.init(ada_client, certificate)
    assert asking.refusal(response) == (409, "unsupported_wallet")
    assert "Retry-After" not in response
    assert "no key that signs obv3-vc1" in response.json()["detail"]
    assert not Credential.objects.exists()
    run("vc_doctor")


def test_a_signing_service_that_changes_its_mind_is_not_heard(site, switched_on, ada, ada_client, wallet, settings):
    """Nothing leaves; and when it is itself again, the same offer is claimed."""
    from tests import seed
    from tests.conftest import MadeOffer

    signer = signed.signer(11)
    with signing_service.running(signer) as service:
        settings.OPENEDX_VC_SIGNING_SERVICE_URL = service.url
        settings.OPENEDX_VC_SIGNING_SERVICE_ALLOW_HTTP = True
        settings.OPENEDX_VC_SIGNING_SERVICE_TOKEN = signing_service.TOKEN
        vc_api_signer.reset()
        where = ("--key-store", "remote", "--key-reference", signing_service.TENANT)
        run("vc_create_issuer", "--name", "A", *where, "--public-key", signer.method.public_key_multibase)
        certificate = seed.backdate(seed.award(ada, seed.make_course(site)), days=3)
        offer = MadeOffer(asking.init(ada_client, certificate).json())
        presentation = wallet.present(offer.challenge)
        service.change = lambda document: {**document, "description": "added"}
        assert offer.post(presentation).status_code == 503
        service.change = lambda document: document
        service.answers = [signing_service.status(401)]
        assert asking.refusal(offer.post(presentation)) == (503, "signing_service_refused")
        assert not Credential.objects.filter(state="issued").exists()
        service.answers = []
        assert offer.post(presentation).status_code == 201
    vc_api_signer.reset()
