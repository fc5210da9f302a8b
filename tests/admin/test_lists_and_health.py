"""Status lists are published at once; one page says what is well, what is not, and what to do."""

import datetime
import uuid

import pytest
from django.utils import timezone

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.api import revoking
from tests import asking
from tests import ledgers
from tests import rows
from tests import securers
from tests.staff import APP
from tests.staff import ask
from tests.staff import staff
from tests.staff import told
from tests.wallet import make_wallet

LISTS = f"{APP}statuslist/"
HEALTH = f"{LISTS}health/"


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate):
    """In a wallet; its list is published."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return models.Credential.objects.get()


@pytest.fixture(name="browser")
def make_browser(db):
    """Staff who may look at lists."""
    return staff("view_statuslist")[0]


def states(browser):
    """(state, about) of each line."""
    response = browser.get(HEALTH)
    assert response.status_code == 200
    return [(line.state, line.about) for line in response.context["lines"]]


def bad(browser):
    return [(state, about) for state, about in states(browser) if state != "green" and not about.startswith("Check ")]


@pytest.mark.django_db(transaction=True)
def test_a_list_is_published_at_once(credential):
    browser, _ = staff("view_statuslist", "change_statuslist")
    list(revoking.revoke_credentials([credential.uuid], reason="staff"))
    assert not ledgers.is_served_as(credential)
    row = models.StatusList.objects.get()
    assert ask(browser, "publish_now", row, address=LISTS).status_code == 302
    assert "1 list was published." in told(browser, LISTS)
    assert ledgers.is_served_as(credential)


@pytest.mark.django_db(transaction=True)
def test_a_list_that_cannot_be_signed_waits_and_that_is_told(settings, credential):
    browser, _ = staff("view_statuslist", "change_statuslist")
    settings.OPENEDX_VC_SECURER = securers.PATH + "Crashing"
    ask(browser, "publish_now", models.StatusList.objects.get(), address=LISTS)
    assert "1 list could not be published" in told(browser, LISTS)


def test_only_who_may_change_lists_publishes_them(credential, browser):
    before = rows.snapshot()
    assert "Publish selected" not in told(browser, LISTS)
    ask(browser, "publish_now", models.StatusList.objects.get(), address=LISTS)
    strict, _ = staff("view_statuslist", "change_statuslist", name="strict", csrf=True)
    assert ask(strict, "publish_now", models.StatusList.objects.get(), address=LISTS).status_code == 403
    assert rows.changed(before) == []


@pytest.mark.parametrize(
    ("lists", "documents", "word"),
    [
        ({}, {}, "fresh"),
        ({}, {"valid_until": 3_600}, "ends soon"),
        ({}, {"valid_until": -60}, "overdue: no longer valid"),
        ({"changed_at": -7_200}, {}, "overdue: a change waits"),
        ({}, None, "overdue: never published"),
    ],
)
def test_a_list_says_whether_it_is_fresh(credential, browser, lists, documents, word):
    now = timezone.now()
    models.StatusList.objects.update(**{name: now + datetime.timedelta(seconds=value) for name, value in lists.items()})
    if documents is None:
        models.PublishedList.objects.all().delete()
    elif documents:
        models.PublishedList.objects.update(valid_until=now + datetime.timedelta(seconds=documents["valid_until"]))
    row = models.StatusList.objects.get()
    for address in (LISTS, f"{LISTS}{row.pk}/change/"):
        assert f">{word}<" in browser.get(address).content.decode()
    expected = {"fresh": [], "ends soon": [("amber", "Status lists")]}.get(word, [("red", "Status lists")])
    assert bad(browser) == expected


def test_all_is_well_where_it_is(credential, browser):
    assert bad(browser) == []
    assert [about for state, about in states(browser) if state == "green"] >= ["Switch", "Issuer default"]
    text = browser.get(HEALTH).content.decode()
    assert text.count("<h1") == 1
    assert "well" in text


@pytest.mark.django_db(transaction=True)
def test_the_switch_that_is_off_is_told(credential, browser, switched_on):
    switched_on.active = False
    switched_on.save()
    assert bad(browser) == [("amber", "Switch")]


@pytest.mark.parametrize(
    "key",
    [
        {"sealed_with": "gone"},
        {"store": "file", "reference": "/nowhere/key.pem"},
        {"store": "environment", "reference": "OVC_NO_SUCH_KEY"},
        {"signs": None},
        {"compromised_since": timezone.now()},
    ],
)
def test_an_issuer_that_cannot_sign_is_told(credential, browser, key):
    models.IssuerKey.objects.update(**key)
    assert bad(browser) == [("red", "Issuer default")]


def test_a_key_elsewhere_is_not_asked(credential, browser):
    models.IssuerKey.objects.update(store="remote", reference="tenant")
    assert bad(browser) == []
    assert "vc_doctor tries it" in browser.get(HEALTH).content.decode()


def test_no_issuer_at_all_is_told(site, switched_on, browser):
    assert ("red", "Issuers") in bad(browser)


@pytest.mark.parametrize(("age", "state"), [(60, "green"), (3_600, "red")])
def test_changes_of_the_host_that_wait_are_told(credential, browser, age, state):
    then = timezone.now() - datetime.timedelta(seconds=age)
    models.HostChange.objects.create(certificate_uuid=uuid.uuid4(), created=then)
    assert (state, "Changes of certificates") in states(browser)


def test_settings_that_are_wrong_are_told_and_nothing_breaks(settings, credential, browser):
    settings.OPENEDX_VC_STATUS_LIST_LIFETIME_SECONDS = "long"
    assert ("red", "Settings") in states(browser)
    assert browser.get(LISTS).status_code == 200


def test_policies_are_counted(credential, browser):
    models.ClaimPolicy.objects.create(scope="site", key="1", grade=True)
    assert "Site: 1" in browser.get(HEALTH).content.decode()


def test_it_is_linked_where_people_look(credential, browser):
    for address in (APP, LISTS):
        assert f'href="{HEALTH}"' in browser.get(address).content.decode()
    blind, _ = staff("view_credential", name="blind")
    for address in (APP, f"{APP}credential/"):
        assert f'href="{HEALTH}"' not in blind.get(address).content.decode()


def test_only_who_may_look_at_lists_sees_it(credential, client, ada):
    blind, _ = staff("view_credential", name="blind")
    assert blind.get(HEALTH).status_code == 403
    client.force_login(ada)
    assert client.get(HEALTH).status_code == 302


def test_it_takes_as_few_queries_for_many_issuers_and_lists(credential, browser):
    def count():
        with asking.capture() as captured:
            assert browser.get(HEALTH).status_code == 200
        return len(captured)

    count()
    few = count()
    key, status_list = models.IssuerKey.objects.get(), models.StatusList.objects.get()
    for number in range(10):
        issuer = models.Issuer.objects.get(slug="default")
        issuer.pk, issuer.slug, issuer.did, issuer.is_default = None, f"i{number}", f"did:web:i{number}", None
        issuer.scope_key = f"Org{number}@*"
        issuer.save(force_insert=True)
        key.pk, key.uuid, key.issuer = None, uuid.uuid4(), issuer
        key.save(force_insert=True)
        status_list.pk, status_list.uuid, status_list.issuer, status_list.open_key = None, uuid.uuid4(), issuer, None
        status_list.save(force_insert=True)
    assert count() == few


def test_it_writes_nothing_and_names_nobody(credential, browser):
    before = rows.snapshot()
    text = browser.get(HEALTH).content.decode()
    assert rows.changed(before) == []
    for secret in ("Ada", "Lovelace", ">ada<"):
        assert secret not in text
