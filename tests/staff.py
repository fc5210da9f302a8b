"""Staff of the service with single permissions, and what they do in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from tests import seed

APP = "/admin/openedx_verifiable_credentials/"
CREDENTIALS = f"{APP}credential/"


def staff(*permissions: str, name: str = "registrar", csrf: bool = False) -> tuple[Client, Any]:
    """A browser of staff with these permissions of ours, and their account."""
    account = seed.make_learner(name, "", is_staff=True)
    for permission in permissions:
        account.user_permissions.add(
            Permission.objects.get(codename=permission, content_type__app_label="openedx_verifiable_credentials")
        )
    browser = Client(enforce_csrf_checks=csrf)
    browser.force_login(account)
    return browser, account


def ask(browser: Client, action: str, *rows: Any, address: str = CREDENTIALS, **more: Any) -> Any:
    """The response to an action on these rows, as the list's form posts it; with ``more``, as the page that asks."""
    return browser.post(address, {"action": action, "_selected_action": [row.pk for row in rows], **more})


def confirm(browser: Client, action: str, *rows: Any, **answers: Any) -> Any:
    """The response to the page that asks, answered so."""
    return ask(browser, action, *rows, confirmed="yes", **answers)


def told(browser: Client, address: str = CREDENTIALS) -> str:
    """The list's page, with what was said last."""
    return browser.get(address).content.decode()
