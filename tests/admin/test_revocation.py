"""Staff revoke credentials in Django's admin: who may, after a page that asks; and nothing else can be done there."""

import html
import re
import uuid

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.models import Credential
from openedx_verifiable_credentials.models import StatusList
from tests import asking
from tests import ledgers
from tests import rows
from tests import securers
from tests.staff import CREDENTIALS as LIST
from tests.staff import staff
from tests.wallet import make_wallet


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate):
    """Issued, in a wallet."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


@pytest.fixture(name="registrar")
def make_registrar(credential):
    """Who may revoke."""
    return staff("view_credential", "change_credential")


def post(browser, *credentials, query="", **more):
    """The response to the form of the list, or of the page that asks."""
    return browser.post(LIST + query, {"action": "revoke", "_selected_action": [row.pk for row in credentials], **more})


def confirm(browser, *credentials, reason="staff", **more):
    """The page that asks is answered with yes."""
    return post(browser, *credentials, confirmed="yes", reason=reason, **more)


@pytest.mark.django_db(transaction=True)
def test_selected_credentials_are_revoked_and_published(credential, registrar):
    browser, account = registrar
    [other, spared] = ledgers.multiply(credential, 2)
    asks = post(browser, credential, other)
    text = asks.content.decode()
    assert asks.status_code == 200
    assert "2 credentials will be revoked for ever." in text
    assert set(re.findall(r'<option value="(\w+)"', text)) == {"staff", "holder", "key_compromised"}
    fields = dict.fromkeys(re.findall(r'name="(\w+)"', text))
    assert set(fields) >= {"csrfmiddlewaretoken", "_selected_action", "action", "confirmed", "reason"}
    assert Credential.objects.filter(state="issued").count() == 3, "asking changes nothing"
    done = confirm(browser, credential, other, reason="key_compromised")
    assert (done.status_code, done["Location"]) == (302, LIST)
    assert "2 credentials were revoked." in browser.get(LIST).content.decode()
    ended = Credential.objects.filter(state="revoked")
    assert {row.pk for row in ended} == {credential.pk, other.pk}
    assert set(ended.values_list("end_reason", "ended_by")) == {("key_compromised", account.pk)}
    assert ledgers.is_served_as(credential)
    assert not ledgers.is_served_as(spared)
    ledgers.require_sound()


@pytest.mark.django_db(transaction=True)
def test_a_signer_that_is_down_does_not_stop_it(settings, credential, registrar):
    settings.OPENEDX_VC_SECURER = securers.PATH + "Crashing"
    assert confirm(registrar[0], credential).status_code == 302
    credential.refresh_from_db()
    assert (credential.state, StatusList.objects.get().changed_at is None) == ("revoked", False)


def test_what_is_over_already_is_told(credential, registrar):
    browser, _ = registrar
    [other] = ledgers.multiply(credential, 1)
    confirm(browser, other, reason="holder")
    text = post(browser, credential, other).content.decode()
    assert "One credential will be revoked for ever." in text
    assert "One more is over already" in text
    confirm(browser, credential, other)
    assert "1 credential was revoked. 1 was over already." in browser.get(LIST).content.decode()
    assert set(Credential.objects.values_list("end_reason", flat=True)) == {"holder", "staff"}


@pytest.mark.parametrize("more", [{}, {"confirmed": "yes"}, {"confirmed": "yes", "reason": "superseded"}])
def test_without_an_answer_and_a_reason_it_asks_again(credential, registrar, more):
    before = rows.snapshot()
    response = post(registrar[0], credential, **more)
    assert (response.status_code, b"Choose one" in response.content) == (200, True)
    assert rows.changed(before) == []


def test_a_link_cannot_revoke(credential, registrar):
    before = rows.snapshot()
    registrar[0].get(LIST, {"action": "revoke", "_selected_action": credential.pk, "confirmed": "yes"})
    assert rows.changed(before) == []


def test_another_sites_form_cannot_revoke(credential):
    browser, _ = staff("view_credential", "change_credential", csrf=True)
    before = rows.snapshot()
    assert confirm(browser, credential).status_code == 403
    assert rows.changed(before) == []
    page = browser.get(LIST).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    assert confirm(browser, credential, csrfmiddlewaretoken=token).status_code == 302
    credential.refresh_from_db()
    assert credential.state == "revoked"


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 302), ("learner", 302), ("staff", 403), ("staff who may look", 200), ("former staff", 302)],
)
def test_nobody_else_revokes(credential, ada, who, status):
    browser = Client()
    if who == "learner":
        browser.force_login(ada)
    elif who == "staff":
        browser, _ = staff()
    elif who == "staff who may look":
        browser, _ = staff("view_credential")
        assert b"Revoke selected" not in browser.get(LIST).content
    elif who == "former staff":
        browser, account = staff("view_credential", "change_credential")
        type(account).objects.filter(pk=account.pk).update(is_staff=False)
    before = rows.snapshot()
    assert confirm(browser, credential).status_code == status
    assert post(browser, credential).status_code == status
    assert rows.changed(before) == []


def test_whoever_may_revoke_can_change_nothing_else(credential, registrar):
    browser, _ = registrar
    address = reverse("admin:openedx_verifiable_credentials_credential_change", args=[credential.pk])
    before = rows.snapshot()
    page = browser.get(address)
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert browser.post(address, {"state": "issued", "suspended": "on"}).status_code == 403
    assert browser.post(LIST + "add/", {}).status_code == 403
    assert rows.changed(before) == []


def test_more_than_can_be_looked_through_goes_to_the_command(credential, registrar):
    ledgers.multiply(credential, 500)
    before = rows.snapshot()
    response = post(registrar[0], credential, select_across="1", confirmed="yes", reason="staff")
    assert response.status_code == 302
    assert "vc_revoke" in registrar[0].get(LIST).content.decode()
    assert rows.changed(before) == []


def test_as_many_as_that_go_at_once(credential, registrar):
    ledgers.multiply(credential, 499)
    response = post(registrar[0], credential, select_across="1", query="?state__exact=issued")
    text = response.content.decode()
    assert text.count('name="_selected_action"') == 500
    assert confirm(registrar[0], *Credential.objects.all()).status_code == 302
    assert not Credential.objects.exclude(state="revoked").exists()


@pytest.mark.parametrize("credentials", [[], ["0"], ["99999999999"]])
def test_what_is_not_there_cannot_be_selected(credential, registrar, credentials):
    before = rows.snapshot()
    response = registrar[0].post(
        LIST, {"action": "revoke", "_selected_action": credentials, "confirmed": "yes", "reason": "staff"}
    )
    assert response.status_code in (200, 302)
    assert rows.changed(before) == []


@pytest.mark.parametrize(
    "query",
    ["state__exact=issued", "end_reason__exact=staff", "issuer__id__exact=1", "site_id=1", "suspended__exact=0"],
)
def test_the_list_can_be_narrowed(credential, registrar, query):
    assert registrar[0].get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("model", ["credential", "statuslist", "issuerkey"])
def test_a_long_list_takes_as_few_queries_as_a_short_one(credential, admin_client, model):
    address = f"/admin/openedx_verifiable_credentials/{model}/"

    def count():
        with asking.capture() as captured:
            assert admin_client.get(address).status_code == 200
        return len(captured)

    count()
    few = count()
    ledgers.multiply(credential, 30)
    key, status_list = models.IssuerKey.objects.get(), StatusList.objects.get()
    for number in range(5):
        issuer = models.Issuer.objects.get(slug="default")
        issuer.pk, issuer.slug, issuer.did, issuer.is_default = None, f"i{number}", f"did:web:i{number}", None
        issuer.scope_key = None
        issuer.save(force_insert=True)
        key.pk, key.uuid, key.issuer = None, uuid.uuid4(), issuer
        key.save(force_insert=True)
        status_list.pk, status_list.uuid, status_list.issuer = None, uuid.uuid4(), issuer
        status_list.open_key = None
        status_list.save(force_insert=True)
    Credential.objects.update(issuer=F("issuer"))
    assert count() == few


def test_a_status_list_shows_what_is_served_of_it_and_no_secret(credential, admin_client):
    status_list = StatusList.objects.get()
    with asking.capture() as captured:
        page = admin_client.get(f"/admin/openedx_verifiable_credentials/statuslist/{status_list.pk}/change/")
    text = page.content.decode()
    for document in status_list.published.all():
        assert document.sha256 in text
        assert str(document.valid_until.year) in text
    for secret in ("sealed_order_key", "suspension_bits", "document", "gzipped", "encodedList"):
        assert f'field-{secret}"' not in text
    read = [query["sql"] for query in captured.captured_queries]
    for column in ("sealed_order_key", '"bits"', "`bits`", "gzipped", '"document"', "`document`"):
        assert not any(column in sql.split(" FROM ")[0] for sql in read), "not even read"


def test_a_key_shows_its_public_half_and_its_reference_as_text(credential, admin_client):
    hostile = "<script>alert(1)</script>"
    models.IssuerKey.objects.update(reference=hostile)
    key = models.IssuerKey.objects.get()
    text = admin_client.get(f"/admin/openedx_verifiable_credentials/issuerkey/{key.pk}/change/").content.decode()
    assert key.public_key_multibase in text
    assert hostile not in text
    assert html.escape(hostile) in text
    assert "sealed" not in text


def test_what_others_typed_stays_text(credential, registrar):
    hostile = "<img src=x onerror=alert(1)>"
    Credential.objects.update(achievement_key=hostile, organization_key=hostile)
    models.Issuer.objects.update(name=hostile)
    for response in (registrar[0].get(LIST), post(registrar[0], credential)):
        assert hostile not in response.content.decode()
