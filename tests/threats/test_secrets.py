"""
Threat 21, and what the issue promises of names: keys and learners are looked for in everything that is written down,
shown or answered.
"""

import datetime
import hashlib
import io
import json
import logging
import pickle
import traceback

import pytest
from django.core.management import CommandError
from django.core.management import call_command
from django.utils import timezone
from django.views.debug import ExceptionReporter

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.adapters.didkit import DidkitSecurer
from openedx_verifiable_credentials.adapters.local_keys import LocalSigner
from openedx_verifiable_credentials.adapters.own_suites import OwnSuites
from openedx_verifiable_credentials.api import offers
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.data import Secret
from openedx_verifiable_credentials.flows.steps import keys
from openedx_verifiable_credentials.host.certificates import CredentialsService
from tests import asking
from tests import rows
from tests import securers
from tests import seed
from tests.conftest import MadeOffer
from tests.threats import admin_pages
from tests.threats import canaries
from tests.wallet import make_wallet


@pytest.fixture(name="learner")
def make_learner(db):
    """Whose names are found wherever they are."""
    return seed.make_learner(canaries.USERNAME, canaries.NAME)


def offer(browser, certificate):
    """A fresh offer."""
    models.Offer.objects.update(reuse_key=None)
    return MadeOffer(asking.init(browser, certificate).json())


def everything(settings, browser, certificate, wallet):
    """Whatever can be done to a certificate, well and badly; the refusals."""
    browser.get(asking.LIST)
    good = offer(browser, certificate)
    assert good.claim(wallet).status_code == 201
    assert browser.post(f"{asking.ROOT}offers/{models.Offer.objects.latest('pk').uuid}/download/").status_code == 409
    refusals = [good.claim(make_wallet()), good.post(b"{"), good.claim(wallet, purpose="x"), good.post({})]
    for name in ("Refusing", "WithAnotherKey", "OfAnotherDocument", "Busy", "Crashing"):
        settings.OPENEDX_VC_SECURER = securers.PATH + name
        refusals.append(offer(browser, certificate).claim(wallet))
        settings.OPENEDX_VC_SECURER = "openedx_verifiable_credentials.adapters.own_suites.OwnSuites"
        models.Credential.objects.filter(state="intended").update(state="abandoned", live_key=None)
    offer(browser, certificate)
    download = browser.post(f"{asking.ROOT}offers/{models.Offer.objects.latest('pk').uuid}/download/")
    assert download.status_code == 200
    with pytest.raises(CommandError):
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {**settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS, "bad": "AAAA"}
        call_command("vc_doctor", stdout=io.StringIO())
    refusals.append(asking.init(browser, certificate))
    assert asking.refusal(refusals[-1]) == (500, "internal_error")
    del settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS["bad"]
    call_command("vc_doctor", stdout=io.StringIO())
    certificate.revoke()
    call_command("vc_reconcile", stdout=io.StringIO())
    refusals.append(asking.init(browser, certificate))
    assert all(response.status_code >= 400 for response in refusals)
    return refusals


def test_neither_logs_nor_refusals_hold_them(settings, caplog, browser, certificate, wallet):
    caplog.set_level(logging.DEBUG)
    refusals = everything(settings, browser, certificate, wallet)
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records if "openedx_ver" in record.name)
    assert "self_check_failed" in written, "something was logged"
    secrets = canaries.of_keys() | canaries.of_person(wallet)
    assert canaries.found(secrets, written) == []
    for response in refusals:
        assert canaries.found(secrets, response.content + str(response.headers).encode()) == []


@pytest.mark.parametrize("after", ["the claim", "the offer's life"])
def test_no_column_of_ours_holds_them_in_clear(settings, browser, certificate, wallet, after):
    everything(settings, browser, certificate, wallet)
    if after == "the offer's life":
        models.Offer.objects.update(expires_at=timezone.now() - datetime.timedelta(days=9))
        call_command("vc_reconcile", stdout=io.StringIO())
    held = rows.our_bytes()
    assert certificate.uuid.hex.encode() in held.replace(b"-", b""), "the rows were read"
    assert canaries.found(canaries.of_keys() | canaries.of_person(wallet), held) == []


def test_no_column_holds_a_hash_of_them(settings, browser, certificate, wallet):
    everything(settings, browser, certificate, wallet)
    held = rows.our_bytes().lower()
    for value in (canaries.NAME, canaries.USERNAME, canaries.EMAIL, wallet.did):
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
            digest = hashlib.new(algorithm, value.encode())
            assert canaries.found(canaries.of_bytes(digest.digest()), held) == []
            assert digest.hexdigest().encode() not in held


def test_the_documents_are_there_but_sealed(browser, certificate, wallet):
    """What the two tests above are worth: with the learner's key the same columns hold name and DID."""
    assert offer(browser, certificate).claim(wallet).status_code == 201
    credential = models.Credential.objects.get()
    learner_key = keys.open_learner_key(credential.learner, get_means().keks)
    opened = keys.open_document(credential, learner_key)
    assert canaries.NAME.encode() in opened
    assert wallet.did.encode() in opened


def test_events_are_ids(settings, browser, certificate, wallet):
    everything(settings, browser, certificate, wallet)
    names = {name for event in models.Event.objects.all() for name in event.ids}
    known = {"by", "certificate", "certificates", "code", "credential", "issuer", "key", "offer", "profile", "reason"}
    assert names <= known | {"wallet"}
    text = json.dumps([[event.kind, event.ids] for event in models.Event.objects.all()])
    assert canaries.found(canaries.of_keys() | canaries.of_person(wallet), text) == []


