"""What stands in an address or a forged form tells staff nothing that the page would not, and breaks nothing."""

from __future__ import annotations

import itertools
import logging
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client
from django.utils.log import AdminEmailHandler

from openedx_verifiable_credentials.models import ClaimPolicy
from openedx_verifiable_credentials.models import Credential
from tests import forms
from tests import rows
from tests import seed
from tests.staff import APP
from tests.staff import CREDENTIALS
from tests.staff import confirm
from tests.staff import staff
from tests.staff import told
from tests.wallet import make_wallet

REGISTERED = [model for model in apps.get_app_config(rows.OURS).get_models() if model in admin.site._registry]
# Whose columns may be asked for, as what: those with a filter.
ASKED = {
    "Credential": {
        "state", "suspended", "end_reason", "kind", "issuer", "profile_id", "wallet_id", "site_id",
        "organization_key", "created", "batch",
    },
    "AnchorBatch": {"state"},
    "AnchorTransaction": set(),
    "Batch": {"state", "origin"},
    "Event": {"kind"},
    "Issuer": set(),
    "IssuerKey": {"algorithm", "store", "signs", "issuer"},
    "StatusList": {"profile_id", "suspends", "issuer"},
    "BadgeImage": {"media_type"},
    "ClaimPolicy": {"scope", "final", "issuing"},
}  # fmt: skip
LOOKUPS = ("", "__startswith", "__isnull", "__gt", "__user_id", "__sealed_key__startswith", "__id__exact")


@pytest.fixture(name="root")
def make_root(ready):
    """A superuser, whose browser shows failures as answers."""
    browser = Client(raise_request_exception=False)
    browser.force_login(seed.make_learner("root", "", is_staff=True, is_superuser=True))
    return browser


@pytest.fixture(name="credential")
def make_credential(make_offer, course_certificate):
    """In a wallet."""
    assert make_offer(course_certificate).claim(make_wallet()).status_code == 201
    return Credential.objects.get()


def test_every_list_is_looked_at():
    assert {model.__name__ for model in REGISTERED} == ASKED.keys()


def test_no_address_asks_for_what_the_list_does_not_offer(root, credential):
    for model in REGISTERED:
        hidden = [field.name for field in model._meta.get_fields() if field.name not in ASKED[model.__name__]]
        for number, name in enumerate(hidden):
            # A few are asked in every way, the others in turn.
            ways = LOOKUPS if name.startswith(("sealed", "learner", "bits")) else [LOOKUPS[number % len(LOOKUPS)]]
            for lookup in ways:
                query = {f"{name}{lookup}": "1"}
                assert root.get(f"{APP}{model._meta.model_name}/", query).status_code == 400, query


def test_what_the_list_offers_can_be_asked(root, credential):
    for model, names in ASKED.items():
        for name in names:
            lookup = {"created": "created__gte", "issuer": "issuer__id__exact"}.get(name, name)
            value = {"created": "2020-01-01T00:00Z", "issuer": "1", "kind": "course", "scope": "site"}.get(name, "0")
            assert root.get(f"{APP}{model.lower()}/", {lookup: value}).status_code == 200, (model, name)


def test_a_selection_that_is_none_is_told(root, credential):
    before = rows.snapshot()
    for name, action in [("credential", "revoke"), ("credential", "erase"), ("statuslist", "publish_now")]:
        for selected in ("abc", "99999999999999999999999", "\0", "-1", "1.5", "٣", ""):
            form = {"action": action, "_selected_action": [str(credential.pk), selected], "confirmed": "yes"}
            assert root.post(f"{APP}{name}/", form).status_code == 302, (action, selected)
        assert "What was selected is not in this list." in told(root, f"{APP}{name}/")
    assert rows.changed(before) == []


def test_no_credits_are_never_less_than_none(root, course_certificate):
    key = course_certificate.credential.course_run.course.key
    assert forms.send(root, f"{APP}claimpolicy/add/", scope="course", key=key, credits="-0.00").status == 302
    assert str(ClaimPolicy.objects.get().credits) in ("0", "0.00")
    assert str(ClaimPolicy.objects.get().rule.says["credits"]) == "0.0"


ODD = (
    "?p=abc", "?p=-1", "?p=99999999999999999999", "?all=", "?o=abc", "?_popup=1", "?_to_field=sealed_document",
    "?q=%00", "?q=%ED%A0%80", "?q=" + "a" * 5000, "?_facets=1", "?e=1", "?issuer__id__exact=abc", "?site_id=%00",
    "?found=%00", "add/?scope=site&key=%00&profiles=x&tags=1&aligned_with=2&image=x", "99999999999999999999/change/",
    "abc/change/", "%00/change/", "99999999999999999999/history/", "abc/history/", "1/history/?p=abc",
    "deleted/?p=zz", "999/delete/", "search/", "health/", "1/change/?_to_field=id&_popup=1",
)  # fmt: skip


