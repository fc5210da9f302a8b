"""The one thing that can be done in the admin: revoke credentials, after a page that asks."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext

from openedx_verifiable_credentials import models
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError

_MOST_AT_ONCE = 500
_PERMISSION = "openedx_verifiable_credentials.change_credential"
_TEMPLATE = "openedx_verifiable_credentials/admin/revoke.html"


class Revocable(ReadOnly):
    """Credentials that can be looked at and revoked."""

    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Rows cannot be changed here, but who may change them may revoke."""
        return bool(request.user.has_perm(_PERMISSION))

    @admin.action(description=gettext_lazy("Revoke selected credentials"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[models.Credential]) -> HttpResponse | None:
        """Asks for a reason; revokes when it is confirmed."""
        chosen = list(queryset.order_by("pk").values_list("pk", "uuid")[: _MOST_AT_ONCE + 1])
        if len(chosen) > _MOST_AT_ONCE:
            text = _("At most %(count)s credentials can be revoked here at once; the command vc_revoke takes more.")
            self.message_user(request, text % {"count": _MOST_AT_ONCE}, messages.ERROR)
            return None
        uuids = [row[1] for row in chosen]
        reason = request.POST.get("reason")
        try:
            if request.POST.get("confirmed") != "yes" or reason not in revoking.REASONS:
                return self._confirmation(request, chosen)
            done = _last(revoking.revoke_credentials(uuids, reason=reason, by=request.user.pk))
        except VerifiableCredentialsError as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        # After the request's transaction, where it has one: publishing must see what is committed.
        transaction.on_commit(functools.partial(revoking.publish_at_once, done.lists))
        self.message_user(request, _said(done), messages.SUCCESS)
        return None

    def _confirmation(self, request: HttpRequest, chosen: list[Any]) -> HttpResponse:
        counted = _last(revoking.revoke_credentials([row[1] for row in chosen], reason="staff", dry_run=True))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Revoke credentials"),
            "opts": self.opts,
            "action": "revoke",
            "selected": [row[0] for row in chosen],
            "count": counted.revoked,
            "over": counted.over,
            "reasons": [(value, reason.label) for value, reason in revoking.REASONS.items()],
        }
        return TemplateResponse(request, _TEMPLATE, context)


def _last(chunks: Iterable[revoking.Revocation]) -> revoking.Revocation:
    return [revoking.Revocation(), *chunks][-1]


def _said(done: revoking.Revocation) -> str:
    revoked = ngettext("%d credential was revoked.", "%d credentials were revoked.", done.revoked) % done.revoked
    if not done.over:
        return revoked
    over = ngettext("%d was over already.", "%d were over already.", done.over) % done.over
    return f"{revoked} {over}"
