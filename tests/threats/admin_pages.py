"""What the Django admin shows of our rows, page by page."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from openedx_verifiable_credentials import models
from tests import rows
from tests import seed

# Those of the whole admin and of the plugin.
_INDEXES = ("/admin/", f"/admin/{rows.OURS}/")


def texts() -> list[bytes]:
    """Every list, every row's page and a history, of each registered model of ours, as a superuser sees them."""
    looking = Client()
    looking.force_login(seed.make_learner("root", "", is_staff=True, is_superuser=True))
    registered = [model for model in apps.get_app_config(rows.OURS).get_models() if model in admin.site._registry]
    assert {models.Credential, models.Event, models.Issuer, models.IssuerKey, models.StatusList} <= set(registered)
    paths = list(_INDEXES)
    for model in registered:
        name = f"admin:{rows.OURS}_{model._meta.model_name}"
        pks = list(model._default_manager.values_list("pk", flat=True))
        paths.append(reverse(f"{name}_changelist"))
        paths += [reverse(f"{name}_change", args=[pk]) for pk in pks]
        paths += [reverse(f"{name}_history", args=[pk]) for pk in pks[:1]]
    answers = [looking.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]