def test_an_odd_address_is_answered(root, credential):
    ClaimPolicy.objects.create(scope="course", key="ExampleX+CS101")
    for model, odd in itertools.product(REGISTERED, ODD):
        assert root.get(f"{APP}{model._meta.model_name}/{odd}").status_code in (200, 302, 400, 403, 404), odd


@pytest.fixture(name="single")
def make_single(ready):
    """Makes staff with one permission of ours, and nothing more."""
    numbers = itertools.count()
    return lambda permission: staff(permission, name=f"single{next(numbers)}")[0]


OUR_PERMISSIONS = [
    f"{does}_{model._meta.model_name}"
    for model in REGISTERED
    for does in ("view", "add", "change", "delete", *(name.partition("_")[0] for name, _ in model._meta.permissions))
]


# A picture is not there, and a history only of what people edit.
PAGES = [
    *((one._meta.model_name, f"{one._meta.model_name}/") for one in REGISTERED),
    *(
        (one, f"{one}/{{}}/change/")
        for one in ("credential", "event", "issuer", "issuerkey", "statuslist", "claimpolicy")
    ),
    *((one, f"{one}/{{}}/history/") for one in ("credential", "claimpolicy", "issuer")),
    *((one, f"{one}/deleted/") for one in ("claimpolicy", "issuer")),
    ("statuslist", "statuslist/health/"),
]


def test_one_permission_shows_the_pages_of_its_model_and_no_others(single, credential):
    ClaimPolicy.objects.create(scope="site", key="1", final=True)
    first = {model._meta.model_name: getattr(model._default_manager.first(), "pk", None) for model in REGISTERED}
    for permission in OUR_PERMISSIONS:
        browser = single(permission)
        model_of_it = permission.partition("_")[2]
        for model, path in PAGES:
            # What lets nobody look at anything is tried on its own pages.
            if model != model_of_it and not permission.startswith(("view_", "change_")):
                continue
            expected = 200 if permission in (f"view_{model}", f"change_{model}") else 403
            assert browser.get(APP + path.format(first[model])).status_code == expected, (permission, path)


FORGED = {
    "_save": "1", "post": "yes", "scope": "site", "key": "1", "final": "on", "issuing": "no", "name": "x", "slug": "x",
    "change_reason": "x", "seen_version": "1", "version": "9", "id": "2",
}  # fmt: skip


def test_who_may_look_or_delete_changes_nothing_by_a_forged_form(single, credential):
    ClaimPolicy.objects.create(scope="site", key="1", final=True)
    for permission in OUR_PERMISSIONS:
        if permission.startswith(("view_", "delete_")):
            _require_no_change(single(permission), permission.partition("_")[2], credential)


def _require_no_change(browser, model, credential):
    before = rows.snapshot()
    one = next(each for each in REGISTERED if each._meta.model_name == model)._default_manager.first()
    number = getattr(one, "pk", 1)
    for path in ("", "add/", f"{number}/change/", f"{number}/delete/", "deleted/", f"{number}/history/"):
        assert browser.post(f"{APP}{model}/{path}", FORGED).status_code in (200, 302, 403, 404, 405), path
    for action in ("revoke", "suspend", "reinstate", "reissue", "erase", "delete_selected"):
        confirm(browser, action, credential, reason="staff", number="1", post="yes")
    browser.post(f"{APP}statuslist/", {"action": "publish_now", "_selected_action": credential.status_list_id})
    assert rows.changed(before) == []


@pytest.mark.parametrize("who", ["nobody", "learner"])
def test_who_is_no_staff_is_asked_to_log_in(credential, client, ada, who):
    if who == "learner":
        client.force_login(ada)
    before = rows.snapshot()
    for model in (one._meta.model_name for one in REGISTERED):
        for path in ("", "add/", "1/change/", "1/delete/", "1/history/", "deleted/", "search/", "health/"):
            address = f"{APP}{model}/{path}"
            for answer in (client.get(address), client.post(address, {"_save": "1", "post": "yes", "q": "ada"})):
                assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/admin/login/"), address
    confirm(client, "revoke", credential, reason="staff")
    assert client.get(f"{CREDENTIALS}search/?q=ada").status_code == 302
    assert rows.changed(before) == []


def test_a_search_that_fails_tells_nobody_for_whom(root, course_certificate, settings, mailoutbox, monkeypatch):
    settings.ADMINS = [("Operator", "operator@example.com")]
    mails = AdminEmailHandler(include_html=True)
    mails.setLevel(logging.ERROR)
    monkeypatch.setattr(logging.getLogger("django.request"), "handlers", [mails])
    monkeypatch.setattr(logging.getLogger("django.request"), "propagate", False)
    # A database that has gone away in the middle of a search.
    monkeypatch.setattr(QuerySet, "exists", _fail)
    assert root.post(f"{CREDENTIALS}search/", {"q": "ada"}).status_code == 500
    [mail] = mailoutbox
    [(page, _)] = mail.alternatives
    assert "in_the_middle" in page and "search_view" in page
    assert not re.search(r"\bada\b", mail.subject + mail.body + page)


def _fail(in_the_middle):
    raise OperationalError("in_the_middle")
