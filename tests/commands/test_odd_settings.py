"""Values of settings and options that look right and are not."""

from __future__ import annotations

import datetime

import pytest
from django.core.management import CommandError
from django.core.management import call_command
from django.db import connection

from openedx_verifiable_credentials import checks
from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.exceptions import ConfigurationError

GOOD = "dGVzdHMtb25seS1rZXktdGhhdC1oYXMtMzItYnl0ZXM="


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("OPENEDX_VC_KEY_ENCRYPTION_KEYS", {datetime.date(2026, 11, 22): GOOD}),
        ("OPENEDX_VC_KEY_ENCRYPTION_KEYS", {1: GOOD}),
        ("OPENEDX_VC_KEY_ENCRYPTION_KEYS", {"k" * 65: GOOD}),
        ("OPENEDX_VC_OFFER_LIFETIME_SECONDS", 10**15),
        ("OPENEDX_VC_OFFER_LIFETIME_SECONDS", 0),
        ("OPENEDX_VC_STATUS_LIST_TTL_SECONDS", 10**15),
        ("OPENEDX_VC_STATUS_LIST_LENGTH", 100_000),
        ("OPENEDX_VC_JOINT_PROGRAMS", ["lead"]),
        ("OPENEDX_VC_SIGNING_SERVICE_URL", "https://["),
    ],
)
def test_a_value_that_cannot_work_is_an_error_of_the_check(settings, setting, value):
    assert [message.id for message in checks.check_configuration()] == []
    setattr(settings, setting, value)
    messages = checks.check_configuration()
    assert [message.id for message in messages] == ["openedx_verifiable_credentials.E006"]
    assert GOOD not in str(messages)


def test_a_service_that_does_not_know_its_proxies_is_warned(settings):
    settings.OPENEDX_VC_NUM_PROXIES = None
    assert [message.id for message in checks.check_configuration()] == ["openedx_verifiable_credentials.W007"]
    settings.DEBUG = True
    assert checks.check_configuration() == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://h.example?", "https://h.example#", "https://h.example/vc", "https://"])
def test_a_base_url_that_is_more_than_a_host_is_refused(address):
    with pytest.raises(ConfigurationError, match="--base-url"):
        issuers.create_issuer(issuers.NewIssuer(name="X", base_url=address))


@pytest.mark.django_db
def test_a_base_url_is_kept_in_its_plain_form(client):
    made = issuers.create_issuer(issuers.NewIssuer(name="X", method="web", base_url="https://H.example:443/"))
    assert (made.base_url, made.did) == ("https://h.example", "did:web:h.example")
    for host in ("h.example", "h.example:443", "H.EXAMPLE"):
        response = client.get("/.well-known/did.json", HTTP_HOST=host, secure=True)
        assert response.json()["id"] == made.did
    assert client.get("/.well-known/did.json", HTTP_HOST="other.example").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_doctor_says_that_tables_are_missing(capsys):
    with connection.schema_editor() as editor:
        from openedx_verifiable_credentials.models import Event

        editor.delete_model(Event)
    try:
        with pytest.raises(CommandError):
            call_command("vc_doctor")
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(Event)
    said = capsys.readouterr().out
    assert "FAIL  tables" in said
    assert "OK " not in said
