"""Issuers: what is published about them is edited, what documents name is not; and no key."""

import html

import pytest

from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from openedx_verifiable_credentials.models import IssuerKey
from tests import rows
from tests.staff import APP
from tests.staff import staff

GOOD = {
    "name": "Example  Academy ",
    "url": "https://academy.example.edu/",
    "image_url": "https://academy.example.edu/logo.png",
    "official": "Grace Hopper",
    "contact": "help@academy.example.edu",
    "change_reason": "new name",
}


@pytest.fixture(name="address")
def make_address(web_issuer):
    """Where the issuer is edited."""
    return f"{APP}issuer/{web_issuer.pk}/change/"


def test_what_is_published_about_an_issuer_is_edited(web_issuer, address):
    browser, account = staff("view_issuer", "change_issuer")
    before = Issuer.objects.values().get()
    assert browser.post(address, GOOD).status_code == 302
    after = Issuer.objects.values().get()
    edited = {name: value for name, value in GOOD.items() if name != "change_reason"} | {"name": "Example Academy"}
    assert after == before | edited
    assert Event.objects.filter(kind="issuer.changed").count() == 1
    newest = Issuer.history.first()
    assert (newest.history_user_id, newest.history_change_reason, newest.name) == (
        account.pk, "new name", "Example Academy",
    )  # fmt: skip
    text = browser.get(f"{APP}issuer/{web_issuer.pk}/history/").content.decode()
    assert "Example Academy" in text and "new name" in text


def test_what_documents_name_never_changes(web_issuer, address):
    browser, _ = staff("view_issuer", "change_issuer")
    before = Issuer.objects.values().get()
    more = {
        "slug": "mine", "did": "did:web:evil.example", "base_url": "https://evil.example", "organization_key": "OtherX",
        "site_id": "7", "scope_key": "OtherX@*", "is_default": "", "created": "2020-01-01",
    }  # fmt: skip
    assert browser.post(address, {**GOOD, **more}).status_code == 302
    after = Issuer.objects.values().get()
    for name in more:
        assert after[name] == before[name]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \x07 "),
        ("name", "x" * 256),
        ("url", "javascript:alert(1)"),
        ("url", "no address"),
        ("image_url", "data:image/svg+xml,<svg/>"),
        ("url", "https://example.edu/" + "x" * 600),
        ("contact", "nobody"),
        ("official", "x" * 256),
    ],
)
def test_what_is_wrong_is_told_at_its_field(web_issuer, address, field, value):
    browser, _ = staff("view_issuer", "change_issuer")
    before = rows.snapshot()
    response = browser.post(address, {**GOOD, field: value})
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert "<svg/>" not in response.content.decode()
    assert rows.changed(before) == []


def test_a_save_without_a_change_is_no_edit(web_issuer, address):
    browser, _ = staff("view_issuer", "change_issuer")
    same = {name: getattr(web_issuer, name) for name in GOOD if name != "change_reason"}
    before = rows.snapshot()
    assert browser.post(address, same).status_code == 302
    assert rows.changed(before) == []


@pytest.mark.parametrize(("permission", "status"), [("view_issuer", 403), ("view_credential", 403), (None, 403)])
def test_only_who_may_change_issuers_does(web_issuer, address, permission, status):
    browser, _ = staff(*([permission] if permission else []))
    before = rows.snapshot()
    assert browser.post(address, GOOD).status_code == status
    assert rows.changed(before) == []


def test_issuers_are_neither_made_nor_deleted_here(web_issuer, admin_client):
    before = rows.snapshot()
    assert admin_client.post(f"{APP}issuer/add/", GOOD).status_code == 403
    assert admin_client.post(f"{APP}issuer/{web_issuer.pk}/delete/", {"post": "yes"}).status_code == 403
    assert rows.changed(before) == []


def test_another_sites_form_changes_no_issuer(web_issuer, address):
    browser, _ = staff("view_issuer", "change_issuer", csrf=True)
    before = rows.snapshot()
    assert browser.post(address, GOOD).status_code == 403
    assert rows.changed(before) == []


def test_an_issuers_page_leads_to_what_is_public_of_it(web_issuer, address):
    hostile = "<img src=x onerror=alert(1)>"
    Issuer.objects.update(official=hostile)
    browser, _ = staff("view_issuer")
    text = browser.get(address).content.decode()
    for link in (
        f"{APP}issuerkey/?issuer__id__exact={web_issuer.pk}",
        f"{APP}statuslist/?issuer__id__exact={web_issuer.pk}",
        web_issuer.profile_url,
        f"{web_issuer.profile_url}keys.json",
        "/.well-known/did.json",
    ):
        assert link in text
    assert hostile not in text and html.escape(hostile) in text
    key = IssuerKey.objects.get()
    for value in (bytes(key.sealed_seed).hex(), key.sealed_with, "sealed"):
        assert value not in text


def test_the_links_between_our_pages_lead_somewhere(web_issuer, admin_client):
    for model in ("issuerkey", "statuslist", "credential"):
        listed = admin_client.get(f"{APP}{model}/?issuer__id__exact={web_issuer.pk}")
        assert listed.status_code == 200
