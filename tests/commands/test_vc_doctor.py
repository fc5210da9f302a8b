"""``vc_doctor``: one line a check, exit status 1 when one fails, and never a traceback."""

import re

import pytest
from edx_django_utils.cache import RequestCache
from waffle.models import Switch

from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from tests import rows
from tests.commands.run import fails
from tests.commands.run import run
from tests.wallet import make_wallet

pytestmark = pytest.mark.django_db
NAME = "vc_doctor"
LINE = re.compile(r"(OK|INFO|WARN|FAIL) +[\w.-]+: \S.*")


def lines(said):
    """Each is a check."""
    found = said.splitlines()
    assert all(LINE.fullmatch(line) for line in found), found
    return found


def failures():
    """The lines of what fails."""
    said, sentence = fails(NAME)
    found = [line for line in lines(said) if line.startswith("FAIL")]
    assert sentence == f"{len(found)} check(s) failed."
    return "\n".join(found)


def test_an_installation_that_can_issue(ready, web_issuer):
    before = rows.snapshot()
    assert lines(run(NAME)) == [
        "INFO  switch: openedx_verifiable_credentials.enabled is on",
        "OK    checks: settings, addresses, base URL and issuer key are in order",
        "OK    sign-and-verify: issuer default, obv3-vc1",
        "OK    sign-and-verify: issuer default, obv3-vc2",
        "OK    sign-and-verify: issuer academy, obv3-vc1",
        "OK    sign-and-verify: issuer academy, obv3-vc2",
    ]
    assert rows.changed(before) == [], "nothing is stored"


def test_the_switch_is_told_not_judged(issuer):
    assert lines(run(NAME))[0] == "INFO  switch: openedx_verifiable_credentials.enabled is off"
    Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=True).flush()
    RequestCache.clear_all_namespaces()
    assert lines(run(NAME))[0].endswith("is on")


@pytest.mark.parametrize("switch", [True, False])
def test_without_an_issuer_it_fails_whatever_the_switch_says(switch):
    Switch.objects.create(name="openedx_verifiable_credentials.enabled", active=switch)
    found = failures()
    assert "vc_create_issuer" in found
    assert ("E004" if switch else "W004") in found


@pytest.mark.parametrize(
    "keys",
    [
        {},
        None,
        "AAAA",
        {"tests-only": "AAAA"},
        {"tests-only": "A" * 43 + "="},
        {"another": "A" * 43 + "="},
        {"tests-only": None},
    ],
)
def test_a_bad_key_encryption_key_fails(settings, issuer, keys):
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = keys
    found = failures()
    assert "sign-and-verify" in found
    assert "AAAA" not in found


def test_a_key_that_is_not_the_issuers_fails(issuer):
    IssuerKey.objects.update(public_key_multibase=make_wallet().did.removeprefix("did:key:"))
    assert "does not belong to its public key" in failures()


def test_a_sealed_key_that_was_changed_fails(issuer):
    key = IssuerKey.objects.get()
    *kept, last = bytes(key.sealed_seed)
    key.sealed_seed = bytes([*kept, last ^ 1])
    key.save()
    assert "encrypted at rest does not open" in failures()


def test_a_securer_that_cannot_be_loaded_fails(settings, issuer):
    settings.OPENEDX_VC_SECURER = "no.such.Securer"
    assert "no.such.Securer" in failures()


@pytest.mark.parametrize("securer", ["Refusing", "WithAnotherKey", "Busy"])
def test_a_signature_that_is_not_good_fails(settings, issuer, securer):
    settings.OPENEDX_VC_DIDKIT_SECURER = f"tests.securers.{securer}"
    assert "sign-and-verify" in failures()


def test_a_plain_http_address_fails(issuer):
    Issuer.objects.update(base_url="http://credentials.example.edu")
    assert "plain http" in failures()


@pytest.mark.parametrize("value", [None, 5, ["https://credentials.example.edu"]])
def test_an_address_of_another_type_fails_without_a_traceback(settings, issuer, value):
    settings.OPENEDX_VC_PUBLIC_BASE_URL = value
    assert "OPENEDX_VC_PUBLIC_BASE_URL" in failures()


def test_an_unknown_setting_is_a_warning(settings, issuer):
    settings.OPENEDX_VC_OFFER_LIFETIME = 5
    said = run(NAME)
    assert [line for line in lines(said) if line.startswith("WARN")] == [
        "WARN  openedx_verifiable_credentials.W005: OPENEDX_VC_OFFER_LIFETIME is not a setting of this plugin. "
        "Is it misspelt? See the settings page."
    ]


def test_a_bad_value_fails(settings, issuer):
    settings.OPENEDX_VC_ON_NEW_CLAIM = "replace"
    assert "OPENEDX_VC_ON_NEW_CLAIM" in failures()