def test_a_dump_of_our_rows_holds_none_in_clear(settings, browser, certificate, wallet):
    everything(settings, browser, certificate, wallet)
    out = io.StringIO()
    call_command("dumpdata", rows.OURS, stdout=out)
    assert "openedx_verifiable_credentials.credential" in out.getvalue()
    assert canaries.found(canaries.of_keys() | canaries.of_person(wallet), out.getvalue()) == []


def test_the_admin_shows_none(settings, browser, certificate, wallet):
    everything(settings, browser, certificate, wallet)
    secrets = canaries.of_keys() | canaries.of_person(wallet)
    assert canaries.found(secrets, b"\n".join(admin_pages.texts())) == []


def test_no_repr_tells_them(ready, browser, certificate, learner, wallet):
    offer(browser, certificate).claim(wallet)
    means = get_means()
    key = models.IssuerKey.objects.select_related("issuer").first()
    signer = keys.open_signer(key, means.keks)
    award = CredentialsService().get_awards([certificate.uuid])[certificate.uuid]
    shown = offers.make_offer(
        user_id=learner.pk, site_id=ready.pk, certificate_uuids=[certificate.uuid], wallet_id="lc_wallet"
    )
    things = [means, means.keks, signer, signer.seed, award, award.learner, shown, key, key.issuer]
    things += [*models.Credential.objects.all(), *models.Learner.objects.all(), *models.Event.objects.all()]
    text = "".join(f"{thing!r} {thing!s} {thing}" for thing in things)
    assert canaries.found(canaries.of_keys() | canaries.of_person(wallet), text) == []
    assert MadeOffer({"deeplink": shown.deep_link}).challenge not in repr(shown)


def test_a_secret_cannot_be_kept_by_accident():
    secret = Secret(b"canary")
    assert "canary" not in f"{secret!r} {secret}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert not hasattr(secret, "__dict__")


class TestDebugPages:
    """Django's page of an exception shows every local variable of every frame; so do error trackers."""

    @pytest.fixture(autouse=True)
    def debug(self, settings):
        settings.DEBUG = True

    @pytest.fixture(name="download")
    def make_download(self, browser, certificate):
        offer(browser, certificate)
        return f"{asking.ROOT}offers/{models.Offer.objects.latest('pk').uuid}/download/"

    @pytest.mark.parametrize("kind", ["issuer", "web_issuer"])
    def test_of_an_exception_inside_signing(self, request, settings, browser, download, wallet, kind):
        request.getfixturevalue(kind)
        settings.OPENEDX_VC_SECURER = settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Crashing"
        response = browser.post(download)
        assert response.status_code == 503
        text = response.content.decode()
        assert "signing_failed" in text, "there is no page of Django's at all"
        assert canaries.found(canaries.of_keys() | canaries.of_person(wallet), text) == []

    @pytest.mark.parametrize("where", ["didkit", "own suites"])
    def test_of_an_exception_inside_a_library(self, settings, browser, certificate, issuer, where):
        """Deeper than our own code: the frames that hold the key are on the stack."""
        signer = keys.open_signer(models.IssuerKey.objects.get(issuer=issuer), get_means().keks)
        text = report_of_a_failing_signature(signer, where)
        assert "secure" in text
        assert canaries.found(canaries.of_keys(), text) == []

    @pytest.mark.parametrize("bad", ["AAAA", "not base64", None, 5])
    def test_of_a_bad_key_encryption_key_beside_a_good_one(self, settings, browser, download, bad):
        secrets = canaries.of_keys()
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {**settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS, "bad": bad}
        response = browser.post(download)
        assert response.status_code == 500
        assert canaries.found(secrets, response.content) == []

    def test_of_a_key_encryption_key_that_is_no_mapping(self, settings, browser, download):
        secrets = canaries.of_keys()
        settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS["tests-only"]
        response = browser.post(download)
        assert response.status_code == 500
        assert canaries.found(secrets, response.content) == []

    def test_of_a_bad_offer_key(self, settings, browser, download):
        settings.OPENEDX_VC_OFFER_KEY = "dGhlIG9mZmVyIGtleSB0aGF0IGlzIGEgYml0IHRvbyBsb25nIGZvciBpdA=="
        response = browser.post(download)
        assert response.status_code == 500
        assert b"dGhlIG9mZmVy" not in response.content
        assert b"the offer key that" not in response.content

    def test_wallets_are_answered_in_json_even_so(self, settings, browser, certificate, wallet):
        settings.OPENEDX_VC_SECURER = securers.PATH + "Crashing"
        response = offer(browser, certificate).claim(wallet)
        assert asking.refusal(response) == (503, "signing_failed")
        assert canaries.found(canaries.of_keys() | canaries.of_person(wallet), response.content) == []


def report_of_a_failing_signature(signer: LocalSigner, where: str) -> str:
    """Django's page of what happens when a library is given what it cannot sign."""
    securer = DidkitSecurer() if where == "didkit" else OwnSuites()
    suite = "Ed25519Signature2020" if where == "didkit" else "eddsa-rdfc-2022"
    document = {"@context": ["https://unknown.example/context"], "type": ["VerifiableCredential"]}
    try:
        securer.secure(document, suite=suite, signer=signer, created=timezone.now())
    except Exception as error:
        page = ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html()
        return page + "".join(traceback.format_exception(error))
    raise AssertionError("It signed.")
