"""Re-issue credentials: the new ones say what is right today, the old ones end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop
from django.utils.translation import ngettext

from openedx_verifiable_credentials.admin.actions.confirming import Deed
from openedx_verifiable_credentials.admin.actions.confirming import Outcome
from openedx_verifiable_credentials.admin.actions.confirming import WithDeeds
from openedx_verifiable_credentials.api import reissuing
from openedx_verifiable_credentials.models import Credential

# Why a credential is left as it is, as the flow says it: for translators.
SENTENCES = (
    gettext_noop("This credential is over, or was never issued."),
    gettext_noop("This credential is suspended; lift that first, or a new one would be valid."),
    gettext_noop("What this credential says was erased."),
    gettext_noop("This credential says what it would say today."),
    gettext_noop("This credential has ended meanwhile."),
    gettext_noop("This certificate has been revoked."),
    gettext_noop("This certificate is not active."),
    gettext_noop("This certificate is not available yet."),
)


class Reissue(Deed):
    """Fewer at once than of other deeds: each one is signed."""

    name = "reissue"
    permission = "reissue_credential"
    most = 100
    title = gettext_lazy("Re-issue credentials")
    warning = gettext_lazy(
        "Each is signed anew for the same holder, with today's facts and policies; the old one is superseded, and "
        "verifiers will read that it is over."
    )
    submit = gettext_lazy("Re-issue")
    too_many = gettext_lazy(
        "At most %(count)s credentials can be re-issued here at once; the command vc_reissue takes more."
    )

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """Those that verifiers' records and the ledger know."""
        return [(value, reason.label) for value, reason in reissuing.REASONS.items()]

    def preview(self, uuids: Sequence[UUID]) -> Outcome:
        """What today's facts and policies say of each; what is unchanged is left."""
        counted = _last(uuids, reason=next(iter(reissuing.REASONS)), dry_run=True)
        sentence = ngettext(
            "%d credential will be issued anew.", "%d credentials will be issued anew.", counted.reissued
        )
        return Outcome(counted.reissued, sentence % counted.reissued, _left(counted))

    def perform(self, uuids: Sequence[UUID], *, reason: str, by: int) -> Outcome:
        """One after the other; publishing follows."""
        done = _last(uuids, reason=reason, by=by)
        sentence = ngettext("%d credential was issued anew.", "%d credentials were issued anew.", done.reissued)
        return Outcome(done.reissued, sentence % done.reissued, _left(done), frozenset(done.lists))


class Reissuable(WithDeeds):
    """Credentials that can be issued anew."""

    def has_reissue_permission(self, request: HttpRequest) -> bool:
        """Of its own."""
        return self.may(request, Reissue())

    @admin.action(description=gettext_lazy("Re-issue selected credentials"), permissions=["reissue"])
    def reissue(self, request: HttpRequest, queryset: QuerySet[Credential]) -> HttpResponse | None:
        """Asks for a reason; issues anew when it is confirmed."""
        return self.run(request, queryset, Reissue())


def _last(uuids: Sequence[UUID], **more: Any) -> reissuing.Reissue:
    return [reissuing.Reissue(), *reissuing.reissue_credentials(uuids, **more)][-1]


def _left(counted: reissuing.Reissue) -> list[str]:
    left = [_("Left as it is: %(count)d. %(why)s") % _why(counted, *one) for one in counted.skipped.items()]
    failed = [_("Could not be issued anew: %(count)d. %(why)s") % _why(counted, *one) for one in counted.failed.items()]
    return [*left, *failed]


def _why(counted: reissuing.Reissue, code: str, count: int) -> dict[str, Any]:
    return {"count": count, "why": _(counted.sentences.get(code, code))}
