"""Rows to look at in Django's admin, none to write, and nothing that is sealed or names a learner."""

import base64
import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from openedx_verifiable_credentials import models
from tests import rows
from tests import seed

SHOWN = [models.Issuer, models.IssuerKey, models.StatusList, models.Credential, models.Event]
HIDDEN = [
    models.Learner,
    models.Offer,
    models.Share,
    models.HostChange,
    models.PublishedList,
    models.WorkCursor,
]


@pytest.fixture(name="pages")
def make_pages(client, make_offer, course_certificate, wallet):
    """A superuser's browser, after a claim."""
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    client.force_login(seed.make_learner("root", "", is_staff=True, is_superuser=True))
    return client


def address(model, action, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=arguments)


@pytest.mark.parametrize("model", SHOWN)
def test_rows_can_be_looked_at(pages, model):
    listed = pages.get(address(model, "changelist"))
    assert listed.status_code == 200
    for row in model.objects.all():
        assert pages.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", [model for model in SHOWN if model is not models.Issuer])
def test_rows_cannot_be_written(pages, model):
    row = model.objects.first()
    before = rows.snapshot()
    assert pages.get(address(model, "add")).status_code == 403
    assert pages.post(address(model, "add"), {}).status_code == 403
    assert pages.post(address(model, "change", row.pk), {"name": "Mallory", "state": "issued"}).status_code == 403
    assert pages.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    pages.post(address(model, "changelist"), chosen)
    assert rows.changed(before) == []


@pytest.mark.parametrize("model", HIDDEN)
def test_learners_and_work_are_not_there(model):
    assert model not in admin.site._registry


@pytest.mark.parametrize("model", SHOWN)
@pytest.mark.parametrize("who", ["anonymous", "learner", "staff"])
def test_only_who_may_look_can_look(pages, ada, model, who):
    browser = Client()
    if who != "anonymous":
        browser.force_login(ada if who == "learner" else seed.make_learner("helper", "", is_staff=True))
    for path in (address(model, "changelist"), address(model, "change", model.objects.first().pk)):
        assert browser.get(path).status_code in (302, 403)


@pytest.mark.parametrize("model", SHOWN)
def test_nothing_sealed_and_nobodys_name_is_shown(pages, ada, wallet, model):
    sealed = [
        *models.Credential.objects.values_list("sealed_document", flat=True),
        *models.IssuerKey.objects.values_list("sealed_seed", flat=True),
        *models.Learner.objects.values_list("sealed_key", flat=True),
        *models.StatusList.objects.values_list("sealed_order_key", flat=True),
    ]
    found = [pages.get(address(model, "changelist")).content]
    for row in model.objects.all():
        found += [pages.get(address(model, page, row.pk)).content for page in ("change", "history")]
    text = b"\n".join(found).decode()
    for value in map(bytes, sealed):
        for spelling in (value.hex(), base64.b64encode(value).decode(), repr(value)):
            assert spelling[:24] not in text
    for secret in ("Ada", "Lovelace", ada.email, wallet.did):
        assert secret not in text
    assert not re.search(r"\bada\b", text)


@pytest.mark.parametrize("model", SHOWN)
def test_searching_and_filtering_works(pages, model):
    options = admin.site._registry[model]
    words = ["default", str(models.Credential.objects.get().uuid), "no such thing"] if options.search_fields else []
    for query in [*({"q": word} for word in words), *({name: "x"} for name in options.list_filter)]:
        assert pages.get(address(model, "changelist"), query).status_code in (200, 302)
