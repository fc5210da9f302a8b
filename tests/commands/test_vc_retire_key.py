"""``vc_retire_key``: as planned, and because others have it."""

import datetime
import uuid

import pytest
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from openedx_verifiable_credentials.core import key_history
from openedx_verifiable_credentials.core.key_history import KeyState
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import IssuerKey
from openedx_verifiable_credentials.models import PublishedList
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import rows
from tests.commands.run import fails
from tests.commands.run import run
from tests.commands.test_vc_rotate_key import did_document
from tests.commands.test_vc_rotate_key import history

pytestmark = pytest.mark.django_db
NAME = "vc_retire_key"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(name="key")
def make_key(web_issuer):
    """The academy's, three hours old."""
    web_issuer.keys.update(created=timezone.now() - 3 * HOUR)
    return web_issuer.keys.get()


def listed(document, key):
    return [entry for entry in document["verificationMethod"] if key.public_key_multibase in entry["id"]]


@pytest.mark.parametrize("name", ["uuid", "public_key_multibase"])
def test_as_planned_it_signs_no_more_and_stays_listed(web_issuer, key, name):
    run("vc_rotate_key", "--issuer", "academy")
    new = web_issuer.keys.get(signs=True)
    said = run(NAME, "--issuer", "academy", "--key", str(getattr(new, name)))
    assert "signs nothing new" in said
    assert "no other key" in said
    assert "vc_rotate_key" in said
    new.refresh_from_db()
    assert (new.signs, new.compromised_since) == (None, None)
    assert new.retired_at is not None
    document = did_document(web_issuer)
    assert [entry["id"] for entry in listed(document, new)] == document["assertionMethod"][:3]
    assert [(event.kind, event.ids["key"]) for event in Event.objects.order_by("-pk")[:1]] == [
        ("key.retired", str(new.uuid))
    ]
    run("vc_rotate_key", "--issuer", "academy")
    assert web_issuer.keys.filter(signs=True).count() == 1


def test_a_key_that_is_retired_stays_so(web_issuer, key):
    run(NAME, "--issuer", "academy", "--key", str(key.uuid))
    key.refresh_from_db()
    before = rows.snapshot()
    run(NAME, "--issuer", "academy", "--key", str(key.uuid))
    assert rows.changed(before) == []


def test_compromised_it_is_revoked_and_our_history_says_since_when(web_issuer, key):
    run("vc_rotate_key", "--issuer", "academy")
    since = (timezone.now() - HOUR).replace(microsecond=0)
    said = run(NAME, "--issuer", "academy", "--key", str(key.uuid), "--compromised-since", since.isoformat())
    written = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert f"vc_revoke --key {key.uuid} --since {written}" in said
    assert "no other key" not in said
    document = did_document(web_issuer)
    assert {entry["type"]: entry["revoked"] for entry in listed(document, key)} == {
        "Multikey": written,
        "Ed25519VerificationKey2020": written,
    }
    assert not [name for name in document["assertionMethod"] if key.public_key_multibase in name]
    assert len(document["assertionMethod"]) == 3, "the new key's"
    records = history(web_issuer)
    value = key.public_key_multibase
    assert key_history.state_at(records, value, since - HOUR) == KeyState.GOOD
    assert key_history.state_at(records, value, since) == KeyState.COMPROMISED
    assert key_history.state_at(records, value, timezone.now()) == KeyState.COMPROMISED
    event = Event.objects.latest("pk")
    assert (event.kind, event.ids["key"]) == ("key.compromised", str(key.uuid))


def test_a_did_key_issuers_history_says_it_too(issuer):
    key = issuer.keys.get()
    IssuerKey.objects.update(created=timezone.now() - 3 * HOUR)
    said = run(NAME, "--issuer", "default", "--key", str(key.uuid), "--compromised-since", "2026-01-01")
    assert "vc_create_issuer" in said
    records = history(issuer)
    assert key_history.state_at(records, key.public_key_multibase, timezone.now()) == KeyState.COMPROMISED


def test_the_date_can_become_earlier_but_not_later(web_issuer, key):
    now = timezone.now()

    def retire(since, call=run):
        return call(NAME, "--issuer", "academy", "--key", str(key.uuid), "--compromised-since", since.isoformat())

    retire(now - HOUR)
    before = rows.snapshot()
    assert "earlier" in retire(now - HOUR / 2, fails)[1]
    retire(now - HOUR)
    assert rows.changed(before) == [], "the same again changes nothing"
    retire(now - 2 * HOUR)
    key.refresh_from_db()
    assert key.compromised_since == now - 2 * HOUR
    assert "future" in retire(now + HOUR, fails)[1]


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "", "1"])
def test_a_date_that_is_none_is_refused(web_issuer, key, date):
    with pytest.raises(CommandError):
        run(NAME, "--issuer", "academy", "--key", str(key.uuid), "--compromised-since", date)


