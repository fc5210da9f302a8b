"""Batches: how far they are, what could not be issued and why; stopping them, and letting them go on."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase
from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.urls import path
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext

from openedx_verifiable_credentials.admin.batch_order import MAY_ISSUE
from openedx_verifiable_credentials.admin.batch_order import order_page
from openedx_verifiable_credentials.admin.quick_list import QuickList
from openedx_verifiable_credentials.admin.read_only import ReadOnly
from openedx_verifiable_credentials.api import batch_health
from openedx_verifiable_credentials.api import batch_mails
from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.exceptions import BatchError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.models import Batch
from openedx_verifiable_credentials.models import BatchMail
from openedx_verifiable_credentials.models.batch import BatchOrigin

_TEMPLATES = "openedx_verifiable_credentials/admin/"
_ADMIN = "admin:openedx_verifiable_credentials"
_WORDS = {
    "course": gettext_lazy("Course"),
    "program": gettext_lazy("Program"),
    "organization": gettext_lazy("Organisation"),
    "site_id": gettext_lazy("Site"),
    "since": gettext_lazy("Since"),
}
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What csv writes is what it answers."""

    def write(self, text: str) -> str:
        """One line of the file."""
        return text


@admin.register(Batch)
class BatchAdmin(QuickList, ReadOnly):
    """Batches, newest first. Who may issue in bulk orders them, stops them, and lets them go on."""

    change_list_template = f"{_TEMPLATES}batch_list.html"
    list_display = ("created", "ordered", "state", "problem", "profile_id", "selected", "finished_at")
    list_filter = ("state", "origin")
    search_fields = ("uuid",)
    search_help_text = gettext_lazy("The uuid of a batch.")
    fields = (
        "uuid", "ordered", "origin", "ordered_by", "profile_id", "most", "throttle", "state", "problem", "created",
        "selected_at", "finished_at", "progress", "not_issued", "mails", "credentials",
    )  # fmt: skip
    readonly_fields = ("ordered", "progress", "not_issued", "mails", "credentials")
    actions = ("stop", "go_on")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Batch], search_term: str
    ) -> tuple[QuerySet[Batch], bool]:
        """By the whole uuid."""
        term = search_term.strip()
        try:
            return (queryset.filter(uuid=UUID(term)) if term else queryset), False
        except ValueError:
            return queryset.none(), False

    def get_urls(self) -> list[URLPattern]:
        """Ordering, and the list of what could not be issued."""
        name = "openedx_verifiable_credentials_batch"
        order = self.admin_site.admin_view(functools.partial(order_page, self))
        refusals = self.admin_site.admin_view(self.refusals_view)
        return [
            path("order/", order, name=f"{name}_order"),
            path("<int:pk>/refusals.csv", refusals, name=f"{name}_refusals"),
            *super().get_urls(),
        ]

    def has_issue_permission(self, request: HttpRequest) -> bool:
        """For ordering, stopping and going on."""
        return bool(request.user.has_perm(MAY_ISSUE))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Says so where nobody works."""
        more = {"may_issue": self.has_issue_permission(request), "stands_still": batch_health.stands_still()}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    @admin.display(description=gettext_lazy("ordered"))
    def ordered(self, row: Batch) -> str:
        """What was ordered, in words; no list of certificates."""
        if row.origin == BatchOrigin.AWARD:
            return _("New awards")
        said = [f"{label}: {row.selection[name]}" for name, label in _WORDS.items() if name in row.selection]
        if "certificates" in row.selection:
            count = len(row.selection["certificates"])
            said.append(ngettext("%d certificate", "%d certificates", count) % count)
        return "; ".join(said) or _("Everything")

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, row: Batch) -> SafeString:
        """How far it is."""
        found = batches.look(row.uuid)
        return render_to_string(
            f"{_TEMPLATES}batch_progress.html",
            {"found": found, "stands_still": not found.is_over and batch_health.stands_still()},
        )

    @admin.display(description=gettext_lazy("not issued"))
    def not_issued(self, row: Batch) -> SafeString | str:
        """By code, with what each says; all of them as a file."""
        counts, sentences = batches.refusals_by_code(row.uuid)
        if not counts:
            return "–"
        context = {
            "refusals": [(code, count, sentences[code]) for code, count in counts.most_common()],
            "file": reverse(f"{_ADMIN}_batch_refusals", args=[row.pk]) if row.totals is None else "",
        }
        return render_to_string(f"{_TEMPLATES}batch_refusals.html", context)

    @admin.display(description=gettext_lazy("mails"))
    def mails(self, row: Batch) -> str:
        """How many, by state; whose they are is not told."""
        if not row.mail:
            return _("Nobody is told by e-mail.")
        counts = batch_mails.by_state(row.pk)
        labels = dict(BatchMail.State.choices)
        return ", ".join(f"{labels[state]}: {count}" for state, count in sorted(counts.items())) or "–"

    @admin.display(description=gettext_lazy("credentials"))
    def credentials(self, row: Batch) -> SafeString:
        """Those that it issued, in the ledger."""
        return format_html(
            '<a href="{}?batch={}">{}</a>', reverse(f"{_ADMIN}_credential_changelist"), row.pk, _("Its credentials")
        )

    @admin.action(description=gettext_lazy("Stop selected batches"), permissions=["issue"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        """Nothing more of them is issued; what was issued stays."""
        self._each(request, queryset, batches.cancel, "stop")

    @admin.action(description=gettext_lazy("Let selected batches go on"), permissions=["issue"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        """Of those that were stopped."""
        self._each(request, queryset, batches.resume, "go on")

    def refusals_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Certificate, code, sentence: a file for spreadsheets, row by row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        batch = Batch.objects.filter(pk=pk).only("uuid").first()
        if batch is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="refusals-{batch.uuid}.csv"'}
        return StreamingHttpResponse(_lines(batch.uuid), content_type="text/csv; charset=utf-8", headers=headers)

    def _each(self, request: HttpRequest, queryset: QuerySet[Batch], change: Any, name: str) -> None:
        changed = []
        for row in queryset.order_by("pk"):
            try:
                change(row.uuid)
                changed.append(row)
            except BatchError as error:
                self.message_user(request, f"{row.uuid}: {error}", messages.WARNING)
            except VerifiableCredentialsError as error:
                self.message_user(request, str(error), messages.ERROR)
                break
        if changed:
            LogEntry.objects.log_actions(request.user.pk or 0, changed, CHANGE, change_message=name)
            count = len(changed)
            done = ngettext("%d batch was changed.", "%d batches were changed.", count) % count
            self.message_user(request, done, messages.SUCCESS)


def _lines(batch_uuid: UUID) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield str(writer.writerow(["certificate", "code", "sentence"]))
    for one in batches.refusals(batch_uuid):
        sentence = text.clean_line(one.sentence, 512)
        yield str(
            writer.writerow(
                [one.certificate_uuid, one.code, f"'{sentence}" if sentence.startswith(_FORMULA) else sentence]
            )
        )
