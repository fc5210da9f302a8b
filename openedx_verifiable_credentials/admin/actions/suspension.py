"""Suspend credentials for a while, and reinstate them."""

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
from openedx_verifiable_credentials.api import suspending
from openedx_verifiable_credentials.models import Credential


class Suspend(Deed):
    """Verifiers read that they do not count for now."""

    name = "suspend"
    permission = "suspend_credential"
    lift = False
    title = gettext_lazy("Suspend credentials")
    warning = gettext_lazy("Verifiers will read that they do not count, until they are reinstated.")
    submit = gettext_lazy("Suspend")
    too_many = gettext_lazy(
        "At most %(count)s credentials can be suspended or reinstated here at once; the command vc_suspend does so for "
        "each of more."
    )

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """Kept in the admin's log."""
        return [
            ("review", gettext_lazy("Something is looked into")),
            ("holder", gettext_lazy("The holder asked for it")),
            ("mistake", gettext_lazy("A mistake")),
        ]

    def preview(self, uuids: Sequence[UUID]) -> Outcome:
        """Counted with one query."""
        counted = suspending.suspend_credentials(uuids, lift=self.lift, dry_run=True)
        return Outcome(counted.changed, self._will(counted.changed), self._skipped(counted))

    def perform(self, uuids: Sequence[UUID], *, reason: str, by: int) -> Outcome:
        """One after the other; publishing follows."""
        done = suspending.suspend_credentials(uuids, lift=self.lift, by=by)
        return Outcome(done.changed, self._was(done.changed), self._skipped(done), frozenset(done.lists))

    def _will(self, count: int) -> str:
        return ngettext("%d credential will be suspended.", "%d credentials will be suspended.", count) % count

    def _was(self, count: int) -> str:
        return ngettext("%d credential was suspended.", "%d credentials were suspended.", count) % count

    def _already(self, count: int) -> str:
        return ngettext("%d is suspended already.", "%d are suspended already.", count) % count

    def _skipped(self, counted: suspending.Suspension) -> list[str]:
        over = ngettext("%d is over and stays as it is.", "%d are over and stay as they are.", counted.over)
        cannot = ngettext(
            "%d cannot be suspended: only those made while OPENEDX_VC_SUSPENSION was True can.",
            "%d cannot be suspended: only those made while OPENEDX_VC_SUSPENSION was True can.",
            counted.cannot,
        )
        told = [
            (counted.already, self._already(counted.already)),
            (counted.over, over % counted.over),
            (counted.cannot, cannot % counted.cannot),
        ]
        return [sentence for count, sentence in told if count]


class Reinstate(Suspend):
    """They count again."""

    name = "reinstate"
    lift = True
    title = gettext_lazy("Reinstate credentials")
    warning = gettext_lazy("Verifiers will read that they count again.")
    submit = gettext_lazy("Reinstate")

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """Kept in the admin's log."""
        return [
            ("settled", gettext_lazy("What was looked into is settled")),
            ("holder", gettext_lazy("The holder asked for it")),
            ("mistake", gettext_lazy("The suspension was a mistake")),
        ]

    def _will(self, count: int) -> str:
        return ngettext("%d credential will be reinstated.", "%d credentials will be reinstated.", count) % count

    def _was(self, count: int) -> str:
        return ngettext("%d credential was reinstated.", "%d credentials were reinstated.", count) % count

    def _already(self, count: int) -> str:
        return ngettext("%d is not suspended.", "%d are not suspended.", count) % count


class Suspendable(WithDeeds):
    """Credentials that can be suspended and reinstated."""

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        """For both."""
        return self.may(request, Suspend())

    @admin.action(description=gettext_lazy("Suspend selected credentials"), permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Credential]) -> HttpResponse | None:
        """Asks for a reason; suspends when it is confirmed."""
        return self.run(request, queryset, Suspend())

    @admin.action(description=gettext_lazy("Reinstate selected credentials"), permissions=["suspend"])
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Credential]) -> HttpResponse | None:
        """Asks for a reason; lifts the suspensions when it is confirmed."""
        return self.run(request, queryset, Reinstate())
