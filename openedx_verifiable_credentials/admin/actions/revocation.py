"""Revoke credentials for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext

from openedx_verifiable_credentials.admin.actions.confirming import Deed
from openedx_verifiable_credentials.admin.actions.confirming import Outcome
from openedx_verifiable_credentials.admin.actions.confirming import WithDeeds
from openedx_verifiable_credentials.api import revoking
from openedx_verifiable_credentials.models import Credential


class Revoke(Deed):
    """Nothing brings them back."""

    name = "revoke"
    permission = "change_credential"
    title = gettext_lazy("Revoke credentials")
    warning = gettext_lazy(
        "This cannot be taken back. The learner can claim a new credential for as long as the certificate is awarded."
    )
    submit = gettext_lazy("Revoke")
    too_many = gettext_lazy(
        "At most %(count)s credentials can be revoked here at once; the command vc_revoke takes more."
    )

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """Those that people decide."""
        return [(value, reason.label) for value, reason in revoking.REASONS.items()]

    def preview(self, uuids: Sequence[UUID]) -> Outcome:
        """Counted by the flow itself."""
        counted = _last(uuids, reason="staff", dry_run=True)
        sentence = ngettext(
            "One credential will be revoked for ever.",
            "%(count)s credentials will be revoked for ever.",
            counted.revoked,
        )
        over = ngettext(
            "One more is over already and stays as it is.",
            "%(count)s more are over already and stay as they are.",
            counted.over,
        )
        skipped = [over % {"count": counted.over}] if counted.over else []
        return Outcome(counted.revoked, sentence % {"count": counted.revoked}, skipped)

    def perform(self, uuids: Sequence[UUID], *, reason: str, by: int) -> Outcome:
        """The rows; publishing follows."""
        done = _last(uuids, reason=reason, by=by)
        revoked = ngettext("%d credential was revoked.", "%d credentials were revoked.", done.revoked) % done.revoked
        over = ngettext("%d was over already.", "%d were over already.", done.over) % done.over
        return Outcome(done.revoked, revoked, [over] if done.over else [], frozenset(done.lists))


class Revocable(WithDeeds):
    """Credentials that can be revoked."""

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Rows cannot be changed here, but who may change them may revoke."""
        return self.may(request, Revoke())

    @admin.action(description=gettext_lazy("Revoke selected credentials"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Credential]) -> HttpResponse | None:
        """Asks for a reason; revokes when it is confirmed."""
        return self.run(request, queryset, Revoke())


def _last(uuids: Sequence[UUID], **more: Any) -> revoking.Revocation:
    return [revoking.Revocation(), *revoking.revoke_credentials(uuids, **more)][-1]