@pytest.mark.parametrize("name", ["", "x", str(uuid.uuid4()), "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"])
def test_a_key_that_is_not_the_issuers_is_said(web_issuer, key, issuer, name):
    assert str(key.uuid) in fails(NAME, "--issuer", "academy", "--key", name)[1]
    assert "no such key" in fails(NAME, "--issuer", "academy", "--key", str(issuer.keys.get().uuid))[1]


@pytest.mark.parametrize("more", [(), ("--compromised-since", "2026-01-01")])
def test_a_dry_run_stores_nothing(web_issuer, key, more):
    before = rows.snapshot()
    said = run(NAME, "--issuer", "academy", "--key", str(key.uuid), "--dry-run", *more)
    assert "Nothing was stored" in said
    assert rows.changed(before) == []


def test_it_can_be_quiet(web_issuer, key):
    assert run(NAME, "--issuer", "academy", "--key", str(key.uuid), verbosity=0) == ""


class TestWithCredentials:
    """What the key has signed, and what was under way."""

    @pytest.fixture(name="signed")
    def make_signed(self, ready, web_issuer, make_offer, course_certificate, wallet):
        key = web_issuer.keys.get()
        assert make_offer(course_certificate).claim(wallet).status_code == 201
        assert Credential.objects.get().key == key
        return key

    def test_it_is_told_how_many_it_signed_since(self, signed):
        since = (timezone.now() - HOUR).isoformat()
        said = run(NAME, "--issuer", "academy", "--key", str(signed.uuid), "--compromised-since", since, "--dry-run")
        assert ": 1." in said
        Credential.objects.update(created=timezone.now() - 2 * HOUR)
        said = run(NAME, "--issuer", "academy", "--key", str(signed.uuid), "--compromised-since", since)
        assert ": 0." in said

    def test_its_status_lists_are_due_even_for_a_publisher_that_has_begun(self, signed):
        lists = StatusList.objects.filter(published__key=signed).distinct()
        version = lists.get().bits_version
        assert lists.get().changed_at is None
        run(NAME, "--issuer", "academy", "--key", str(signed.uuid))
        assert lists.get().changed_at is None, "as planned, its signatures stay good"
        run(NAME, "--issuer", "academy", "--key", str(signed.uuid), "--compromised-since", "2026-01-01")
        assert lists.get().changed_at is not None
        assert lists.get().bits_version > version

    def test_the_lists_are_then_signed_with_the_new_key(self, signed):
        from openedx_verifiable_credentials.api.means import get_means
        from openedx_verifiable_credentials.flows.steps.publishing import publish

        run("vc_rotate_key", "--issuer", "academy")
        run(NAME, "--issuer", "academy", "--key", str(signed.uuid), "--compromised-since", "2026-01-01")
        assert publish(get_means(), StatusList.objects.get())
        assert not PublishedList.objects.filter(key=signed).exists()
        assert StatusList.objects.get().changed_at is None

    def test_what_was_under_way_is_not_signed_with_it(self, signed, make_offer, course_certificate, wallet, settings):
        from tests import securers

        settings.OPENEDX_VC_SECURER = settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Busy"
        offer = make_offer(course_certificate)
        presentation = wallet.present(offer.challenge)
        assert offer.post(presentation).status_code == 503
        del settings.OPENEDX_VC_SECURER, settings.OPENEDX_VC_DIDKIT_SECURER
        run("vc_rotate_key", "--issuer", "academy")
        run(NAME, "--issuer", "academy", "--key", str(signed.uuid), "--compromised-since", "2026-01-01")
        assert asking.refusal(offer.post(presentation)) == (503, "key_compromised")
        assert Credential.objects.filter(state="issued").count() == 1

    def test_what_was_under_way_with_a_retired_key_is_signed(self, signed, make_offer, course_certificate, settings):
        from tests import securers
        from tests.wallet import make_wallet

        settings.OPENEDX_VC_SECURER = settings.OPENEDX_VC_DIDKIT_SECURER = securers.PATH + "Busy"
        offer = make_offer(course_certificate)
        presentation = make_wallet().present(offer.challenge)
        assert offer.post(presentation).status_code == 503
        del settings.OPENEDX_VC_SECURER, settings.OPENEDX_VC_DIDKIT_SECURER
        run("vc_rotate_key", "--issuer", "academy")
        response = offer.post(presentation)
        assert response.status_code == 201
        assert signed.public_key_multibase in response.content.decode()
        document = Client().get("/.well-known/did.json", HTTP_HOST="credentials.example.edu").content.decode()
        assert signed.public_key_multibase in document
