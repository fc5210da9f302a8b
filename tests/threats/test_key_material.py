"""
Threat 21 for keys that are kept elsewhere: planted bytes of keys, a PIN and a token are looked for in all that is
written, shown or answered, whatever goes well or badly.
"""

from __future__ import annotations

import io
import logging
import os

import pytest
from django.core.management import CommandError
from django.core.management import call_command
from django.db import connection
from django.views.debug import ExceptionReporter

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.api.means import get_means
from openedx_verifiable_credentials.flows.steps import keys
from tests import asking
from tests import rows
from tests import securers
from tests import seed
from tests import signing_service
from tests import softhsm
from tests.adapters.test_keystores import SEED
from tests.adapters.test_keystores import make_token  # noqa: F401
from tests.conftest import MadeOffer
from tests.flows.test_key_stores import make_options  # noqa: F401
from tests.threats import admin_pages
from tests.threats import canaries

pytestmark = pytest.mark.django_db
PIN, TOKEN = softhsm.PIN.encode(), signing_service.TOKEN.encode()


def planted():
    """The seed of file and variable, the seeds in the database, the PIN, the token."""
    return canaries.of_keys() | canaries.of_bytes(SEED.reveal()) | {PIN, TOKEN}


@pytest.fixture(name="certificate")
def make_certificate(site, switched_on, ada, options):
    """Ada's, of an issuer whose key is kept elsewhere, beside one whose key is here."""
    call_command("vc_create_issuer", "--name", "Here", "--slug", "here", stdout=io.StringIO())
    call_command("vc_create_issuer", "--name", "Elsewhere", *options, stdout=io.StringIO())
    return seed.backdate(seed.award(ada, seed.make_course(site)), days=3)


def everything(settings, browser, certificate, wallet, options):
    """What can be done with a key, well and badly; the refusals and what commands said."""
    said = io.StringIO()

    def run(*command):
        try:
            call_command(*command, stdout=said, stderr=said)
        except CommandError as error:
            said.write(str(error))

    good = MadeOffer(asking.init(browser, certificate).json())
    assert good.claim(wallet).status_code == 201
    refusals = []
    run("vc_doctor")
    run("vc_retire_key", "--issuer", "here", "--key", "nonsense")
    run("vc_retire_key", "--issuer", "here", "--key", str(models.IssuerKey.objects.first().uuid))
    run("vc_rotate_key", "--issuer", "here", *options)
    run("vc_rewrap_keys", "--dry-run")
    other = dict(zip(options[::2], options[1::2], strict=True))
    run("vc_create_issuer", "--name", "Wrong", "--slug", "wrong", "--algorithm", "P-256", *options)
    # The key in its place is another one; then nothing is there.
    for change in ({"reference": other["--key-reference"] + "x"}, {"public_key_multibase": _another()}):
        changed = models.IssuerKey.objects.filter(issuer__slug="default")
        before = changed.values("reference", "public_key_multibase").get()
        changed.update(**change)
        run("vc_doctor")
        models.Offer.objects.update(reuse_key=None)
        refusals.append(MadeOffer(asking.init(browser, certificate).json()).claim(wallet))
        changed.update(**before)
    for name in ("SECURER", "DIDKIT_SECURER", "REMOTE_SECURER"):
        setattr(settings, f"OPENEDX_VC_{name}", securers.PATH + "Crashing")
    models.Offer.objects.update(reuse_key=None)
    refusals.append(MadeOffer(asking.init(browser, certificate).json()).claim(wallet))
    for name in ("SECURER", "DIDKIT_SECURER", "REMOTE_SECURER"):
        delattr(settings, f"OPENEDX_VC_{name}")
    return refusals, said.getvalue()


def _another():
    from openedx_verifiable_credentials.adapters.local_keys import generate_seed
    from openedx_verifiable_credentials.adapters.local_keys import public_key
    from openedx_verifiable_credentials.core import dids

    return dids.multikey(public_key(generate_seed()))


def test_it_is_in_no_log_answer_or_output(settings, caplog, ada_client, certificate, wallet, options):
    caplog.set_level(logging.DEBUG)
    refusals, said = everything(settings, ada_client, certificate, wallet, options)
    secrets = planted()
    assert "FAIL" in said
    assert canaries.found(secrets, said) == []
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert canaries.found(secrets, written) == []
    for response in refusals:
        assert response.status_code >= 400
        assert canaries.found(secrets, response.content + str(response.headers).encode()) == []


def test_it_is_in_no_row_dump_or_page_of_the_admin(settings, ada_client, certificate, wallet, options):
    everything(settings, ada_client, certificate, wallet, options)
    secrets = planted()
    held = rows.our_bytes()
    assert b"default" in held
    assert canaries.found(secrets, held) == []
    if connection.vendor == "sqlite":
        assert canaries.found(secrets, connection.connection.serialize()) == [], "the file of the database"
    out = io.StringIO()
    call_command("dumpdata", rows.OURS, stdout=out)
    assert canaries.found(secrets, out.getvalue()) == []
    shown = b"\n".join(admin_pages.texts())
    assert models.IssuerKey.objects.last().public_key_multibase.encode() in shown, "the pages of keys are there"
    assert canaries.found(secrets, shown) == []


def test_no_repr_tells_it(certificate, options):
    means = get_means()
    things = []
    for key in models.IssuerKey.objects.select_related("issuer"):
        signer = keys.open_signer(key, means.keks)
        things += [key, signer, getattr(signer, "seed", None), vars(signer).get("_key")]
    text = "".join(f"{thing!r} {thing!s}" for thing in [means, *things])
    assert canaries.found(planted(), text) == []


@pytest.mark.parametrize("where", ["securer", "signer", "store"])
def test_no_debug_page_shows_it(settings, rf, certificate, options, where):
    """Every frame's variables, the settings and the request's environment, as Django and error trackers show them."""
    settings.DEBUG = True
    page = page_of_a_failure(rf.get("/"), where)
    assert "Traceback" in page
    assert "OPENEDX_VC_KEY_ENCRYPTION_KEYS" in page, "the settings are shown"
    assert canaries.found(planted(), page) == []


def page_of_a_failure(request, where):
    """Django's page. No frame of ours here holds what is looked for."""
    key = models.IssuerKey.objects.select_related("issuer").get(issuer__slug="default")
    if key.store == "environment":
        # As servers do that put the environment into each request.
        request.META[key.reference] = os.environ[key.reference]
    if where == "store":
        key.public_key_multibase = _another()
    document = {"@context": ["https://unknown.example/context"], "issuer": "x", "type": ["VerifiableCredential"]}
    try:
        signer = keys.open_signer(key, get_means().keks)
        if where == "signer":
            signer.sign(object())
        means = get_means()
        securer = means.remote_securer if key.store == "remote" else means.securer
        securer.secure(document, suite="eddsa-rdfc-2022", signer=signer, created=key.created)
    except Exception as error:
        return ExceptionReporter(request, type(error), error, error.__traceback__).get_traceback_html()
    raise AssertionError("It signed.")
