"""What people edited: who, when, why, field by field; of what is deleted, too. Editors are kept as numbers."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.core.paginator import Paginator
from django.db.models import Field
from django.db.models import QuerySet
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from openedx_verifiable_credentials.admin.read_only import Listed
from openedx_verifiable_credentials.core import text

MAX_REASON = 100
_PAGE = 50
_HISTORY = "openedx_verifiable_credentials/admin/history.html"
_DELETED = "openedx_verifiable_credentials/admin/deleted.html"


@dataclasses.dataclass(frozen=True)
class Change:
    """One field of one edit, as people read it; "": it said nothing."""

    label: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True)
class Edit:
    """One edit. ``link``: to the history of what was edited; ``is_first``: there was nothing before."""

    at: datetime.datetime
    who: str
    kind: str
    what: str
    reason: str
    changes: Sequence[Change] = ()
    link: str = ""
    is_first: bool = False


class WithHistory(Listed):
    """
    For models with ``history`` (:mod:`..models.history`): edits are kept with their editor, and can be read.

    The service does not install the app of django-simple-history, so the pages are ours.
    """

    # Kept in every history, of no use to people.
    untold = frozenset({"id", "created", "modified", "scope_digest"})

    def get_urls(self) -> list[Any]:
        """The list of what was deleted, besides those that each admin has."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_deleted"
        return [path("deleted/", self.admin_site.admin_view(self.deleted_view), name=name), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Kept with the editor's number, and the reason that the form's field ``change_reason`` gives."""
        self.sign(request, obj, form.cleaned_data.get("change_reason", ""))
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Likewise."""
        self.sign(request, obj, request.POST.get("change_reason", ""))
        super().delete_model(request, obj)

    @staticmethod
    def sign(request: HttpRequest, obj: Any, reason: str) -> None:
        """Tell the history who edits ``obj`` next, and why."""
        obj._history_user = request.user
        obj._change_reason = text.clean_line(reason, MAX_REASON) or None

    def get_history(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the history, newest first."""
        history: QuerySet[Any] = self.model.history.all()
        return history

    def shown_in_history(self, row: Any, field: Field) -> str:
        """What a row of the history says in a field, for people; "" where it says nothing."""
        value = getattr(row, field.attname)
        return "" if value is None else str(value)

    def label_in_history(self, field: Field) -> str:
        """What a field is called."""
        return str(capfirst(field.verbose_name))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Every edit of one object, whether it is still there or not."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        rows = self.get_history(request).filter(**{self.opts.pk.name: self._number(unquote(object_id))})
        page = self._page(request, rows)
        if not page.paginator.count:
            raise Http404
        # One more than is shown: the page's last edit changed that one.
        start = page.start_index() - 1
        with_older = list(rows[start : start + _PAGE + 1])
        edits = self._edits(with_older[:_PAGE], [*with_older[1:], None])
        context = {
            "title": _("History: %s") % with_older[0].history_object,
            "object_id": object_id,
            "is_there": self.get_queryset(request).filter(pk=with_older[0].serializable_value("id")).exists(),
            **(extra_context or {}),
        }
        return self._answer(request, _HISTORY, page, edits, context)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """What was deleted, the newest first."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        page = self._page(request, self.get_history(request).filter(history_type="-"))
        edits = self._edits(list(page.object_list), None)
        context = {"title": _("Deleted: %s") % capfirst(self.opts.verbose_name_plural)}
        return self._answer(request, _DELETED, page, edits, context)

    def _number(self, object_id: str) -> Any:
        try:
            return self.opts.pk.to_python(object_id)
        except ValidationError:
            raise Http404 from None

    def _page(self, request: HttpRequest, rows: QuerySet[Any]) -> Page:
        return Paginator(rows, _PAGE).get_page(request.GET.get("p"))

    def _edits(self, rows: Sequence[Any], before: Sequence[Any] | None) -> list[Edit]:
        names = _names({row.history_user_id for row in rows} - {None})
        return [
            Edit(
                at=row.history_date,
                who=names.get(row.history_user_id, ""),
                kind=row.get_history_type_display(),
                what=str(row.history_object),
                reason=row.history_change_reason or "",
                changes=() if before is None else list(self._changes(row, before[number])),
                is_first=row.history_type == "+",
                link=reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[row.id]),
            )
            for number, row in enumerate(rows)
        ]

    def _changes(self, row: Any, before: Any) -> Iterable[Change]:
        for field in self.opts.concrete_fields:
            if field.name in self.untold:
                continue
            old = self.shown_in_history(before or self.model(), field)
            new = self.shown_in_history(row, field)
            if old != new:
                yield Change(self.label_in_history(field), old if before else "", new)

    def _answer(
        self, request: HttpRequest, template: str, page: Page, edits: list[Edit], more: dict[str, Any]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, "page": page, "edits": edits, **more}
        return TemplateResponse(request, template, context)


def _names(numbers: Iterable[int]) -> dict[int, str]:
    """What accounts are called now; those that are gone, by their number."""
    there = get_user_model()._default_manager.in_bulk(set(numbers))
    gone = {number: _("account %d") % number for number in numbers}
    return gone | {number: f"{user.get_username()} ({gone[number]})" for number, user in there.items()}
